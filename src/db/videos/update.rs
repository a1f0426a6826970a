//! How does a video change after it was made? What its owner says, its privacy, its schedule.

use uuid::Uuid;

use super::media_sets::{self, SetState};
use super::read::VideoRow;
use crate::db::{Conn, DbError, Tx, sql};
use crate::domain::{Millis, P2pPolicy, sort_key};

/// Writes every field of `row` that its owner decides. The caller keeps the versions of its texts,
/// and writes the change row.
///
/// # Errors
/// The engine's.
pub async fn said(tx: &mut Tx, row: &VideoRow, now: Millis) -> Result<(), DbError> {
    sql("UPDATE videos SET channel_id = $1, name = $2, name_sort = $3, description = $4, \
         support = $5, category = $6, licence = $7, language = $8, privacy = $9, nsfw = $10, \
         nsfw_flags = $11, nsfw_summary = $12, wait_transcoding = $13, download_enabled = $14, \
         comments_policy = $15, schedule_at = $16, schedule_privacy = $17, \
         originally_published_at = $18, published_at = $19, updated_at = $20, \
         p2p_policy = $21, comments_pause_s = $22 WHERE id = $23")
    .int(row.channel_id)
    .text(&row.name)
    .text(sort_key(&row.name))
    .text_opt(row.description.as_deref())
    .text_opt(row.support.as_deref())
    .int_opt(row.category)
    .int_opt(row.licence)
    .text_opt(row.language.as_deref())
    .int(row.privacy)
    .int(row.nsfw)
    .int(row.nsfw_flags)
    .text_opt(row.nsfw_summary.as_deref())
    .int(row.wait_transcoding)
    .int(row.download_enabled)
    .int(row.comments_policy)
    .int_opt(row.schedule.map(|(at, _)| at.0))
    .int_opt(row.schedule.map(|(_, privacy)| privacy.id()))
    .int_opt(row.originally_published_at.map(|at| at.0))
    .int(row.published_at.0)
    .int(now.0)
    .text_opt(row.p2p.map(P2pPolicy::name))
    .int_opt(row.comments_pause_s)
    .int(row.id)
    .run(tx)
    .await?;
    Ok(())
}

/// Puts `tags` in the place of a video's tags. The caller keeps them as a version.
///
/// # Errors
/// The engine's.
pub async fn put_tags(tx: &mut Tx, video_id: i64, tags: &[String]) -> Result<(), DbError> {
    sql("DELETE FROM video_tags WHERE video_id = $1").int(video_id).run(tx).await?;
    for (position, tag) in (0_i64..).zip(tags) {
        sql("INSERT INTO video_tags (video_id, position, tag, tag_folded) VALUES ($1, $2, $3, $4)")
            .int(video_id)
            .int(position)
            .text(tag)
            .text(sort_key(tag))
            .run(tx)
            .await?;
    }
    Ok(())
}

/// Makes a video's files move to new addresses, because its privacy changed: queues a copy of
/// its renditions under `generation`. Nothing is queued while nobody can know the addresses yet.
///
/// # Errors
/// The engine's.
pub async fn move_files(
    tx: &mut Tx,
    video_id: i64,
    generation: Uuid,
    now: Millis,
) -> Result<(), DbError> {
    let sets = media_sets::of_video(tx, video_id).await?;
    let known = sets.iter().any(|set| matches!(set.state, SetState::Complete | SetState::Growing));
    let moving = sets.iter().any(|set| set.state == SetState::Waiting && set.original_id.is_none());
    if known && !moving {
        media_sets::insert(tx, video_id, generation, None, None, now).await?;
    }
    Ok(())
}

/// Videos whose scheduled privacy is due, longest due first.
///
/// # Errors
/// The engine's.
pub async fn due(conn: &mut Conn, now: Millis, limit: i64) -> Result<Vec<i64>, DbError> {
    sql("SELECT id FROM videos WHERE schedule_at IS NOT NULL AND schedule_at <= $1 \
         ORDER BY schedule_at, id LIMIT $2")
    .int(now.0)
    .int(limit)
    .all(conn)
    .await?
    .iter()
    .map(|row| row.int("id"))
    .collect()
}
