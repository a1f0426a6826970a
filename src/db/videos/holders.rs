//! Are the people who hold a file token, or began an upload, still who they were? Their open
//! sessions, role and block.

use crate::db::{Conn, DbError, Row, sql};
use crate::domain::{Millis, Principal, Role};

const PERSON: &str = "u.id, u.username, u.role, a.id AS account_id, a.actor_id";

/// Who a session belongs to, `None` when it ended, its user is blocked, or is gone.
///
/// # Errors
/// The engine's.
pub async fn of_session(
    conn: &mut Conn,
    session_id: i64,
    now: Millis,
) -> Result<Option<Principal>, DbError> {
    sql(format!(
        "SELECT t.id AS session_id, {PERSON} FROM oauth_tokens t JOIN users u ON u.id = t.user_id \
         JOIN accounts a ON a.user_id = u.id \
         WHERE t.id = $1 AND t.refresh_expires_at > $2 AND u.blocked = 0"
    ))
    .int(session_id)
    .int(now.0)
    .optional(conn)
    .await?
    .map(|row| read(&row))
    .transpose()
}

/// A user in the newest of their open sessions, `None` when there is none, they are blocked, or
/// gone.
///
/// # Errors
/// The engine's.
pub async fn of_user(
    conn: &mut Conn,
    user_id: i64,
    now: Millis,
) -> Result<Option<Principal>, DbError> {
    sql(format!(
        "SELECT t.id AS session_id, {PERSON} FROM oauth_tokens t JOIN users u ON u.id = t.user_id \
         JOIN accounts a ON a.user_id = u.id \
         WHERE u.id = $1 AND t.refresh_expires_at > $2 AND u.blocked = 0 \
         ORDER BY t.id DESC LIMIT 1"
    ))
    .int(user_id)
    .int(now.0)
    .optional(conn)
    .await?
    .map(|row| read(&row))
    .transpose()
}

fn read(row: &Row) -> Result<Principal, DbError> {
    let role = Role::try_from(row.int("role")?)
        .map_err(|_| DbError::Column { column: "role".to_owned(), wanted: "role" })?;
    Ok(Principal {
        user_id: row.int("id")?,
        account_id: row.int("account_id")?,
        actor_id: row.int("actor_id")?,
        session_id: row.int("session_id")?,
        username: row.text("username")?,
        role,
    })
}
