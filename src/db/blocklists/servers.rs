//! Of which other servers does nobody here see anything?

use super::Listed;
use crate::db::conn::like;
use crate::db::moderation::statements::{self, NewStatement, To};
use crate::db::{Conn, DbError, Tx, sql};
use crate::domain::statement::Act;
use crate::domain::{Millis, Window};

/// A server that the instance blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerBlock {
    /// Its host.
    pub host: String,
    /// For moderators.
    pub reason: Option<String>,
    /// `actors.id` of who blocked it.
    pub by: Option<i64>,
    /// Since when.
    pub created_at: Millis,
}

/// A server about to be blocked.
#[derive(Debug, Clone, Copy)]
pub struct NewServerBlock<'a> {
    /// Its host.
    pub host: &'a str,
    /// For moderators.
    pub reason: Option<&'a str>,
    /// `actors.id` of who blocks it.
    pub by: i64,
    /// What the log says of it.
    pub audit_id: i64,
}

/// Blocks a server. False: it is blocked already. The caller says that something
/// [`changed`](super::changed).
///
/// # Errors
/// The engine's.
pub async fn insert(tx: &mut Tx, new: &NewServerBlock<'_>, now: Millis) -> Result<bool, DbError> {
    let added = sql("INSERT INTO server_blocks (host, reason, by_actor_id, audit_id, created_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (host) DO NOTHING")
    .text(new.host)
    .text_opt(new.reason)
    .int(new.by)
    .int(new.audit_id)
    .int(now.0)
    .run(tx)
    .await?;
    if added > 0 {
        let statement = NewStatement {
            act: Act::ServerBlocked,
            label: new.host,
            by_actor_id: Some(new.by),
            reason: new.reason.unwrap_or_default(),
            audit_id: Some(new.audit_id),
            ..NewStatement::default()
        };
        statements::record(tx, &statement, now).await?;
    }
    Ok(added > 0)
}

/// Lifts the block of a server, and ends its statement. False: there is none. The caller says that
/// something [`changed`](super::changed).
///
/// # Errors
/// The engine's.
pub async fn delete(tx: &mut Tx, host: &str, now: Millis) -> Result<bool, DbError> {
    let gone = sql("DELETE FROM server_blocks WHERE host = $1 RETURNING audit_id");
    let Some(gone) = gone.text(host).optional(tx).await? else { return Ok(false) };
    if let Some(audit_id) = gone.int_opt("audit_id")? {
        statements::lift(tx, Act::ServerBlocked, To::Named(audit_id, host), now).await?;
    }
    Ok(true)
}

/// The instance blocks this server.
///
/// # Errors
/// The engine's.
pub async fn has(conn: &mut Conn, host: &str) -> Result<bool, DbError> {
    let row = sql("SELECT id FROM server_blocks WHERE host = $1").text(host).optional(conn).await?;
    Ok(row.is_some())
}

/// `actors.id` of everybody on a blocked server.
///
/// # Errors
/// The engine's.
pub async fn actors(conn: &mut Conn) -> Result<Vec<i64>, DbError> {
    let rows =
        sql("SELECT x.id FROM server_blocks b JOIN actors x ON x.host = b.host").all(conn).await?;
    rows.iter().map(|row| row.int("id")).collect()
}

/// Blocked servers, and how many there are.
///
/// # Errors
/// The engine's.
pub async fn page(
    conn: &mut Conn,
    listed: &Listed,
    window: Window,
) -> Result<(i64, Vec<ServerBlock>), DbError> {
    let pattern = like(listed.search.as_deref().unwrap_or(""));
    let total = sql("SELECT COUNT(*) AS n FROM server_blocks WHERE host LIKE $1 ESCAPE '!'")
        .text(&pattern)
        .one(conn)
        .await?
        .int("n")?;
    let way = listed.way();
    let text = format!(
        "SELECT host, reason, by_actor_id, created_at FROM server_blocks \
         WHERE host LIKE $1 ESCAPE '!' ORDER BY created_at {way}, id {way} LIMIT $2 OFFSET $3"
    );
    let rows = sql(text).text(&pattern).int(window.count).int(window.start).all(conn).await?;
    let read = rows.iter().map(|row| {
        Ok::<ServerBlock, DbError>(ServerBlock {
            host: row.text("host")?,
            reason: row.text_opt("reason")?,
            by: row.int_opt("by_actor_id")?,
            created_at: row.millis("created_at")?,
        })
    });
    Ok((total, read.collect::<Result<_, _>>()?))
}
