//! What does HTML show? Tags, comments and what browsers do not render are taken off; each text
//! keeps its place. No tree is built: what matters is which characters a reader sees.

use std::ops::Range;

use pulldown_cmark::{Event, Parser};

use super::Visible;

/// Elements that stand on lines of their own.
const BLOCKS: [&str; 31] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tr",
    "ul",
];
/// Elements whose content is not shown.
const HIDDEN: [&str; 8] =
    ["script", "style", "template", "noscript", "iframe", "object", "head", "title"];

/// Adds what `text` shows; it begins at `base` of the original.
pub(super) fn read(text: &str, base: usize, visible: &mut Visible) {
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let stop = rest.find(['<', '&']).unwrap_or(rest.len());
        visible.same(rest.get(..stop).unwrap_or_default(), base + at);
        at += stop;
        let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) else { return };
        at += if rest.starts_with('&') {
            entity(rest, base + at, visible)
        } else {
            tag(rest, base + at, visible)
        };
    }
}

/// Reads the entity at the start of `rest`; how many bytes it takes.
fn entity(rest: &str, at: usize, visible: &mut Visible) -> usize {
    let named = |c: char| c.is_ascii_alphanumeric() || c == '#';
    let length = rest.get(1..).and_then(|name| name.find(|c| !named(c))).map(|name| name + 1);
    let length =
        length.filter(|length| *length < 40 && rest.get(*length..*length + 1) == Some(";"));
    let Some(raw) = length.and_then(|length| rest.get(..=length)) else {
        visible.same("&", at);
        return 1;
    };
    // The Markdown reader knows all names of HTML: they need not be known twice.
    let shown: String = Parser::new(raw)
        .filter_map(|event| if let Event::Text(text) = event { Some(text) } else { None })
        .map(pulldown_cmark::CowStr::into_string)
        .collect();
    if shown == raw {
        visible.same(raw, at)
    } else {
        visible.whole(&shown, at..at + raw.len())
    }
    raw.len()
}

/// Reads the tag or comment at the start of `rest`; how many bytes it takes.
fn tag(rest: &str, at: usize, visible: &mut Visible) -> usize {
    if rest.starts_with("<!--") {
        return rest.find("-->").map_or(rest.len(), |end| end + 3);
    }
    let inside = rest.get(1..).unwrap_or_default();
    if !inside.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
        visible.same("<", at);
        return 1;
    }
    let length = end_of_tag(rest);
    let tag = rest.get(..length).unwrap_or_default();
    let closing = inside.starts_with('/');
    let name: String = inside
        .trim_start_matches('/')
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .take(12)
        .collect();
    if BLOCKS.contains(&name.as_str()) {
        visible.line(at);
    }
    if !closing
        && name == "a"
        && let Some(address) = attribute(tag, "href")
    {
        visible.link(&decoded(&address), at..at + length);
    }
    if !closing && HIDDEN.contains(&name.as_str()) && !tag.ends_with("/>") {
        return hidden(rest, length, &name);
    }
    length
}

/// Where the element that opened ends; without an end, all that follows is hidden.
fn hidden(rest: &str, from: usize, name: &str) -> usize {
    let after = rest.get(from..).unwrap_or_default();
    let close = after.match_indices("</").find(|(index, _)| {
        let there = after.get(index + 2..index + 2 + name.len());
        there.is_some_and(|there| there.eq_ignore_ascii_case(name))
    });
    close.map_or(rest.len(), |(index, _)| from + index)
}

/// The length of the tag at the start of `rest`: a `>` inside quotes does not end it.
fn end_of_tag(rest: &str) -> usize {
    let mut quote = None;
    for (index, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return index + 1,
            (None, b'"' | b'\'') if follows_equals(rest, index) => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    rest.len()
}

fn follows_equals(rest: &str, index: usize) -> bool {
    rest.as_bytes().get(..index).is_some_and(|before| before.trim_ascii_end().ends_with(b"="))
}

/// The value of an attribute of a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let (at, _) = lower.match_indices(name).find(|(at, _)| {
        let before = lower.as_bytes().get(at.wrapping_sub(1));
        let after = lower.get(at + name.len()..).unwrap_or_default();
        before.is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'/')
            && after.trim_start().starts_with('=')
    })?;
    let value = tag.get(at + name.len()..)?.trim_start().strip_prefix('=')?.trim_start();
    let range: Range<usize> = match value.chars().next()? {
        quote @ ('"' | '\'') => 1..value.get(1..)?.find(quote)? + 1,
        _ => 0..value.find(|c: char| c.is_whitespace() || c == '>')?,
    };
    value.get(range).map(str::to_owned)
}

/// An attribute's value without its entities.
fn decoded(value: &str) -> String {
    let mut seen = Visible::default();
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        seen.text.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        let length = entity(rest, 0, &mut seen);
        rest = rest.get(length..).unwrap_or_default();
    }
    seen.text.push_str(rest);
    seen.text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_shown_is_not_read() {
        for (text, expected) in [
            ("<p>Hello <em>w</em>orld</p><p>again</p>", "Hello world\nagain"),
            ("a<br>b<br/>c", "a\nb\nc"),
            ("sp<!-- <b> -->am", "spam"),
            ("<script>spam</script>ham<style>x</style>", "ham"),
            ("<SCRIPT>a</script >ham", "ham"),
            ("<script>spam", ""),
            ("a &lt;b&gt; &amp; &eacute;&#x41;&nosuch; & b", "a <b> & éA&nosuch; & b"),
            ("1 < 2 <3 <", "1 < 2 <3 <"),
            ("<a title='>'>x</a>", "x"),
            ("<", "<"),
            ("<!doctype html><b", ""),
        ] {
            assert_eq!(Visible::html(text).text().trim_end(), expected, "{text}");
        }
    }

    #[test]
    fn links_of_html_are_collected() {
        let text = "<a class=x href=\"https://e.example/?a=1&amp;b=2\">x</a> <A HREF='/y'>y</A>";
        assert_eq!(Visible::html(text).links(), ["https://e.example/?a=1&b=2", "/y"]);
    }

    #[test]
    fn places_are_those_of_the_original() {
        let text = "<b>é&amp;x</b>";
        let seen: Vec<_> = Visible::html(text).seen().map(|s| &text[s.start..s.end]).collect();
        assert_eq!(seen, ["é", "&amp;", "x"]);
    }
}
