//! Are the people who hold a file token still who they were? Their open sessions, role and block.

use crate::db::{Conn, DbError, sql};
use crate::domain::{Millis, Principal, Role};

/// Who a session belongs to, `None` when it ended, its user is blocked, or is gone.
///
/// # Errors
/// The engine's.
pub async fn of_session(
    conn: &mut Conn,
    session_id: i64,
    now: Millis,
) -> Result<Option<Principal>, DbError> {
    let row = sql("SELECT u.id, u.username, u.role, a.id AS account_id, a.actor_id \
         FROM oauth_tokens t JOIN users u ON u.id = t.user_id JOIN accounts a ON a.user_id = u.id \
         WHERE t.id = $1 AND t.refresh_expires_at > $2 AND u.blocked = 0")
    .int(session_id)
    .int(now.0)
    .optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let role = Role::try_from(row.int("role")?)
        .map_err(|_| DbError::Column { column: "role".to_owned(), wanted: "role" })?;
    Ok(Some(Principal {
        user_id: row.int("id")?,
        account_id: row.int("account_id")?,
        actor_id: row.int("actor_id")?,
        session_id,
        username: row.text("username")?,
        role,
    }))
}
