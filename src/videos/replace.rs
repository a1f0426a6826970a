//! How does a video get another file? The new one arrives as a resumable upload and is made into
//! a new media set; the old set serves viewers, and the old file is kept, until that one is
//! complete.

use super::blocks::{Fresh, wait_for_a_look};
use super::source;
use super::upload::{Received, UploadError, Uploaded, attach, finish, new_file, probe};
use crate::app::App;
use crate::auth::quota;
use crate::db::Conn;
use crate::db::moderation::takedowns;
use crate::db::videos::{media_sets, source as files};
use crate::domain::{Principal, VideoRef};
use crate::transact;

/// Lets `by` replace the file of a video now, or not; says whose quota counts (`users.id`).
///
/// # Errors
/// [`UploadError::NoVideo`], [`UploadError::NotYourVideo`], [`UploadError::VideoBusy`];
/// [`UploadError::KeptAsEvidence`] for one that was taken down.
pub(super) async fn check(
    conn: &mut Conn,
    by: &Principal,
    video_id: i64,
) -> Result<i64, UploadError> {
    let video = source::managed(conn, by, VideoRef::Id(video_id)).await?;
    if takedowns::stands(conn, video_id).await? {
        return Err(UploadError::KeptAsEvidence);
    }
    if video.busy { Err(UploadError::VideoBusy) } else { Ok(video.user_id) }
}

/// Puts a received file in the place of the video's; `upload_id` is finished with it. On success
/// the file is the caller's to keep.
pub(super) async fn run(
    app: &App,
    by: &Principal,
    video_id: i64,
    received: &Received,
    upload_id: &str,
) -> Result<Uploaded, UploadError> {
    check(&mut app.db().read().await?, by, video_id).await?;
    let probe = probe(app, received.file.path()).await?;
    let file = new_file(app, received, &probe)?;
    let set_generation = app.new_uuid();
    let (now, size_bytes) = (app.now(), received.size_bytes);
    let uploaded = transact!(app.db(), tx => {
        let video = source::managed(tx, by, VideoRef::Id(video_id)).await?;
        if video.busy {
            return Err(UploadError::VideoBusy);
        }
        quota::check_in(tx, video.user_id, size_bytes, Some(upload_id), now).await?;
        // What viewers get was made from this one: it goes when the new one has proved good.
        let serving = media_sets::complete_of_video(tx, video_id).await?;
        let kept = serving.and_then(|set| set.original_id);
        files::drop_files(tx, video_id, kept, now).await?;
        attach(app, tx, video_id, &file, set_generation).await?;
        files::replaced(tx, video_id, now).await?;
        wait_for_a_look(app, tx, Some(by), video_id, Fresh::Replaced, now).await?;
        let uploaded = Uploaded { id: video.id, uuid: video.uuid };
        finish(app, tx, Some(upload_id), uploaded).await?;
        Ok::<_, UploadError>(uploaded)
    })?;
    app.wake_jobs();
    tracing::info!(video.id = video_id, size_bytes, "the file of a video was replaced");
    Ok(uploaded)
}
