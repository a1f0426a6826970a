//! What did reporter and moderators write to each other about a report?

use crate::db::{Conn, DbError, Row, Tx, sql};
use crate::domain::Millis;

/// A message about a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// `abuse_messages.id`.
    pub id: i64,
    /// `accounts.id` of who wrote it, while they have one.
    pub account_id: Option<i64>,
    /// `actors.id` of who wrote it.
    pub actor_id: Option<i64>,
    /// Written as a moderator.
    pub by_moderator: bool,
    /// The text.
    pub message: String,
    /// When.
    pub created_at: Millis,
}

const SELECT: &str = "SELECT m.id, a.id AS account_id, m.actor_id, m.by_moderator, m.message, \
    m.created_at FROM abuse_messages m LEFT JOIN accounts a ON a.actor_id = m.actor_id";

fn read(row: &Row) -> Result<MessageRow, DbError> {
    Ok(MessageRow {
        id: row.int("id")?,
        account_id: row.int_opt("account_id")?,
        actor_id: row.int_opt("actor_id")?,
        by_moderator: row.flag("by_moderator")?,
        message: row.text("message")?,
        created_at: row.millis("created_at")?,
    })
}

/// The newest messages about a report, at most `limit`, the oldest of them first.
///
/// # Errors
/// The engine's.
pub async fn messages(
    conn: &mut Conn,
    abuse_id: i64,
    limit: i64,
) -> Result<Vec<MessageRow>, DbError> {
    let text =
        format!("{SELECT} WHERE m.abuse_id = $1 ORDER BY m.created_at DESC, m.id DESC LIMIT $2");
    let rows = sql(text).int(abuse_id).int(limit).all(conn).await?;
    rows.iter().rev().map(read).collect()
}

/// One message of a report.
///
/// # Errors
/// The engine's.
pub async fn message(
    conn: &mut Conn,
    abuse_id: i64,
    id: i64,
) -> Result<Option<MessageRow>, DbError> {
    let row = sql(format!("{SELECT} WHERE m.abuse_id = $1 AND m.id = $2"))
        .int(abuse_id)
        .int(id)
        .optional(conn)
        .await?;
    row.as_ref().map(read).transpose()
}

/// Adds a message and returns its id.
///
/// # Errors
/// The engine's.
pub async fn add_message(
    tx: &mut Tx,
    abuse_id: i64,
    actor_id: i64,
    by_moderator: bool,
    message: &str,
    now: Millis,
) -> Result<i64, DbError> {
    sql("INSERT INTO abuse_messages (abuse_id, actor_id, by_moderator, message, created_at) \
         VALUES ($1, $2, $3, $4, $5) RETURNING id")
    .int(abuse_id)
    .int(actor_id)
    .int(by_moderator)
    .text(message)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

/// Removes a message.
///
/// # Errors
/// The engine's.
pub async fn remove_message(tx: &mut Tx, id: i64) -> Result<(), DbError> {
    sql("DELETE FROM abuse_messages WHERE id = $1").int(id).run(tx).await?;
    Ok(())
}
