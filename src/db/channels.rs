//! Where are videos gathered? Channels, local and remote, with their actor and owner.

use super::accounts::{ACTOR_COLUMNS, ActorRow, read_actor};
use super::{Conn, DbError, Row, Tx, sql};
use crate::domain::{Millis, sort_key};

/// A channel.
#[derive(Debug, Clone)]
pub struct ChannelRow {
    /// `channels.id`.
    pub id: i64,
    /// `accounts.id` of the owner.
    pub account_id: i64,
    /// Display name.
    pub display_name: String,
    /// What it is about.
    pub description: Option<String>,
    /// How to support it.
    pub support: Option<String>,
    /// An address it shows to everybody.
    pub public_email: Option<String>,
    /// Its actor.
    pub actor: ActorRow,
}

fn read(row: &Row) -> Result<ChannelRow, DbError> {
    Ok(ChannelRow {
        id: row.int("id")?,
        account_id: row.int("account_id")?,
        display_name: row.text("display_name")?,
        description: row.text_opt("description")?,
        support: row.text_opt("support")?,
        public_email: row.text_opt("public_email")?,
        actor: read_actor(row)?,
    })
}

fn select(rest: &str) -> String {
    format!(
        "SELECT c.id, c.account_id, c.display_name, c.description, c.support, c.public_email, \
         {ACTOR_COLUMNS} FROM channels c JOIN actors x ON x.id = c.actor_id {rest}"
    )
}

/// A channel to be added or changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelTexts {
    /// Display name.
    pub display_name: String,
    /// What it is about.
    pub description: Option<String>,
    /// How to support it.
    pub support: Option<String>,
    /// An address it shows to everybody.
    pub public_email: Option<String>,
}

/// Adds a channel and returns its id.
///
/// # Errors
/// The engine's.
pub async fn insert(
    tx: &mut Tx,
    actor_id: i64,
    account_id: i64,
    texts: &ChannelTexts,
    now: Millis,
) -> Result<i64, DbError> {
    sql("INSERT INTO channels (actor_id, account_id, display_name, display_sort, description, \
         support, public_email, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING id")
    .int(actor_id)
    .int(account_id)
    .text(&texts.display_name)
    .text(sort_key(&texts.display_name))
    .text_opt(texts.description.as_deref())
    .text_opt(texts.support.as_deref())
    .text_opt(texts.public_email.as_deref())
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

/// Channels by id, in no order.
///
/// # Errors
/// The engine's.
pub async fn by_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<ChannelRow>, DbError> {
    let text = select(&format!("WHERE c.id IN {}", conn.engine().ints_in("$1")));
    sql(text).ints(ids).all(conn).await?.iter().map(read).collect()
}

/// A channel by id.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<ChannelRow>, DbError> {
    let text = select("WHERE c.id = $1");
    sql(text).int(id).optional(conn).await?.map(|row| read(&row)).transpose()
}

/// Channels of some accounts, oldest first.
///
/// # Errors
/// The engine's.
pub async fn of_accounts(conn: &mut Conn, account_ids: &[i64]) -> Result<Vec<ChannelRow>, DbError> {
    let rest = format!("WHERE c.account_id IN {} ORDER BY c.id", conn.engine().ints_in("$1"));
    sql(select(&rest)).ints(account_ids).all(conn).await?.iter().map(read).collect()
}
