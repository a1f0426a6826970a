//! Which lists follow an address, and what came from there?

use crate::db::{Conn, DbError, Row, Tx, sql};
use crate::domain::moderation::Scope;
use crate::domain::{Millis, Window};

use super::read_scope;

/// Where a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncState {
    /// Not fetched yet.
    Waiting,
    /// Up to date.
    Fetched,
    /// The last try failed; what is in force stays.
    Failed,
    /// Something new waits for approval.
    Pending,
}

impl SyncState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Fetched, Self::Failed, Self::Pending];

    /// Its number in the database and in JSON.
    #[must_use]
    pub const fn id(self) -> i64 {
        match self {
            Self::Waiting => 1,
            Self::Fetched => 2,
            Self::Failed => 3,
            Self::Pending => 4,
        }
    }

    /// In words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Fetched => "Up to date",
            Self::Failed => "Failed",
            Self::Pending => "Waits for approval",
        }
    }
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionRow {
    /// `list_subscriptions.id`.
    pub id: i64,
    /// `word_lists.id`.
    pub list_id: i64,
    /// The list's scope.
    pub scope: Scope,
    /// The list's name.
    pub name: String,
    /// Entries that came from there.
    pub imported: i64,
    /// The address.
    pub url: String,
    /// Base64 of the key that signs it; `None`: every change is approved by a human.
    pub public_key: Option<String>,
    /// Signed changes take effect without approval.
    pub automatic: bool,
    /// `ETag` of the last answer.
    pub etag: Option<String>,
    /// Where it stands.
    pub state: SyncState,
    /// Why the last try failed.
    pub error: Option<String>,
    /// JSON of what waits for approval.
    pub pending: Option<String>,
    /// SHA-256 of what is in force, in hex.
    pub current_sha256: Option<String>,
    /// When it was fetched last.
    pub synced_at: Option<Millis>,
    /// When it was made.
    pub created_at: Millis,
    /// Last change.
    pub updated_at: Millis,
}

const SELECT: &str = "SELECT s.id, s.list_id, l.scope, l.scope_id, l.name, s.url, s.public_key, \
    s.automatic, s.etag, s.state, s.error, s.pending, s.current_sha256, s.synced_at, \
    s.created_at, s.updated_at, (SELECT COUNT(*) FROM word_entries e WHERE e.list_id = s.list_id \
    AND e.origin = 'subscription') AS imported \
    FROM list_subscriptions s JOIN word_lists l ON l.id = s.list_id";

fn read(row: &Row) -> Result<SubscriptionRow, DbError> {
    let number = row.int("state")?;
    let state = SyncState::ALL.into_iter().find(|state| state.id() == number);
    Ok(SubscriptionRow {
        id: row.int("id")?,
        list_id: row.int("list_id")?,
        scope: read_scope(row)?,
        name: row.text("name")?,
        imported: row.int("imported")?,
        url: row.text("url")?,
        public_key: row.text_opt("public_key")?,
        automatic: row.flag("automatic")?,
        etag: row.text_opt("etag")?,
        state: state.ok_or_else(|| DbError::Column {
            column: "state".to_owned(),
            wanted: "state of a subscription",
        })?,
        error: row.text_opt("error")?,
        pending: row.text_opt("pending")?,
        current_sha256: row.text_opt("current_sha256")?,
        synced_at: row.int_opt("synced_at")?.map(Millis),
        created_at: row.millis("created_at")?,
        updated_at: row.millis("updated_at")?,
    })
}

/// Lets a list follow an address; returns the id of the subscription.
///
/// # Errors
/// [`DbError::unique_violation`] when the list follows one already; else the engine's.
pub async fn insert(
    tx: &mut Tx,
    list_id: i64,
    url: &str,
    public_key: Option<&str>,
    automatic: bool,
    now: Millis,
) -> Result<i64, DbError> {
    sql("INSERT INTO list_subscriptions (list_id, url, public_key, automatic, created_at, \
         updated_at) VALUES ($1, $2, $3, $4, $5, $5) RETURNING id")
    .int(list_id)
    .text(url)
    .text_opt(public_key)
    .int(automatic)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

/// One subscription.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<SubscriptionRow>, DbError> {
    let text = format!("{SELECT} WHERE s.id = $1");
    sql(text).int(id).optional(conn).await?.as_ref().map(read).transpose()
}

/// A scope follows this address already.
///
/// # Errors
/// The engine's.
pub async fn follows(conn: &mut Conn, scope: Scope, url: &str) -> Result<bool, DbError> {
    let text = format!("{SELECT} WHERE l.scope = $1 AND l.scope_id = $2 AND s.url = $3");
    let found = sql(text).text(scope.name()).int(scope.id()).text(url).optional(conn).await?;
    Ok(found.is_some())
}

/// Subscriptions of a scope, oldest first; and how many there are.
///
/// # Errors
/// The engine's.
pub async fn page(
    conn: &mut Conn,
    scope: Scope,
    window: Window,
) -> Result<(i64, Vec<SubscriptionRow>), DbError> {
    let total = sql("SELECT COUNT(*) AS n FROM list_subscriptions s \
                     JOIN word_lists l ON l.id = s.list_id WHERE l.scope = $1 AND l.scope_id = $2")
    .text(scope.name())
    .int(scope.id())
    .one(conn)
    .await?
    .int("n")?;
    let text =
        format!("{SELECT} WHERE l.scope = $1 AND l.scope_id = $2 ORDER BY s.id LIMIT $3 OFFSET $4");
    let rows = sql(text)
        .text(scope.name())
        .int(scope.id())
        .int(window.count)
        .int(window.start)
        .all(conn)
        .await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}

/// Subscriptions that were not fetched since `before`.
///
/// # Errors
/// The engine's.
pub async fn due(conn: &mut Conn, before: Millis) -> Result<Vec<i64>, DbError> {
    sql("SELECT id FROM list_subscriptions WHERE synced_at IS NULL OR synced_at < $1 ORDER BY id")
        .int(before.0)
        .all(conn)
        .await?
        .iter()
        .map(|row| row.int("id"))
        .collect()
}

/// What a try to fetch gave.
#[derive(Debug, Clone, Default)]
pub struct Synced<'a> {
    /// Where it stands now.
    pub state: Option<SyncState>,
    /// Why it failed.
    pub error: Option<&'a str>,
    /// `ETag` of the answer.
    pub etag: Option<&'a str>,
    /// JSON of what waits for approval.
    pub pending: Option<&'a str>,
    /// SHA-256 of what is in force from now on.
    pub current_sha256: Option<&'a str>,
}

/// Writes what a try gave; what is not said of hash and `ETag` stays.
///
/// # Errors
/// The engine's.
pub async fn synced(tx: &mut Tx, id: i64, synced: &Synced<'_>, now: Millis) -> Result<(), DbError> {
    sql("UPDATE list_subscriptions SET state = $1, error = $2, etag = COALESCE($3, etag), \
         pending = $4, current_sha256 = COALESCE($5, current_sha256), synced_at = $6, \
         updated_at = $6 WHERE id = $7")
    .int(synced.state.unwrap_or(SyncState::Fetched).id())
    .text_opt(synced.error)
    .text_opt(synced.etag)
    .text_opt(synced.pending)
    .text_opt(synced.current_sha256)
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}

/// Ends a subscription; the list stays. False: there is none.
///
/// # Errors
/// The engine's.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<bool, DbError> {
    Ok(sql("DELETE FROM list_subscriptions WHERE id = $1").int(id).run(tx).await? > 0)
}
