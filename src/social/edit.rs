//! How does an author change a comment? The new text is judged like the first; while it is kept
//! back, the public goes on reading what was there. Every version is kept for moderators.

use super::write::{KEPT_BACK, Sent, judge, keep, open, state};
use super::{Rights, SocialError, comment, place, throttle};
use crate::app::App;
use crate::db::comments::{texts, write};
use crate::domain::comment::{self as text, CommentState};
use crate::domain::moderation::Reason;
use crate::transact;

/// Changes the text of one's own comment.
///
/// What waits for review, or was refused, waits for a human whatever its new text is: otherwise
/// authors would try words until one slips through.
///
/// # Errors
/// [`SocialError::NoSuchComment`], [`SocialError::Denied`], [`SocialError::Disabled`],
/// [`SocialError::BadText`], [`SocialError::TooMany`].
pub async fn edit(app: &App, video_id: i64, id: i64, sent: Sent<'_>) -> Result<(), SocialError> {
    let kept = text::checked(sent.text)?;
    let mut conn = app.db().read().await?;
    let place = place(&mut conn, video_id).await?;
    let rights = Rights::of(&mut conn, Some(sent.who), &place).await?;
    let row = comment(&mut conn, &place, id, &rights).await?;
    if row.state == CommentState::Deleted {
        return Err(SocialError::NoSuchComment);
    }
    if !rights.may(&row).edit {
        return Err(SocialError::Denied("Only its author can change a comment."));
    }
    let waiting = texts::kept_back(&mut conn, &[id]).await?.remove(&id);
    drop(conn);
    open(&place)?;
    let newest = waiting.as_ref().map_or(row.text.as_str(), |version| version.text.as_str());
    if newest == kept {
        return Ok(());
    }
    throttle::take(app, sent.who.actor_id, sent.from)?;
    let mut judgement = judge(app, &place, &rights, sent.who, &kept).await?;
    if row.state != CommentState::Shown && !rights.moderates {
        judgement.add(Reason::policy(KEPT_BACK));
    }
    let now = app.now();
    transact!(app.db(), tx => {
        // It may have been decided about, or removed, since it was read.
        let row = comment(tx, &place, id, &rights).await?;
        if row.state == CommentState::Deleted {
            return Err(SocialError::NoSuchComment);
        }
        write::edited(tx, &row, &kept, state(judgement.verdict), now).await?;
        keep(tx, id, &kept, sent.who, &judgement, now).await
    })?;
    app.wake_jobs();
    tracing::info!(comment.id = id, verdict = judgement.verdict.name(), "a comment was changed");
    Ok(())
}
