//! A comment waits for a human: the owner of the video hears of it as of any other, moderators of
//! the channel and of the instance get one notification that stands for all that waits.

use super::{comment_shown, once};
use crate::db::comments;
use crate::db::notifications::{NewNotification, channel_moderators, readers, staff};
use crate::db::{Conn, DbError};
use crate::domain::notification::NotificationKind;

pub(super) async fn told(
    conn: &mut Conn,
    comment_id: i64,
) -> Result<Vec<NewNotification>, DbError> {
    let Some(row) = comments::by_id(conn, comment_id).await? else { return Ok(Vec::new()) };
    let Some(place) = comments::place::of_video(conn, row.video_id).await? else {
        return Ok(Vec::new());
    };
    if !comments::texts::kept_back(conn, &[comment_id]).await?.contains_key(&comment_id) {
        return Ok(Vec::new());
    }
    let mut told = comment_shown::to_owner(conn, &row, &place).await?;
    let named = channel_moderators(conn, place.channel_id).await?;
    let mut moderators = readers(conn, &named).await?;
    moderators.extend(staff(conn).await?);
    moderators.sort_unstable_by_key(|reader| reader.user_id);
    moderators.dedup_by_key(|reader| reader.user_id);
    moderators.retain(|reader| {
        reader.actor_id != row.actor_id && reader.actor_id != place.owner_actor_id
    });
    for reader in moderators {
        let all = once(reader, NotificationKind::TextsHeld, "held".to_owned());
        told.push(comment_shown::about(NewNotification { mark: row.id, ..all }, &row));
    }
    Ok(told)
}
