//! What is kept of something that somebody else's hand removes? A row of the audit log with its text
//! as evidence, and the statement of reasons. Call these before the removal, in its transaction.

use super::audit::{self, Deed, NewAudit};
use super::statements::{self, NewStatement};
use crate::db::comments::{self, CommentRow};
use crate::db::revisions::{self, SubjectKind};
use crate::db::{Conn, DbError, Tx, sql};
use crate::domain::Millis;
use crate::domain::moderation::Surface;
use crate::domain::statement::{Act, Why};

/// Who removes something, and why.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// `actors.id`.
    pub actor_id: i64,
    /// In words for whom it concerns.
    pub why: &'a Why,
    /// The row of the audit log that this is a part of.
    pub of_id: Option<i64>,
}

impl By<'_> {
    fn note(&self) -> Option<&str> {
        Some(self.why.reason.as_str()).filter(|reason| !reason.is_empty())
    }

    fn statement(&self) -> NewStatement<'_> {
        NewStatement {
            by_actor_id: Some(self.actor_id),
            ground: self.why.ground,
            reason: &self.why.reason,
            ..NewStatement::default()
        }
    }
}

/// The newest text of a comment, whether or not the public reads it.
pub(super) async fn text_of(conn: &mut Conn, row: &CommentRow) -> Result<String, DbError> {
    if !row.text.is_empty() {
        return Ok(row.text.clone());
    }
    let newest = revisions::history(conn, (SubjectKind::Comment, row.id), "text", 1).await?;
    Ok(newest.into_iter().next().map(|version| version.text).unwrap_or_default())
}

/// Keeps what a comment said. One that goes with others (`by.of_id`) has its statement there.
///
/// # Errors
/// The engine's.
pub async fn comment(
    tx: &mut Tx,
    row: &CommentRow,
    by: By<'_>,
    now: Millis,
) -> Result<(), DbError> {
    let text = text_of(tx, row).await?;
    let place = comments::place::of_video(tx, row.video_id).await?;
    let new = NewAudit {
        subject: Some((SubjectKind::Comment, row.id)),
        field: Some("text"),
        surface: Some(Surface::Comment),
        author_id: Some(row.actor_id),
        by: Some(by.actor_id),
        channel_id: place.map(|place| place.channel_id),
        of_id: by.of_id,
        note: by.note(),
        text: &text,
        ..NewAudit::default()
    };
    let audit_id = audit::insert(tx, Deed::Removed, &new, now).await?;
    if by.of_id.is_some() {
        return Ok(());
    }
    let new = NewStatement {
        act: Act::CommentRemoved,
        subject: Some((SubjectKind::Comment, row.id)),
        label: &text,
        to_actor_id: Some(row.actor_id),
        audit_id: Some(audit_id),
        ..by.statement()
    };
    statements::record(tx, &new, now).await?;
    Ok(())
}

/// Keeps that everything somebody commented is removed, and returns the row of the audit log; the
/// comments follow one by one with it as `by.of_id`.
///
/// # Errors
/// The engine's.
pub async fn comments_of(
    tx: &mut Tx,
    actor_id: i64,
    by: By<'_>,
    now: Millis,
) -> Result<i64, DbError> {
    let new = NewAudit {
        author_id: Some(actor_id),
        by: Some(by.actor_id),
        note: by.note(),
        ..NewAudit::default()
    };
    let audit_id = audit::insert(tx, Deed::Removed, &new, now).await?;
    let new = NewStatement {
        act: Act::CommentsRemoved,
        to_actor_id: Some(actor_id),
        audit_id: Some(audit_id),
        ..by.statement()
    };
    statements::record(tx, &new, now).await?;
    Ok(audit_id)
}

/// Keeps what a video was called and said of itself.
///
/// # Errors
/// The engine's.
pub async fn video(tx: &mut Tx, id: i64, by: By<'_>, now: Millis) -> Result<(), DbError> {
    let Some(place) = comments::place::of_video(tx, id).await? else { return Ok(()) };
    let row = sql("SELECT COALESCE(description, '') AS description FROM videos WHERE id = $1");
    let description = row.int(id).one(tx).await?.text("description")?;
    let text = format!("{}\n\n{description}", place.name);
    let new = NewAudit {
        subject: Some((SubjectKind::Video, id)),
        field: Some("name"),
        surface: Some(Surface::VideoTitle),
        author_id: Some(place.owner_actor_id),
        by: Some(by.actor_id),
        channel_id: Some(place.channel_id),
        note: by.note(),
        text: text.trim(),
        ..NewAudit::default()
    };
    let audit_id = audit::insert(tx, Deed::Removed, &new, now).await?;
    let new = NewStatement {
        act: Act::VideoRemoved,
        subject: Some((SubjectKind::Video, id)),
        label: &place.name,
        to_actor_id: Some(place.owner_actor_id),
        audit_id: Some(audit_id),
        ..by.statement()
    };
    statements::record(tx, &new, now).await?;
    Ok(())
}
