//! How is a comment removed? By its author, the video's owner or a moderator; a mark stays while
//! it has replies.

use super::{Rights, SocialError, comment, place};
use crate::app::App;
use crate::db::comments::remove;
use crate::db::moderation::removals::{self, By};
use crate::domain::Principal;
use crate::domain::comment::CommentState;
use crate::domain::statement::Why;
use crate::transact;

/// Removes a comment, with every version of its text. When it is somebody else's, the audit log
/// keeps it as evidence, and its author is told why.
///
/// # Errors
/// [`SocialError::NoSuchComment`], [`SocialError::Denied`], [`SocialError::Conflict`] when it was
/// removed before.
pub async fn remove(
    app: &App,
    who: &Principal,
    video_id: i64,
    id: i64,
    why: &Why,
) -> Result<(), SocialError> {
    let mut conn = app.db().read().await?;
    let place = place(&mut conn, video_id).await?;
    let rights = Rights::of(&mut conn, Some(who), &place).await?;
    let row = comment(&mut conn, &place, id, &rights).await?;
    drop(conn);
    if row.state == CommentState::Deleted {
        return Err(SocialError::Conflict("This comment is deleted already."));
    }
    if !rights.may(&row).delete {
        return Err(SocialError::Denied("Cannot remove video comment of another user"));
    }
    let now = app.now();
    let other = row.actor_id != who.actor_id;
    transact!(app.db(), tx => {
        if other {
            let by = By { actor_id: who.actor_id, why, of_id: None };
            removals::comment(tx, &row, by, now).await?;
        }
        if remove::remove(tx, id, now).await? {
            return Ok(());
        }
        Err(SocialError::Conflict("This comment is deleted already."))
    })?;
    app.wake_jobs();
    tracing::info!(comment.id = id, user.id = who.user_id, "a comment was removed");
    Ok(())
}
