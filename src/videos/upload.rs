//! What happens when the last byte of a file is here? It is looked at in a child process, and if
//! it can be played, one transaction makes the video and queues the work on it.
//!
//! How bytes arrive is [`super::receive`]'s and [`super::resumable`]'s business; what becomes of
//! the file afterwards is the jobs'.

mod error;
mod judge;
pub(super) mod pictures;

use farandole_transcoder::spec::Probe;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use error::UploadError;
pub use judge::{check_type, clean_filename, probe};

use super::blocks::{Fresh, wait_for_a_look};
use super::judged;
use super::metadata::{CommentsPolicy, VideoMetadata};
use super::picture::Pictures;
use super::receive::ScratchFile;
use crate::app::App;
use crate::auth::quota;
use crate::auth::seal::{Purpose, seal};
use crate::db::revisions::SubjectKind;
use crate::db::videos::insert::{self, ChannelOwner, NewOriginal, NewVideo};
use crate::db::videos::{images, media_sets};
use crate::db::{Conn, Tx, jobs, uploads};
use crate::domain::{Job, Principal, VideoState};
use crate::moderation::texts;
use crate::transact;

/// A file that is here whole.
#[derive(Debug)]
pub struct Received {
    /// Where; removed again unless it becomes a video.
    pub file: ScratchFile,
    /// As its owner named it.
    pub filename: String,
    /// Size, bytes.
    pub size_bytes: u64,
}

/// A video that was made from an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// `videos.id`.
    pub id: i64,
    /// Its UUID.
    pub uuid: Uuid,
}

/// Lets `by` put a video into a channel, or not, and says whose quota counts.
///
/// # Errors
/// [`UploadError::NoChannel`], [`UploadError::NotYourChannel`], the database's.
pub async fn check_channel(
    conn: &mut Conn,
    by: &Principal,
    channel_id: i64,
) -> Result<ChannelOwner, UploadError> {
    let owner = insert::channel_owner(conn, channel_id).await?.ok_or(UploadError::NoChannel)?;
    if by.owns_or_moderates(owner.account_id) {
        Ok(owner)
    } else {
        Err(UploadError::NotYourChannel)
    }
}

/// Refuses a file of `size_bytes` that is too large for the server, or leaves too little disk.
///
/// # Errors
/// [`UploadError::TooLarge`], [`UploadError::DiskLow`].
pub fn check_size(app: &App, size_bytes: u64) -> Result<(), UploadError> {
    let max_bytes = app.config().uploads.max_file_bytes;
    if size_bytes > max_bytes {
        return Err(UploadError::TooLarge { max_bytes });
    }
    super::receive::check_disk(app, size_bytes)
}

/// Makes a video of a file that came in one request.
///
/// # Errors
/// [`UploadError::Unplayable`] when it is no media; not allowed, over quota; the database's.
/// Nothing of it stays then.
pub async fn take(
    app: &App,
    by: &Principal,
    received: Received,
    metadata: &VideoMetadata,
    pictures: Option<Pictures>,
) -> Result<Uploaded, UploadError> {
    let uploaded = create(app, by, &received, metadata, pictures, None).await?;
    received.file.keep();
    Ok(uploaded)
}

/// Makes a video of a received file. `upload_id` names the resumable upload it came by. On
/// success the file is the caller's to keep.
pub(super) async fn create(
    app: &App,
    by: &Principal,
    received: &Received,
    metadata: &VideoMetadata,
    pictures: Option<Pictures>,
    upload_id: Option<&str>,
) -> Result<Uploaded, UploadError> {
    let owner = check_channel(&mut app.db().read().await?, by, metadata.channel_id).await?;
    let language = metadata.language.as_deref();
    let place = judged::place(by, metadata.channel_id, owner.account_id, language);
    let judged = texts::judge_all(app, place, judged::first(metadata)).await?;
    let probe = probe(app, received.file.path()).await?;
    let uuid = app.new_uuid();
    let mut new = new_video(app, uuid, by, metadata, &probe);
    for password in &metadata.passwords {
        new.passwords_sealed.push(seal(app, Purpose::VideoPassword, password.as_bytes())?);
    }
    let file = new_file(app, received, &probe)?;
    let images = match pictures {
        Some(pictures) => pictures::store(app, uuid, pictures).await?,
        None => Vec::new(),
    };
    let set_generation = app.new_uuid();
    let now = app.now();
    let size_bytes = received.size_bytes;
    let uploaded = transact!(app.db(), tx => {
        let owner = check_channel(tx, by, metadata.channel_id).await?;
        quota::check_in(tx, owner.user_id, size_bytes, upload_id, now).await?;
        let id = insert::video(tx, &new, now).await?;
        texts::keep(tx, (SubjectKind::Video, id), &judged, Some(by.actor_id), now).await?;
        judged::hide_or_show(tx, id, &judged, now).await?;
        wait_for_a_look(app, tx, Some(by), id, Fresh::Published, now).await?;
        attach(app, tx, id, &file, set_generation).await?;
        for image in &images {
            images::put(tx, uuid, image, now).await?;
        }
        let uploaded = Uploaded { id, uuid };
        finish(app, tx, upload_id, uploaded).await?;
        Ok::<_, UploadError>(uploaded)
    })?;
    app.wake_jobs();
    tracing::info!(video.id = uploaded.id, video.uuid = %uuid, size_bytes, "a video was uploaded");
    Ok(uploaded)
}

