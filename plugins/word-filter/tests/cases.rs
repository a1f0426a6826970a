//! What is caught and what is left alone, case by case, in many languages.

use std::collections::{BTreeMap, BTreeSet};

use farandole_word_filter::cases::{Case, Expect};
use farandole_word_filter::{Mode, Options};

const CASES: &str = include_str!("cases.jsonl");

fn cases() -> Vec<Case> {
    Case::read(CASES).map(|case| case.unwrap()).collect()
}

#[test]
fn every_case_is_judged_as_it_expects() {
    let mut wrong = Vec::new();
    for case in cases() {
        let hits = case.judge().unwrap();
        if !case.is_as_expected(&hits) {
            let found: Vec<_> = hits.iter().map(|hit| &case.text[hit.start..hit.end]).collect();
            wrong.push(format!(
                "{} ({}): expected {:?}, found {found:?}",
                case.n, case.why, case.expect
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a list of cases has to cover to mean something: each of these has to be there in both
/// directions.
#[test]
fn the_cases_cover_modes_options_and_languages_both_ways() {
    let cases = cases();
    assert!(cases.len() >= 400, "{}", cases.len());
    let by = |expect: Expect| cases.iter().filter(move |case| case.expect == expect);
    for expect in [Expect::Hit, Expect::Clean] {
        assert!(by(expect).count() * 3 >= cases.len(), "both ways are balanced");
        for mode in Mode::ALL {
            assert!(by(expect).any(|case| case.mode == mode), "{mode:?} {expect:?}");
        }
        for option in Options::NAMES {
            let has = |case: &&Case| case.options.iter().any(|name| name == option);
            assert!(by(expect).any(|case| has(&case)), "{option} {expect:?}");
        }
        let languages: BTreeSet<_> = by(expect).map(|case| &case.lang).collect();
        assert!(languages.len() >= 25, "{expect:?}: {languages:?}");
    }
    let plain = cases.iter().filter(|case| case.options.is_empty()).count();
    assert!(plain * 2 >= cases.len(), "most lists have no options");
    let mut by_language: BTreeMap<&str, usize> = BTreeMap::new();
    for case in &cases {
        *by_language.entry(&case.lang).or_default() += 1;
    }
    let well = by_language.values().filter(|count| **count >= 6).count();
    assert!(well >= 12, "languages with six cases or more: {well}");
}

#[test]
fn cases_are_numbered_and_written_in_ascii() {
    assert!(CASES.is_ascii(), "what is invisible is escaped");
    for (number, case) in (1..).zip(cases()) {
        assert_eq!(case.n, number);
        assert!(!case.why.is_empty());
    }
}

/// Ways of writing a text that need no mark of the option: what each kind of disguise in the
/// cases is called in the text. One of each has to be there.
#[test]
fn every_kind_of_disguise_has_a_case() {
    let texts: String = cases().iter().map(|case| case.text.as_str()).collect();
    for (kind, mark) in [
        ("zero-width space", "\u{200B}"),
        ("soft hyphen", "\u{AD}"),
        ("joiner", "\u{200D}"),
        ("variation selector", "\u{FE0F}"),
        ("right-to-left override", "\u{202E}"),
        ("combining stroke", "\u{336}"),
        ("full width", "ｓ"),
        ("small capitals", "ꜱ"),
        ("flags", "🇸"),
        ("middle dot", "·"),
        ("dot operator", "⋅"),
        ("tatweel", "\u{640}"),
        ("niqqud", "\u{5B4}"),
        ("narrow no-break space", "\u{202F}"),
        ("typographic apostrophe", "’"),
        ("entity", "&#x73;"),
        ("comment of HTML", "<!--"),
        ("emphasis", "s*p*am"),
        ("emoji", "👏"),
        ("half width", "ﾊﾞ"),
    ] {
        assert!(texts.contains(mark), "{kind}");
    }
}

#[test]
fn bad_lines_are_named() {
    let text = "{\"n\":1}\n\n{\"n\":2,\"lang\":\"en\",\"entry\":\"a\",\"mode\":\"whole_word\",\
        \"options\":[\"loud\"],\"text\":\"a\",\"expect\":\"hit\",\"why\":\"x\"}\n";
    let told: Vec<_> = Case::read(text).map(|case| case.unwrap_err().to_string()).collect();
    assert!(told[0].starts_with("line 1: this is no case: missing field"), "{told:?}");
    assert_eq!(told[1], "line 3: there is no option “loud”");
    let empty = text
        .lines()
        .nth(2)
        .unwrap()
        .replace("[\"loud\"]", "[]")
        .replace("\"entry\":\"a\"", "\"entry\":\" \"");
    let case = Case::read(&empty).next().unwrap().unwrap();
    assert!(case.judge().unwrap_err().to_string().contains("nothing to look for"));
}
