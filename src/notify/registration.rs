//! Somebody asked for an account, was let in, or signed up by themselves.

use super::once;
use crate::db::notifications::{NewNotification, readers, staff};
use crate::db::{Conn, DbError, registrations, users};
use crate::domain::notification::NotificationKind;
use crate::domain::registration::RegistrationState;

/// Moderators hear of who waits for them.
pub(super) async fn requested(conn: &mut Conn, id: i64) -> Result<Vec<NewNotification>, DbError> {
    let Some(row) = registrations::by_id(conn, id).await? else { return Ok(Vec::new()) };
    if row.state != RegistrationState::Pending {
        return Ok(Vec::new());
    }
    let details = serde_json::json!({ "id": id, "username": row.username }).to_string();
    let tell = |reader| NewNotification {
        details: Some(details.clone()),
        ..once(reader, NotificationKind::RegistrationRequested, format!("registration:{id}"))
    };
    Ok(staff(conn).await?.into_iter().map(tell).collect())
}

/// The new user hears what the moderator wrote.
pub(super) async fn accepted(conn: &mut Conn, id: i64) -> Result<Vec<NewNotification>, DbError> {
    let Some(row) = registrations::by_id(conn, id).await? else { return Ok(Vec::new()) };
    let Some(user_id) = row.user_id else { return Ok(Vec::new()) };
    let Some(user) = users::by_id(conn, user_id).await? else { return Ok(Vec::new()) };
    let details = serde_json::json!({ "response": row.response }).to_string();
    let tell = |reader| NewNotification {
        details: Some(details.clone()),
        ..once(reader, NotificationKind::RegistrationAccepted, format!("registration:{id}"))
    };
    Ok(readers(conn, &[user.actor_id]).await?.into_iter().map(tell).collect())
}

/// Moderators hear of who signed up.
pub(super) async fn signed_up(
    conn: &mut Conn,
    user_id: i64,
) -> Result<Vec<NewNotification>, DbError> {
    let Some(user) = users::by_id(conn, user_id).await? else { return Ok(Vec::new()) };
    let tell = |reader| NewNotification {
        actor_id: Some(user.actor_id),
        ..once(reader, NotificationKind::UserRegistered, format!("user:{user_id}"))
    };
    Ok(staff(conn).await?.into_iter().map(tell).collect())
}
