//! Where did somebody stop watching? One row for each video a person watched, kept only while
//! they want it.

use std::collections::HashMap;

use crate::db::{Conn, DbError, Tx, sql};
use crate::domain::Millis;

/// Remembers where `actor_id` is in a video. A video or person that is gone meanwhile leaves no
/// row.
///
/// # Errors
/// The engine's.
pub async fn put(
    tx: &mut Tx,
    actor_id: i64,
    video_id: i64,
    position_s: i64,
    at: Millis,
) -> Result<(), DbError> {
    sql("INSERT INTO history (actor_id, video_id, position_s, created_at, updated_at) \
         SELECT x.id, v.id, $3, $4, $4 FROM actors x, videos v WHERE x.id = $1 AND v.id = $2 \
         ON CONFLICT (actor_id, video_id) DO UPDATE SET position_s = excluded.position_s, \
         updated_at = excluded.updated_at")
    .int(actor_id)
    .int(video_id)
    .int(position_s)
    .int(at.0)
    .run(tx)
    .await?;
    Ok(())
}

/// Where `actor_id` stopped in some videos, seconds by `videos.id`.
///
/// # Errors
/// The engine's.
pub async fn positions(
    conn: &mut Conn,
    actor_id: i64,
    video_ids: &[i64],
) -> Result<HashMap<i64, i64>, DbError> {
    let within = conn.engine().ints_in("$2");
    let text = format!(
        "SELECT video_id, position_s FROM history WHERE actor_id = $1 AND video_id IN {within}"
    );
    sql(text)
        .int(actor_id)
        .ints(video_ids)
        .all(conn)
        .await?
        .iter()
        .map(|row| Ok((row.int("video_id")?, row.int("position_s")?)))
        .collect()
}

/// Forgets that `actor_id` watched a video.
///
/// # Errors
/// The engine's.
pub async fn forget(tx: &mut Tx, actor_id: i64, video_id: i64) -> Result<(), DbError> {
    sql("DELETE FROM history WHERE actor_id = $1 AND video_id = $2")
        .int(actor_id)
        .int(video_id)
        .run(tx)
        .await?;
    Ok(())
}

/// Forgets what `actor_id` watched last before `before`.
///
/// # Errors
/// The engine's.
pub async fn forget_before(tx: &mut Tx, actor_id: i64, before: Millis) -> Result<(), DbError> {
    sql("DELETE FROM history WHERE actor_id = $1 AND updated_at < $2")
        .int(actor_id)
        .int(before.0)
        .run(tx)
        .await?;
    Ok(())
}
