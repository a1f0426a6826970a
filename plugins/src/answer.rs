//! Is what a plugin answered true and decent? Its words reach moderators and authors, its spans
//! are cut out of texts: so each is checked against the text before anyone sees it.

use crate::failure::Failure;
use crate::interface::{Action, Reaction, Reason, Span, Verdict};
use crate::manifest::{Grants, Permission, Permissions, Proposal};

/// The most reasons of a verdict.
pub const MAX_REASONS: usize = 20;
/// The most characters of a reason.
pub const MAX_REASON_CHARS: usize = 200;
/// The most tags of a verdict.
pub const MAX_TAGS: usize = 10;
/// The most bytes of a tag.
pub const MAX_TAG_BYTES: usize = 40;
/// The most notices after an event.
pub const MAX_NOTICES: usize = 5;
/// The most characters of a notice.
pub const MAX_NOTICE_CHARS: usize = 500;

/// Reads a verdict, checks it against the text, and takes from it what was not granted.
///
/// # Errors
/// [`Failure::Lie`] when it is not of the interface's shape, names a part of the text that is not
/// there, or proposes what the manifest does not ask for.
pub fn verdict(
    json: &[u8],
    text: &str,
    asked: &Permissions,
    granted: &Grants,
) -> Result<Verdict, Failure> {
    let mut verdict: Verdict = serde_json::from_slice(json).map_err(unreadable)?;
    if verdict.reasons.len() > MAX_REASONS || verdict.tags.len() > MAX_TAGS {
        return Err(lie("it has too many reasons or tags"));
    }
    for reason in &verdict.reasons {
        check_words("a reason", &reason.text, MAX_REASON_CHARS)?;
        if let Some(span) = &reason.span {
            check_span(span, text)?;
        }
    }
    if let Some(tag) = verdict.tags.iter().find(|tag| !is_tag(tag)) {
        return Err(lie(&format!("{:.50} is no tag", format!("{tag:?}"))));
    }
    if verdict.action != Action::Show && verdict.reasons.is_empty() {
        return Err(lie("it proposes something without a reason"));
    }
    for proposal in proposed(&verdict) {
        if !asked.propose.contains(&proposal) {
            return Err(Failure::Forbidden(Permission::Propose(proposal).to_string()));
        }
    }
    weaken(&mut verdict, granted);
    Ok(verdict)
}

/// Reads a reaction, and takes from it what was not granted.
///
/// # Errors
/// As [`verdict`].
pub fn reaction(json: &[u8], asked: &Permissions, granted: &Grants) -> Result<Reaction, Failure> {
    let mut reaction: Reaction = serde_json::from_slice(json).map_err(unreadable)?;
    if reaction.notices.len() > MAX_NOTICES {
        return Err(lie("it has too many notices"));
    }
    for notice in &reaction.notices {
        check_words("a notice", notice, MAX_NOTICE_CHARS)?;
    }
    if !reaction.notices.is_empty() && !asked.propose.contains(&Proposal::Notify) {
        return Err(Failure::Forbidden("notify".to_owned()));
    }
    if !granted.has(&Permission::Propose(Proposal::Notify)) {
        reaction.notices.clear();
    }
    Ok(reaction)
}

/// What a verdict needs leave for.
fn proposed(verdict: &Verdict) -> impl Iterator<Item = Proposal> {
    let action = match verdict.action {
        Action::Show => None,
        Action::Tag => Some(Proposal::Tag),
        Action::Hold => Some(Proposal::Hold),
        Action::Reject => Some(Proposal::Reject),
    };
    let tags = (!verdict.tags.is_empty()).then_some(Proposal::Tag);
    action.into_iter().chain(tags)
}

/// Lowers the action to the strictest that was granted, and drops tags that were not.
fn weaken(verdict: &mut Verdict, granted: &Grants) {
    let may = |proposal| granted.has(&Permission::Propose(proposal));
    let ladder = [
        (Action::Reject, Proposal::Reject),
        (Action::Hold, Proposal::Hold),
        (Action::Tag, Proposal::Tag),
    ];
    verdict.action = ladder
        .into_iter()
        .filter(|(action, _)| *action <= verdict.action)
        .find_map(|(action, proposal)| may(proposal).then_some(action))
        .unwrap_or(Action::Show);
    if !may(Proposal::Tag) {
        verdict.tags.clear();
    }
}

fn check_span(span: &Span, text: &str) -> Result<(), Failure> {
    let place = |byte: u32| usize::try_from(byte).unwrap_or(usize::MAX);
    let (start, end) = (place(span.start), place(span.end));
    if start < end && text.get(start..end).is_some() {
        return Ok(());
    }
    Err(lie(&format!("{start} to {end} is no part of the text")))
}

fn check_words(what: &str, words: &str, most: usize) -> Result<(), Failure> {
    if words.trim().is_empty() {
        return Err(lie(&format!("{what} is empty")));
    }
    if words.chars().count() > most {
        return Err(lie(&format!("{what} has more than {most} characters")));
    }
    if words.chars().any(hides) {
        return Err(lie(&format!("{what} holds characters that change how text is shown")));
    }
    Ok(())
}

/// Control characters, and those that reorder or hide what follows (Unicode UAX #9).
pub(crate) fn hides(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        )
}

