//! How does somebody get the pictures of one rendition with the sound of another in one file? It
//! is made in scratch by a worker process for one request, and is gone when that ends.

use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::Duration;

use farandole_storage::{Key, LocalFile};
use farandole_transcoder::spec::{JoinOrder, Limits};
use futures::TryStreamExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{VideosError, receive};
use crate::app::App;
use crate::db::videos::renditions::StoredRendition;

/// Files made at a time: each costs as much disk as the video.
const AT_ONCE: usize = 2;
/// How long a request waits for its turn.
const QUEUE: Duration = Duration::from_secs(20);
/// Copying reads and writes once; more time means that something hangs.
const LONGEST: Duration = Duration::from_secs(1800);
/// What the boxes of a fragmented MP4 add at most, beside a twentieth of the bytes.
const BOXES_BYTES: u64 = 4 << 20;

struct Places {
    places: Semaphore,
    swept: Once,
}

impl Default for Places {
    fn default() -> Self {
        Self { places: Semaphore::new(AT_ONCE), swept: Once::new() }
    }
}

/// Makes the file. It has no name any more when this returns: its bytes go when it is closed.
///
/// # Errors
/// [`VideosError::Busy`] when others are being made or the disk is short,
/// [`VideosError::NotMade`], and what storage says.
pub async fn join(
    app: &App,
    video: &StoredRendition,
    audio: &StoredRendition,
) -> Result<LocalFile, VideosError> {
    let room = app.scratch("downloads");
    let here = app.room::<Places>();
    // What a killed server left behind.
    here.swept.call_once(|| drop(std::fs::remove_dir_all(&room)));
    let place = tokio::time::timeout(QUEUE, here.places.acquire()).await;
    let Ok(Ok(_place)) = place else { return Err(VideosError::Busy) };
    let sizes = [video.size_bytes, audio.size_bytes];
    let bytes: u64 = sizes.iter().filter_map(|size| u64::try_from(*size).ok()).sum();
    let most = bytes.saturating_add(bytes / 20).saturating_add(BOXES_BYTES);
    // Twice: where the store has no files of its own, the sources are fetched first.
    receive::check_disk(app, most.saturating_mul(2)).map_err(|_| VideosError::Busy)?;
    std::fs::create_dir_all(&room).map_err(failed)?;
    let folder = tempfile::Builder::new().tempdir_in(&room).map_err(failed)?;
    let output = folder.path().canonicalize().map_err(failed)?.join("joined.mp4");
    let order = JoinOrder {
        video: local(app, video, &folder.path().join("video.mp4")).await?,
        audio: local(app, audio, &folder.path().join("audio.mp4")).await?,
        output: output.clone(),
        language: audio.plan.language.clone(),
        limits: Limits { max_wall: LONGEST, max_output_bytes: most, ..Limits::default() },
    };
    let made = app.worker().join(&order, &CancellationToken::new()).await;
    made.map_err(|error| failed(format!("{error} ({})", error.cause)))?;
    Ok(LocalFile::open(&output).await?)
}

/// The path of a stored file: its own, or a copy of it.
async fn local(app: &App, stored: &StoredRendition, copy: &Path) -> Result<PathBuf, VideosError> {
    let key = Key::parse(&stored.storage_key)?;
    if let Some(path) = app.store().local_path(&key) {
        return path.canonicalize().map_err(failed);
    }
    let length = u64::try_from(stored.size_bytes).unwrap_or(0);
    let mut bytes = app.store().get_range(&key, 0..length).await?;
    let mut file = tokio::fs::File::create(copy).await.map_err(failed)?;
    while let Some(chunk) = bytes.try_next().await? {
        file.write_all(&chunk).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)?;
    copy.canonicalize().map_err(failed)
}

fn failed(error: impl ToString) -> VideosError {
    VideosError::NotMade(error.to_string())
}
