//! Several texts of one thing, judged together: what is withheld of an edit, and keeping every
//! version with what was said of it.

use super::{Item, ModerationError, judge};
use crate::app::App;
use crate::db::moderation::audit;
use crate::db::revisions::{self, NewRevision, SubjectKind};
use crate::db::{DbError, Tx};
use crate::domain::moderation::{Format, Judgement, RevisionState, Surface, Verdict};
use crate::domain::{Millis, Role};

/// Who wrote texts, and what they are about.
#[derive(Debug, Clone, Copy, Default)]
pub struct Where<'a> {
    /// `actors.id` of who wrote them.
    pub author_actor_id: Option<i64>,
    /// Their role.
    pub author_role: Option<Role>,
    /// `channels.id`.
    pub channel_id: Option<i64>,
    /// `accounts.id` of the channel's owner.
    pub account_id: Option<i64>,
    /// Language code.
    pub language: Option<&'a str>,
}

/// A text about to be judged.
#[derive(Debug, Clone)]
pub struct Text {
    /// The name of its field.
    pub field: &'static str,
    /// Where it is to stand.
    pub surface: Surface,
    /// How it is written.
    pub format: Format,
    /// The text; an empty one takes away what was there.
    pub text: String,
}

/// A text that was judged.
#[derive(Debug, Clone)]
pub struct Judged {
    text: Text,
    judgement: Judgement,
}

impl Judged {
    /// What was decided.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        self.judgement.verdict
    }

    /// The rules that it meets, by name.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.judgement.reasons.iter().map(|reason| reason.label.as_str())
    }
}

/// Judges texts. Call it before the transaction that keeps them.
///
/// # Errors
/// Those of [`judge`].
pub async fn judge_all(
    app: &App,
    place: Where<'_>,
    texts: Vec<Text>,
) -> Result<Vec<Judged>, ModerationError> {
    let mut judged = Vec::with_capacity(texts.len());
    for text in texts {
        let item = Item {
            surface: text.surface,
            text: &text.text,
            format: text.format,
            author_actor_id: place.author_actor_id,
            author_role: place.author_role,
            channel_id: place.channel_id,
            owner_account_id: place.account_id,
            language: place.language,
        };
        let judgement = judge(app, &item).await?;
        judged.push(Judged { text, judgement });
    }
    Ok(judged)
}

/// The text of this field is held or refused.
#[must_use]
pub fn withheld(judged: &[Judged], field: &str) -> bool {
    let found = judged.iter().find(|one| one.text.field == field);
    found.is_some_and(|one| one.judgement.verdict != Verdict::Show)
}

/// A text is held or refused.
#[must_use]
pub fn any_withheld(judged: &[Judged]) -> bool {
    judged.iter().any(|one| one.judgement.verdict != Verdict::Show)
}

/// Keeps the versions of judged texts, and what was said of them. A text that is said again makes
/// no new version, and one that was always empty has none.
///
/// # Errors
/// The database's.
pub async fn keep(
    tx: &mut Tx,
    subject: (SubjectKind, i64),
    judged: &[Judged],
    actor_id: Option<i64>,
    now: Millis,
) -> Result<(), DbError> {
    for one in judged {
        let field = one.text.field;
        let before = revisions::newest(tx, subject, field).await?;
        if one.text.text.is_empty() && before.is_none() {
            continue;
        }
        let verdict = one.judgement.verdict;
        let new = NewRevision {
            subject,
            field,
            text: &one.text.text,
            actor_id,
            verdict,
            state: RevisionState::from(verdict),
            place: &one.judgement.place,
        };
        let id = revisions::put(tx, &new, now).await?;
        if before != Some(id) {
            audit::judged(tx, &one.judgement, subject, id, now).await?;
        }
    }
    Ok(())
}
