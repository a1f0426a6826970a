//! Which parts of a text lead somewhere? Addresses that are written out, and mentions.

use super::Names;
use super::text::escape;
use crate::domain::comment::{MAX_MENTIONS, mentions};

/// What ends a link.
pub(super) const CLOSING: &str = "</bdi></a>";
/// Characters of an address that is still made a link.
const MAX_URL: usize = 2_000;

/// What begins a link. An address of another kind than http(s) is removed later, the text stays.
pub(super) fn opening(url: &str, class: &str) -> String {
    let mut out = "<a href=\"".to_owned();
    escape(&mut out, url);
    if !class.is_empty() {
        out.push_str("\" class=\"");
        out.push_str(class);
    }
    out.push_str("\"><bdi>");
    out
}

/// Appends text, its addresses and mentions as links.
pub(super) fn write(out: &mut String, text: &str, names: &Names) {
    let mut rest = text;
    while let Some((before, url, after)) = next_url(rest) {
        write_mentions(out, before, names);
        out.push_str(&opening(url, ""));
        escape(out, url);
        out.push_str(CLOSING);
        rest = after;
    }
    write_mentions(out, rest, names);
}

fn write_mentions(out: &mut String, text: &str, names: &Names) {
    let mut end = 0;
    for (range, mention) in mentions(text).into_iter().take(MAX_MENTIONS) {
        let Some(url) = names.get(&mention) else { continue };
        escape(out, text.get(end..range.start).unwrap_or_default());
        out.push_str(&opening(url, "mention"));
        escape(out, text.get(range.clone()).unwrap_or_default());
        out.push_str(CLOSING);
        end = range.end;
    }
    escape(out, text.get(end..).unwrap_or_default());
}

/// What stands before the next address, the address, and what follows.
fn next_url(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find("://")?;
        from = at + 3;
        let Some(start) = scheme(text.get(..at)?) else { continue };
        let url = text.get(start..)?;
        // Looked at no further than an address may go: many that never end must not cost more.
        let end = url.char_indices().take(MAX_URL + 1).find(|(_, c)| ends_url(*c));
        let end = match end {
            Some((end, _)) => end,
            None if url.len() <= MAX_URL => url.len(),
            None => continue,
        };
        let url = trimmed(url.get(..end)?);
        if url.get(at + 3 - start..).unwrap_or_default().is_empty() {
            continue;
        }
        return Some((text.get(..start)?, url, text.get(start + url.len()..)?));
    }
}

/// Where `http` or `https` begins at the end of `text`, if a word does.
fn scheme(text: &str) -> Option<usize> {
    let start = ["https", "http"].into_iter().find_map(|scheme| {
        let start = text.len().checked_sub(scheme.len())?;
        text.get(start..).filter(|end| end.eq_ignore_ascii_case(scheme)).map(|_| start)
    })?;
    let before = text.get(..start)?.chars().next_back();
    (!before.is_some_and(char::is_alphanumeric)).then_some(start)
}

fn ends_url(c: char) -> bool {
    // Direction controls and the like have no place in an address, but serve to disguise one.
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '\u{061C}' | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// Without what belongs to the sentence: full stops at the end, brackets that were opened before.
fn trimmed(url: &str) -> &str {
    let count = |c: char| url.chars().filter(|found| *found == c).count();
    let mut round = count(')').saturating_sub(count('('));
    let mut square = count(']').saturating_sub(count('['));
    let spare = |c: char| match c {
        ')' if round > 0 => {
            round -= 1;
            true
        }
        ']' if square > 0 => {
            square -= 1;
            true
        }
        _ => ".,;:!?'*_~…»".contains(c),
    };
    url.trim_end_matches(spare)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(text: &str) -> Vec<&str> {
        let (mut rest, mut found) = (text, Vec::new());
        while let Some((_, url, after)) = next_url(rest) {
            found.push(url);
            rest = after;
        }
        found
    }

    #[test]
    fn addresses_end_where_the_sentence_goes_on() {
        assert_eq!(
            urls("see https://a.example/x, (http://b.example/(y)) and HTTPS://c.example."),
            ["https://a.example/x", "http://b.example/(y)", "HTTPS://c.example"]
        );
        assert_eq!(urls("https://fr.example/été?a=b&c=d#e»"), ["https://fr.example/été?a=b&c=d#e"]);
    }

    #[test]
    fn other_schemes_and_half_addresses_are_none() {
        for text in
            ["javascript://x", "xhttp://y", "https://", "http:// a", "ftp://a.example", "://"]
        {
            assert_eq!(urls(text), Vec::<&str>::new(), "{text}");
        }
        assert_eq!(urls(&format!("https://a.example/{}", "x".repeat(MAX_URL))), Vec::<&str>::new());
    }

    #[test]
    fn a_direction_control_ends_an_address() {
        assert_eq!(urls("https://good.example/\u{202e}moc.live"), ["https://good.example/"]);
    }
}
