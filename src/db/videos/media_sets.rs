//! How does a media set go from waiting to complete, failed or retired? Every step is one
//! transaction that changes the set, its video, the change feed and the follow-up jobs together.

use uuid::Uuid;

use crate::db::changes::{self, ChangeKind};
use crate::db::videos::renditions::{self, NewRendition};
use crate::db::{Conn, DbError, Row, Tx, jobs, plugins, sql};
use crate::domain::{Job, Millis, PluginEvent, PluginEventKind, Privacy, VideoState, keys};

/// Where a media set stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetState {
    /// Its job has not begun.
    Waiting,
    /// A worker makes it, on one node.
    Growing,
    /// All of it is in storage.
    Complete,
    /// The worker gave up.
    Failed,
    /// A newer one took its place.
    Retired,
}

impl SetState {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Waiting, Self::Growing, Self::Complete, Self::Failed, Self::Retired];

    /// The `media_sets.state` column.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Growing => "growing",
            Self::Complete => "complete",
            Self::Failed => "failed",
            Self::Retired => "retired",
        }
    }

    fn read(row: &Row) -> Result<Self, DbError> {
        let name = row.text("state")?;
        Self::ALL
            .into_iter()
            .find(|state| state.name() == name)
            .ok_or(DbError::Column { column: "state".to_owned(), wanted: "media set state" })
    }
}

/// One making of a video's renditions, with what is needed of its video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaSet {
    /// `media_sets.id`.
    pub id: i64,
    /// Part of every key and address of its files.
    pub generation: Uuid,
    /// Where it stands.
    pub state: SetState,
    /// How often a worker began on it.
    pub attempt: i64,
    /// `originals.id` it is made from; `None` for a copy of another set.
    pub original_id: Option<i64>,
    /// `EXT-X-TARGETDURATION`, once known.
    pub target_duration_s: Option<i64>,
    /// `videos.id`.
    pub video_id: i64,
    /// `videos.uuid`.
    pub video_uuid: Uuid,
    /// `videos.wait_transcoding`.
    pub wait_transcoding: bool,
    /// `videos.privacy`.
    pub privacy: Privacy,
}

const COLUMNS: &str = "SELECT s.id, s.generation, s.state, s.attempt, s.original_id, \
    s.target_duration_s, s.video_id, v.uuid, v.wait_transcoding, v.privacy \
    FROM media_sets s JOIN videos v ON v.id = s.video_id";

fn read(row: &Row) -> Result<MediaSet, DbError> {
    let privacy = Privacy::try_from(row.int("privacy")?)
        .map_err(|_| DbError::Column { column: "privacy".to_owned(), wanted: "privacy" })?;
    Ok(MediaSet {
        id: row.int("id")?,
        generation: row.uuid("generation")?,
        state: SetState::read(row)?,
        attempt: row.int("attempt")?,
        original_id: row.int_opt("original_id")?,
        target_duration_s: row.int_opt("target_duration_s")?,
        video_id: row.int("video_id")?,
        video_uuid: row.uuid("uuid")?,
        wait_transcoding: row.flag("wait_transcoding")?,
        privacy,
    })
}

/// One set.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<MediaSet>, DbError> {
    let row = sql(format!("{COLUMNS} WHERE s.id = $1")).int(id).optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// Every set of a video that is not retired, newest first.
///
/// # Errors
/// The engine's.
pub async fn of_video(conn: &mut Conn, video_id: i64) -> Result<Vec<MediaSet>, DbError> {
    let text =
        format!("{COLUMNS} WHERE s.video_id = $1 AND s.state <> 'retired' ORDER BY s.id DESC");
    sql(text).int(video_id).all(conn).await?.iter().map(read).collect()
}

/// The set that viewers of complete files get.
///
/// # Errors
/// The engine's.
pub async fn complete_of_video(
    conn: &mut Conn,
    video_id: i64,
) -> Result<Option<MediaSet>, DbError> {
    let text = format!(
        "{COLUMNS} WHERE s.video_id = $1 AND s.state = 'complete' ORDER BY s.id DESC LIMIT 1"
    );
    sql(text).int(video_id).optional(conn).await?.as_ref().map(read).transpose()
}

