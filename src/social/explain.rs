//! Why was a text held or refused? In plain words and the reader's language. Authors are told what
//! of their own words was found, but not which lists there are.

use farandole_player::Language::{self, English, French};

use super::write::{KEPT_BACK, MUTED, NEEDS_APPROVAL};
use crate::db::moderation::items::{ItemRow, ItemState};
use crate::domain::Millis;
use crate::domain::moderation::{Reason, Source};
use crate::moderation::takedowns::TAKEDOWN;

/// Reasons that are put into words; more would not be read.
const MOST_SAID: usize = 3;
/// Characters of one's own words that are quoted.
const MOST_QUOTED: usize = 60;

/// One reason, as somebody may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// Who says so.
    pub source: Source,
    /// In a few words.
    pub label: String,
    /// The words of the text that it points at.
    pub matched: Option<String>,
}

/// What an author says against a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contest {
    /// Their words.
    pub text: String,
    /// When.
    pub at: Millis,
    /// When somebody answered.
    pub answered_at: Option<Millis>,
}

/// What moderation said of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The review item.
    pub decision_id: i64,
    /// Where it stands.
    pub state: ItemState,
    /// Why.
    pub reasons: Vec<Why>,
    /// The same in plain words.
    pub explanation: String,
    /// What a moderator wrote to the author.
    pub answer: Option<String>,
    /// What the author said against it.
    pub contest: Option<Contest>,
    /// This reader may ask for another look.
    pub contestable: bool,
}

/// Tells the author (`author`) or a moderator about an item.
pub(super) fn tell(
    item: ItemRow,
    reasons: Vec<Reason>,
    author: bool,
    moderates: bool,
    language: Language,
) -> Told {
    let explanation = explanation(&item, &reasons, language);
    let reasons = reasons.into_iter().map(|reason| Why {
        source: reason.source,
        label: if moderates { reason.label } else { kind(reason.source, language).to_owned() },
        matched: reason.matched,
    });
    let open = matches!(item.state, ItemState::Open | ItemState::Rejected);
    Told {
        decision_id: item.id,
        state: item.state,
        reasons: reasons.collect(),
        explanation,
        contestable: author && open && item.contest.is_none(),
        contest: item.contest.map(|(text, at)| Contest {
            text,
            at,
            answered_at: item.contest_answered_at,
        }),
        answer: item.answer,
    }
}

/// Why a text is where it is, in whole sentences.
#[must_use]
pub fn explanation(item: &ItemRow, reasons: &[Reason], language: Language) -> String {
    let state = match (item.state, item.decided_by.is_some(), language) {
        (ItemState::Open, _, English) => "Others see this text once a moderator has read it",
        (ItemState::Open, _, French) => "Les autres verront ce texte quand la modération l’aura lu",
        (ItemState::Rejected, true, English) => "A moderator decided not to show this text",
        (ItemState::Rejected, true, French) => "La modération a décidé de ne pas montrer ce texte",
        (ItemState::Rejected, false, English) => "This text is not shown to others",
        (ItemState::Rejected, false, French) => "Ce texte n’est pas montré aux autres",
        (ItemState::Released | ItemState::Gone, _, English) => "A moderator approved this text",
        (ItemState::Released | ItemState::Gone, _, French) => "La modération a approuvé ce texte",
    };
    let said: Vec<String> = match item.state {
        ItemState::Released | ItemState::Gone => Vec::new(),
        _ => because(reasons, language),
    };
    if said.is_empty() {
        return format!("{state}.");
    }
    let (colon, and) = match language {
        English => (": ", ", and "),
        French => (" : ", ", et "),
    };
    format!("{state}{colon}{}.", said.join(and))
}

/// The reasons, each once.
fn because(reasons: &[Reason], language: Language) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for reason in reasons {
        let words = phrase(reason, language);
        if !said.contains(&words) && said.len() < MOST_SAID {
            said.push(words);
        }
    }
    said
}

fn phrase(reason: &Reason, language: Language) -> String {
    let quoted = reason.matched.as_deref().map(|text| quote(text, language));
    match (reason.source, quoted, language) {
        (Source::WatchedWords, Some(words), English) => {
            format!("it contains {words}, which is looked at here")
        }
        (Source::WatchedWords, Some(words), French) => {
            format!("il contient {words}, qui est surveillé ici")
        }
        (Source::Policy, _, English) if reason.label == NEEDS_APPROVAL => {
            "every comment on this video is read first".to_owned()
        }
        (Source::Policy, _, French) if reason.label == NEEDS_APPROVAL => {
            "chaque commentaire de cette vidéo est d’abord lu".to_owned()
        }
        (Source::Policy, _, English) if reason.label == KEPT_BACK => {
            "the text before it was not shown either".to_owned()
        }
        (Source::Policy, _, French) if reason.label == KEPT_BACK => {
            "le texte précédent n’était pas montré non plus".to_owned()
        }
        (Source::Tag, _, English) if reason.label == "external-link" => {
            "it contains a link".to_owned()
        }
        (Source::Tag, _, French) if reason.label == "external-link" => {
            "il contient un lien".to_owned()
        }
        (Source::Policy, _, English) if reason.label == TAKEDOWN => "it was taken down".to_owned(),
        (Source::Policy, _, French) if reason.label == TAKEDOWN => "il a été retiré".to_owned(),
        (Source::Block, _, English) if reason.label == MUTED => {
            "whoever published this video does not take comments from you".to_owned()
        }
        (Source::Block, _, French) if reason.label == MUTED => {
            "la personne qui a publié cette vidéo n’accepte pas vos commentaires".to_owned()
        }
        (Source::Block, _, English) => "your texts are not accepted here at present".to_owned(),
        (Source::Block, _, French) => "vos textes ne sont pas acceptés ici actuellement".to_owned(),
        (Source::Plugin, Some(words), English) => {
            format!("an automatic check points at {words}")
        }
        (Source::Plugin, Some(words), French) => {
            format!("un contrôle automatique signale {words}")
        }
        (source, _, language) => format!(
            "{} {}",
            match language {
                English => "because of",
                French => "en raison de",
            },
            kind(source, language)
        ),
    }
}

