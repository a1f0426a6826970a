//! An act restricts somebody: they are told what, why, and since when.

use super::once;
use crate::db::moderation::statements;
use crate::db::notifications::{NewNotification, readers};
use crate::db::{Conn, DbError};
use crate::domain::notification::NotificationKind;

pub(super) async fn told(conn: &mut Conn, id: i64) -> Result<Vec<NewNotification>, DbError> {
    let Some(row) = statements::by_id(conn, id).await? else { return Ok(Vec::new()) };
    // What is in `details` is all that is left to tell of what was removed.
    let details = serde_json::json!({ "statement": { "id": row.id, "act": row.act,
        "label": row.label, "ground": row.ground, "automated": row.automated,
        "reason": row.reason, "until": row.until.map(|at| at.rfc3339()) } });
    let tell = |reader| NewNotification {
        details: Some(details.to_string()),
        ..once(reader, NotificationKind::Statement, format!("statement:{id}"))
    };
    Ok(readers(conn, row.actor_id.as_slice()).await?.into_iter().map(tell).collect())
}
