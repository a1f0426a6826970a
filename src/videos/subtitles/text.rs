//! Which part of a cue's text is safe? Tags that WebVTT knows stay, without what browsers could
//! trip over; all else becomes plain text or goes.

/// Tags that WebVTT knows (W3C WebVTT, 3.5), which also SRT files use.
const TAGS: [&str; 8] = ["b", "i", "u", "c", "v", "lang", "ruby", "rt"];
/// Characters of one tag at most; a longer one is no tag.
const LONGEST_TAG: usize = 200;
/// Characters of one SRT code at most.
const LONGEST_CODE: usize = 40;

/// The text with known tags only.
pub(super) fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        push_escaped(&mut out, before);
        let inner = from.get(1..).unwrap_or_default();
        // Looks only a little ahead: a file full of `<` must not take time by its square.
        let end = inner.bytes().take(LONGEST_TAG + 1).position(|b| b == b'>');
        let tag = end.and_then(|end| Some((inner.get(..end)?, inner.get(end + 1..)?)));
        match tag {
            Some((tag, after)) if looks_like_a_tag(tag) => {
                out.push_str(&kept(tag));
                rest = after;
            }
            _ => {
                out.push_str("&lt;");
                rest = inner;
            }
        }
    }
    push_escaped(&mut out, rest);
    without_codes(&out)
}

/// `{\an8}` and its like, which place text in SRT files, place nothing here.
fn without_codes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let code = if c == '}' { code_at_end(&out) } else { None };
        match code {
            Some(at) => out.truncate(at),
            None => out.push(c),
        }
    }
    out
}

/// Where the code begins that a `}` would end now.
fn code_at_end(out: &str) -> Option<usize> {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"&(),.-\\".contains(b);
    let length = out.bytes().rev().take(LONGEST_CODE).take_while(|b| plain(b)).count();
    let (before, code) = out.split_at_checked(out.len() - length)?;
    (before.ends_with('{') && code.starts_with('\\')).then(|| before.len() - 1)
}

/// `&` stays where it begins a character reference that WebVTT knows.
fn push_escaped(out: &mut String, text: &str) {
    const KNOWN: [&str; 6] = ["&amp;", "&lt;", "&gt;", "&lrm;", "&rlm;", "&nbsp;"];
    let mut rest = text;
    while let Some(at) = rest.find(['&', '>']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let known = KNOWN.iter().find(|known| from.starts_with(**known));
        let taken = known.map_or(1, |known| known.len());
        out.push_str(match known {
            Some(known) => known,
            None if from.starts_with('&') => "&amp;",
            None => "&gt;",
        });
        rest = from.get(taken..).unwrap_or_default();
    }
    out.push_str(rest);
}

fn looks_like_a_tag(tag: &str) -> bool {
    let first = tag.strip_prefix('/').unwrap_or(tag).chars().next();
    tag.len() <= LONGEST_TAG
        && !tag.contains(['<', '\n'])
        && first.is_some_and(|c| c.is_ascii_alphanumeric())
}

/// The tag as it is kept: whole, stripped to its name, or not at all.
fn kept(tag: &str) -> String {
    let closing = tag.strip_prefix('/');
    let inner = closing.unwrap_or(tag);
    let end = inner.find(|c: char| c == '.' || c.is_whitespace()).unwrap_or(inner.len());
    let (name, rest) = inner.split_at(end);
    let name = name.to_ascii_lowercase();
    if !TAGS.contains(&name.as_str()) {
        return String::new();
    }
    if closing.is_some() {
        return format!("</{name}>");
    }
    // Voices and languages are named in the tag; classes, which only style, go.
    let named = matches!(name.as_str(), "v" | "lang");
    let annotation = rest.split_once(char::is_whitespace).map_or("", |(_, note)| note.trim());
    let annotation: String =
        annotation.chars().filter(|c| !c.is_control() && !matches!(c, '&' | '>' | '"')).collect();
    if named && !annotation.is_empty() {
        // No arrow may come out of a name: it would begin a new cue.
        format!("<{name} {}>", annotation.trim_matches([' ', '-']))
    } else {
        format!("<{name}>")
    }
}
