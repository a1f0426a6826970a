//! How does a file come in many requests? PeerTube's resumable protocol: an upload is begun, its
//! bytes come in chunks that go on where the last one ended, and the last byte makes a video (or
//! replaces a file).
//!
//! How many bytes are here is the length of the scratch file, nothing else: a server that is
//! killed in the middle of a chunk goes on from there. One node has the file; a balancer keeps an
//! upload on its node by its `upload_id`.

mod begin;
mod chunk;
mod finish;
mod in_hand;
mod range;
mod sweep;

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;

pub use begin::{Announced, Becoming, Begun, begin};
pub use range::{ContentRange, Digest};
pub use sweep::sweep;

use self::in_hand::{InHand, Stage};
use super::receive::{self, ScratchFile};
use super::upload::{UploadError, Uploaded};
use crate::app::App;
use crate::db::uploads::{self, Target, Upload};
use crate::domain::{Millis, Principal};
use crate::transact;

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many bytes are here.
    Incomplete(u64),
    /// It became this video.
    Done(Uploaded),
}

/// What a request brings.
pub struct Chunk<S> {
    /// Which bytes; `None`: the whole file.
    pub range: Option<ContentRange>,
    /// Bytes in the body, when the client says so.
    pub length: Option<u64>,
    /// What they should hash to, when the client says so.
    pub digest: Option<Digest>,
    /// The bytes.
    pub body: S,
}

/// Takes a chunk, or tells how far the upload is. The last byte finishes it; asked again, the
/// answer is the same.
///
/// # Errors
/// See [`UploadError`]; what was received is kept unless the error says otherwise.
pub async fn proceed<S, E>(
    app: &App,
    by: &Principal,
    target: Target,
    id: &str,
    chunk: Chunk<S>,
) -> Result<Progress, UploadError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let question = matches!(chunk.range, Some(ContentRange::Question { .. }));
    let hold = app.room::<InHand>().take(id);
    // Read after the hold, so that nobody can finish it in between.
    let upload = find(app, by, target, id).await?;
    if let Some(result) = &upload.result {
        return finish::repeat(result);
    }
    if upload.node != app.claimant().node {
        return Err(UploadError::Elsewhere);
    }
    let received = received(app, &upload)?;
    let hold = match hold {
        Ok(hold) => hold,
        Err(Stage::Finishing) => return Err(UploadError::Finishing),
        // With nothing left to send, who asks is to ask again, not to go on after the last byte.
        Err(Stage::Receiving) if question && received == size(&upload) => {
            return Err(UploadError::Finishing);
        }
        Err(Stage::Receiving) if question => return Ok(Progress::Incomplete(received)),
        Err(Stage::Receiving) => return Err(UploadError::Busy),
    };
    let received = chunk::take(app, &upload, received, chunk).await?;
    if received < size(&upload) {
        return Ok(Progress::Incomplete(received));
    }
    finish::run(app, by, upload, hold).await.map(Progress::Done)
}

/// Ends an upload before its time; a finished one is only forgotten.
///
/// # Errors
/// [`UploadError::Unknown`], [`UploadError::NotYourUpload`], [`UploadError::Busy`] while bytes
/// come, the database's.
pub async fn cancel(
    app: &App,
    by: &Principal,
    target: Target,
    id: &str,
) -> Result<(), UploadError> {
    let hold = app.room::<InHand>().take(id);
    let upload = find(app, by, target, id).await?;
    let _hold = match hold {
        Ok(hold) => hold,
        Err(Stage::Finishing) => return Err(UploadError::Finishing),
        Err(Stage::Receiving) => return Err(UploadError::Busy),
    };
    forget(app, &upload).await
}

/// Removes an upload's row, and its files unless a video has them now.
async fn forget(app: &App, upload: &Upload) -> Result<(), UploadError> {
    transact!(app.db(), tx => { uploads::delete(tx, &upload.id).await })?;
    if upload.node == app.claimant().node {
        drop(ScratchFile::at(picture_path(app, &upload.id)));
        if upload.result.is_none() {
            drop(ScratchFile::at(path(app, &upload.id)));
        }
    }
    Ok(())
}

/// The upload `id` of `by`, begun at the same address.
async fn find(app: &App, by: &Principal, target: Target, id: &str) -> Result<Upload, UploadError> {
    let mut conn = app.db().read().await?;
    let upload = uploads::by_id(&mut conn, id)
        .await?
        .filter(|upload| upload.expires_at > app.now())
        .ok_or(UploadError::Unknown)?;
    if upload.user_id != by.user_id {
        return Err(UploadError::NotYourUpload);
    }
    if upload.target != target {
        return Err(UploadError::Unknown);
    }
    Ok(upload)
}

/// The scratch file of an upload. Ids are hex digits of our own making.
fn path(app: &App, id: &str) -> PathBuf {
    receive::folder(app).join(format!("{id}.part"))
}

/// The picture that was chosen for it, as it came.
fn picture_path(app: &App, id: &str) -> PathBuf {
    receive::folder(app).join(format!("{id}.picture"))
}

fn size(upload: &Upload) -> u64 {
    u64::try_from(upload.size_bytes).unwrap_or_default()
}

/// Bytes of an upload that are here: what the file says, and nobody else.
fn received(app: &App, upload: &Upload) -> Result<u64, UploadError> {
    match std::fs::metadata(path(app, &upload.id)) {
        Ok(meta) => Ok(meta.len().min(size(upload))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error.into()),
    }
}

/// When an upload that was alive just now expires.
fn expiry(app: &App) -> Millis {
    let hours = u64::from(app.config().uploads.resumable_hours);
    app.now().plus(Duration::from_secs(hours * 3600))
}
