//! How does a comment come to be, and how does it change? Its row, counts and change row; its
//! versions are written by `db::revisions`.

use uuid::Uuid;

use super::{CommentRow, VideoPlace, by_id, counts};
use crate::db::changes::{self, ChangeKind};
use crate::db::{DbError, Tx, jobs, plugins, sql};
use crate::domain::comment::CommentState;
use crate::domain::{Job, Millis, NotifyEvent, PluginEvent, PluginEventKind, sort_key};

/// A comment to be.
#[derive(Debug, Clone)]
pub struct NewComment<'a> {
    /// Made by the caller: stands for the address until the row has a number.
    pub uuid: Uuid,
    /// `actors.id` of its author.
    pub actor_id: i64,
    /// What it answers.
    pub parent: Option<&'a CommentRow>,
    /// Markdown.
    pub text: &'a str,
    /// Shown, held or rejected.
    pub state: CommentState,
}

/// Adds a comment, counts it when it is shown, and tells those concerned; returns its id.
///
/// # Errors
/// The engine's.
pub async fn insert(
    tx: &mut Tx,
    place: &VideoPlace,
    new: &NewComment<'_>,
    now: Millis,
) -> Result<i64, DbError> {
    let shown = new.state == CommentState::Shown;
    let thread_id = new.parent.map(|parent| parent.thread_id.unwrap_or(parent.id));
    let id = sql("INSERT INTO comments (ap_url, video_id, actor_id, thread_id, parent_id, text, \
                  folded, state, created_at, updated_at) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING id")
    .text(format!("urn:uuid:{}", new.uuid))
    .int(place.id)
    .int(new.actor_id)
    .int_opt(thread_id)
    .int_opt(new.parent.map(|parent| parent.id))
    .text(if shown { new.text } else { "" })
    .text(sort_key(new.text))
    .text(new.state.name())
    .int(now.0)
    .one(tx)
    .await?
    .int("id")?;
    sql("UPDATE comments SET ap_url = $1 WHERE id = $2")
        .text(format!("{}/comments/{id}", place.ap_url))
        .int(id)
        .run(tx)
        .await?;
    if let (true, Some(row)) = (shown, by_id(tx, id).await?) {
        counts::shift(tx, &row, 1).await?;
    }
    let event = match new.state {
        CommentState::Shown => Some(NotifyEvent::CommentShown { comment_id: id }),
        CommentState::Held => Some(NotifyEvent::CommentHeld { comment_id: id }),
        CommentState::Rejected | CommentState::Deleted => None,
    };
    if let Some(event) = event {
        jobs::enqueue(tx, &Job::Notify { event }, now, None, now).await?;
    }
    if shown {
        let event = PluginEvent { what: PluginEventKind::CommentCreated, id };
        plugins::events::tell(tx, event, now).await?;
    }
    Ok(id)
}

/// An author's edit: shown at once, or kept back while the public keeps reading what was there.
/// The caller has written the revision.
///
/// # Errors
/// The engine's.
pub async fn edited(
    tx: &mut Tx,
    row: &CommentRow,
    text: &str,
    state: CommentState,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE comments SET folded = $1, updated_at = $2 WHERE id = $3")
        .text(sort_key(text))
        .int(now.0)
        .int(row.id)
        .run(tx)
        .await?;
    let public = row.state == CommentState::Shown;
    if state == CommentState::Shown || !public {
        // What was refused before and is fine now appears; what waited and is refused goes on so.
        set(tx, row, text, state, now).await?;
    }
    sql("UPDATE comments SET edited_at = $1 WHERE id = $2")
        .int_opt(
            (state == CommentState::Shown || !public)
                .then_some(now.0)
                .or(row.edited_at.map(|at| at.0)),
        )
        .int(row.id)
        .run(tx)
        .await?;
    if state == CommentState::Held {
        let event = NotifyEvent::CommentHeld { comment_id: row.id };
        jobs::enqueue(tx, &Job::Notify { event }, now, None, now).await?;
    }
    Ok(())
}

/// What moderation decided about a text of a comment, written where the public reads it.
///
/// `Shown`: this text is public from now on. `Held` or `Rejected`: when the public reads this
/// text, it no longer does; when it reads another one (a refused edit), that stays. To take back
/// an edit that was released, decide `Shown` for the text before it.
///
/// Counts, change row and notifications go with it; the caller wakes the jobs after the commit.
/// False: the comment is gone, nothing was written.
///
/// # Errors
/// The engine's.
pub async fn decided(
    tx: &mut Tx,
    comment_id: i64,
    text: &str,
    state: CommentState,
    now: Millis,
) -> Result<bool, DbError> {
    let Some(row) = by_id(tx, comment_id).await? else { return Ok(false) };
    if row.state == CommentState::Deleted || state == CommentState::Deleted {
        return Ok(false);
    }
    let public = row.state == CommentState::Shown;
    if state != CommentState::Shown && public && row.text != text {
        return Ok(true);
    }
    let edited_at = (public && row.text != text).then_some(now.0);
    set(tx, &row, text, state, now).await?;
    if let Some(at) = edited_at {
        sql("UPDATE comments SET edited_at = $1 WHERE id = $2").int(at).int(row.id).run(tx).await?;
    }
    Ok(true)
}

/// Writes public text and state, and everything that hangs on them.
async fn set(
    tx: &mut Tx,
    row: &CommentRow,
    text: &str,
    state: CommentState,
    now: Millis,
) -> Result<(), DbError> {
    let (was, is) = (row.state == CommentState::Shown, state == CommentState::Shown);
    sql("UPDATE comments SET text = $1, folded = $2, state = $3, updated_at = $4 WHERE id = $5")
        .text(if is { text } else { "" })
        .text(sort_key(text))
        .text(state.name())
        .int(now.0)
        .int(row.id)
        .run(tx)
        .await?;
    match (was, is) {
        (false, true) => {
            counts::shift(tx, row, 1).await?;
            let event = NotifyEvent::CommentShown { comment_id: row.id };
            jobs::enqueue(tx, &Job::Notify { event }, now, None, now).await?;
        }
        (true, false) => {
            counts::shift(tx, row, -1).await?;
            sql("UPDATE comments SET pinned_at = NULL WHERE id = $1").int(row.id).run(tx).await?;
        }
        _ => {}
    }
    // What everybody reads has changed; a new comment alone is told by counters that may lag.
    if was {
        changes::record(tx, ChangeKind::Video, row.video_id, now).await?;
    }
    Ok(())
}
