//! Who asked for an account, and what became of it?

use super::conn::like;
use super::{Conn, DbError, Row, Sql, Tx, sql};
use crate::domain::names::fold_email;
use crate::domain::registration::RegistrationState;
use crate::domain::{Millis, Order, Window, sort_key};

/// A request for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationRow {
    /// `registrations.id`.
    pub id: i64,
    /// What became of it.
    pub state: RegistrationState,
    /// Why they want one.
    pub reason: String,
    /// What the moderator wrote to them.
    pub response: Option<String>,
    /// Log-in name.
    pub username: String,
    /// E-mail address.
    pub email: String,
    /// argon2 hash (PHC string); empty once there is a user who has it.
    pub password_hash: String,
    /// Display name of the account.
    pub display_name: Option<String>,
    /// Name of the first channel.
    pub channel_name: Option<String>,
    /// Display name of the first channel.
    pub channel_display_name: Option<String>,
    /// Rules that a name or the reason meets.
    pub remarks: Vec<String>,
    /// `users.id`, once accepted and while they are here.
    pub user_id: Option<i64>,
    /// When they asked.
    pub created_at: Millis,
    /// Last change.
    pub updated_at: Millis,
}

const SELECT: &str = "SELECT id, state, reason, response, username, email, password_hash, \
    display_name, channel_name, channel_display_name, remarks, user_id, created_at, updated_at \
    FROM registrations";

fn read(row: &Row) -> Result<RegistrationRow, DbError> {
    let state = RegistrationState::try_from(row.int("state")?).map_err(|_| DbError::Column {
        column: "state".to_owned(),
        wanted: "registration state",
    })?;
    Ok(RegistrationRow {
        id: row.int("id")?,
        state,
        reason: row.text("reason")?,
        response: row.text_opt("response")?,
        username: row.text("username")?,
        email: row.text("email")?,
        password_hash: row.text("password_hash")?,
        display_name: row.text_opt("display_name")?,
        channel_name: row.text_opt("channel_name")?,
        channel_display_name: row.text_opt("channel_display_name")?,
        remarks: serde_json::from_str(&row.text("remarks")?).unwrap_or_default(),
        user_id: row.int_opt("user_id")?,
        created_at: row.millis("created_at")?,
        updated_at: row.millis("updated_at")?,
    })
}

/// A request to be kept.
#[derive(Debug, Clone)]
pub struct NewRegistration {
    /// Why they want an account.
    pub reason: String,
    /// Log-in name.
    pub username: String,
    /// E-mail address.
    pub email: String,
    /// argon2 hash (PHC string).
    pub password_hash: String,
    /// Display name of the account.
    pub display_name: Option<String>,
    /// Name of the first channel.
    pub channel_name: Option<String>,
    /// Display name of the first channel.
    pub channel_display_name: Option<String>,
    /// Rules that a name or the reason meets.
    pub remarks: Vec<String>,
}

