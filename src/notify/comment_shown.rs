//! A comment is there for everybody: the owner of the video hears of it, and those it names or
//! answers, as far as they may see the video.

use super::once;
use crate::db::comments::{self, CommentRow, VideoPlace, mentions};
use crate::db::notifications::{NewNotification, Reader, readers};
use crate::db::{Conn, DbError};
use crate::domain::Privacy;
use crate::domain::comment::{CommentState, MAX_MENTIONS, Mention, mentions as mentions_of};
use crate::domain::notification::NotificationKind;

pub(super) async fn told(
    conn: &mut Conn,
    comment_id: i64,
) -> Result<Vec<NewNotification>, DbError> {
    let Some(row) = comments::by_id(conn, comment_id).await? else { return Ok(Vec::new()) };
    let Some(place) = comments::place::of_video(conn, row.video_id).await? else {
        return Ok(Vec::new());
    };
    if row.state != CommentState::Shown {
        return Ok(Vec::new());
    }
    let mut told = to_owner(conn, &row, &place).await?;
    let answered = match row.parent_id {
        Some(id) => comments::by_id(conn, id).await?.map(|parent| parent.actor_id),
        None => None,
    };
    let mut named = mentioned(conn, &row.text).await?;
    named.extend(answered);
    named.retain(|actor| *actor != row.actor_id && *actor != place.owner_actor_id);
    for reader in readers(conn, &named).await? {
        if may_know(&place, reader, answered == Some(reader.actor_id)) {
            // The owner's and theirs are the same event: a name told twice is told once.
            let kind = NotificationKind::CommentMention;
            let new = once(reader, kind, format!("comment:{comment_id}"));
            told.push(about(new, &row));
        }
    }
    Ok(told)
}

/// The owner of the video, unless they wrote it.
pub(super) async fn to_owner(
    conn: &mut Conn,
    row: &CommentRow,
    place: &VideoPlace,
) -> Result<Vec<NewNotification>, DbError> {
    if row.actor_id == place.owner_actor_id {
        return Ok(Vec::new());
    }
    let owner = readers(conn, &[place.owner_actor_id]).await?;
    let kind = NotificationKind::CommentOnMyVideo;
    let tell = |reader| about(once(reader, kind, format!("comment:{}", row.id)), row);
    Ok(owner.into_iter().map(tell).collect())
}

pub(super) fn about(new: NewNotification, row: &CommentRow) -> NewNotification {
    NewNotification {
        comment_id: Some(row.id),
        video_id: Some(row.video_id),
        actor_id: Some(row.actor_id),
        ..new
    }
}

/// Actors of this server that a text names.
async fn mentioned(conn: &mut Conn, text: &str) -> Result<Vec<i64>, DbError> {
    let mut names: Vec<Mention> = Vec::new();
    for (_, mention) in mentions_of(text) {
        if mention.host.is_empty() && !names.contains(&mention) && names.len() < MAX_MENTIONS {
            names.push(mention);
        }
    }
    let found = mentions::known(conn, &names).await?;
    let mut ids: Vec<i64> = found.into_values().map(|actor| actor.actor_id).collect();
    ids.sort_unstable();
    Ok(ids)
}

/// A notification names the video: only those hear of it who could open it. A password is with
/// those who took part.
fn may_know(place: &VideoPlace, reader: Reader, answered: bool) -> bool {
    reader.moderates
        || reader.account_id == place.account_id
        || match place.privacy {
            Privacy::Public | Privacy::Unlisted | Privacy::Internal => true,
            Privacy::PasswordProtected => answered,
            Privacy::Private => false,
        }
}
