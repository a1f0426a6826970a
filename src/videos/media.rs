//! Which bytes are behind a media address, and where are they? What `http/media` needs to serve
//! playlists, segments, pictures and captions without a look into the database for each.
//! Whether somebody may have them is for `access` to say.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use uuid::Uuid;

use super::VideosError;
use super::access::{self, Guard};
use super::cache::{self, Beat, Marks};
use crate::app::App;
use crate::db;
use crate::db::videos::renditions::StoredRendition;
use crate::db::videos::shown::{ImageRow, PlayableSet};
use crate::domain::VideoRef;

/// Entries live this long even when nothing changes.
const REMEMBERED: Duration = Duration::from_secs(60);
/// Bytes of segment indexes kept: a two-hour video in six renditions takes about one megabyte.
const INDEX_BYTES: u64 = 24 << 20;

/// A generation of a video's renditions.
#[derive(Debug, Clone)]
pub struct Media {
    /// The set; while it grows its files are in the scratch of `set.node`, and
    /// `videos::growing` of that node knows the renditions.
    pub set: PlayableSet,
    /// Every rendition, in the worker's order; empty while the set grows.
    pub renditions: Vec<StoredRendition>,
    beat: Beat,
}

/// A picture or a caption file.
#[derive(Debug, Clone)]
pub struct SmallFile {
    /// `videos.id`.
    pub video_id: i64,
    /// `thumbnail`, `preview`, `storyboard` or `caption`.
    pub kind: String,
    /// Where it is in storage.
    pub storage_key: String,
    beat: Beat,
}

struct Known {
    media: Cache<Uuid, Arc<Media>>,
    files: Cache<String, Arc<SmallFile>>,
}

impl Default for Known {
    fn default() -> Self {
        let weigh = |_: &Uuid, media: &Arc<Media>| {
            let segments: usize =
                media.renditions.iter().map(|rendition| rendition.index.segments().len()).sum();
            u32::try_from(segments * 56 + media.renditions.len() * 1024 + 256).unwrap_or(u32::MAX)
        };
        Self {
            media: Cache::builder()
                .weigher(weigh)
                .max_capacity(INDEX_BYTES)
                .time_to_live(REMEMBERED)
                .build(),
            files: Cache::builder().max_capacity(20_000).time_to_live(REMEMBERED).build(),
        }
    }
}

/// The generation of a video that an address names, with the video's guard. Retired generations
/// do not exist.
///
/// # Errors
/// [`VideosError::NotFound`] when there is no such video, [`VideosError::PartNotFound`] when the
/// generation is not, or no longer, one of its.
pub async fn of_generation(
    app: &App,
    video: Uuid,
    generation: Uuid,
) -> Result<(Arc<Guard>, Arc<Media>), VideosError> {
    let guard = access::guard(app, VideoRef::Uuid(video)).await?;
    let (known, marks) = (app.room::<Known>(), app.room::<Marks>());
    let fitting = |media: &Media| media.set.video_id == guard.id;
    if let Some(hit) = known.media.get(&generation)
        && marks.video_holds(hit.set.video_id, hit.beat)
    {
        let hit = fitting(&hit).then_some(hit);
        return hit.map(|hit| (guard, hit)).ok_or(VideosError::PartNotFound("Playlist"));
    }
    let beat = marks.begin();
    let mut conn = app.db().read().await?;
    let set = db::videos::shown::set_of_generation(&mut conn, generation)
        .await?
        .ok_or(VideosError::PartNotFound("Playlist"))?;
    let renditions = if set.complete {
        db::videos::renditions::of_set(&mut conn, set.id).await?
    } else {
        Vec::new()
    };
    drop(conn);
    let media = Arc::new(Media { set, renditions, beat });
    known.media.insert(generation, Arc::clone(&media));
    if fitting(&media) { Ok((guard, media)) } else { Err(VideosError::PartNotFound("Playlist")) }
}

/// The picture with this name, with its video's guard.
///
/// # Errors
/// [`VideosError::PartNotFound`].
pub async fn picture(app: &App, file: &str) -> Result<(Arc<Guard>, Arc<SmallFile>), VideosError> {
    if let Some(hit) = remembered(app, file) {
        return with_guard(app, hit).await;
    }
    let beat = app.room::<Marks>().begin();
    let mut conn = app.db().read().await?;
    let row = db::videos::shown::image(&mut conn, file).await?;
    drop(conn);
    let ImageRow { video_id, kind, storage_key, .. } =
        row.ok_or(VideosError::PartNotFound("Picture"))?;
    remember(app, file, SmallFile { video_id, kind, storage_key, beat }).await
}

/// The captions with this name, with their video's guard.
///
/// # Errors
/// [`VideosError::PartNotFound`].
pub async fn caption(app: &App, file: &str) -> Result<(Arc<Guard>, Arc<SmallFile>), VideosError> {
    if let Some(hit) = remembered(app, file) {
        return with_guard(app, hit).await;
    }
    let beat = app.room::<Marks>().begin();
    let mut conn = app.db().read().await?;
    let row = db::videos::captions::by_file(&mut conn, file).await?;
    drop(conn);
    let row = row.ok_or(VideosError::PartNotFound("Video caption"))?;
    let (video_id, kind) = (row.video_id, "caption".to_owned());
    remember(app, file, SmallFile { video_id, kind, storage_key: row.storage_key, beat }).await
}

fn remembered(app: &App, file: &str) -> Option<Arc<SmallFile>> {
    let hit = app.room::<Known>().files.get(file)?;
    app.room::<Marks>().video_holds(hit.video_id, hit.beat).then_some(hit)
}

async fn remember(
    app: &App,
    name: &str,
    file: SmallFile,
) -> Result<(Arc<Guard>, Arc<SmallFile>), VideosError> {
    cache::follow(app);
    let file = Arc::new(file);
    app.room::<Known>().files.insert(name.to_owned(), Arc::clone(&file));
    with_guard(app, file).await
}

async fn with_guard(
    app: &App,
    file: Arc<SmallFile>,
) -> Result<(Arc<Guard>, Arc<SmallFile>), VideosError> {
    Ok((access::guard(app, VideoRef::Id(file.video_id)).await?, file))
}
