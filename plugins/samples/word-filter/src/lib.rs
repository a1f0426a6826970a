//! The server's own word filter as a plugin: the proof that the crate and the SDK fit together.

use std::cell::OnceCell;

use farandole_sdk::{Action, Item, Reason, Span, Verdict, judge, setting, show};
use farandole_word_filter::{Entry, Exception, ListSpec, Matcher, Mode, Options, Visible};

judge!(judged);

thread_local! {
    /// Built at the first text that an instance sees.
    static MATCHER: OnceCell<Option<Matcher>> = const { OnceCell::new() };
}

fn judged(item: Item) -> Verdict {
    let visible = match item.format.as_str() {
        "markdown" => Visible::markdown(&item.text),
        "html" => Visible::html(&item.text),
        _ => Visible::plain(&item.text),
    };
    let hits = MATCHER.with(|cell| match cell.get_or_init(build) {
        Some(matcher) => matcher.find(&visible),
        None => Vec::new(),
    });
    if hits.is_empty() {
        return show();
    }
    let action = match setting("action").as_deref() {
        Some("tag") => Action::Tag,
        Some("reject") => Action::Reject,
        _ => Action::Hold,
    };
    let reasons = hits
        .iter()
        .take(20)
        .map(|hit| {
            let word: String = item.text.get(hit.start..hit.end).unwrap_or_default().chars()
                .filter(|letter| !letter.is_control())
                .take(60)
                .collect();
            let span = Span { start: hit.start as u32, end: hit.end as u32 };
            Reason { text: format!("On the list: {}", word.trim()), span: Some(span) }
        })
        .collect();
    Verdict { action, reasons, tags: vec!["word-filter".to_owned()] }
}

fn build() -> Option<Matcher> {
    let list = |name: &str| -> Vec<String> {
        setting(name).and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
    };
    let mode = setting("mode").and_then(|name| Mode::from_name(&name)).unwrap_or_default();
    let seen_through = setting("disguises").as_deref() == Some("true");
    let options = if seen_through { Options::ALL } else { Options::default() };
    let entries: Vec<Entry> = list("words")
        .into_iter()
        .zip(1..)
        .map(|(text, id)| Entry { id, text, mode, language: None })
        .collect();
    let exceptions: Vec<Exception> =
        list("exceptions").into_iter().map(|text| Exception { text }).collect();
    let list = ListSpec { id: 1, options, entries: &entries, exceptions: &exceptions };
    Matcher::build(&[list]).ok()
}
