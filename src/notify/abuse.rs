//! Somebody reported something, a report was decided, or somebody wrote about one.

use super::once;
use crate::db::abuses::{self, AbuseRow};
use crate::db::notifications::{NewNotification, Reader, readers, staff};
use crate::db::{Conn, DbError};
use crate::domain::ShortUuid;
use crate::domain::abuse::AbuseKind;
use crate::domain::notification::NotificationKind;

/// Moderators hear of every report but their own.
pub(super) async fn filed(conn: &mut Conn, id: i64) -> Result<Vec<NewNotification>, DbError> {
    let Some(row) = abuses::by_id(conn, id).await? else { return Ok(Vec::new()) };
    let readers = moderators_but(conn, row.reporter_actor_id).await?;
    let tell = |reader| about(reader, NotificationKind::NewAbuse, format!("abuse:{id}"), &row);
    Ok(readers.into_iter().map(tell).collect())
}

/// The reporter hears what became of their report.
pub(super) async fn decided(conn: &mut Conn, id: i64) -> Result<Vec<NewNotification>, DbError> {
    let Some(row) = abuses::by_id(conn, id).await? else { return Ok(Vec::new()) };
    // What is decided anew is told anew.
    let dedupe = format!("abuse:{id}:state:{}:{}", row.state.id(), row.updated_at.0);
    let tell = |reader| about(reader, NotificationKind::AbuseStateChange, dedupe.clone(), &row);
    Ok(readers(conn, row.reporter_actor_id.as_slice()).await?.into_iter().map(tell).collect())
}

/// The reporter hears of a moderator's message, moderators of the reporter's.
pub(super) async fn written(
    conn: &mut Conn,
    id: i64,
    message_id: i64,
) -> Result<Vec<NewNotification>, DbError> {
    let Some(row) = abuses::by_id(conn, id).await? else { return Ok(Vec::new()) };
    let Some(message) = abuses::message(conn, id, message_id).await? else {
        return Ok(Vec::new());
    };
    let told = if message.by_moderator {
        readers(conn, row.reporter_actor_id.as_slice()).await?
    } else {
        moderators_but(conn, message.actor_id).await?
    };
    let dedupe = format!("abuse:{id}:message:{message_id}");
    let tell = |reader| about(reader, NotificationKind::AbuseNewMessage, dedupe.clone(), &row);
    Ok(told.into_iter().map(tell).collect())
}

async fn moderators_but(conn: &mut Conn, actor_id: Option<i64>) -> Result<Vec<Reader>, DbError> {
    let mut all = staff(conn).await?;
    all.retain(|reader| Some(reader.actor_id) != actor_id);
    Ok(all)
}

/// PeerTube's `abuse` of a notification: what is reported, and how it stands.
fn about(
    reader: Reader,
    kind: NotificationKind,
    dedupe: String,
    row: &AbuseRow,
) -> NewNotification {
    let uuid = row.video_uuid.as_deref().and_then(|uuid| uuid.parse().ok());
    let short = uuid.map(|uuid| ShortUuid(uuid).to_string());
    let video = serde_json::json!({ "id": row.video_id, "uuid": row.video_uuid,
        "shortUUID": short, "name": row.video_name });
    let (id, state) = (row.id, row.state.id());
    let told = match row.kind {
        AbuseKind::Video => serde_json::json!({ "id": id, "state": state, "video": video }),
        AbuseKind::Comment => serde_json::json!({ "id": id, "state": state,
            "comment": { "id": row.comment_id, "threadId": row.comment_thread_id,
                "video": video } }),
        AbuseKind::Account => serde_json::json!({ "id": id, "state": state,
            "account": { "id": row.flagged_account_id } }),
    };
    NewNotification { details: Some(told.to_string()), ..once(reader, kind, dedupe) }
}
