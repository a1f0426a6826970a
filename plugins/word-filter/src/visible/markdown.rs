//! What does Markdown show? CommonMark as pulldown-cmark reads it, each text with its place.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{Visible, html};

/// Whether Markdown shows `text` as it is written. May say no too often, never yes.
pub(super) fn is_plain(text: &str) -> bool {
    let marks = |byte: &u8| {
        matches!(
            byte,
            b'*' | b'_'
                | b'`'
                | b'['
                | b'<'
                | b'&'
                | b'\\'
                | b'~'
                | b'#'
                | b'>'
                | b'='
                | b'+'
                | b'|'
        )
    };
    // Two spaces at the end of a line break it, as any line break does: white space is white space.
    // Lists, rules and indented code begin at the start of a line; a line is enough to look at.
    let block = |line: &str| {
        let rest = line.trim_start();
        rest.len() != line.len()
            || rest.starts_with('-')
            || rest.starts_with(|c: char| c.is_ascii_digit())
    };
    !text.bytes().any(|byte| marks(&byte)) && !text.lines().any(block)
}

/// Reads `text`. Raw HTML is read twice, since some show it and some obey it: without its tags
/// where it stands, and as it is written behind the rest.
pub(super) fn read(text: &str) -> Visible {
    let mut visible = Visible::default();
    let mut links: Vec<(String, String)> = Vec::new();
    let mut raw_html: Vec<Range<usize>> = Vec::new();
    for (event, range) in Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH).into_offset_iter() {
        match event {
            Event::Text(shown) => put(text, &shown, range, &mut visible),
            Event::Code(shown) => code(text, &shown, range, &mut visible),
            Event::Html(_) | Event::InlineHtml(_) => {
                let raw = text.get(range.clone()).unwrap_or_default();
                html::read(raw, range.start, &mut visible);
                raw_html.push(range);
            }
            Event::SoftBreak | Event::HardBreak | Event::Rule => visible.whole("\n", range),
            Event::Start(
                Tag::Link { dest_url, title, .. } | Tag::Image { dest_url, title, .. },
            ) => {
                visible.link(&dest_url, range);
                links.push((dest_url.into_string(), title.into_string()));
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                // A title is shown by the pointer: a line of its own behind the link.
                if let Some((_, title)) = links.pop().filter(|(_, title)| !title.is_empty()) {
                    visible.line(range.start);
                    visible.whole(&title, range.clone());
                    visible.line(range.end);
                }
            }
            Event::Start(tag) if is_block(&tag) => visible.line(range.start),
            Event::End(tag) if ends_block(tag) => visible.line(range.end),
            _ => {}
        }
    }
    for range in raw_html {
        visible.line(range.start);
        visible.same(text.get(range.clone()).unwrap_or_default(), range.start);
    }
    visible
}

/// Text as it stands, or what an entity stands for.
fn put(text: &str, shown: &str, range: Range<usize>, visible: &mut Visible) {
    let raw = text.get(range.clone()).unwrap_or_default();
    if raw == shown {
        visible.same(shown, range.start);
    } else if let Some(at) = raw.find(shown).filter(|_| !raw.starts_with('&')) {
        visible.same(shown, range.start + at);
    } else {
        visible.whole(shown, range);
    }
}

/// Code stands between backticks; where its inside is shown exactly, each byte knows its place.
fn code(text: &str, shown: &str, range: Range<usize>, visible: &mut Visible) {
    let raw = text.get(range.clone()).unwrap_or_default();
    match raw.find(shown) {
        Some(at) => visible.same(shown, range.start + at),
        None => visible.whole(shown, range),
    }
}

fn is_block(tag: &Tag<'_>) -> bool {
    !matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough)
}

fn ends_block(tag: TagEnd) -> bool {
    !matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        Visible::markdown(text).text().trim().to_owned()
    }

    #[test]
    fn marks_are_not_seen() {
        for (text, expected) in [
            ("sp**a**m", "spam"),
            ("s~~p~~am", "spam"),
            ("sp&#97;m", "spam"),
            ("sp\\am", "sp\\am"),
            ("sp\\*am", "sp*am"),
            ("`sp``am`", "sp``am"),
            ("sp<b>a</b>m<!-- x -->", "spam\n<b>\n</b>\n<!-- x -->"),
            ("![spam](x.png)", "spam"),
            ("[a](https://e.example 'spam')", "a\nspam"),
            ("# spam\n\n- a\n- b", "spam\na\nb"),
            ("<div>spam</div>\n", "spam\n\n<div>spam</div>"),
            ("a  \n*b*", "a\nb"),
            ("    code", "code"),
            ("[spam]: https://e.example", ""),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn the_short_way_shows_what_the_long_way_shows() {
        for text in ["Bonjour !\nÇa va ? 3.5 - 2", "a. b (c) d: e/f @g", "é"] {
            assert!(is_plain(text), "{text}");
            assert_eq!(read(text).text.trim_end(), text);
        }
        for text in ["- a", "1. a", " a", "a\n=", "*a*", "x\n---"] {
            assert!(!is_plain(text), "{text}");
        }
    }
}
