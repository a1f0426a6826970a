//! Lists in files: what is read, what is refused with which words, and that writing and reading
//! give the same.

use farandole_word_filter::lists::{Format, ListEntry, ListException, WordList};
use farandole_word_filter::{ListSpec, Matcher, Mode, Options, Visible};
use proptest::prelude::*;

fn problems(format: Format, data: &str) -> Vec<String> {
    let read = WordList::read(format, data);
    let error = read.err();
    error
        .iter()
        .flat_map(|error| &error.problems)
        .map(|one| format!("{}: {}", one.line, one.problem))
        .collect()
}

#[test]
fn the_short_forms_say_their_mode() {
    let data = "\u{FEFF}# a comment\n@name Insults\n@language fr\n@options leet repeats\n\n\
        spam\ncas*\n*sino*\nbuy  followers\n=b[ae]d\\b\n!Scunthorpe\n@note of 2026\n@word @home\n\
        @in en\nfree\n@in\nlast\n";
    let list = WordList::read(Format::Text, data).unwrap();
    assert_eq!(list.name.as_deref(), Some("Insults"));
    assert_eq!(list.options, Options { leet: true, repeats: true, ..Options::default() });
    let entries: Vec<_> = list.entries.iter().map(|entry| (entry.mode, &*entry.text)).collect();
    let expected = [
        (Mode::WholeWord, "spam"),
        (Mode::Prefix, "cas"),
        (Mode::Substring, "sino"),
        (Mode::Phrase, "buy followers"),
        (Mode::Regex, "b[ae]d\\b"),
        (Mode::WholeWord, "@home"),
        (Mode::WholeWord, "free"),
        (Mode::WholeWord, "last"),
    ];
    assert_eq!(entries, expected);
    assert_eq!(list.entries[5].note.as_deref(), Some("of 2026"));
    assert_eq!(list.entries[6].language.as_deref(), Some("en"));
    assert_eq!(list.entries[7].language, None);
    assert_eq!(list.matcher_entries()[7].language.as_deref(), Some("fr"));
    assert_eq!(list.exceptions[0].text, "Scunthorpe");
}

#[test]
fn tables_of_spreadsheets_are_read() {
    let data = "note;text;mode\r\n\"a; \"\"b\"\"\";spam;\r\n;\"two\nwords\";phrase\r\n;Essex;exception\r\n";
    let list = WordList::read(Format::Csv, data).unwrap();
    assert_eq!(list.entries[0].note.as_deref(), Some("a; \"b\""));
    assert_eq!(list.entries[1].text, "two words");
    assert_eq!(list.exceptions[0].text, "Essex");
}

#[test]
fn json_may_be_words_alone() {
    let data = r#"{"options":["leet"],"entries":["spam",{"text":"a","mode":"prefix"}],"later":1}"#;
    let list = WordList::read(Format::Json, data).unwrap();
    assert_eq!(list.entries.len(), 2);
    assert!(list.options.leet);
}

#[test]
fn every_bad_line_is_named() {
    let data = "@language f\nok\n\u{200B}\n@colour red\n=(\n@options loud\n@in x\nword\n";
    assert_eq!(
        problems(Format::Text, data),
        [
            "1: “f” is no language code, such as “fr”",
            "3: “\u{200B}”: there is nothing to look for: it has no visible character",
            "4: there is no “@colour”; write “@word @colour” if it is a word",
            "5: “(”: the expression cannot be used: unclosed group",
            "6: there is no option “loud”; there are confusables, leet, separators, repeats, bidi",
            "8: this is no language code, such as “fr” or “pt-BR”",
        ]
    );
}

