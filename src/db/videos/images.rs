//! Which pictures does a video have? Thumbnails, previews and storyboards, one current each.

use uuid::Uuid;

use crate::db::changes::{self, ChangeKind};
use crate::db::{Conn, DbError, Tx, jobs, sql};
use crate::domain::{Job, Millis};

/// Geometry of a storyboard sprite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TileRow {
    /// Width of one tile, pixels.
    pub width: i64,
    /// Height of one tile, pixels.
    pub height: i64,
    /// Media time of one tile, seconds.
    pub seconds: i64,
    /// Tiles filled.
    pub count: i64,
}

/// A picture whose bytes are in storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewImage {
    /// `thumbnail`, `preview` or `storyboard`.
    pub kind: &'static str,
    /// A person chose it.
    pub chosen: bool,
    /// Name in addresses, unique among all videos.
    pub file: String,
    /// Where it is in storage.
    pub storage_key: String,
    /// Pixels.
    pub width: i64,
    /// Pixels.
    pub height: i64,
    /// For storyboards.
    pub tiles: Option<TileRow>,
}

/// Puts a picture in the place of the one of its kind. A made picture never takes the place of a
/// chosen one; then, and when the video is gone, its bytes are queued for deletion and the answer
/// is false.
///
/// # Errors
/// The engine's.
pub async fn put(
    tx: &mut Tx,
    video_uuid: Uuid,
    image: &NewImage,
    now: Millis,
) -> Result<bool, DbError> {
    let video = sql("SELECT id FROM videos WHERE uuid = $1")
        .text(video_uuid.to_string())
        .optional(tx)
        .await?;
    let Some(video) = video else { return refuse(tx, image, now).await };
    let video_id = video.int("id")?;
    let old = sql("SELECT id, chosen, storage_key FROM video_images \
                   WHERE video_id = $1 AND kind = $2")
    .int(video_id)
    .text(image.kind)
    .all(tx)
    .await?;
    for row in old {
        if row.flag("chosen")? && !image.chosen {
            return refuse(tx, image, now).await;
        }
        sql("DELETE FROM video_images WHERE id = $1").int(row.int("id")?).run(tx).await?;
        let prefix = row.text("storage_key")?;
        if prefix != image.storage_key {
            jobs::enqueue(tx, &Job::DeleteObjects { prefix }, now, None, now).await?;
        }
    }
    insert(tx, video_id, image, now).await?;
    changes::record(tx, ChangeKind::Video, video_id, now).await?;
    Ok(true)
}

async fn refuse(tx: &mut Tx, image: &NewImage, now: Millis) -> Result<bool, DbError> {
    let job = Job::DeleteObjects { prefix: image.storage_key.clone() };
    jobs::enqueue(tx, &job, now, None, now).await?;
    Ok(false)
}

async fn insert(tx: &mut Tx, video_id: i64, image: &NewImage, now: Millis) -> Result<(), DbError> {
    sql("INSERT INTO video_images (video_id, kind, chosen, file, storage_key, width, height, \
         tile_width, tile_height, tile_seconds, tile_count, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
    .int(video_id)
    .text(image.kind)
    .int(image.chosen)
    .text(image.file.clone())
    .text(image.storage_key.clone())
    .int(image.width)
    .int(image.height)
    .int_opt(image.tiles.map(|tiles| tiles.width))
    .int_opt(image.tiles.map(|tiles| tiles.height))
    .int_opt(image.tiles.map(|tiles| tiles.seconds))
    .int_opt(image.tiles.map(|tiles| tiles.count))
    .int(now.0)
    .run(tx)
    .await?;
    Ok(())
}

/// Key of the picture a person chose for a video, the largest first.
///
/// # Errors
/// The engine's.
pub async fn chosen_key(conn: &mut Conn, video_id: i64) -> Result<Option<String>, DbError> {
    sql("SELECT storage_key FROM video_images WHERE video_id = $1 AND chosen = 1 \
         ORDER BY width DESC LIMIT 1")
    .int(video_id)
    .optional(conn)
    .await?
    .map(|row| row.text("storage_key"))
    .transpose()
}
