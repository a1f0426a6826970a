//! What holds for any text and any list.

use farandole_word_filter::{
    Entry, Exception, Hit, ListSpec, Matcher, Mode, Options, Visible, folded,
};
use proptest::prelude::*;

/// Words with everything in them that folding changes.
const WORDS: [&str; 20] = [
    "spam",
    "crétin",
    "straße",
    "дурак",
    "ёлка",
    "βλάκας",
    "głupek",
    "كازينو",
    "קזינו",
    "赌博",
    "バカ",
    "도박",
    "พนัน",
    "sıkıcı",
    "a",
    "to",
    "l'abruti",
    "co-op",
    "c++",
    "buy followers",
];

fn some_options() -> impl Strategy<Value = Options> {
    any::<[bool; 5]>().prop_map(|[confusables, leet, separators, repeats, bidi]| Options {
        confusables,
        leet,
        separators,
        repeats,
        bidi,
    })
}

/// Text as hostile people write it: words of the list in pieces, between anything.
fn some_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(WORDS.to_vec()).prop_map(str::to_owned),
        2 => proptest::sample::select(WORDS.to_vec()).prop_map(str::to_uppercase),
        2 => "[a-z ]{1,6}",
        2 => "[ .·*_'’<>&;\\[\\]()#@!$0-9\u{200B}\u{AD}\u{301}\u{336}\u{202E}\u{202C}\u{E0061}-]{1,3}",
        1 => any::<char>().prop_map(String::from),
        1 => "https://[a-z]{1,5}\\.example/[a-z/]{0,9}",
        1 => "&(amp|eacute|#97|#x61);",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn some_entry() -> impl Strategy<Value = Entry> {
    let modes = [Mode::WholeWord, Mode::Prefix, Mode::Substring, Mode::Phrase];
    let language = proptest::option::of(proptest::sample::select(vec!["fr", "tr", "de"]));
    (proptest::sample::select(WORDS.to_vec()), proptest::sample::select(modes.to_vec()), language)
        .prop_map(|(text, mode, language)| Entry {
            id: 0,
            text: text.to_owned(),
            mode,
            language: language.map(str::to_owned),
        })
}

/// A list: its options, entries numbered from 0, and exceptions.
type List = (Options, Vec<Entry>, Vec<Exception>);

fn some_list() -> impl Strategy<Value = List> {
    let exception = proptest::sample::select(vec!["spam", "spam to", "赌", "straße a", "дурак-"]);
    (
        some_options(),
        proptest::collection::vec(some_entry(), 1..6),
        proptest::collection::vec(exception, 0..3),
    )
        .prop_map(|(options, mut entries, exceptions)| {
            for (id, entry) in (0..).zip(&mut entries) {
                entry.id = id;
            }
            let exceptions = exceptions.into_iter();
            let exceptions = exceptions.map(|text| Exception { text: text.to_owned() }).collect();
            (options, entries, exceptions)
        })
}

fn build(lists: &[List]) -> Matcher {
    let specs: Vec<_> = (0..)
        .zip(lists)
        .map(|(id, (options, entries, exceptions))| ListSpec {
            id,
            options: *options,
            entries,
            exceptions,
        })
        .collect();
    Matcher::build(&specs).unwrap()
}

fn ways(text: &str) -> [Visible; 3] {
    [Visible::plain(text), Visible::markdown(text), Visible::html(text)]
}

fn without_spaces(text: &str) -> String {
    folded(text).split([' ', '-']).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn spans_are_places_of_the_original(text in some_text(), list in some_list()) {
        let matcher = build(&[list]);
        for visible in ways(&text) {
            let hits = matcher.find(&visible);
            for hit in &hits {
                prop_assert!(hit.start < hit.end, "{hit:?}");
                prop_assert!(text.get(hit.start..hit.end).is_some(), "{hit:?} cuts a character");
            }
            prop_assert!(hits.is_sorted());
        }
    }

    #[test]
    fn what_stands_at_a_span_folds_to_the_entry(text in some_text(), entry in some_entry()) {
        let matcher = build(&[(Options::default(), vec![entry.clone()], Vec::new())]);
        for hit in matcher.find(&Visible::plain(&text)) {
            let there = without_spaces(&text[hit.start..hit.end]);
            // Dots of inclusive writing hide nothing.
            let there = if there.contains('·') { there.replace('·', "") } else { there };
            prop_assert_eq!(there, without_spaces(&entry.text));
        }
    }

    #[test]
    fn what_is_put_into_a_text_is_found_there(
        before in "[a-z ]{0,9}",
        after in "[a-z ]{0,9}",
        entry in some_entry(),
        options in some_options(),
    ) {
        let matcher = build(&[(options, vec![entry.clone()], Vec::new())]);
        let text = format!("{before} {} {after}", entry.text);
        let start = before.len() + 1;
        let place = (start, start + entry.text.len());
        let hits = matcher.find(&Visible::plain(&text));
        prop_assert!(hits.iter().any(|hit| (hit.start, hit.end) == place), "{text}: {hits:?}");
    }

    #[test]
    fn lists_find_together_what_each_finds_alone(
        text in some_text(),
        lists in proptest::collection::vec(some_list(), 1..4),
    ) {
        let visible = Visible::markdown(&text);
        let together = build(&lists).find(&visible);
        let mut alone: Vec<Hit> = Vec::new();
        for (id, list) in (0..).zip(&lists) {
            let hits = build(std::slice::from_ref(list)).find(&visible);
            alone.extend(hits.into_iter().map(|hit| Hit { list_id: id, ..hit }));
        }
        alone.sort_unstable();
        prop_assert_eq!(together, alone);
    }

    #[test]
    fn options_only_ever_find_more(text in some_text(), entry in some_entry()) {
        let find = |options| build(&[(options, vec![entry.clone()], Vec::new())])
            .find(&Visible::plain(&text));
        if !find(Options::default()).is_empty() {
            prop_assert!(!find(Options::ALL).is_empty());
        }
    }

    #[test]
    fn exceptions_excuse_what_is_inside_them_and_nothing_else(text in some_text(), list in some_list()) {
        let (options, entries, exceptions) = list;
        let matcher = build(&[(options, entries.clone(), exceptions.clone())]);
        let bare = build(&[(options, entries, Vec::new())]);
        let as_entries: Vec<_> = exceptions
            .iter()
            .map(|one| Entry { text: one.text.clone(), mode: Mode::Substring, ..Entry::default() })
            .collect();
        let places = build(&[(Options::default(), as_entries, Vec::new())]);
        let visible = Visible::plain(&text);
        let places = places.find(&visible);
        let inside =
            |hit: &Hit| places.iter().any(|at| at.start <= hit.start && hit.end <= at.end);
        let expected: Vec<_> =
            bare.find(&visible).into_iter().filter(|hit| !inside(hit)).collect();
        prop_assert_eq!(matcher.find(&visible), expected);
    }

    #[test]
    fn any_unicode_is_read(text in any::<String>(), entry in any::<String>(), options in some_options()) {
        let entry = Entry { text: entry, ..Entry::default() };
        let list = ListSpec { id: 0, options, entries: &[entry], exceptions: &[] };
        if let Ok(matcher) = Matcher::build(&[list]) {
            for visible in ways(&text) {
                for hit in matcher.find(&visible) {
                    prop_assert!(text.get(hit.start..hit.end).is_some());
                }
            }
        }
    }
}
