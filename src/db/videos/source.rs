//! What file was a video made from, and may it be replaced now?

use uuid::Uuid;

use crate::db::changes::{self, ChangeKind};
use crate::db::{Conn, DbError, Tx, jobs, sql};
use crate::domain::{Job, Millis, VideoRef};

/// A local video, as far as its file's manager needs to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Managed {
    /// `videos.id`.
    pub id: i64,
    /// `videos.uuid`.
    pub uuid: Uuid,
    /// `accounts.id` of the owner.
    pub account_id: i64,
    /// `users.id` of the owner.
    pub user_id: i64,
    /// Renditions are being made or wait for it.
    pub busy: bool,
}

/// A local video; `None` when there is no such one here.
///
/// # Errors
/// The engine's.
pub async fn managed(conn: &mut Conn, video: VideoRef) -> Result<Option<Managed>, DbError> {
    let text = "SELECT v.id, v.uuid, a.id AS account_id, a.user_id, \
         (SELECT COUNT(*) FROM media_sets s WHERE s.video_id = v.id \
          AND (s.state = 'waiting' OR s.state = 'growing')) AS busy \
         FROM videos v JOIN channels c ON c.id = v.channel_id \
         JOIN accounts a ON a.id = c.account_id WHERE v.remote = 0 AND a.user_id IS NOT NULL AND ";
    let query = match video {
        VideoRef::Id(id) => sql(format!("{text} v.id = $1")).int(id),
        VideoRef::Uuid(uuid) => sql(format!("{text} v.uuid = $1")).text(uuid.to_string()),
    };
    query
        .optional(conn)
        .await?
        .map(|row| {
            Ok(Managed {
                id: row.int("id")?,
                uuid: row.uuid("uuid")?,
                account_id: row.int("account_id")?,
                user_id: row.int("user_id")?,
                busy: row.int("busy")? > 0,
            })
        })
        .transpose()
}

/// The newest file of a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// `originals.id`.
    pub id: i64,
    /// Part of its key and of its download address.
    pub generation: Uuid,
    /// As its owner named it.
    pub filename: String,
    /// Size, bytes.
    pub size_bytes: i64,
    /// Key in storage, once it is there.
    pub storage_key: Option<String>,
    /// What was found in it (JSON of farandole-transcoder's `Probe`).
    pub probe: Option<String>,
    /// When it came.
    pub created_at: Millis,
}

/// The newest file of a video, whether its bytes were kept or not.
///
/// # Errors
/// The engine's.
pub async fn newest(conn: &mut Conn, video_id: i64) -> Result<Option<Source>, DbError> {
    sql("SELECT id, generation, filename, size_bytes, storage_key, probe, created_at \
         FROM originals WHERE video_id = $1 ORDER BY id DESC LIMIT 1")
    .int(video_id)
    .optional(conn)
    .await?
    .map(|row| {
        Ok(Source {
            id: row.int("id")?,
            generation: row.uuid("generation")?,
            filename: row.text("filename")?,
            size_bytes: row.int("size_bytes")?,
            storage_key: row.text_opt("storage_key")?,
            probe: row.text_opt("probe")?,
            created_at: row.millis("created_at")?,
        })
    })
    .transpose()
}

/// Drops the bytes of a video's files but those of `except` (`originals.id`); what is known of
/// them stays.
///
/// # Errors
/// The engine's.
pub async fn drop_files(
    tx: &mut Tx,
    video_id: i64,
    except: Option<i64>,
    now: Millis,
) -> Result<(), DbError> {
    let rows = sql("SELECT id, storage_key FROM originals \
                    WHERE video_id = $1 AND location <> 'dropped' AND id <> $2")
    .int(video_id)
    .int(except.unwrap_or_default())
    .all(tx)
    .await?;
    for row in rows {
        sql("UPDATE originals SET location = 'dropped', node = NULL, scratch_path = NULL, \
             storage_key = NULL WHERE id = $1")
        .int(row.int("id")?)
        .run(tx)
        .await?;
        if let Some(prefix) = row.text_opt("storage_key")? {
            jobs::enqueue(tx, &Job::DeleteObjects { prefix }, now, None, now).await?;
        }
    }
    Ok(())
}

/// A new file came for a video that exists.
///
/// # Errors
/// The engine's.
pub async fn replaced(tx: &mut Tx, video_id: i64, now: Millis) -> Result<(), DbError> {
    sql("UPDATE videos SET input_file_updated_at = $1, updated_at = $2 WHERE id = $3")
        .int(now.0)
        .int(now.0)
        .int(video_id)
        .run(tx)
        .await?;
    changes::record(tx, ChangeKind::Video, video_id, now).await
}