/// Adds a set that waits for a worker (`original_id`) or for a copy of the complete one (`None`),
/// and queues its job. `only_node` holds the original's bytes.
///
/// # Errors
/// The engine's.
pub async fn insert(
    tx: &mut Tx,
    video_id: i64,
    generation: Uuid,
    original_id: Option<i64>,
    only_node: Option<&str>,
    now: Millis,
) -> Result<i64, DbError> {
    let id = sql("INSERT INTO media_sets \
         (video_id, generation, kind, state, original_id, created_at, updated_at) \
         VALUES ($1, $2, 'vod', 'waiting', $3, $4, $5) RETURNING id")
    .int(video_id)
    .text(generation.to_string())
    .int_opt(original_id)
    .int(now.0)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")?;
    let job = match original_id {
        Some(_) => Job::Transcode { media_set_id: id },
        None => Job::Regenerate { media_set_id: id },
    };
    jobs::enqueue(tx, &job, now, only_node, now).await?;
    Ok(id)
}

/// A worker begins: the set grows on `node`, and the video is to be transcoded unless it has a
/// complete set already. Gives the number of the attempt, `None` when nothing is left to do.
///
/// # Errors
/// The engine's.
pub async fn begin(
    tx: &mut Tx,
    set: &MediaSet,
    node: &str,
    now: Millis,
) -> Result<Option<i64>, DbError> {
    let row = sql("UPDATE media_sets SET state = 'growing', node = $1, attempt = attempt + 1, \
                   updated_at = $2 WHERE id = $3 AND (state = 'waiting' OR state = 'growing') \
                   RETURNING attempt")
    .text(node)
    .int(now.0)
    .int(set.id)
    .optional(tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    to_transcode(tx, set.video_id, now).await?;
    Ok(Some(row.int("attempt")?))
}

/// The video is to be transcoded, unless a complete set serves it already.
///
/// # Errors
/// The engine's.
pub async fn to_transcode(tx: &mut Tx, video_id: i64, now: Millis) -> Result<(), DbError> {
    if complete_of_video(tx, video_id).await?.is_some() {
        return Ok(());
    }
    sql("UPDATE videos SET state = $1, available = 0, failure = NULL, updated_at = $2 \
         WHERE id = $3")
    .int(VideoState::ToTranscode)
    .int(now.0)
    .int(video_id)
    .run(tx)
    .await?;
    changes::record(tx, ChangeKind::Video, video_id, now).await
}

/// Sets that wait or grow though no job will ever go on with them: the queue gave up and the
/// server died before it could say so.
///
/// # Errors
/// The engine's.
pub async fn without_job(conn: &mut Conn) -> Result<Vec<i64>, DbError> {
    sql("SELECT s.id FROM media_sets s WHERE (s.state = 'waiting' OR s.state = 'growing') \
         AND s.original_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM jobs j \
         WHERE j.dedupe = 'transcode:' || CAST(s.id AS TEXT) \
         AND (j.state = 'queued' OR j.state = 'running'))")
    .all(conn)
    .await?
    .iter()
    .map(|row| row.int("id"))
    .collect()
}

/// The attempt is still the one that counts: the video exists and nobody else began since.
///
/// # Errors
/// The engine's.
pub async fn is_current(conn: &mut Conn, id: i64, attempt: i64) -> Result<bool, DbError> {
    let row = sql("SELECT id FROM media_sets WHERE id = $1 AND attempt = $2 AND state = 'growing'")
        .int(id)
        .int(attempt)
        .optional(conn)
        .await?;
    Ok(row.is_some())
}

/// What a probe tells about a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// Length, milliseconds.
    pub duration_ms: i64,
    /// Width over height in millionths, `None` for sound alone.
    pub aspect_ratio_millionths: Option<i64>,
    /// The worker's probe as JSON.
    pub json: String,
}

