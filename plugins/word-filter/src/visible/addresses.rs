//! Which stretches of a text are web addresses? Their paths are no words, so that matching asks
//! here first. Only what is plainly an address counts: a scheme of the web before a host with a
//! dot in it, or `www.`; anything looser would be a place to hide words.

use std::ops::Range;

const SCHEMES: [&str; 10] = [
    "http://",
    "https://",
    "ftp://",
    "ftps://",
    "ipfs://",
    "ws://",
    "wss://",
    "rtmp://",
    "magnet:?",
    "gemini://",
];

/// The addresses in `text`, in order, as byte ranges.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        // Every address has one of these behind its scheme or its first label.
        if !matches!(byte, b':' | b'.') || found.last().is_some_and(|last| last.end > at) {
            continue;
        }
        let start = scheme_before(text, at).or_else(|| www_before(text, at));
        if let Some(start) = start.filter(|start| names_a_host(text, *start)) {
            found.push(start..end_of(text, start));
        }
    }
    found
}

/// Where the scheme begins whose colon stands at `colon`.
fn scheme_before(text: &str, colon: usize) -> Option<usize> {
    let start = SCHEMES.iter().find_map(|scheme| {
        let start = colon.checked_sub(scheme.find(':')?)?;
        let there = text.get(start..start + scheme.len())?;
        there.eq_ignore_ascii_case(scheme).then_some(start)
    })?;
    begins_a_word(text, start).then_some(start)
}

fn www_before(text: &str, dot: usize) -> Option<usize> {
    let start = dot.checked_sub(3)?;
    let www = text.get(start..dot)?.eq_ignore_ascii_case("www");
    (www && begins_a_word(text, start)).then_some(start)
}

fn begins_a_word(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    before.is_none_or(|c| !c.is_alphanumeric())
}

/// The end of the address that begins at `start`: white space or a quote, less the punctuation
/// of the sentence around it.
fn end_of(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let stop = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '«' | '»' | '“' | '”');
    let length = rest.find(stop).unwrap_or(rest.len());
    let address = rest.get(..length).unwrap_or_default();
    let tail = ['.', ',', ';', ':', '!', '?', ')', ']', '}', '\'', '’', '…', '*', '_'];
    start + address.trim_end_matches(tail).len()
}

/// Whether what follows the scheme looks like a host: `http://word` is a word. Looks no further
/// than a host's name may be long, so that a text full of schemes is read once.
fn names_a_host(text: &str, start: usize) -> bool {
    let rest = text.get(start..).unwrap_or_default();
    if rest.get(..8).is_some_and(|head| head.eq_ignore_ascii_case("magnet:?")) {
        return true;
    }
    let scheme = rest.find("://").filter(|at| *at < 8).map_or(0, |at| at + 3);
    let rest = rest.get(scheme..).unwrap_or_default();
    let ends = |c: char| matches!(c, '/' | '?' | '#' | '"' | '<' | '>') || c.is_whitespace();
    let host: String = rest.chars().take(300).take_while(|c| !ends(*c)).collect();
    let host = host.rsplit_once('@').map_or(host.as_str(), |(_, host)| host);
    let name = host.split(':').next().unwrap_or_default();
    let name = name.trim_end_matches(['.', ',', ';', '!', ')']);
    let labels: Vec<&str> = name.split('.').collect();
    labels.len() >= 2
        && labels.iter().all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|range| text.get(range).unwrap()).collect()
    }

    #[test]
    fn addresses_end_before_the_punctuation_around_them() {
        assert_eq!(
            found("See https://a.example/x?y=1, (WWW.b.example/é) or http://c.example."),
            ["https://a.example/x?y=1", "WWW.b.example/é", "http://c.example"]
        );
    }

    #[test]
    fn what_only_looks_like_an_address_is_text() {
        for text in
            ["http://word", "a://b.example", "note: that", "wwww.x", "http://", "://", "www."]
        {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