/// Who gave a reason, in general words.
fn kind(source: Source, language: Language) -> &'static str {
    match (source, language) {
        (Source::Block, English) => "a block",
        (Source::Block, French) => "un blocage",
        (Source::WatchedWords, English) => "watched words",
        (Source::WatchedWords, French) => "mots surveillés",
        (Source::Plugin, English) => "an automatic check",
        (Source::Plugin, French) => "un contrôle automatique",
        (Source::Policy, English) => "a rule of this place",
        (Source::Policy, French) => "une règle de ce lieu",
        (Source::Tag, English) => "a rule about texts of this kind",
        (Source::Tag, French) => "une règle sur les textes de ce genre",
    }
}

/// The start of somebody's own words, on one line, in quotation marks.
fn quote(text: &str, language: Language) -> String {
    let mut line: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| {
            !c.is_control() && !matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        })
        .take(MOST_QUOTED)
        .collect();
    if text.chars().count() > MOST_QUOTED {
        line.push('…');
    }
    match language {
        English => format!("“{line}”"),
        French => format!("« {line} »"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::revisions::SubjectKind;
    use crate::domain::moderation::Action;

    fn item(state: ItemState, decided_by: Option<i64>) -> ItemRow {
        ItemRow {
            id: 1,
            state,
            waiting: true,
            subject: (SubjectKind::Comment, 1),
            field: "text".to_owned(),
            surface: "comment".to_owned(),
            revision_id: 1,
            author_id: Some(1),
            channel_id: None,
            held_at: Millis(0),
            assignee_id: None,
            decided_by,
            decided_at: None,
            answer: None,
            contest: None,
            contest_answered_at: None,
        }
    }

    fn watched(text: &str) -> Reason {
        let reason = Reason::plain(Source::WatchedWords, "Secret list", Action::Hold);
        reason.at(text, 0, text.len())
    }

    #[test]
    fn authors_read_their_own_words_and_no_lists() {
        let told = tell(item(ItemState::Open, None), vec![watched("oaf")], true, false, English);
        assert_eq!(
            told.explanation,
            "Others see this text once a moderator has read it: it contains “oaf”, which is \
             looked at here."
        );
        assert_eq!(told.reasons[0].label, "watched words");
        assert_eq!(told.reasons[0].matched.as_deref(), Some("oaf"));
        assert!(told.contestable);
        let seen = tell(item(ItemState::Open, None), vec![watched("oaf")], false, true, English);
        assert_eq!(seen.reasons[0].label, "Secret list");
        assert!(!seen.contestable, "nobody contests in another's name");
    }

    #[test]
    fn every_state_and_source_has_words_in_both_languages() {
        let sources =
            [Source::Block, Source::WatchedWords, Source::Plugin, Source::Policy, Source::Tag];
        let mut seen = Vec::new();
        for language in [English, French] {
            for source in sources {
                for label in [NEEDS_APPROVAL, KEPT_BACK, MUTED, TAKEDOWN, "external-link", "other"]
                {
                    let bare = Reason::plain(source, label, Action::Hold);
                    for reason in [bare.clone(), bare.at("word", 0, 4)] {
                        let open = item(ItemState::Open, None);
                        let words = explanation(&open, &[reason], language);
                        assert!(words.ends_with('.') && words.contains(':'), "{words}");
                        assert!(!words.contains("kept-back"), "{words}");
                    }
                }
            }
            for (state, by) in [
                (ItemState::Open, None),
                (ItemState::Rejected, None),
                (ItemState::Rejected, Some(1)),
                (ItemState::Released, Some(1)),
            ] {
                seen.push(explanation(&item(state, by), &[], language));
            }
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 8, "{seen:?}");
    }

    #[test]
    fn what_was_contested_cannot_be_contested_again() {
        let mut contested = item(ItemState::Rejected, Some(2));
        contested.contest = Some(("Why?".to_owned(), Millis(5)));
        let told = tell(contested, Vec::new(), true, false, French);
        assert!(!told.contestable);
        assert_eq!(told.contest.unwrap().text, "Why?");
        let released = tell(item(ItemState::Released, Some(2)), Vec::new(), true, false, French);
        assert!(!released.contestable);
    }

    #[test]
    fn quotes_are_short_and_turn_no_direction() {
        let long = "é".repeat(MOST_QUOTED + 1);
        assert_eq!(quote(&long, English).chars().count(), MOST_QUOTED + 3);
        assert_eq!(quote("a\n\u{202e}b", French), "« a b »");
    }
}