/// Writes down what the file is. A video with a complete set keeps that set's figures until the
/// new one takes its place.
///
/// # Errors
/// The engine's.
pub async fn probed(
    tx: &mut Tx,
    set: &MediaSet,
    probed: &Probed,
    now: Millis,
) -> Result<(), DbError> {
    if let Some(original_id) = set.original_id {
        sql("UPDATE originals SET probe = $1 WHERE id = $2")
            .text(probed.json.clone())
            .int(original_id)
            .run(tx)
            .await?;
    }
    if complete_of_video(tx, set.video_id).await?.is_none() {
        write_figures(tx, set.video_id, probed, now).await?;
        changes::record(tx, ChangeKind::Video, set.video_id, now).await?;
    }
    Ok(())
}

async fn write_figures(
    tx: &mut Tx,
    video_id: i64,
    probed: &Probed,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE videos SET duration_ms = $1, aspect_ratio_millionths = $2, updated_at = $3 \
         WHERE id = $4")
    .int(probed.duration_ms)
    .int_opt(probed.aspect_ratio_millionths)
    .int(now.0)
    .int(video_id)
    .run(tx)
    .await?;
    Ok(())
}

/// The growing set can be played from now on: the video is listed unless its owner wants to wait.
///
/// # Errors
/// The engine's.
pub async fn playable(tx: &mut Tx, set: &MediaSet, now: Millis) -> Result<(), DbError> {
    let changed = sql("UPDATE videos SET available = 1, published_at = $1, updated_at = $2 \
                       WHERE id = $3 AND available = 0 AND wait_transcoding = 0")
    .int(now.0)
    .int(now.0)
    .int(set.video_id)
    .run(tx)
    .await?;
    if changed > 0 {
        changes::record(tx, ChangeKind::Video, set.video_id, now).await?;
    }
    Ok(())
}

/// The switch: the set is complete, its renditions are rows, the video is published, older sets
/// retire, follow-up jobs are queued. False, with nothing changed, when the attempt is no longer
/// the one that counts.
///
/// # Errors
/// The engine's.
pub async fn complete(
    tx: &mut Tx,
    set: &MediaSet,
    target_duration_s: i64,
    renditions: &[NewRendition],
    figures: Option<&Probed>,
    now: Millis,
) -> Result<bool, DbError> {
    let changed = sql("UPDATE media_sets SET state = 'complete', node = NULL, \
                       target_duration_s = $1, original_id = $2, updated_at = $3 \
                       WHERE id = $4 AND attempt = $5 AND state = 'growing'")
    .int(target_duration_s)
    .int_opt(set.original_id)
    .int(now.0)
    .int(set.id)
    .int(set.attempt)
    .run(tx)
    .await?;
    if changed == 0 {
        return Ok(false);
    }
    for rendition in renditions {
        renditions::insert(tx, set.id, rendition, now).await?;
    }
    tell_plugins(tx, set, now).await?;
    retire_older(tx, set, now).await?;
    if let Some(figures) = figures {
        write_figures(tx, set.video_id, figures, now).await?;
    }
    sql("UPDATE videos SET state = $1, failure = NULL, \
         published_at = CASE WHEN available = 0 THEN $2 ELSE published_at END, available = 1, \
         updated_at = $3 WHERE id = $4")
    .int(VideoState::Published)
    .int(now.0)
    .int(now.0)
    .int(set.video_id)
    .run(tx)
    .await?;
    changes::record(tx, ChangeKind::Video, set.video_id, now).await?;
    queue_followers(tx, set, now).await?;
    Ok(true)
}

/// A video's first set makes it one that plugins hear of.
async fn tell_plugins(tx: &mut Tx, set: &MediaSet, now: Millis) -> Result<(), DbError> {
    let older = sql("SELECT COUNT(*) AS total FROM media_sets WHERE video_id = $1 AND id < $2")
        .int(set.video_id)
        .int(set.id)
        .one(tx)
        .await?;
    if older.int("total")? > 0 {
        return Ok(());
    }
    let event = PluginEvent { what: PluginEventKind::VideoPublished, id: set.video_id };
    plugins::events::tell(tx, event, now).await
}

