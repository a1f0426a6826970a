//! What is shown beside a video's row? Its pictures, and the renditions players can choose from.

use std::collections::HashMap;

use uuid::Uuid;

use crate::db::{Conn, DbError, Row, sql};

/// A picture of a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRow {
    /// `videos.id`.
    pub video_id: i64,
    /// `thumbnail`, `preview` or `storyboard`.
    pub kind: String,
    /// Name in addresses.
    pub file: String,
    /// Where its bytes are in storage.
    pub storage_key: String,
    /// Pixels.
    pub width: i64,
    /// Pixels.
    pub height: i64,
    /// For storyboards: width and height of a tile in pixels, and seconds one stands for.
    pub tile: Option<(i64, i64, i64)>,
}

const IMAGE_COLUMNS: &str = "SELECT video_id, kind, file, storage_key, width, height, \
    tile_width, tile_height, tile_seconds FROM video_images";

fn read_image(row: &Row) -> Result<ImageRow, DbError> {
    let tile = match (
        row.int_opt("tile_width")?,
        row.int_opt("tile_height")?,
        row.int_opt("tile_seconds")?,
    ) {
        (Some(width), Some(height), Some(seconds)) => Some((width, height, seconds)),
        _ => None,
    };
    Ok(ImageRow {
        video_id: row.int("video_id")?,
        kind: row.text("kind")?,
        file: row.text("file")?,
        storage_key: row.text("storage_key")?,
        width: row.int("width")?,
        height: row.int("height")?,
        tile,
    })
}

/// Pictures of some videos, smallest first, by `videos.id`.
///
/// # Errors
/// The engine's.
pub async fn images(
    conn: &mut Conn,
    video_ids: &[i64],
) -> Result<HashMap<i64, Vec<ImageRow>>, DbError> {
    let within = conn.engine().ints_in("$1");
    let text = format!("{IMAGE_COLUMNS} WHERE video_id IN {within} ORDER BY width, id");
    let mut images: HashMap<i64, Vec<ImageRow>> = HashMap::new();
    for row in sql(text).ints(video_ids).all(conn).await? {
        let image = read_image(&row)?;
        images.entry(image.video_id).or_default().push(image);
    }
    Ok(images)
}

/// The picture with this name.
///
/// # Errors
/// The engine's.
pub async fn image(conn: &mut Conn, file: &str) -> Result<Option<ImageRow>, DbError> {
    let text = format!("{IMAGE_COLUMNS} WHERE file = $1");
    sql(text).text(file).optional(conn).await?.as_ref().map(read_image).transpose()
}

/// A set of renditions that can be played, as far as players are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayableSet {
    /// `media_sets.id`.
    pub id: i64,
    /// `videos.id`.
    pub video_id: i64,
    /// Part of every key and address of its files.
    pub generation: Uuid,
    /// Every file is in storage; otherwise it grows on `node`.
    pub complete: bool,
    /// Node whose scratch holds the files while it grows.
    pub node: Option<String>,
    /// `EXT-X-TARGETDURATION`, once known.
    pub target_duration_s: Option<i64>,
}

const SET_COLUMNS: &str = "SELECT s.id, s.video_id, s.generation, s.state, s.node, \
    s.target_duration_s FROM media_sets s";

fn read_set(row: &Row) -> Result<PlayableSet, DbError> {
    Ok(PlayableSet {
        id: row.int("id")?,
        video_id: row.int("video_id")?,
        generation: row.uuid("generation")?,
        complete: row.text("state")? == "complete",
        node: row.text_opt("node")?,
        target_duration_s: row.int_opt("target_duration_s")?,
    })
}

/// The set players should be sent to: the newest complete one, or else the one that grows.
///
/// # Errors
/// The engine's.
pub async fn playable_set(conn: &mut Conn, video_id: i64) -> Result<Option<PlayableSet>, DbError> {
    let text = format!(
        "{SET_COLUMNS} WHERE s.video_id = $1 AND s.state IN ('complete', 'growing') \
         ORDER BY CASE s.state WHEN 'complete' THEN 0 ELSE 1 END, s.id DESC LIMIT 1"
    );
    sql(text).int(video_id).optional(conn).await?.as_ref().map(read_set).transpose()
}

/// The set of a generation, if it can still be played.
///
/// # Errors
/// The engine's.
pub async fn set_of_generation(
    conn: &mut Conn,
    generation: Uuid,
) -> Result<Option<PlayableSet>, DbError> {
    let text =
        format!("{SET_COLUMNS} WHERE s.generation = $1 AND s.state IN ('complete', 'growing')");
    sql(text).text(generation.to_string()).optional(conn).await?.as_ref().map(read_set).transpose()
}

/// One rendition of a complete set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenditionRow {
    /// `renditions.id`.
    pub id: i64,
    /// The worker's plan, JSON.
    pub plan: String,
    /// PeerTube's resolution id; 0 for sound.
    pub resolution: i64,
    /// Pixels; 0 for sound.
    pub width: i64,
    /// Pixels; 0 for sound.
    pub height: i64,
    /// Frames in a thousand seconds; 0 for sound.
    pub fps_millis: i64,
    /// File name within the set.
    pub file: String,
    /// Size, bytes.
    pub size_bytes: i64,
}

/// Renditions of a set in the worker's order, without their segment indexes, which are the bulk of
/// the bytes.
///
/// # Errors
/// The engine's.
pub async fn renditions(conn: &mut Conn, set_id: i64) -> Result<Vec<RenditionRow>, DbError> {
    sql("SELECT id, plan, resolution, width, height, fps_millis, file, size_bytes \
         FROM renditions WHERE media_set_id = $1 ORDER BY position")
    .int(set_id)
    .all(conn)
    .await?
    .iter()
    .map(|row| {
        Ok(RenditionRow {
            id: row.int("id")?,
            plan: row.text("plan")?,
            resolution: row.int("resolution")?,
            width: row.int("width")?,
            height: row.int("height")?,
            fps_millis: row.int("fps_millis")?,
            file: row.text("file")?,
            size_bytes: row.int("size_bytes")?,
        })
    })
    .collect()
}
