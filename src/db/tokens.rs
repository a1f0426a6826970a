//! Which sessions are open? Access and refresh tokens, kept as SHA-256 only.

use super::{Conn, DbError, Row, Tx, sql};
use crate::domain::{Millis, Principal};

/// Where a request came from, as the owner of a session sees it in the list of sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    /// The client's `User-Agent`.
    pub device: Option<String>,
    /// The client's address.
    pub address: Option<String>,
}

/// A session to be kept.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Hex SHA-256 of the access token.
    pub access_hash: String,
    /// Hex SHA-256 of the refresh token.
    pub refresh_hash: String,
    /// End of the access token.
    pub access_expires_at: Millis,
    /// End of the refresh token.
    pub refresh_expires_at: Millis,
}

/// A session as its owner sees it.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// `oauth_tokens.id`.
    pub id: i64,
    /// Where the password was given.
    pub login: Caller,
    /// When the password was given.
    pub login_at: Millis,
    /// Where it was last used.
    pub last_used: Caller,
    /// When it was last used.
    pub last_used_at: Millis,
    /// When these tokens were made.
    pub created_at: Millis,
}

/// The person behind a token, and until when.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// Who.
    pub principal: Principal,
    /// End of the access token.
    pub expires_at: Millis,
}

/// Opens a session after a log-in.
///
/// # Errors
/// The engine's.
pub async fn insert(
    tx: &mut Tx,
    user_id: i64,
    session: &NewSession,
    caller: &Caller,
    now: Millis,
) -> Result<i64, DbError> {
    sql("INSERT INTO oauth_tokens (user_id, access_hash, refresh_hash, access_expires_at, \
         refresh_expires_at, login_device, login_address, login_at, last_used_device, \
         last_used_address, last_used_at, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $6, $7, $8, $8) RETURNING id")
    .int(user_id)
    .text(&session.access_hash)
    .text(&session.refresh_hash)
    .int(session.access_expires_at.0)
    .int(session.refresh_expires_at.0)
    .text_opt(caller.device.as_deref())
    .text_opt(caller.address.as_deref())
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

/// The person an unexpired access token stands for; nobody when the user is blocked.
///
/// # Errors
/// The engine's.
pub async fn bearer(
    conn: &mut Conn,
    access_hash: &str,
    now: Millis,
) -> Result<Option<Bearer>, DbError> {
    sql("SELECT t.id AS session_id, t.access_expires_at, u.id AS user_id, u.username, u.role, \
         a.id AS account_id, a.actor_id FROM oauth_tokens t JOIN users u ON u.id = t.user_id \
         JOIN accounts a ON a.user_id = u.id \
         WHERE t.access_hash = $1 AND t.access_expires_at > $2 AND u.blocked = 0")
    .text(access_hash)
    .int(now.0)
    .optional(conn)
    .await?
    .map(|row| read_bearer(&row))
    .transpose()
}

fn read_bearer(row: &Row) -> Result<Bearer, DbError> {
    let principal = Principal {
        user_id: row.int("user_id")?,
        account_id: row.int("account_id")?,
        actor_id: row.int("actor_id")?,
        session_id: row.int("session_id")?,
        username: row.text("username")?,
        role: super::users::read_role(row, "role")?,
    };
    Ok(Bearer { principal, expires_at: row.millis("access_expires_at")? })
}

/// A session found by its refresh token.
#[derive(Debug, Clone, Copy)]
pub struct Refreshable {
    /// `oauth_tokens.id`.
    pub id: i64,
    /// Whose.
    pub user_id: i64,
    /// End of the refresh token.
    pub refresh_expires_at: Millis,
    /// The user was blocked meanwhile.
    pub blocked: bool,
}

/// Finds a session by its refresh token.
///
/// # Errors
/// The engine's.
pub async fn by_refresh(conn: &mut Conn, hash: &str) -> Result<Option<Refreshable>, DbError> {
    sql("SELECT t.id, t.user_id, t.refresh_expires_at, u.blocked FROM oauth_tokens t \
         JOIN users u ON u.id = t.user_id WHERE t.refresh_hash = $1")
    .text(hash)
    .optional(conn)
    .await?
    .map(|row| {
        Ok(Refreshable {
            id: row.int("id")?,
            user_id: row.int("user_id")?,
            refresh_expires_at: row.millis("refresh_expires_at")?,
            blocked: row.flag("blocked")?,
        })
    })
    .transpose()
}

/// Gives a session new tokens; the old ones end. Returns whether it was still there.
///
/// # Errors
/// The engine's.
pub async fn rotate(
    tx: &mut Tx,
    id: i64,
    session: &NewSession,
    caller: &Caller,
    now: Millis,
) -> Result<bool, DbError> {
    let changed = sql("UPDATE oauth_tokens SET access_hash = $1, refresh_hash = $2, \
         access_expires_at = $3, refresh_expires_at = $4, last_used_device = $5, \
         last_used_address = $6, last_used_at = $7, created_at = $7 WHERE id = $8")
    .text(&session.access_hash)
    .text(&session.refresh_hash)
    .int(session.access_expires_at.0)
    .int(session.refresh_expires_at.0)
    .text_opt(caller.device.as_deref())
    .text_opt(caller.address.as_deref())
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Ends one session of a user. Returns whether there was one.
///
/// # Errors
/// The engine's.
pub async fn revoke(tx: &mut Tx, user_id: i64, id: i64) -> Result<bool, DbError> {
    let changed = sql("DELETE FROM oauth_tokens WHERE id = $1 AND user_id = $2")
        .int(id)
        .int(user_id)
        .run(tx)
        .await?;
    Ok(changed == 1)
}

/// Ends every session of a user, except the one in use.
///
/// # Errors
/// The engine's.
pub async fn revoke_all(tx: &mut Tx, user_id: i64, except: Option<i64>) -> Result<u64, DbError> {
    sql("DELETE FROM oauth_tokens WHERE user_id = $1 AND id <> $2")
        .int(user_id)
        .int(except.unwrap_or(0))
        .run(tx)
        .await
}

/// Sessions of a user that can still be used or refreshed, newest first.
///
/// # Errors
/// The engine's.
pub async fn list(
    conn: &mut Conn,
    user_id: i64,
    now: Millis,
    offset: i64,
    limit: i64,
) -> Result<(i64, Vec<SessionRow>), DbError> {
    let total = sql("SELECT COUNT(*) AS n FROM oauth_tokens \
                     WHERE user_id = $1 AND refresh_expires_at > $2")
    .int(user_id)
    .int(now.0)
    .one(conn)
    .await?
    .int("n")?;
    let rows = sql("SELECT id, login_device, login_address, login_at, last_used_device, \
         last_used_address, last_used_at, created_at FROM oauth_tokens \
         WHERE user_id = $1 AND refresh_expires_at > $2 ORDER BY created_at DESC, id DESC \
         LIMIT $3 OFFSET $4")
    .int(user_id)
    .int(now.0)
    .int(limit)
    .int(offset)
    .all(conn)
    .await?;
    let sessions = rows.iter().map(read_session).collect::<Result<_, _>>()?;
    Ok((total, sessions))
}

fn read_session(row: &Row) -> Result<SessionRow, DbError> {
    Ok(SessionRow {
        id: row.int("id")?,
        login: Caller {
            device: row.text_opt("login_device")?,
            address: row.text_opt("login_address")?,
        },
        login_at: row.millis("login_at")?,
        last_used: Caller {
            device: row.text_opt("last_used_device")?,
            address: row.text_opt("last_used_address")?,
        },
        last_used_at: row.millis("last_used_at")?,
        created_at: row.millis("created_at")?,
    })
}

/// Keeps where and when a session was last used.
///
/// # Errors
/// The engine's.
pub async fn used(tx: &mut Tx, id: i64, caller: &Caller, at: Millis) -> Result<(), DbError> {
    sql(
        "UPDATE oauth_tokens SET last_used_device = $1, last_used_address = $2, last_used_at = $3 \
         WHERE id = $4 AND last_used_at < $3",
    )
    .text_opt(caller.device.as_deref())
    .text_opt(caller.address.as_deref())
    .int(at.0)
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}

/// Forgets sessions that nothing can revive.
///
/// # Errors
/// The engine's.
pub async fn forget_expired(tx: &mut Tx, now: Millis) -> Result<u64, DbError> {
    sql("DELETE FROM oauth_tokens WHERE refresh_expires_at <= $1").int(now.0).run(tx).await
}
