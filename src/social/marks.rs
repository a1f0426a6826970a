//! Which comments stand out? One that the video's owner or a moderator puts first, and those the
//! owner gave a heart.

use super::{Rights, SocialError, comment, place};
use crate::app::App;
use crate::db::comments::marks;
use crate::domain::Principal;
use crate::domain::comment::CommentState;
use crate::transact;

/// A mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Stands first; at most one a video.
    Pin,
    /// The owner likes it.
    Heart,
}

/// Gives a comment a mark, or takes it away.
///
/// # Errors
/// [`SocialError::NoSuchComment`], [`SocialError::Denied`], [`SocialError::Conflict`] for what is
/// not shown, and for replies that cannot stand first.
pub async fn set(
    app: &App,
    who: &Principal,
    video_id: i64,
    id: i64,
    mark: Mark,
    on: bool,
) -> Result<(), SocialError> {
    let now = app.now();
    transact!(app.db(), tx => {
        let place = place(tx, video_id).await?;
        let rights = Rights::of(tx, Some(who), &place).await?;
        let row = comment(tx, &place, id, &rights).await?;
        match mark {
            Mark::Pin if !rights.moderates => {
                return Err(SocialError::Denied("Only the owner of a video pins comments."));
            }
            Mark::Heart if !rights.owner => {
                return Err(SocialError::Denied("Only the owner of a video gives hearts."));
            }
            _ => {}
        }
        if on && row.state != CommentState::Shown {
            return Err(SocialError::Conflict("This comment is not shown."));
        }
        match mark {
            Mark::Pin if on && row.thread_id.is_some() => {
                return Err(SocialError::Conflict("Replies cannot be pinned."));
            }
            Mark::Pin if on => marks::pin(tx, video_id, Some(id), now).await?,
            Mark::Pin if row.pinned_at.is_some() => marks::pin(tx, video_id, None, now).await?,
            Mark::Pin => {}
            Mark::Heart => marks::heart(tx, id, on.then_some(now)).await?,
        }
        Ok::<(), SocialError>(())
    })?;
    Ok(())
}
