//! Which users are there? Filtered, sorted, in parts.

use super::conn::like;
use super::users::{COLUMNS, FROM, UserRow, read};
use super::{Conn, DbError, Sql, sql};
use crate::domain::names::fold_email;
use crate::domain::{Order, Role, Window};

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
