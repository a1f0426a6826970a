//! Under which profile does a user appear? Accounts, local and remote, with their actor.

use super::{Conn, DbError, Row, Tx, sql};
use crate::domain::{Millis, sort_key};

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

/// Accounts by id, in no order.
///
/// # Errors
/// The engine's.
pub async fn by_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<AccountRow>, DbError> {
    let text = select(&format!("WHERE a.id IN {}", conn.engine().ints_in("$1")));
    sql(text).ints(ids).all(conn).await?.iter().map(read).collect()
}

/// An account by id.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<AccountRow>, DbError> {
    let text = select("WHERE a.id = $1");
    sql(text).int(id).optional(conn).await?.map(|row| read(&row)).transpose()
}
