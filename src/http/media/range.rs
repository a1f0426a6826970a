//! Which bytes does a request ask for? `Range` as RFC 9110, section 14, reads it.

use std::ops::Range;

/// More ranges than this in one request are no player's doing: the whole is sent instead.
const MOST: usize = 64;

/// What a `Range` comes to for a file of a known length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Everything: a unit that is not known, or several ranges, which a server may answer so.
    Whole,
    /// These bytes, all of them there.
    Part(Range<u64>),
    /// Nothing that is there, or nothing that can be read.
    Unsatisfiable,
}

/// One element of the list, for a file of `length` bytes.
#[derive(PartialEq)]
enum Spec {
    Bytes(Range<u64>),
    Beyond,
    Invalid,
}

/// Reads the field's value for a file of `length` bytes.
pub(super) fn wanted(value: &str, length: u64) -> Wanted {
    let Some((unit, list)) = value.split_once('=') else { return Wanted::Unsatisfiable };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Wanted::Whole;
    }
    let mut found = Vec::new();
    for spec in list.split(',').map(str::trim).filter(|spec| !spec.is_empty()) {
        match read(spec, length) {
            Spec::Invalid => return Wanted::Unsatisfiable,
            spec => found.push(spec),
        }
        if found.len() > MOST {
            return Wanted::Whole;
        }
    }
    match found.as_slice() {
        [Spec::Bytes(range)] => Wanted::Part(range.clone()),
        many if many.iter().all(|spec| *spec == Spec::Beyond) => Wanted::Unsatisfiable,
        _ => Wanted::Whole,
    }
}

fn read(spec: &str, length: u64) -> Spec {
    let Some((first, last)) = spec.split_once('-') else { return Spec::Invalid };
    if first.is_empty() {
        return match number(last) {
            None => Spec::Invalid,
            Some(0) => Spec::Beyond,
            Some(_) if length == 0 => Spec::Beyond,
            Some(suffix) => Spec::Bytes(length.saturating_sub(suffix)..length),
        };
    }
    let Some(first) = number(first) else { return Spec::Invalid };
    let end = if last.is_empty() {
        length
    } else {
        match number(last) {
            Some(last) if last >= first => last.saturating_add(1).min(length),
            _ => return Spec::Invalid,
        }
    };
    if first < length { Spec::Bytes(first..end) } else { Spec::Beyond }
}

/// Digits only; a number too large for any file is as good as the largest.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn single_open_and_suffix_ranges_are_read() {
        for (value, range) in [
            ("bytes=0-0", 0..1),
            ("bytes=0-99", 0..100),
            ("Bytes = 10-19", 10..20),
            ("bytes=10-1000", 10..100),
            ("bytes=99-", 99..100),
            ("bytes=-1", 99..100),
            ("bytes=-1000", 0..100),
            ("bytes=5-99999999999999999999999", 5..100),
            ("bytes=, 3-4 ,", 3..5),
        ] {
            let value = value.replace(" = ", "=");
            assert_eq!(wanted(&value, 100), Wanted::Part(range), "{value}");
        }
    }

    #[test]
    fn what_is_not_there_or_cannot_be_read_is_unsatisfiable() {
        for value in [
            "bytes=100-",
            "bytes=100-200",
            "bytes=-0",
            "bytes=",
            "bytes=5-2",
            "bytes=a-b",
            "bytes=1",
            "bytes=--1",
            "bytes=+1-2",
            "bytes",
            "bytes=200-,300-",
            "bytes=0-1,x",
        ] {
            assert_eq!(wanted(value, 100), Wanted::Unsatisfiable, "{value}");
        }
        for value in ["bytes=0-", "bytes=-5", "bytes=0-0"] {
            assert_eq!(wanted(value, 0), Wanted::Unsatisfiable, "{value}");
        }
    }

    #[test]
    fn other_units_and_several_ranges_get_the_whole() {
        for value in ["pages=1-2", "bytes=0-1,5-6", "bytes=0-1, 200-300", "bytes=0-,-1"] {
            assert_eq!(wanted(value, 100), Wanted::Whole, "{value}");
        }
        let many = format!("bytes={}", "0-,".repeat(10_000));
        assert_eq!(wanted(&many, 100), Wanted::Whole);
    }

    proptest! {
        #[test]
        fn never_reaches_outside_the_file(value in ".{0,40}", length in any::<u64>()) {
            if let Wanted::Part(range) = wanted(&value, length) {
                prop_assert!(range.start < range.end && range.end <= length);
            }
        }

        #[test]
        fn gives_what_was_asked(first in 0_u64..200, more in 0_u64..200, length in 1_u64..200) {
            let got = wanted(&format!("bytes={first}-{}", first + more), length);
            let want = if first < length {
                Wanted::Part(first..(first + more + 1).min(length))
            } else {
                Wanted::Unsatisfiable
            };
            prop_assert_eq!(got, want);
        }
    }
}
