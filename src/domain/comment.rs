//! What is a comment? Its states, the limits of its text, and the names it mentions.

use std::ops::Range;

/// Characters of a comment at most (PeerTube).
pub const MAX_CHARS: usize = 10_000;
/// Names one comment may mention.
pub const MAX_MENTIONS: usize = 20;
/// Seconds that a video may want between two comments of one person: a day.
pub const MAX_PAUSE_S: i64 = 24 * 3600;
/// Characters of a name and of a host in a mention at most.
const MAX_NAME: usize = 50;
const MAX_HOST: usize = 253;

/// Where a comment stands before others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CommentState {
    /// Everybody who may see the video sees it.
    Shown,
    /// It waits for a human; its author and moderators see it.
    Held,
    /// It was refused; its author and moderators see it.
    Rejected,
    /// It is gone; a mark stays while it has replies.
    Deleted,
}

impl CommentState {
    /// Its name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Held => "held",
            Self::Rejected => "rejected",
            Self::Deleted => "deleted",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Shown, Self::Held, Self::Rejected, Self::Deleted]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// Why a text is no comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadText {
    /// Nothing that can be seen.
    #[error("Write something first.")]
    Empty,
    /// Over [`MAX_CHARS`].
    #[error("Should have at most 10,000 characters.")]
    TooLong,
    /// Over [`MAX_MENTIONS`].
    #[error("Should mention at most 20 people.")]
    TooManyMentions,
}

/// The text that is kept of what somebody sent: without white space at its ends, and without
/// control characters that no reader sees.
///
/// # Errors
/// It is empty, too long, or mentions too many.
pub fn checked(text: &str) -> Result<String, BadText> {
    // Counting stops where it is decided: what was sent may be a megabyte.
    let text = text.trim();
    if text.chars().take(MAX_CHARS + 1).count() > MAX_CHARS {
        return Err(BadText::TooLong);
    }
    let kept: String =
        text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    if !kept.chars().any(visible) {
        return Err(BadText::Empty);
    }
    let mut names: Vec<Mention> = Vec::new();
    for (_, mention) in mentions(&kept) {
        if !names.contains(&mention) {
            names.push(mention);
        }
    }
    if names.len() > MAX_MENTIONS {
        return Err(BadText::TooManyMentions);
    }
    Ok(kept)
}

/// Leaves something on the screen: no space, no zero-width or direction control.
fn visible(c: char) -> bool {
    !c.is_whitespace()
        && !matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Somebody who is named in a text, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mention {
    /// Name without host.
    pub name: String,
    /// Host; empty when none was written.
    pub host: String,
}

/// Every `@name` and `@name@host` of a text, with where it stands. A name that follows a letter,
/// a digit or one of `@/_.-` is part of an address and none.
#[must_use]
pub fn mentions(text: &str) -> Vec<(Range<usize>, Mention)> {
    let mut found = Vec::new();
    let mut end = 0;
    for (at, _) in text.match_indices('@') {
        if at < end || text.get(..at).is_some_and(|before| before.ends_with(continues_word)) {
            continue;
        }
        let Some((length, mention)) = text.get(at + 1..).and_then(mention) else { continue };
        end = at + 1 + length;
        found.push((at..end, mention));
    }
    found
}

fn continues_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '@' | '/' | '_' | '.' | '-')
}

/// A mention at the start of `text`, without its `@`, and how many bytes it takes.
fn mention(text: &str) -> Option<(usize, Mention)> {
    let name = run(text, MAX_NAME, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))?;
    let rest = text.get(name.len()..).unwrap_or_default();
    let host = rest.strip_prefix('@').and_then(|rest| {
        run(rest, MAX_HOST, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':'))
    });
    let length = name.len() + host.map_or(0, |host| host.len() + 1);
    // The name goes on in letters that no name has: somebody else is meant, or nobody.
    let after = text.get(length..).and_then(|rest| rest.chars().next());
    if after.is_some_and(|c| c.is_alphanumeric() || c == '@') {
        return None;
    }
    let host = host.unwrap_or_default().to_ascii_lowercase();
    Some((length, Mention { name: name.to_ascii_lowercase(), host }))
}

/// The longest start of `text` of such characters, without full stops and the like at its end,
/// which belong to the sentence.
fn run(text: &str, most: usize, fits: impl Fn(char) -> bool) -> Option<&str> {
    let end = text.find(|c| !fits(c)).unwrap_or(text.len());
    let run = text.get(..end)?.trim_end_matches(['.', '-', ':']);
    (1..=most).contains(&run.len()).then_some(run)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(text: &str) -> Vec<String> {
        let named = mentions(text).into_iter().map(|(_, m)| format!("{}@{}", m.name, m.host));
        named.collect()
    }

    #[test]
    fn names_are_found_where_people_write_them() {
        assert_eq!(
            named("@alice, see @Bob.b and (@eve@Example.org)."),
            ["alice@", "bob.b@", "eve@example.org"]
        );
        assert_eq!(named("@alice@video.example:8443: look"), ["alice@video.example:8443"]);
        assert_eq!(named("@alice@"), Vec::<String>::new());
    }

    #[test]
    fn mail_addresses_and_urls_name_nobody() {
        for text in
            ["me@example.org", "https://example.org/@alice", "@", "@@", "@é", "a@b", "@alicé"]
        {
            assert_eq!(named(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_text_is_kept_without_what_nobody_sees() {
        assert_eq!(checked("  a\u{0}\u{7}b\r\nc\t ").as_deref(), Ok("ab\nc"));
        for nothing in ["", " \n\t", "\u{200b}\u{202e}\u{feff}", "\u{0}"] {
            assert_eq!(checked(nothing), Err(BadText::Empty), "{nothing:?}");
        }
    }

    #[test]
    fn characters_count_not_bytes() {
        assert!(checked(&"é".repeat(MAX_CHARS)).is_ok());
        assert_eq!(checked(&"é".repeat(MAX_CHARS + 1)), Err(BadText::TooLong));
        assert_eq!(checked(&"a".repeat(1 << 20)), Err(BadText::TooLong));
    }

    #[test]
    fn a_crowd_cannot_be_called() {
        let crowd = |n: usize| (0..n).map(|i| format!("@u{i} ")).collect::<String>();
        assert!(checked(&crowd(MAX_MENTIONS)).is_ok());
        assert_eq!(checked(&crowd(MAX_MENTIONS + 1)), Err(BadText::TooManyMentions));
        assert!(checked(&"@alice ".repeat(1000)).is_ok(), "one person, however often");
    }

    #[test]
    fn names_round_trip() {
        for state in ["shown", "held", "rejected", "deleted"] {
            assert_eq!(CommentState::parse(state).unwrap().name(), state);
        }
        assert_eq!(CommentState::parse("gone"), None);
    }

    proptest! {
        #[test]
        fn mentions_stand_where_they_say(text: String) {
            for (range, mention) in mentions(&text) {
                let there = text.get(range).unwrap().to_ascii_lowercase();
                let name = format!("@{}", mention.name);
                prop_assert!(there.starts_with(&name), "{} {}", there, name);
            }
        }
    }
}
