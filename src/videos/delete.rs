//! How does an owner delete a video? Its rows go at once, its making stops, its files are
//! deleted by jobs, its address is never used again.

use super::growing::Growing;
use super::{VideosError, access, cache};
use crate::app::App;
use crate::db::moderation::removals::{self, By};
use crate::db::moderation::takedowns;
use crate::db::videos::remove;
use crate::domain::statement::Why;
use crate::domain::{Principal, VideoRef};
use crate::transact;

/// Deletes a video, as its owner or a moderator says. What a moderator deletes the audit log
/// remembers, and its owner is told why.
///
/// # Errors
/// [`VideosError::NotFound`], [`VideosError::NotOwner`]; [`VideosError::Conflict`] for the owner of
/// one that was taken down; the database's.
pub async fn delete(
    app: &App,
    by: &Principal,
    video: VideoRef,
    why: &Why,
) -> Result<(), VideosError> {
    let guard = access::manage(app, video, by).await?;
    let now = app.now();
    let other = guard.account_id != by.account_id;
    let gone = transact!(app.db(), tx => {
        if !by.role.moderates() && takedowns::stands(tx, guard.id).await? {
            return Err(VideosError::Conflict(
                "This video was taken down and is kept as evidence for a while. Then it is deleted.",
            ));
        }
        if other {
            let by = By { actor_id: by.actor_id, why, of_id: None };
            removals::video(tx, guard.id, by, now).await?;
        }
        Ok::<bool, VideosError>(remove::remove(tx, guard.id, now).await?)
    })?;
    cache::forget(app, guard.id);
    if !gone {
        return Err(VideosError::NotFound);
    }
    Growing::of(app).cancel(guard.id);
    app.wake_jobs();
    tracing::info!(video.id = guard.id, user.id = by.user_id, "a video was deleted");
    Ok(())
}