/// Older sets go, and with them the uploaded files that only they were made from.
async fn retire_older(tx: &mut Tx, set: &MediaSet, now: Millis) -> Result<(), DbError> {
    let older = sql("SELECT id, generation FROM media_sets WHERE video_id = $1 AND id < $2 \
                     AND state <> 'retired'")
    .int(set.video_id)
    .int(set.id)
    .all(tx)
    .await?;
    for row in older {
        let (id, generation) = (row.int("id")?, row.uuid("generation")?);
        sql("DELETE FROM renditions WHERE media_set_id = $1").int(id).run(tx).await?;
        sql("DELETE FROM swarms WHERE media_set_id = $1").int(id).run(tx).await?;
        sql("UPDATE media_sets SET state = 'retired', node = NULL, updated_at = $1 WHERE id = $2")
            .int(now.0)
            .int(id)
            .run(tx)
            .await?;
        let prefix = keys::media_set(set.video_uuid, generation);
        jobs::enqueue(tx, &Job::DeleteObjects { prefix }, now, None, now).await?;
    }
    let Some(original_id) = set.original_id else { return Ok(()) };
    let replaced = sql("DELETE FROM originals WHERE video_id = $1 AND id < $2 \
                        RETURNING storage_key")
    .int(set.video_id)
    .int(original_id)
    .all(tx)
    .await?;
    for row in replaced {
        if let Some(prefix) = row.text_opt("storage_key")? {
            jobs::enqueue(tx, &Job::DeleteObjects { prefix }, now, None, now).await?;
        }
    }
    Ok(())
}

/// The uploaded file may leave scratch now, and copies that waited for this set may begin.
async fn queue_followers(tx: &mut Tx, set: &MediaSet, now: Millis) -> Result<(), DbError> {
    queue_store_original(tx, set, now).await?;
    let copies = sql("SELECT id FROM media_sets WHERE video_id = $1 AND state = 'waiting' \
                      AND original_id IS NULL")
    .int(set.video_id)
    .all(tx)
    .await?;
    for row in copies {
        let job = Job::Regenerate { media_set_id: row.int("id")? };
        jobs::enqueue(tx, &job, now, None, now).await?;
    }
    Ok(())
}

async fn queue_store_original(tx: &mut Tx, set: &MediaSet, now: Millis) -> Result<(), DbError> {
    let Some(original_id) = set.original_id else { return Ok(()) };
    let row = sql("SELECT node FROM originals WHERE id = $1 AND location = 'scratch'")
        .int(original_id)
        .optional(tx)
        .await?;
    if let Some(row) = row {
        let node = row.text_opt("node")?;
        jobs::enqueue(tx, &Job::StoreOriginal { original_id }, now, node.as_deref(), now).await?;
    }
    Ok(())
}

/// The worker gave up. The video says so unless an older complete set still serves it.
///
/// # Errors
/// The engine's.
pub async fn fail(tx: &mut Tx, set: &MediaSet, reason: &str, now: Millis) -> Result<(), DbError> {
    let changed = sql("UPDATE media_sets SET state = 'failed', node = NULL, updated_at = $1 \
                       WHERE id = $2 AND (state = 'growing' OR state = 'waiting')")
    .int(now.0)
    .int(set.id)
    .run(tx)
    .await?;
    if changed == 0 {
        return Ok(());
    }
    sql("UPDATE videos SET failure = $1, updated_at = $2 WHERE id = $3")
        .text(reason)
        .int(now.0)
        .int(set.video_id)
        .run(tx)
        .await?;
    if complete_of_video(tx, set.video_id).await?.is_none() {
        sql("UPDATE videos SET state = $1, available = 0 WHERE id = $2")
            .int(VideoState::TranscodingFailed)
            .int(set.video_id)
            .run(tx)
            .await?;
    }
    changes::record(tx, ChangeKind::Video, set.video_id, now).await?;
    queue_followers(tx, set, now).await
}
