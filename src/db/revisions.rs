//! What did people write, field by field? Every version of a judged text, for moderation.

use super::{DbError, Tx, sql};
use crate::domain::Millis;

/// What a text belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubjectKind {
    /// `accounts.id`.
    Account,
    /// `channels.id`.
    Channel,
    /// `videos.id`.
    Video,
    /// `captions.id`.
    Caption,
}

impl SubjectKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Channel => "channel",
            Self::Video => "video",
            Self::Caption => "caption",
        }
    }
}

/// Keeps `text` as the newest version of a field; older versions become superseded. A text that
/// is the newest version already makes no new one.
///
/// # Errors
/// The engine's.
pub async fn record(
    tx: &mut Tx,
    subject_kind: SubjectKind,
    subject_id: i64,
    field: &str,
    text: &str,
    actor_id: Option<i64>,
    now: Millis,
) -> Result<(), DbError> {
    let newest = sql("SELECT text FROM revisions WHERE subject_kind = $1 AND subject_id = $2 \
                      AND field = $3 ORDER BY id DESC LIMIT 1")
    .text(subject_kind.name())
    .int(subject_id)
    .text(field)
    .optional(tx)
    .await?;
    if let Some(row) = newest
        && row.text("text")? == text
    {
        return Ok(());
    }
    sql("UPDATE revisions SET state = 'superseded' WHERE subject_kind = $1 AND subject_id = $2 \
         AND field = $3 AND state <> 'superseded'")
    .text(subject_kind.name())
    .int(subject_id)
    .text(field)
    .run(tx)
    .await?;
    sql("INSERT INTO revisions (subject_kind, subject_id, field, text, actor_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)")
    .text(subject_kind.name())
    .int(subject_id)
    .text(field)
    .text(text)
    .int_opt(actor_id)
    .int(now.0)
    .run(tx)
    .await?;
    Ok(())
}

/// Forgets every version of the texts of something that is removed.
///
/// # Errors
/// The engine's.
pub async fn forget(
    tx: &mut Tx,
    subject_kind: SubjectKind,
    subject_id: i64,
) -> Result<(), DbError> {
    sql("DELETE FROM revisions WHERE subject_kind = $1 AND subject_id = $2")
        .text(subject_kind.name())
        .int(subject_id)
        .run(tx)
        .await?;
    Ok(())
}
