//! Which users are there? Filtered, sorted, in parts.

use super::conn::like;
use super::narrow::Narrowed;
use super::users::{COLUMNS, FROM, UserRow, read};
use super::{Conn, DbError, sql};
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
    let mut within = Narrowed::default();
    if let Some(search) = filter.search.as_deref() {
        let found = "(u.username LIKE ? ESCAPE '!' OR u.email_folded LIKE ? ESCAPE '!')";
        within.text(found, like(&fold_email(search)));
    }
    if let Some(blocked) = filter.blocked {
        within.int("u.blocked = ?", i64::from(blocked));
    }
    if let Some(role) = filter.role {
        within.int("u.role = ?", role.id());
    }
    let condition = within.condition();
    let count = sql(format!("SELECT COUNT(*) AS n FROM users u{condition}"));
    let total = within.bind(count).one(conn).await?.int("n")?;
    let (column, way) = (order.by.column(), order.way());
    // First which, then what belongs to them.
    let text = format!(
        "SELECT {COLUMNS} {FROM} WHERE u.id IN (SELECT u.id FROM users u{condition} \
         ORDER BY {column} {way}, u.id {way} LIMIT {} OFFSET {}) ORDER BY {column} {way}, u.id {way}",
        within.next(1),
        within.next(2)
    );
    let rows = within.bind(sql(text)).int(window.count).int(window.start).all(conn).await?;
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
