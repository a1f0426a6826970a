//! A video was put into the blocklist, waits there for a first look, or came out of it.

use super::once;
use crate::db::comments::place;
use crate::db::notifications::{NewNotification, readers, staff};
use crate::db::videos::blocks;
use crate::db::{Conn, DbError};
use crate::domain::BlockKind;
use crate::domain::notification::NotificationKind;

/// The owner hears of a moderator's block, moderators of a video that waits for them.
pub(super) async fn blocked(conn: &mut Conn, id: i64) -> Result<Vec<NewNotification>, DbError> {
    let Some(block) = blocks::by_id(conn, id).await? else { return Ok(Vec::new()) };
    let Some(place) = place::of_video(conn, block.video_id).await? else { return Ok(Vec::new()) };
    let (kind, told) = match block.kind {
        BlockKind::Manual => {
            (NotificationKind::VideoBlocked, readers(conn, &[place.owner_actor_id]).await?)
        }
        BlockKind::Automatic => (NotificationKind::VideoWaits, staff(conn).await?),
    };
    let details = serde_json::json!({ "id": block.id, "reason": block.reason }).to_string();
    let tell = |reader| NewNotification {
        video_id: Some(block.video_id),
        details: Some(details.clone()),
        ..once(reader, kind, format!("video-block:{id}"))
    };
    Ok(told.into_iter().map(tell).collect())
}

/// The owner hears that everybody may see the video again, or now.
pub(super) async fn lifted(
    conn: &mut Conn,
    video_id: i64,
    block_id: i64,
) -> Result<Vec<NewNotification>, DbError> {
    let Some(place) = place::of_video(conn, video_id).await? else { return Ok(Vec::new()) };
    if blocks::of_video(conn, video_id).await?.is_some() {
        return Ok(Vec::new());
    }
    let dedupe = format!("video-unblock:{block_id}");
    let tell = |reader| NewNotification {
        video_id: Some(video_id),
        ..once(reader, NotificationKind::VideoUnblocked, dedupe.clone())
    };
    Ok(readers(conn, &[place.owner_actor_id]).await?.into_iter().map(tell).collect())
}
