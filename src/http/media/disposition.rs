//! What is a downloaded file called? `Content-Disposition` (RFC 6266), with names that every file
//! system takes.

use axum::http::HeaderValue;

/// Bytes of a name at most: file systems stop at 255, and browsers add to names.
const MOST_BYTES: usize = 150;
/// Characters of what follows the title at most.
const MOST_ENDING: usize = 24;

/// An `attachment` named after a title, such as `A walk - 720p.mp4`.
pub(super) fn attachment(title: &str, ending: &str) -> HeaderValue {
    let name = format!("{}{}", harmless(title), plain_ending(ending));
    // For readers without RFC 8187; the others prefer the second.
    let plain: String =
        name.chars().map(|c| if c.is_ascii() && c != '%' { c } else { '_' }).collect();
    let value = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", encoded(&name));
    // Quotes, backslashes and controls are gone, so this is a header value.
    HeaderValue::from_str(&value).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

/// Without what some file system refuses or a shell could take for something else.
fn harmless(title: &str) -> String {
    let spaced: String = title
        .chars()
        .map(|c| if c.is_control() || "\"\\/:*?<>|".contains(c) { ' ' } else { c })
        .filter(|c| !is_invisible(*c))
        .collect();
    let mut name = String::new();
    for word in spaced.split_whitespace() {
        let room = MOST_BYTES.saturating_sub(name.len() + 1);
        if !name.is_empty() && room > 0 {
            name.push(' ');
        }
        let end = word.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|at| *at <= room);
        name.push_str(word.get(..end.last().unwrap_or(0)).unwrap_or_default());
    }
    let name = name.trim_matches(['.', ' ', '-']);
    if name.is_empty() { "video".to_owned() } else { name.to_owned() }
}

/// Endings hold labels that came out of files.
fn plain_ending(ending: &str) -> String {
    let fits = |c: &char| !c.is_control() && !"\"\\/:*?<>|".contains(*c) && !is_invisible(*c);
    let kept: Vec<char> = ending.chars().filter(fits).collect();
    // The last characters are the ending proper.
    kept.iter().skip(kept.len().saturating_sub(MOST_ENDING)).collect()
}

/// Marks that turn text around could make an ending look like another.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// RFC 8187 `value-chars`: all but `attr-char` as percent codes.
fn encoded(name: &str) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(title: &str) -> String {
        attachment(title, " - 720p.mp4").to_str().unwrap().to_owned()
    }

    #[test]
    fn a_title_becomes_a_name_for_old_and_new_readers() {
        assert_eq!(
            said("A walk: côte d’Émeraude / 50 %"),
            "attachment; filename=\"A walk c_te d__meraude 50 _ - 720p.mp4\"; \
             filename*=UTF-8''A%20walk%20c%C3%B4te%20d%E2%80%99%C3%89meraude%2050%20%25%20-%20720p.mp4"
        );
    }

    #[test]
    fn names_cannot_climb_or_hide_or_reverse() {
        assert!(said("../../etc/passwd").contains("filename=\"etc passwd - 720p.mp4\""));
        assert!(said(".bashrc").contains("filename=\"bashrc - 720p.mp4\""));
        assert!(said("a\"; x=\"b\r\nc").contains("filename=\"a ; x= b c - 720p.mp4\""));
        assert!(said("gpj.\u{202E}exe").contains("filename=\"gpj.exe - 720p.mp4\""));
        assert!(said(" /\\ ").contains("filename=\"video - 720p.mp4\""));
    }

    proptest! {
        #[test]
        fn every_title_is_a_header_and_a_short_name(title in "\\PC{0,300}") {
            let name = harmless(&title);
            prop_assert!(!name.is_empty() && name.len() <= MOST_BYTES);
            prop_assert!(said(&title).starts_with("attachment; filename=\""));
        }
    }
}
