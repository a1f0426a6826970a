//! What after a failure? The video says why; its owner or an administrator may have it tried
//! again.

use crate::app::App;
use crate::db::videos::media_sets::{self, SetState};
use crate::db::videos::originals::{self, Location};
use crate::db::{DbError, Faulty};
use crate::transact;

/// Why transcoding was not begun again.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    /// The uploaded file was not kept.
    #[error(
        "This server did not keep the uploaded file, so it cannot be processed again. Replace \
         the file instead."
    )]
    NoOriginal,
    /// It is being made or waits for its turn.
    #[error("This video is being processed already.")]
    Busy,
    /// The database's.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Faulty for RetryError {
    fn db_error(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            Self::NoOriginal | Self::Busy => None,
        }
    }
}

/// Queues a new media set of a video's uploaded file, whatever became of earlier ones; a complete
/// one serves the video until the new one takes its place.
///
/// # Errors
/// [`RetryError`].
pub async fn retry(app: &App, video_id: i64) -> Result<(), RetryError> {
    let (now, generation) = (app.now(), app.new_uuid());
    transact!(app.db(), tx => {
        let original =
            originals::current(tx, video_id).await?.ok_or(RetryError::NoOriginal)?;
        let only_node = match &original.location {
            Location::Scratch { node, .. } => Some(node.as_str()),
            Location::Stored { .. } => None,
            Location::Dropped => return Err(RetryError::NoOriginal),
        };
        let busy = |state| matches!(state, SetState::Waiting | SetState::Growing);
        if media_sets::of_video(tx, video_id).await?.iter().any(|set| busy(set.state)) {
            return Err(RetryError::Busy);
        }
        let original_id = Some(original.id);
        media_sets::insert(tx, video_id, generation, original_id, only_node, now).await?;
        media_sets::to_transcode(tx, video_id, now).await?;
        Ok(())
    })?;
    app.wake_jobs();
    Ok(())
}

/// The queue gave a transcoding job up.
///
/// # Errors
/// The database's.
pub async fn abandon(app: &App, media_set_id: i64, reason: &str) -> Result<(), DbError> {
    let now = app.now();
    transact!(app.db(), tx => {
        match media_sets::by_id(tx, media_set_id).await? {
            Some(set) => media_sets::fail(tx, &set, reason, now).await,
            None => Ok::<_, DbError>(()),
        }
    })
}