/// Keeps the answer of a resumable upload, for a client that misses it.
pub(super) async fn finish(
    app: &App,
    tx: &mut Tx,
    upload_id: Option<&str>,
    uploaded: Uploaded,
) -> Result<(), UploadError> {
    let Some(id) = upload_id else { return Ok(()) };
    let result = serde_json::to_string(&uploaded).map_err(std::io::Error::from)?;
    if uploads::finish(tx, id, &result, app.now()).await? {
        Ok(())
    } else {
        Err(UploadError::Unknown)
    }
}

/// Adds a file to a video, and queues what is to be done with it: only this node has its bytes.
pub(super) async fn attach(
    app: &App,
    tx: &mut Tx,
    video_id: i64,
    file: &NewOriginal,
    set_generation: Uuid,
) -> Result<(), UploadError> {
    let (node, now) = (Some(app.claimant().node.as_str()), app.now());
    let file = NewOriginal { video_id, ..file.clone() };
    let original_id = insert::original(tx, &file, now).await?;
    media_sets::insert(tx, video_id, set_generation, Some(original_id), node, now).await?;
    jobs::enqueue(tx, &Job::StoreOriginal { original_id }, now, node, now).await?;
    Ok(())
}

/// The row of a received file; its video is filled in when it has an id.
pub(super) fn new_file(
    app: &App,
    received: &Received,
    probe: &Probe,
) -> Result<NewOriginal, UploadError> {
    Ok(NewOriginal {
        video_id: 0,
        generation: app.new_uuid(),
        filename: received.filename.clone(),
        size_bytes: i64::try_from(received.size_bytes).unwrap_or(i64::MAX),
        node: app.claimant().node.clone(),
        scratch_path: received.file.path().display().to_string(),
        probe: serde_json::to_string(probe).map_err(std::io::Error::from)?,
    })
}

/// Length in milliseconds, as the video row keeps it.
fn duration_ms(probe: &Probe) -> i64 {
    i64::try_from(probe.duration.as_millis()).unwrap_or(i64::MAX)
}

/// Width over height as shown, in millionths; `None` for sound alone.
fn aspect_ratio_millionths(probe: &Probe) -> Option<i64> {
    let video = probe.video.as_ref()?;
    let (width, height) = (i64::from(video.display_width), i64::from(video.display_height));
    (height > 0).then(|| (width * 1_000_000 + height / 2) / height)
}

fn new_video(
    app: &App,
    uuid: Uuid,
    by: &Principal,
    metadata: &VideoMetadata,
    probe: &Probe,
) -> NewVideo {
    let metadata = metadata.clone();
    NewVideo {
        uuid,
        ap_url: format!("{}/videos/watch/{uuid}", app.config().public_url()),
        channel_id: metadata.channel_id,
        actor_id: by.actor_id,
        name: metadata.name,
        description: metadata.description,
        support: metadata.support,
        category: metadata.category,
        licence: metadata.licence,
        language: metadata.language,
        privacy: metadata.privacy,
        state: VideoState::ToTranscode,
        nsfw: metadata.nsfw,
        nsfw_flags: metadata.nsfw_flags,
        nsfw_summary: metadata.nsfw_summary,
        wait_transcoding: metadata.wait_transcoding,
        download_enabled: metadata.download_enabled,
        comments_policy: metadata.comments_policy.map(CommentsPolicy::id),
        comments_pause_s: metadata.comments_pause_s,
        duration_ms: duration_ms(probe),
        aspect_ratio_millionths: aspect_ratio_millionths(probe),
        schedule: metadata.schedule.map(|schedule| (schedule.at, schedule.privacy)),
        originally_published_at: metadata.originally_published_at,
        p2p: metadata.p2p,
        tags: metadata.tags,
        passwords_sealed: Vec::new(),
    }
}