#[test]
fn what_cannot_be_a_list_is_refused() {
    assert_eq!(
        problems(Format::Csv, "word,mode\nspam,\n"),
        ["1: the first line must name the columns: text, mode, language, note"]
    );
    assert_eq!(problems(Format::Csv, "text\n\"a"), ["2: a quote is opened and never closed"]);
    assert_eq!(problems(Format::Csv, "text,mode\na,loud\n"), ["2: there is no mode “loud”"]);
    assert!(problems(Format::Json, "{\n\"entries\": 1}")[0].starts_with("2: this is no list"));
    assert!(problems(Format::Json, r#"{"format":"x","entries":[]}"#)[0].contains("not known"));
    let long = "a".repeat(17 << 20);
    assert_eq!(problems(Format::Text, &long), ["1: the file is longer than 16 MiB"]);
    let many = "=a\n".repeat(501);
    assert!(problems(Format::Text, &many)[0].starts_with("501: the list has too many expressions"));
}

#[test]
fn spreadsheets_do_not_calculate_what_is_exported() {
    let entry = ListEntry { text: "=1+1".to_owned(), mode: Mode::Regex, ..ListEntry::default() };
    let list = WordList { entries: vec![entry], ..WordList::default() };
    let written = list.write(Format::Csv);
    assert!(written.contains("\n'=1+1,"), "{written}");
    assert_eq!(WordList::read(Format::Csv, &written).unwrap(), list);
}

fn some_text() -> impl Strategy<Value = String> {
    "[#@!=*'+a-zé\\\\\",; -]{0,6}[a-zßй赌][#@!=*a-z\",;' -]{0,6}"
        .prop_map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn some_note() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("[a-z#@\"';=]{1,5}( [a-z#@\"';]{1,5})?")
}

fn some_language() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("en|pt-BR|tr".prop_map(String::from))
}

fn some_entry() -> impl Strategy<Value = ListEntry> {
    let modes = proptest::sample::select(vec![
        Mode::WholeWord,
        Mode::Prefix,
        Mode::Substring,
        Mode::Phrase,
    ]);
    let word = (some_text(), modes, some_language(), some_note())
        .prop_map(|(text, mode, language, note)| ListEntry { text, mode, language, note });
    let regex = ("[a-z]{1,4}[+?]?\\\\b", some_note()).prop_map(|(text, note)| ListEntry {
        text,
        mode: Mode::Regex,
        language: None,
        note,
    });
    prop_oneof![4 => word, 1 => regex]
}

fn some_list() -> impl Strategy<Value = WordList> {
    let exception =
        (some_text(), some_note()).prop_map(|(text, note)| ListException { text, note });
    (
        proptest::option::of("[a-z@#]{1,9}"),
        proptest::option::of(Just("fr".to_owned())),
        proptest::collection::vec(some_entry(), 0..8),
        proptest::collection::vec(exception, 0..4),
        any::<[bool; 5]>(),
    )
        .prop_map(|(name, language, entries, exceptions, on)| {
            let [confusables, leet, separators, repeats, bidi] = on;
            let options = Options { confusables, leet, separators, repeats, bidi };
            WordList { name, language, options, entries, exceptions }
        })
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same(list in some_list()) {
        for format in [Format::Text, Format::Json] {
            let written = list.write(format);
            prop_assert_eq!(&WordList::read(format, &written).unwrap(), &list, "{}", written);
        }
        let written = list.write(Format::Csv);
        let read = WordList::read(Format::Csv, &written).unwrap();
        prop_assert_eq!(read.matcher_entries(), list.matcher_entries(), "{}", written);
        prop_assert_eq!(read.exceptions, list.exceptions);
    }

    #[test]
    fn no_file_breaks_the_reader(data in any::<String>(), lines in "[@!=*#\"',;{}\\[\\]:a-z\n\r\t ]{0,80}") {
        for format in Format::ALL {
            for data in [&data, &lines] {
                if let Ok(list) = WordList::read(format, data) {
                    prop_assert_eq!(&WordList::read(Format::Json, &list.write(Format::Json)).unwrap(), &list);
                }
            }
        }
    }
}

#[test]
fn a_break_that_reading_adds_is_no_hit() {
    let list = WordList::read(Format::Text, "=.").unwrap();
    let (entries, exceptions) = (list.matcher_entries(), list.matcher_exceptions());
    let options = Options::default();
    let spec = ListSpec { id: 1, options, entries: &entries, exceptions: &exceptions };
    let matcher = Matcher::build(&[spec]).unwrap();
    for visible in [Visible::plain("<"), Visible::markdown("<"), Visible::html("<")] {
        for hit in matcher.scan(&visible).hits {
            assert!(hit.start < hit.end, "{hit:?}");
        }
    }
}

#[test]
fn a_byte_order_mark_before_an_entry_is_none_of_it() {
    for (format, data) in [
        (Format::Text, "\u{B}\u{FEFF}::"),
        (Format::Csv, "text\n\u{FEFF}::"),
        (Format::Json, "{\"entries\": [{\"text\": \"\u{FEFF}::\"}]}"),
    ] {
        let list = WordList::read(format, data).unwrap();
        assert_eq!(list.entries.first().map(|entry| entry.text.as_str()), Some("::"), "{data}");
        let again = WordList::read(format, &list.write(format)).unwrap();
        assert_eq!(again.entries, list.entries, "{data}");
    }
}
