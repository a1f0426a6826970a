//! Who can sign in here? Users, their role, quotas and preferences.

use super::conn::like;
use super::{Conn, DbError, Row, Sql, Tx, sql};
use crate::domain::names::fold_email;
use crate::domain::{Millis, Order, Role, Window};

const COLUMNS: &str = "u.id, u.username, u.email, u.email_verified, u.password_hash, u.role, \
    u.admin_flags, u.blocked, u.blocked_reason, u.video_quota, u.video_quota_daily, \
    u.preferences, u.last_login_at, u.created_at, u.updated_at, a.id AS account_id, a.actor_id";
const FROM: &str = "FROM users u JOIN accounts a ON a.user_id = u.id";

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

fn read(row: &Row) -> Result<UserRow, DbError> {
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

/// Which users are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Part of the log-in name or e-mail address.
    pub search: Option<String>,
    /// Only blocked ones, or only those who are not.
    pub blocked: Option<bool>,
    /// Only of this role.
    pub role: Option<Role>,
}

/// How a list of users is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserOrder {
    /// By id.
    Id,
    /// By log-in name.
    Username,
    /// By the moment they came.
    CreatedAt,
    /// By role, administrators first.
    Role,
    /// By last log-in.
    LastLogin,
}

impl UserOrder {
    const fn column(self) -> &'static str {
        match self {
            Self::Id => "u.id",
            Self::Username => "u.username",
            Self::CreatedAt => "u.created_at",
            Self::Role => "u.role",
            Self::LastLogin => "COALESCE(u.last_login_at, 0)",
        }
    }
}

/// Users, and how many there are.
///
/// # Errors
/// The engine's.
pub async fn list(
    conn: &mut Conn,
    filter: &UserFilter,
    order: Order<UserOrder>,
    window: Window,
) -> Result<(i64, Vec<UserRow>), DbError> {
    let condition = "WHERE (u.username LIKE $1 ESCAPE '!' OR u.email_folded LIKE $1 ESCAPE '!') \
                     AND ($2 < 0 OR u.blocked = $2) AND ($3 < 0 OR u.role = $3)";
    let bind = |query: Sql| {
        query
            .text(like(&fold_email(filter.search.as_deref().unwrap_or_default())))
            .int(filter.blocked.map_or(-1, i64::from))
            .int(filter.role.map_or(-1, Role::id))
    };
    let count = format!("SELECT COUNT(*) AS n {FROM} {condition}");
    let total = bind(sql(count)).one(conn).await?.int("n")?;
    let (column, way) = (order.by.column(), order.way());
    let text = format!(
        "SELECT {COLUMNS} {FROM} {condition} ORDER BY {column} {way}, u.id {way} \
         LIMIT $4 OFFSET $5"
    );
    let rows = bind(sql(text)).int(window.count).int(window.start).all(conn).await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}

/// How many videos a user has in all their channels.
///
/// # Errors
/// The engine's.
pub async fn count_videos(conn: &mut Conn, user_id: i64) -> Result<i64, DbError> {
    sql("SELECT COUNT(*) AS n FROM videos v JOIN channels c ON c.id = v.channel_id \
         JOIN accounts a ON a.id = c.account_id WHERE a.user_id = $1")
    .int(user_id)
    .one(conn)
    .await?
    .int("n")
}
