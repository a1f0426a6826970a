//! Which accounts and servers does one person not want to see?

use super::Listed;
use crate::db::conn::like;
use crate::db::{Conn, DbError, Row, Tx, sql};
use crate::domain::{Millis, Window};

/// A muted account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountMute {
    /// `actors.id` of whom is muted.
    pub actor_id: i64,
    /// Since when.
    pub created_at: Millis,
}

/// A muted server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerMute {
    /// Its host.
    pub host: String,
    /// Since when.
    pub created_at: Millis,
}

fn account(row: &Row) -> Result<AccountMute, DbError> {
    Ok(AccountMute { actor_id: row.int("actor_id")?, created_at: row.millis("created_at")? })
}

fn server(row: &Row) -> Result<ServerMute, DbError> {
    Ok(ServerMute { host: row.text("host")?, created_at: row.millis("created_at")? })
}

/// Mutes an account. False: it is muted already.
///
/// # Errors
/// The engine's.
pub async fn add_account(
    tx: &mut Tx,
    owner_id: i64,
    actor_id: i64,
    now: Millis,
) -> Result<bool, DbError> {
    let added = sql("INSERT INTO account_mutes (owner_id, actor_id, created_at) \
         VALUES ($1, $2, $3) ON CONFLICT (owner_id, actor_id) DO NOTHING")
    .int(owner_id)
    .int(actor_id)
    .int(now.0)
    .run(tx)
    .await?;
    Ok(added > 0)
}

/// Mutes a server. False: it is muted already.
///
/// # Errors
/// The engine's.
pub async fn add_server(
    tx: &mut Tx,
    owner_id: i64,
    host: &str,
    now: Millis,
) -> Result<bool, DbError> {
    let added = sql("INSERT INTO server_mutes (owner_id, host, created_at) \
         VALUES ($1, $2, $3) ON CONFLICT (owner_id, host) DO NOTHING")
    .int(owner_id)
    .text(host)
    .int(now.0)
    .run(tx)
    .await?;
    Ok(added > 0)
}

/// Unmutes an account. False: it was not muted.
///
/// # Errors
/// The engine's.
pub async fn remove_account(tx: &mut Tx, owner_id: i64, actor_id: i64) -> Result<bool, DbError> {
    let gone = sql("DELETE FROM account_mutes WHERE owner_id = $1 AND actor_id = $2")
        .int(owner_id)
        .int(actor_id)
        .run(tx)
        .await?;
    Ok(gone > 0)
}

/// Unmutes a server. False: it was not muted.
///
/// # Errors
/// The engine's.
pub async fn remove_server(tx: &mut Tx, owner_id: i64, host: &str) -> Result<bool, DbError> {
    let gone = sql("DELETE FROM server_mutes WHERE owner_id = $1 AND host = $2")
        .int(owner_id)
        .text(host)
        .run(tx)
        .await?;
    Ok(gone > 0)
}

/// How many accounts and servers somebody has muted.
///
/// # Errors
/// The engine's.
pub async fn count(conn: &mut Conn, owner_id: i64) -> Result<i64, DbError> {
    sql("SELECT (SELECT COUNT(*) FROM account_mutes WHERE owner_id = $1) \
         + (SELECT COUNT(*) FROM server_mutes WHERE owner_id = $1) AS n")
    .int(owner_id)
    .one(conn)
    .await?
    .int("n")
}

/// Muted accounts, and how many there are.
///
/// # Errors
/// The engine's.
pub async fn accounts(
    conn: &mut Conn,
    owner_id: i64,
    listed: &Listed,
    window: Window,
) -> Result<(i64, Vec<AccountMute>), DbError> {
    const FROM: &str = "FROM account_mutes m JOIN actors x ON x.id = m.actor_id \
        JOIN accounts a ON a.actor_id = m.actor_id WHERE m.owner_id = $1 AND x.deleted_at IS NULL \
        AND (x.name_folded LIKE $2 ESCAPE '!' OR a.display_sort LIKE $2 ESCAPE '!')";
    let pattern = like(listed.search.as_deref().unwrap_or(""));
    let count = sql(format!("SELECT COUNT(*) AS n {FROM}")).int(owner_id).text(&pattern);
    let total = count.one(conn).await?.int("n")?;
    let way = listed.way();
    let text = format!(
        "SELECT m.actor_id, m.created_at {FROM} ORDER BY m.created_at {way}, m.id {way} \
         LIMIT $3 OFFSET $4"
    );
    let page = sql(text).int(owner_id).text(&pattern).int(window.count).int(window.start);
    Ok((total, page.all(conn).await?.iter().map(account).collect::<Result<_, _>>()?))
}

/// Muted servers, and how many there are.
///
/// # Errors
/// The engine's.
pub async fn servers(
    conn: &mut Conn,
    owner_id: i64,
    listed: &Listed,
    window: Window,
) -> Result<(i64, Vec<ServerMute>), DbError> {
    const FROM: &str = "FROM server_mutes WHERE owner_id = $1 AND host LIKE $2 ESCAPE '!'";
    let pattern = like(listed.search.as_deref().unwrap_or(""));
    let count = sql(format!("SELECT COUNT(*) AS n {FROM}")).int(owner_id).text(&pattern);
    let total = count.one(conn).await?.int("n")?;
    let way = listed.way();
    let text = format!(
        "SELECT host, created_at {FROM} ORDER BY created_at {way}, id {way} LIMIT $3 OFFSET $4"
    );
    let page = sql(text).int(owner_id).text(&pattern).int(window.count).int(window.start);
    Ok((total, page.all(conn).await?.iter().map(server).collect::<Result<_, _>>()?))
}

/// Somebody muted an actor, or the server they are on.
///
/// # Errors
/// The engine's.
pub async fn mutes(conn: &mut Conn, owner_id: i64, actor_id: i64) -> Result<bool, DbError> {
    let row = sql("SELECT actor_id FROM account_mutes WHERE owner_id = $1 AND actor_id = $2 \
         UNION ALL SELECT x.id AS actor_id FROM server_mutes m JOIN actors x ON x.host = m.host \
         WHERE m.owner_id = $1 AND x.id = $2")
    .int(owner_id)
    .int(actor_id)
    .optional(conn)
    .await?;
    Ok(row.is_some())
}

/// Somebody muted this account itself.
///
/// # Errors
/// The engine's.
pub async fn has_account(conn: &mut Conn, owner_id: i64, actor_id: i64) -> Result<bool, DbError> {
    let row = sql("SELECT id FROM account_mutes WHERE owner_id = $1 AND actor_id = $2")
        .int(owner_id)
        .int(actor_id)
        .optional(conn)
        .await?;
    Ok(row.is_some())
}

/// Somebody muted this server.
///
/// # Errors
/// The engine's.
pub async fn has_server(conn: &mut Conn, owner_id: i64, host: &str) -> Result<bool, DbError> {
    let row = sql("SELECT id FROM server_mutes WHERE owner_id = $1 AND host = $2")
        .int(owner_id)
        .text(host)
        .optional(conn)
        .await?;
    Ok(row.is_some())
}
