//! How does a video go? Its rows now, its objects by jobs, its address to a tombstone.

use crate::db::changes::{self, ChangeKind};
use crate::db::revisions::{self, SubjectKind};
use crate::db::{Conn, DbError, Tx, comments, jobs, sql};
use crate::domain::{Job, Millis, keys};

/// Removes a video and everything that hangs on it. Its address stays taken, and its objects go
/// by jobs. Returns whether it was there.
///
/// # Errors
/// The engine's.
pub async fn remove(tx: &mut Tx, id: i64, now: Millis) -> Result<bool, DbError> {
    let row = sql("SELECT uuid, ap_url FROM videos WHERE id = $1").int(id).optional(tx).await?;
    let Some(row) = row else { return Ok(false) };
    let uuid = row.uuid("uuid")?;
    sql("INSERT INTO tombstones (ap_url, kind, uuid, deleted_at) VALUES ($1, 'video', $2, $3) \
         ON CONFLICT (ap_url) DO NOTHING")
    .text(row.text("ap_url")?)
    .text(uuid.to_string())
    .int(now.0)
    .run(tx)
    .await?;
    for prefix in keys::of_video(uuid) {
        jobs::enqueue(tx, &Job::DeleteObjects { prefix }, now, None, now).await?;
    }
    revisions::forget(tx, SubjectKind::Video, id).await?;
    for row in sql("SELECT id FROM captions WHERE video_id = $1").int(id).all(tx).await? {
        revisions::forget(tx, SubjectKind::Caption, row.int("id")?).await?;
    }
    comments::remove::of_video(tx, id).await?;
    changes::record(tx, ChangeKind::Video, id, now).await?;
    sql("DELETE FROM videos WHERE id = $1").int(id).run(tx).await?;
    Ok(true)
}

/// Ids of a channel's videos.
///
/// # Errors
/// The engine's.
pub async fn of_channel(conn: &mut Conn, channel_id: i64) -> Result<Vec<i64>, DbError> {
    sql("SELECT id FROM videos WHERE channel_id = $1 ORDER BY id")
        .int(channel_id)
        .all(conn)
        .await?
        .iter()
        .map(|row| row.int("id"))
        .collect()
}
