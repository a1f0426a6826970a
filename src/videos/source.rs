//! What file was a video made from? For those who manage it; they may also have its bytes
//! deleted, which leaves the renditions alone.

use farandole_transcoder::spec::Probe;

use super::upload::UploadError;
use crate::app::App;
use crate::db::Conn;
use crate::db::videos::source::{self as files, Managed, Source};
use crate::domain::{Principal, VideoRef};
use crate::transact;

/// A local video that `by` manages.
///
/// # Errors
/// [`UploadError::NoVideo`], [`UploadError::NotYourVideo`], the database's.
pub async fn managed(
    conn: &mut Conn,
    by: &Principal,
    video: VideoRef,
) -> Result<Managed, UploadError> {
    let video = files::managed(conn, video).await?.ok_or(UploadError::NoVideo)?;
    if by.owns_or_moderates(video.account_id) { Ok(video) } else { Err(UploadError::NotYourVideo) }
}

/// The id of a local video that `by` manages.
///
/// # Errors
/// As [`managed`].
pub async fn managed_id(app: &App, by: &Principal, video: VideoRef) -> Result<i64, UploadError> {
    Ok(managed(&mut app.db().read().await?, by, video).await?.id)
}

/// The newest file of a video, and what was found in it.
///
/// # Errors
/// As [`managed`], and [`UploadError::NoSource`] when it never had one.
pub async fn get(
    app: &App,
    by: &Principal,
    video: VideoRef,
) -> Result<(Source, Option<Probe>), UploadError> {
    let mut conn = app.db().read().await?;
    let video = managed(&mut conn, by, video).await?;
    let source = files::newest(&mut conn, video.id).await?.ok_or(UploadError::NoSource)?;
    let probe = source.probe.as_deref().and_then(|json| serde_json::from_str(json).ok());
    Ok((source, probe))
}

/// Deletes the bytes of a video's newest file; for moderators.
///
/// # Errors
/// [`UploadError::NotYourVideo`] for everybody else, [`UploadError::NoSource`] when no bytes are
/// kept, [`UploadError::VideoBusy`] while they are needed.
pub async fn delete_file(app: &App, by: &Principal, video: VideoRef) -> Result<(), UploadError> {
    let now = app.now();
    transact!(app.db(), tx => {
        let video = managed(tx, by, video).await?;
        if !by.role.moderates() {
            return Err(UploadError::NotYourVideo);
        }
        if video.busy {
            return Err(UploadError::VideoBusy);
        }
        let source = files::newest(tx, video.id).await?;
        if source.is_none_or(|source| source.storage_key.is_none()) {
            return Err(UploadError::NoSource);
        }
        Ok::<_, UploadError>(files::drop_files(tx, video.id, None, now).await?)
    })?;
    app.wake_jobs();
    Ok(())
}
