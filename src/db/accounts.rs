//! Under which profile does a user appear? Accounts, local and remote, with their actor.

use super::actor_images::{self, ImageRow};
use super::blocklists::BLOCKED;
use super::{Conn, DbError, Row, Sql, Tx, sql};
use crate::domain::names::fold_name;
use crate::domain::{Millis, Order, Window, sort_key};

/// Columns of the actor behind an account or channel, read by [`read_actor`].
pub(super) const ACTOR_COLUMNS: &str = "x.id AS actor_id, x.name, x.host, x.ap_url, \
    x.followers_count, x.following_count, x.remote_created_at, x.created_at AS actor_created_at, \
    x.updated_at AS actor_updated_at";

/// The actor behind an account or channel.
#[derive(Debug, Clone)]
pub struct ActorRow {
    /// `actors.id`.
    pub id: i64,
    /// Name, without host.
    pub name: String,
    /// Host; empty for local ones.
    pub host: String,
    /// ActivityPub id.
    pub ap_url: String,
    /// Followers known.
    pub followers_count: i64,
    /// Actors it follows.
    pub following_count: i64,
    /// Since when (where it lives).
    pub created_at: Millis,
    /// Last change.
    pub updated_at: Millis,
    /// Avatars and banners, smallest first.
    pub images: Vec<ImageRow>,
}

pub(super) fn read_actor(row: &Row) -> Result<ActorRow, DbError> {
    let created_at = row.int_opt("remote_created_at")?.map(Millis);
    Ok(ActorRow {
        id: row.int("actor_id")?,
        name: row.text("name")?,
        host: row.text("host")?,
        ap_url: row.text("ap_url")?,
        followers_count: row.int("followers_count")?,
        following_count: row.int("following_count")?,
        created_at: match created_at {
            Some(at) => at,
            None => row.millis("actor_created_at")?,
        },
        updated_at: row.millis("actor_updated_at")?,
        images: Vec::new(),
    })
}

/// An account.
#[derive(Debug, Clone)]
pub struct AccountRow {
    /// `accounts.id`.
    pub id: i64,
    /// `users.id`, for local ones.
    pub user_id: Option<i64>,
    /// Display name.
    pub display_name: String,
    /// What they say about themselves.
    pub description: Option<String>,
    /// Its actor.
    pub actor: ActorRow,
}

fn read(row: &Row) -> Result<AccountRow, DbError> {
    Ok(AccountRow {
        id: row.int("id")?,
        user_id: row.int_opt("user_id")?,
        display_name: row.text("display_name")?,
        description: row.text_opt("description")?,
        actor: read_actor(row)?,
    })
}

fn select(rest: &str) -> String {
    format!(
        "SELECT a.id, a.user_id, a.display_name, a.description, {ACTOR_COLUMNS} \
         FROM accounts a JOIN actors x ON x.id = a.actor_id {rest}"
    )
}

/// Adds an account and returns its id.
///
/// # Errors
/// The engine's.
pub async fn insert(
    tx: &mut Tx,
    actor_id: i64,
    user_id: Option<i64>,
    display_name: &str,
    now: Millis,
) -> Result<i64, DbError> {
    sql("INSERT INTO accounts (actor_id, user_id, display_name, display_sort, created_at, \
         updated_at) VALUES ($1, $2, $3, $4, $5, $5) RETURNING id")
    .int(actor_id)
    .int_opt(user_id)
    .text(display_name)
    .text(sort_key(display_name))
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

async fn all(conn: &mut Conn, query: Sql) -> Result<Vec<AccountRow>, DbError> {
    let rows = query.all(conn).await?;
    let mut accounts = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    actor_images::fill(conn, accounts.iter_mut().map(|account| &mut account.actor)).await?;
    Ok(accounts)
}

/// Accounts by id, in no order.
///
/// # Errors
/// The engine's.
pub async fn by_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<AccountRow>, DbError> {
    let text = select(&format!("WHERE a.id IN {}", conn.engine().ints_in("$1")));
    all(conn, sql(text).ints(ids)).await
}

/// Accounts by actor, in no order.
///
/// # Errors
/// The engine's.
pub async fn by_actors(conn: &mut Conn, actor_ids: &[i64]) -> Result<Vec<AccountRow>, DbError> {
    let text = select(&format!("WHERE a.actor_id IN {}", conn.engine().ints_in("$1")));
    all(conn, sql(text).ints(actor_ids)).await
}

/// An account by id.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<AccountRow>, DbError> {
    Ok(all(conn, sql(select("WHERE a.id = $1")).int(id)).await?.pop())
}

/// A living account by name and host (empty: here), whatever the case.
///
/// # Errors
/// The engine's.
pub async fn by_handle(
    conn: &mut Conn,
    name: &str,
    host: &str,
) -> Result<Option<AccountRow>, DbError> {
    let text = select("WHERE x.name_folded = $1 AND x.host = $2 AND x.deleted_at IS NULL");
    Ok(all(conn, sql(text).text(fold_name(name)).text(host)).await?.pop())
}

/// How a list of accounts is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountOrder {
    /// By the moment they came.
    CreatedAt,
    /// By name.
    Name,
    /// By followers.
    Followers,
}

/// Living accounts that nothing is withheld of, and how many there are.
///
/// # Errors
/// The engine's.
pub async fn list(
    conn: &mut Conn,
    order: Order<AccountOrder>,
    window: Window,
) -> Result<(i64, Vec<AccountRow>), DbError> {
    let living = format!("WHERE x.deleted_at IS NULL AND a.held = 0 AND x.id NOT IN {BLOCKED}");
    let total = sql(format!(
        "SELECT COUNT(*) AS n FROM accounts a JOIN actors x ON x.id = a.actor_id {living}"
    ))
    .one(conn)
    .await?
    .int("n")?;
    let column = match order.by {
        AccountOrder::CreatedAt => "x.created_at",
        AccountOrder::Name => "x.name_folded",
        AccountOrder::Followers => "x.followers_count",
    };
    let way = order.way();
    let text = select(&format!("{living} ORDER BY {column} {way}, a.id {way} LIMIT $1 OFFSET $2"));
    let accounts = all(conn, sql(text).int(window.count).int(window.start)).await?;
    Ok((total, accounts))
}

/// Changes an account's texts.
///
/// # Errors
/// The engine's.
pub async fn update(
    tx: &mut Tx,
    id: i64,
    display_name: &str,
    description: Option<&str>,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE accounts SET display_name = $1, display_sort = $2, description = $3, \
         updated_at = $4 WHERE id = $5")
    .text(display_name)
    .text(sort_key(display_name))
    .text_opt(description)
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}
