//! Holds comments that shout.

use farandole_sdk::{Span, Verdict, hold, judge, setting, show};

judge!(|item| shouting(&item.text));

fn shouting(text: &str) -> Verdict {
    let most = setting("most").and_then(|most| most.parse().ok()).unwrap_or(3);
    let marks: Vec<usize> = text.match_indices('!').map(|(at, _)| at).collect();
    match marks.last() {
        Some(last) if marks.len() > most => {
            let start = *last as u32;
            hold(format!("More than {most} exclamation marks"), Some(Span { start, end: start + 1 }))
        }
        _ => show(),
    }
}
