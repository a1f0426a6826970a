//! Who can sign in here? Users, their role, quotas and preferences.

use super::{Conn, DbError, Row, Tx, sql};
use crate::domain::names::fold_email;
use crate::domain::{Millis, Role};

pub(super) const COLUMNS: &str = "u.id, u.username, u.email, u.email_verified, u.password_hash, u.role, \
    u.admin_flags, u.blocked, u.blocked_reason, u.video_quota, u.video_quota_daily, \
    u.preferences, u.last_login_at, u.created_at, u.updated_at, a.id AS account_id, a.actor_id";
pub(super) const FROM: &str = "FROM users u JOIN accounts a ON a.user_id = u.id";

/// A user to be added.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Log-in name.
    pub username: String,
    /// E-mail address.
    pub email: String,
    /// argon2 hash (PHC string).
    pub password_hash: String,
    /// Role.
    pub role: Role,
    /// PeerTube's `adminFlags`.
    pub admin_flags: i64,
    /// Bytes in all; -1: no limit.
    pub video_quota: i64,
    /// Bytes in 24 hours; -1: no limit.
    pub video_quota_daily: i64,
}

/// A user.
#[derive(Debug, Clone)]
pub struct UserRow {
    /// `users.id`.
    pub id: i64,
    /// Log-in name.
    pub username: String,
    /// E-mail address.
    pub email: String,
    /// The address was proven to be theirs.
    pub email_verified: bool,
    /// argon2 hash (PHC string).
    pub password_hash: String,
    /// Role.
    pub role: Role,
    /// PeerTube's `adminFlags`.
    pub admin_flags: i64,
    /// May not sign in.
    pub blocked: bool,
    /// Why not.
    pub blocked_reason: Option<String>,
    /// Bytes in all; -1: no limit.
    pub video_quota: i64,
    /// Bytes in 24 hours; -1: no limit.
    pub video_quota_daily: i64,
    /// What they chose, as JSON.
    pub preferences: String,
    /// Last log-in with a password.
    pub last_login_at: Option<Millis>,
    /// Since when.
    pub created_at: Millis,
    /// Last change.
    pub updated_at: Millis,
    /// `accounts.id`.
    pub account_id: i64,
    /// `actors.id` of the account.
    pub actor_id: i64,
}

pub(super) fn read_role(row: &Row, column: &str) -> Result<Role, DbError> {
    Role::try_from(row.int(column)?)
        .map_err(|_| DbError::Column { column: column.to_owned(), wanted: "role" })
}

pub(super) fn read(row: &Row) -> Result<UserRow, DbError> {
    Ok(UserRow {
        id: row.int("id")?,
        username: row.text("username")?,
        email: row.text("email")?,
        email_verified: row.flag("email_verified")?,
        password_hash: row.text("password_hash")?,
        role: read_role(row, "role")?,
        admin_flags: row.int("admin_flags")?,
        blocked: row.flag("blocked")?,
        blocked_reason: row.text_opt("blocked_reason")?,
        video_quota: row.int("video_quota")?,
        video_quota_daily: row.int("video_quota_daily")?,
        preferences: row.text("preferences")?,
        last_login_at: row.int_opt("last_login_at")?.map(Millis),
        created_at: row.millis("created_at")?,
        updated_at: row.millis("updated_at")?,
        account_id: row.int("account_id")?,
        actor_id: row.int("actor_id")?,
    })
}

/// Adds a user and returns its id. An account must follow in the same transaction.
///
/// # Errors
/// [`DbError::unique_violation`] when the name or address is somebody's; else the engine's.
pub async fn insert(tx: &mut Tx, user: &NewUser, now: Millis) -> Result<i64, DbError> {
    sql("INSERT INTO users (username, email, email_folded, password_hash, role, admin_flags, \
         video_quota, video_quota_daily, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING id")
    .text(&user.username)
    .text(&user.email)
    .text(fold_email(&user.email))
    .text(&user.password_hash)
    .int(user.role)
    .int(user.admin_flags)
    .int(user.video_quota)
    .int(user.video_quota_daily)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

/// A user by id.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<UserRow>, DbError> {
    sql(format!("SELECT {COLUMNS} {FROM} WHERE u.id = $1"))
        .int(id)
        .optional(conn)
        .await?
        .map(|row| read(&row))
        .transpose()
}