/// Keeps a request and returns its id.
///
/// # Errors
/// [`DbError::unique_violation`] when one with that name or address waits; else the engine's.
pub async fn insert(tx: &mut Tx, new: &NewRegistration, now: Millis) -> Result<i64, DbError> {
    let searched = [
        Some(new.username.as_str()),
        Some(new.email.as_str()),
        new.display_name.as_deref(),
        new.channel_display_name.as_deref(),
        Some(new.reason.as_str()),
    ];
    let searched: Vec<&str> = searched.into_iter().flatten().collect();
    sql("INSERT INTO registrations (reason, username, email, email_folded, password_hash, \
         display_name, channel_name, channel_display_name, folded, remarks, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) RETURNING id")
    .text(&new.reason)
    .text(&new.username)
    .text(&new.email)
    .text(fold_email(&new.email))
    .text(&new.password_hash)
    .text_opt(new.display_name.as_deref())
    .text_opt(new.channel_name.as_deref())
    .text_opt(new.channel_display_name.as_deref())
    .text(sort_key(&searched.join("\n")))
    .text(serde_json::Value::from(new.remarks.as_slice()).to_string())
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

/// A request by id.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<RegistrationRow>, DbError> {
    let row = sql(format!("{SELECT} WHERE id = $1")).int(id).optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// The latest request by a log-in name or e-mail address that did not become a user.
///
/// # Errors
/// The engine's.
pub async fn by_login(conn: &mut Conn, login: &str) -> Result<Option<RegistrationRow>, DbError> {
    let text = format!(
        "{SELECT} WHERE (username = $1 OR email_folded = $1) AND state <> 3 \
         ORDER BY id DESC LIMIT 1"
    );
    let row = sql(text).text(fold_email(login)).optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// A request with this name, and one with this address, waits.
///
/// # Errors
/// The engine's.
pub async fn waiting(
    conn: &mut Conn,
    username: &str,
    email: &str,
) -> Result<(bool, bool), DbError> {
    let name = sql("SELECT id FROM registrations WHERE username = $1 AND state = 1").text(username);
    let name = name.optional(conn).await?.is_some();
    let email = sql("SELECT id FROM registrations WHERE email_folded = $1 AND state = 1")
        .text(fold_email(email));
    Ok((name, email.optional(conn).await?.is_some()))
}

/// How many wait.
///
/// # Errors
/// The engine's.
pub async fn count_waiting(conn: &mut Conn) -> Result<i64, DbError> {
    sql("SELECT COUNT(*) AS n FROM registrations WHERE state = 1").one(conn).await?.int("n")
}

/// How many users there are.
///
/// # Errors
/// The engine's.
pub async fn count_users(conn: &mut Conn) -> Result<i64, DbError> {
    sql("SELECT COUNT(*) AS n FROM users").one(conn).await?.int("n")
}

/// What a moderator decided.
#[derive(Debug, Clone, Copy)]
pub struct Decided<'a> {
    /// Accepted or refused.
    pub state: RegistrationState,
    /// What they wrote to the applicant.
    pub response: Option<&'a str>,
    /// `actors.id` of the moderator.
    pub by: i64,
    /// `users.id` of the new user.
    pub user_id: Option<i64>,
}

/// Writes what was decided. The password of a new user is theirs from now on.
///
/// # Errors
/// The engine's.
pub async fn decide(
    tx: &mut Tx,
    id: i64,
    decided: &Decided<'_>,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE registrations SET state = $1, response = $2, decided_by = $3, user_id = $4, \
         password_hash = CASE WHEN $1 = 3 THEN '' ELSE password_hash END, updated_at = $5 \
         WHERE id = $6")
    .int(decided.state.id())
    .text_opt(decided.response)
    .int(decided.by)
    .int_opt(decided.user_id)
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}

/// Removes a request. False: there was none.
///
/// # Errors
/// The engine's.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<bool, DbError> {
    Ok(sql("DELETE FROM registrations WHERE id = $1").int(id).run(tx).await? > 0)
}

/// Forgets requests that were decided before `before`.
///
/// # Errors
/// The engine's.
pub async fn forget(tx: &mut Tx, before: Millis) -> Result<(), DbError> {
    sql("DELETE FROM registrations WHERE state <> 1 AND updated_at < $1")
        .int(before.0)
        .run(tx)
        .await?;
    Ok(())
}

/// What requests are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationOrder {
    /// By the moment they came.
    Created,
    /// By state.
    State,
}

/// A part of the requests, and how many there are. `states`: only these; empty: all.
///
/// # Errors
/// The engine's.
pub async fn page(
    conn: &mut Conn,
    states: &[RegistrationState],
    search: Option<&str>,
    order: Order<RegistrationOrder>,
    window: Window,
) -> Result<(i64, Vec<RegistrationRow>), DbError> {
    let ids: Vec<i64> = match states {
        [] => RegistrationState::ALL.iter().map(|state| state.id()).collect(),
        some => some.iter().map(|state| state.id()).collect(),
    };
    let mut within = format!("WHERE state IN {}", conn.engine().ints_in("$1"));
    let mut next = 2;
    if search.is_some() {
        within.push_str(" AND folded LIKE $2 ESCAPE '!'");
        next = 3;
    }
    let bind = |query: Sql| {
        let query = query.ints(&ids);
        match search {
            Some(search) => query.text(like(&sort_key(search))),
            None => query,
        }
    };
    let count = format!("SELECT COUNT(*) AS n FROM registrations {within}");
    let total = bind(sql(count)).one(conn).await?.int("n")?;
    let column = match order.by {
        RegistrationOrder::Created => "created_at",
        RegistrationOrder::State => "state",
    };
    let way = order.way();
    let text = format!(
        "{SELECT} {within} ORDER BY {column} {way}, id {way} LIMIT ${next} OFFSET ${}",
        next + 1
    );
    let rows = bind(sql(text)).int(window.count).int(window.start).all(conn).await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}
