//! Where are videos gathered? Channels, local and remote, with their actor and owner.

use super::accounts::{ACTOR_COLUMNS, ActorRow, read_actor};
use super::blocklists::BLOCKED;
use super::comments::place::ChannelDefaults;
use super::conn::like;
use super::videos::read::read_p2p;
use super::{Conn, DbError, Row, Sql, Tx, actor_images, sql};
use crate::domain::names::fold_name;
use crate::domain::{Millis, Order, P2pPolicy, Window, sort_key};

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
    /// Sharing between viewers of its videos, at most; `None`: as the instance.
    pub p2p: Option<P2pPolicy>,
    /// How its videos take comments.
    pub comments: ChannelDefaults,
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
        p2p: read_p2p(row, "p2p_policy")?,
        comments: ChannelDefaults {
            policy: row.int("comments_policy")?,
            pause_s: row.int("comments_pause_s")?,
        },
        actor: read_actor(row)?,
    })
}

fn select(rest: &str) -> String {
    format!(
        "SELECT c.id, c.account_id, c.display_name, c.description, c.support, c.public_email, \
         c.p2p_policy, c.comments_policy, c.comments_pause_s, \
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

async fn all(conn: &mut Conn, query: Sql) -> Result<Vec<ChannelRow>, DbError> {
    let rows = query.all(conn).await?;
    let mut channels = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    actor_images::fill(conn, channels.iter_mut().map(|channel| &mut channel.actor)).await?;
    Ok(channels)
}

/// Channels by id, in no order.
///
/// # Errors
/// The engine's.
pub async fn by_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<ChannelRow>, DbError> {
    let text = select(&format!("WHERE c.id IN {}", conn.engine().ints_in("$1")));
    all(conn, sql(text).ints(ids)).await
}

/// A channel by id.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<ChannelRow>, DbError> {
    Ok(all(conn, sql(select("WHERE c.id = $1")).int(id)).await?.pop())
}

/// A living channel by name and host (empty: here), whatever the case.
///
/// # Errors
/// The engine's.
pub async fn by_handle(
    conn: &mut Conn,
    name: &str,
    host: &str,
) -> Result<Option<ChannelRow>, DbError> {
    let text = select("WHERE x.name_folded = $1 AND x.host = $2 AND x.deleted_at IS NULL");
    Ok(all(conn, sql(text).text(fold_name(name)).text(host)).await?.pop())
}

/// Channels of some accounts, oldest first.
///
/// # Errors
/// The engine's.
pub async fn of_accounts(conn: &mut Conn, account_ids: &[i64]) -> Result<Vec<ChannelRow>, DbError> {
    let rest = format!("WHERE c.account_id IN {} ORDER BY c.id", conn.engine().ints_in("$1"));
    all(conn, sql(select(&rest)).ints(account_ids)).await
}

/// How a list of channels is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelOrder {
    /// By the moment they came.
    CreatedAt,
    /// By last change.
    UpdatedAt,
    /// By name.
    Name,
    /// By display name.
    DisplayName,
    /// By followers.
    Followers,
}

impl ChannelOrder {
    const fn column(self) -> &'static str {
        match self {
            Self::CreatedAt => "x.created_at",
            Self::UpdatedAt => "x.updated_at",
            Self::Name => "x.name_folded",
            Self::DisplayName => "c.display_sort",
            Self::Followers => "x.followers_count",
        }
    }
}

/// Living channels, of one account or of all, whose name or display name holds `search`; and how
/// many there are.
///
/// # Errors
/// The engine's.
pub async fn list(
    conn: &mut Conn,
    account_id: Option<i64>,
    search: Option<&str>,
    order: Order<ChannelOrder>,
    window: Window,
) -> Result<(i64, Vec<ChannelRow>), DbError> {
    // Who asks for an account's channels by name gets them.
    let filter = format!(
        "WHERE x.deleted_at IS NULL AND c.held = 0 AND (c.account_id = $1 OR ($1 = 0 \
         AND c.account_id NOT IN (SELECT a.id FROM accounts a WHERE a.actor_id IN {BLOCKED}))) \
         AND (c.display_sort LIKE $2 ESCAPE '!' OR x.name_folded LIKE $3 ESCAPE '!')"
    );
    let bind = |query: Sql| {
        query
            .int(account_id.unwrap_or(0))
            .text(like(&sort_key(search.unwrap_or_default())))
            .text(like(&fold_name(search.unwrap_or_default())))
    };
    let count =
        format!("SELECT COUNT(*) AS n FROM channels c JOIN actors x ON x.id = c.actor_id {filter}");
    let total = bind(sql(count)).one(conn).await?.int("n")?;
    let (column, way) = (order.by.column(), order.way());
    let text = select(&format!("{filter} ORDER BY {column} {way}, c.id {way} LIMIT $4 OFFSET $5"));
    let channels = all(conn, bind(sql(text)).int(window.count).int(window.start)).await?;
    Ok((total, channels))
}

/// Sets how far sharing between viewers of a channel's videos goes; returns the ids of its videos.
///
/// # Errors
/// The engine's.
pub async fn set_p2p(tx: &mut Tx, id: i64, policy: Option<P2pPolicy>) -> Result<Vec<i64>, DbError> {
    sql("UPDATE channels SET p2p_policy = $1 WHERE id = $2")
        .text_opt(policy.map(P2pPolicy::name))
        .int(id)
        .run(tx)
        .await?;
    super::videos::remove::of_channel(tx, id).await
}

/// Changes a channel's texts.
///
/// # Errors
/// The engine's.
pub async fn update(
    tx: &mut Tx,
    id: i64,
    texts: &ChannelTexts,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE channels SET display_name = $1, display_sort = $2, description = $3, \
         support = $4, public_email = $5, updated_at = $6 WHERE id = $7")
    .text(&texts.display_name)
    .text(sort_key(&texts.display_name))
    .text_opt(texts.description.as_deref())
    .text_opt(texts.support.as_deref())
    .text_opt(texts.public_email.as_deref())
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}

/// How many channels an account has.
///
/// # Errors
/// The engine's.
pub async fn count_of(conn: &mut Conn, account_id: i64) -> Result<i64, DbError> {
    sql("SELECT COUNT(*) AS n FROM channels WHERE account_id = $1")
        .int(account_id)
        .one(conn)
        .await?
        .int("n")
}

/// Removes a channel's row; its actor stays.
///
/// # Errors
/// The engine's.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<(), DbError> {
    sql("DELETE FROM channels WHERE id = $1").int(id).run(tx).await?;
    Ok(())
}

/// Gives every video of a channel the same support text; returns the ids of those that change.
///
/// # Errors
/// The engine's.
pub async fn set_support_of_videos(
    tx: &mut Tx,
    channel_id: i64,
    support: Option<&str>,
    now: Millis,
) -> Result<Vec<i64>, DbError> {
    sql("UPDATE videos SET support = $1, updated_at = $2 WHERE channel_id = $3 RETURNING id")
        .text_opt(support)
        .int(now.0)
        .int(channel_id)
        .all(tx)
        .await?
        .iter()
        .map(|row| row.int("id"))
        .collect()
}
