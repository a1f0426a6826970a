//! Hostile texts and hostile lists: the work stays within a fixed number of steps a character,
//! and what is told stays bounded. Steps are counted, not time.

use farandole_word_filter::{
    Entry, ListSpec, MAX_HITS_OF_AN_ENTRY, Matcher, Mode, Options, Visible, check,
};

fn entries(texts: impl IntoIterator<Item = String>, mode: Mode) -> Vec<Entry> {
    let entry = |(id, text): (u64, String)| Entry { id, text, mode, language: None };
    (0..).zip(texts).map(entry).collect()
}

fn build(entries: &[Entry], options: Options) -> Matcher {
    Matcher::build(&[ListSpec { id: 1, options, entries, exceptions: &[] }]).unwrap()
}

/// Texts that walk automata, boundaries, gathering and reordering into corners.
fn hostile(length: usize) -> Vec<String> {
    let pieces = [
        "a",
        "a ",
        "a.",
        "a b ",
        "aab",
        "4@a",
        "rn",
        "m",
        "rnm",
        "\u{301}",
        "a\u{301}",
        "\u{200B}",
        "\u{202E}a",
        "\u{202E}\u{202D}",
        "a·",
        "l·l",
        "n't",
        "'",
        "-",
        "ß",
        "ﷺ",
        "각",
        "赌",
        "赌 ",
        "http://",
        "http://a.example/",
        "www.",
        "://",
        "**a",
        "[a](",
        "[",
        "![",
        "<",
        "<a ",
        "<!--",
        "&",
        "&amp;",
        "&a",
        "`",
        "`a",
        "> ",
        "- ",
        "_a",
        "~~",
        "\\",
        "<b>",
        "a\n",
        "\n\n",
        "</",
        "<script>",
        "<a href=\"",
        "I",
        "lI",
        "1l",
        "🇸",
        "!",
        "$",
    ];
    pieces.iter().map(|piece| piece.repeat(length / piece.len() + 1)).collect()
}

/// Lists whose entries are candidates everywhere.
fn lists() -> Vec<Vec<Entry>> {
    let runs = (1..=200).map(|length| "a".repeat(length));
    let spelt = (0..256_u32).map(|bits| {
        (0..8).map(|bit| if bits >> bit & 1 == 0 { 'a' } else { '@' }).collect::<String>()
    });
    let stretched = (0..256_u32).map(|bits| {
        (0..8).map(|bit| ["ab", "aab"][usize::from(bits >> bit & 1 == 1)]).collect::<String>()
    });
    vec![
        entries(runs.clone(), Mode::Substring),
        entries(runs, Mode::WholeWord),
        entries(spelt, Mode::Substring),
        entries(stretched, Mode::Substring),
        entries(["a", "rn", "m", "i", "l", "赌"].map(String::from), Mode::Substring),
    ]
}

#[test]
fn hostile_texts_take_a_fixed_number_of_steps_a_character() {
    for list in lists() {
        for options in [Options::default(), Options::ALL] {
            let matcher = build(&list, options);
            for text in hostile(500) {
                for visible in
                    [Visible::plain(&text), Visible::markdown(&text), Visible::html(&text)]
                {
                    let scan = matcher.scan(&visible);
                    // Gathered and reordered, a text is read three times at the most.
                    let limit = 20_000 + 256 * 18 * 3 * u64::try_from(text.len()).unwrap();
                    assert!(scan.steps <= limit, "{} steps", scan.steps);
                    assert!(scan.hits.len() <= list.len() * MAX_HITS_OF_AN_ENTRY);
                }
            }
        }
    }
}

#[test]
fn twice_the_text_takes_twice_the_steps() {
    let words = ["spam", "casino", "abruti", "kill all", "赌博"];
    let matcher = build(&entries(words.map(String::from), Mode::WholeWord), Options::ALL);
    let (short, long) = (hostile(4_000), hostile(8_000));
    for (short, long) in short.iter().zip(&long) {
        let [short, long] = [short, long].map(|text| matcher.scan(&Visible::markdown(text)));
        assert!(short.complete && long.complete);
        assert!(
            long.steps <= short.steps * 2 + short.steps / 4 + 1_000,
            "{} {}",
            short.steps,
            long.steps
        );
    }
}

#[test]
fn a_list_of_look_alikes_ends_in_a_text_for_humans() {
    let texts = (0..4_000_u32).map(|bits| {
        (0..15).map(|bit| if bits >> bit & 1 == 0 { 'a' } else { '@' }).collect::<String>()
    });
    let list = entries(texts, Mode::WholeWord);
    let matcher = build(&list, Options { leet: true, ..Options::default() });
    let word = "a".repeat(15);
    let scan = matcher.scan(&Visible::plain(&word));
    assert!(scan.complete && scan.hits.len() == 1, "{scan:?}");
    let scan = matcher.scan(&Visible::plain(&format!("{word} ").repeat(200)));
    assert!(!scan.complete, "nobody may think that all was seen");
}

#[test]
fn a_tag_repeated_a_thousand_times_does_not_crowd_out_the_rest() {
    let matcher = build(&entries(["to", "spam"].map(String::from), Mode::WholeWord), Options::ALL);
    let text = "to ".repeat(5_000) + "spam";
    let hits = matcher.find(&Visible::plain(&text));
    assert_eq!(hits.iter().filter(|hit| hit.entry_id == 0).count(), MAX_HITS_OF_AN_ENTRY);
    assert_eq!(hits.iter().filter(|hit| hit.entry_id == 1).count(), 1);
}

#[test]
fn expressions_are_bounded() {
    assert!(check(&"a".repeat(1_001), Mode::Regex).is_err());
    for text in ["(", "a{1000}{1000}", "(?:", "", "a*", "\\p{Nope}", "(a|b)*"] {
        assert!(check(text, Mode::Regex).is_err(), "{text}");
    }
    assert!(check("(a+)+$", Mode::Regex).is_ok(), "takes linear time here");
    let many = (0..500).map(|n| format!("(a|b|ab){{1,9}}x{n}"));
    let matcher = build(&entries(many, Mode::Regex), Options::default());
    assert!(matcher.find(&Visible::plain(&"ab".repeat(5_000))).is_empty());
}

#[test]
fn entries_of_a_wrong_length_are_refused() {
    assert!(check(&"a".repeat(200), Mode::WholeWord).is_ok());
    assert!(check(&"a".repeat(201), Mode::WholeWord).is_err());
    assert!(check(&"ﷺ".repeat(20), Mode::WholeWord).is_err(), "counted as folded");
    let bad = entries(["ok", " ", "\u{200B}"].map(String::from), Mode::WholeWord);
    let list = ListSpec { id: 3, options: Options::default(), entries: &bad, exceptions: &[] };
    let error = Matcher::build(&[list]).unwrap_err();
    assert_eq!(error.bad.iter().map(|bad| bad.entry_id).collect::<Vec<_>>(), [Some(1), Some(2)]);
    assert!(error.to_string().contains("nothing to look for"), "{error}");
}