fn is_tag(tag: &str) -> bool {
    (1..=MAX_TAG_BYTES).contains(&tag.len())
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn unreadable(problem: serde_json::Error) -> Failure {
    lie(&problem.to_string())
}

fn lie(what: &str) -> Failure {
    Failure::Lie(what.chars().take(200).collect())
}

/// A verdict that says nothing against a text.
#[must_use]
pub const fn show() -> Verdict {
    Verdict { action: Action::Show, reasons: Vec::new(), tags: Vec::new() }
}

/// A reason about a whole text.
#[must_use]
pub fn reason(text: impl Into<String>) -> Reason {
    Reason { text: text.into(), span: None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all() -> Permissions {
        use Proposal::{Hold, Notify, Reject, Tag};
        Permissions { propose: [Tag, Hold, Reject, Notify].into(), ..Permissions::default() }
    }

    fn judged(json: &str, text: &str) -> Result<Verdict, Failure> {
        verdict(json.as_bytes(), text, &all(), &Grants::all(&all()))
    }

    #[test]
    fn a_true_verdict_is_taken_as_it_is() {
        let json = r#"{"action":"hold","tags":["spam-1"],
            "reasons":[{"text":"Hé","span":{"start":0,"end":2}},{"text":"All of it"}]}"#;
        let verdict = judged(json, "é!").unwrap();
        assert_eq!(verdict.action, Action::Hold);
        assert_eq!(verdict.reasons.len(), 2);
        assert_eq!(judged(r#"{"action":"show"}"#, "x"), Ok(show()));
    }

    #[test]
    fn lies_are_noticed() {
        let spam = |inner: &str| format!(r#"{{"action":"hold","reasons":[{inner}]}}"#);
        for json in [
            String::new(),
            "null".to_owned(),
            "[]".to_owned(),
            "{}".to_owned(),
            r#"{"action":"delete"}"#.to_owned(),
            r#"{"action":"show"} trailing"#.to_owned(),
            r#"{"action":"hold"}"#.to_owned(),
            spam(r#"{"text":""}"#),
            spam(r#"{"text":"a\u202eb"}"#),
            spam(r#"{"text":"a\u0000b"}"#),
            spam(r#"{"text":"x","span":{"start":0,"end":99}}"#),
            spam(r#"{"text":"x","span":{"start":1,"end":1}}"#),
            spam(r#"{"text":"x","span":{"start":2,"end":1}}"#),
            spam(r#"{"text":"x","span":{"start":0,"end":1}}"#),
            spam(r#"{"text":"x","span":{"start":-1,"end":1}}"#),
            spam(&format!(r#"{{"text":"{}"}}"#, "x".repeat(201))),
            spam(&vec![r#"{"text":"x"}"#; 21].join(",")),
            r#"{"action":"show","tags":["Not A Tag"]}"#.to_owned(),
            r#"{"action":"show","tags":[""]}"#.to_owned(),
            format!(r#"{{"action":"show","tags":[{}]}}"#, [r#""a""#; 11].join(",")),
        ] {
            let refused = judged(&json, "é text").expect_err(&json);
            assert!(matches!(refused, Failure::Lie(_)), "{json}: {refused:?}");
        }
        let bytes = b"{\"action\":\"show\",\"tags\":[\"\xff\"]}";
        assert!(verdict(bytes, "", &all(), &Grants::default()).is_err());
    }

    #[test]
    fn what_was_not_granted_is_lowered() {
        let json = r#"{"action":"reject","reasons":[{"text":"x"}],"tags":["t"]}"#.as_bytes();
        let with = |granted: &[Proposal]| {
            let granted = granted.iter().copied().map(Permission::Propose).collect();
            verdict(json, "x", &all(), &Grants(granted)).unwrap()
        };
        assert_eq!(with(&[Proposal::Reject, Proposal::Hold]).action, Action::Reject);
        assert_eq!(with(&[Proposal::Hold]).action, Action::Hold);
        assert_eq!(with(&[Proposal::Tag]).action, Action::Tag);
        let nothing = with(&[]);
        assert_eq!((nothing.action, nothing.tags.len()), (Action::Show, 0));
    }

    #[test]
    fn proposing_what_was_never_asked_for_is_a_failure() {
        let json = r#"{"action":"reject","reasons":[{"text":"x"}]}"#.as_bytes();
        let asked = Permissions { propose: [Proposal::Hold].into(), ..Permissions::default() };
        let refused = verdict(json, "x", &asked, &Grants::all(&all())).unwrap_err();
        assert_eq!(refused, Failure::Forbidden("reject".to_owned()));
        let loud = br#"{"notices":["hello"]}"#;
        let refused = reaction(loud, &asked, &Grants::all(&all())).unwrap_err();
        assert_eq!(refused, Failure::Forbidden("notify".to_owned()));
    }

    #[test]
    fn notices_are_bounded_and_granted() {
        let read = |json: &str, granted: &Grants| reaction(json.as_bytes(), &all(), granted);
        let granted = Grants::all(&all());
        assert_eq!(read(r#"{"notices":["a"]}"#, &granted).unwrap().notices, ["a"]);
        assert!(read(r#"{"notices":["a"]}"#, &Grants::default()).unwrap().notices.is_empty());
        assert!(read("{}", &granted).unwrap().notices.is_empty());
        assert!(read(r#"{"notices":["a","a","a","a","a","a"]}"#, &granted).is_err());
        assert!(read(r#"{"notices":["\u202e"]}"#, &granted).is_err());
    }

    proptest! {
        #[test]
        fn a_span_that_is_taken_can_be_cut(text in "\\PC{0,40}", start in 0u32..200, end in 0u32..200) {
            let json = format!(
                r#"{{"action":"hold","reasons":[{{"text":"x","span":{{"start":{start},"end":{end}}}}}]}}"#
            );
            if let Ok(verdict) = judged(&json, &text) {
                let span = verdict.reasons.first().and_then(|reason| reason.span.clone()).unwrap();
                let part = text.get(span.start as usize..span.end as usize);
                prop_assert!(part.is_some_and(|part| !part.is_empty()));
            }
        }
    }
}