/// A user by log-in name or e-mail address, whatever the case. An address that is somebody
/// else's log-in name cannot exist: names hold no `@`.
///
/// # Errors
/// The engine's.
pub async fn by_login(conn: &mut Conn, login: &str) -> Result<Option<UserRow>, DbError> {
    sql(format!("SELECT {COLUMNS} {FROM} WHERE u.username = $1 OR u.email_folded = $1"))
        .text(fold_email(login))
        .optional(conn)
        .await?
        .map(|row| read(&row))
        .transpose()
}

/// Somebody has this e-mail address.
///
/// # Errors
/// The engine's.
pub async fn email_taken(conn: &mut Conn, email: &str) -> Result<bool, DbError> {
    let row = sql("SELECT id FROM users WHERE email_folded = $1")
        .text(fold_email(email))
        .optional(conn)
        .await?;
    Ok(row.is_some())
}

/// Anybody at all can sign in.
///
/// # Errors
/// The engine's.
pub async fn any(conn: &mut Conn) -> Result<bool, DbError> {
    Ok(sql("SELECT id FROM users LIMIT 1").optional(conn).await?.is_some())
}

/// Keeps the moment of a log-in.
///
/// # Errors
/// The engine's.
pub async fn logged_in(tx: &mut Tx, id: i64, now: Millis) -> Result<(), DbError> {
    sql("UPDATE users SET last_login_at = $1 WHERE id = $2").int(now.0).int(id).run(tx).await?;
    Ok(())
}

/// Sets the password's hash.
///
/// # Errors
/// The engine's.
pub async fn set_password(
    tx: &mut Tx,
    id: i64,
    password_hash: &str,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE users SET password_hash = $1, updated_at = $2 WHERE id = $3")
        .text(password_hash)
        .int(now.0)
        .int(id)
        .run(tx)
        .await?;
    Ok(())
}

/// What an administrator may change of a user.
#[derive(Debug, Clone)]
pub struct UserSettings {
    /// E-mail address.
    pub email: String,
    /// The address was proven to be theirs.
    pub email_verified: bool,
    /// Role.
    pub role: Role,
    /// PeerTube's `adminFlags`.
    pub admin_flags: i64,
    /// Bytes in all; -1: no limit.
    pub video_quota: i64,
    /// Bytes in 24 hours; -1: no limit.
    pub video_quota_daily: i64,
}

/// Changes a user.
///
/// # Errors
/// [`DbError::unique_violation`] when the address is somebody's; else the engine's.
pub async fn update(
    tx: &mut Tx,
    id: i64,
    settings: &UserSettings,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE users SET email = $1, email_folded = $2, email_verified = $3, role = $4, \
         admin_flags = $5, video_quota = $6, video_quota_daily = $7, updated_at = $8 WHERE id = $9")
    .text(&settings.email)
    .text(fold_email(&settings.email))
    .int(settings.email_verified)
    .int(settings.role)
    .int(settings.admin_flags)
    .int(settings.video_quota)
    .int(settings.video_quota_daily)
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}

/// Blocks a user, or lets them in again (`reason` is then dropped).
///
/// # Errors
/// The engine's.
pub async fn set_blocked(
    tx: &mut Tx,
    id: i64,
    blocked: bool,
    reason: Option<&str>,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE users SET blocked = $1, blocked_reason = $2, updated_at = $3 WHERE id = $4")
        .int(blocked)
        .text_opt(reason.filter(|_| blocked))
        .int(now.0)
        .int(id)
        .run(tx)
        .await?;
    Ok(())
}

/// Sets what a user chose, as JSON.
///
/// # Errors
/// The engine's.
pub async fn set_preferences(
    tx: &mut Tx,
    id: i64,
    preferences: &str,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE users SET preferences = $1, updated_at = $2 WHERE id = $3")
        .text(preferences)
        .int(now.0)
        .int(id)
        .run(tx)
        .await?;
    Ok(())
}

/// Administrators who can sign in, `id` not counted.
///
/// # Errors
/// The engine's.
pub async fn other_administrators(conn: &mut Conn, id: i64) -> Result<i64, DbError> {
    sql("SELECT COUNT(*) AS n FROM users WHERE role = $1 AND blocked = 0 AND id <> $2")
        .int(Role::Administrator)
        .int(id)
        .one(conn)
        .await?
        .int("n")
}

/// Removes a user; sessions, open uploads, account and channels go with the row.
///
/// # Errors
/// The engine's.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<(), DbError> {
    sql("DELETE FROM users WHERE id = $1").int(id).run(tx).await?;
    Ok(())
}
