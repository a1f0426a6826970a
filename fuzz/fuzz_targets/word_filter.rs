//! Any list at any text, read in every way.
#![no_main]

use farandole_word_filter::lists::{Format, WordList};
use farandole_word_filter::{ListSpec, Matcher, Options, Visible};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, [bool; 5])| {
    let (file, text, [confusables, leet, separators, repeats, bidi]) = input;
    let options = Options { confusables, leet, separators, repeats, bidi };
    for format in Format::ALL {
        let Ok(list) = WordList::read(format, file) else { continue };
        let again = WordList::read(format, &list.write(format)).expect("what is written is read");
        assert_eq!(again.matcher_entries(), list.matcher_entries());
        let (entries, exceptions) = (list.matcher_entries(), list.matcher_exceptions());
        let spec = ListSpec { id: 1, options, entries: &entries, exceptions: &exceptions };
        let Ok(matcher) = Matcher::build(&[spec]) else { continue };
        for visible in [Visible::plain(text), Visible::markdown(text), Visible::html(text)] {
            for hit in matcher.scan(&visible).hits {
                assert!(!text[hit.start..hit.end].is_empty());
            }
        }
    }
});
