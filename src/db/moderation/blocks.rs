//! Whose texts are refused, where, and until when?

use super::read_scope;
use super::statements::{self, NewStatement, Ties};
use crate::db::blocklists::Listed;
use crate::db::changes::{self, ChangeKind};
use crate::db::conn::like;
use crate::db::{Conn, DbError, Row, Sql, Tx, sql};
use crate::domain::moderation::Scope;
use crate::domain::statement::Act;
use crate::domain::{Millis, Window};

/// An author who is refused in a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockRow {
    /// `author_blocks.id`.
    pub id: i64,
    /// How far it reaches.
    pub scope: Scope,
    /// `actors.id` of the author.
    pub actor_id: i64,
    /// `None`: for good.
    pub until: Option<Millis>,
}

/// Refuses an author in a scope, and returns the id of the block.
///
/// # Errors
/// The engine's.
pub async fn insert(
    tx: &mut Tx,
    scope: Scope,
    actor_id: i64,
    until: Option<Millis>,
    by: Option<i64>,
    audit_id: i64,
    now: Millis,
) -> Result<i64, DbError> {
    let id = sql("INSERT INTO author_blocks (scope, scope_id, actor_id, until, by_actor_id, \
         audit_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id")
    .text(scope.name())
    .int(scope.id())
    .int(actor_id)
    .int_opt(until.map(|at| at.0))
    .int_opt(by)
    .int(audit_id)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")?;
    let new = NewStatement {
        act: if until.is_some() { Act::AuthorTimedOut } else { Act::AuthorBlocked },
        to_actor_id: Some(actor_id),
        by_actor_id: by,
        automated: by.is_none(),
        audit_id: Some(audit_id),
        ..NewStatement::default()
    };
    let ties = Ties { block_id: Some(id), until, ..Ties::default() };
    statements::record_tied(tx, &new, ties, now).await?;
    changes::record(tx, ChangeKind::WatchedWords, id, now).await?;
    Ok(id)
}

/// Lifts a block. False: it was lifted before.
///
/// # Errors
/// The engine's.
pub async fn delete(tx: &mut Tx, id: i64, now: Millis) -> Result<bool, DbError> {
    let gone = sql("DELETE FROM author_blocks WHERE id = $1").int(id).run(tx).await?;
    if gone > 0 {
        statements::block_lifted(tx, id, now).await?;
        changes::record(tx, ChangeKind::WatchedWords, id, now).await?;
    }
    Ok(gone > 0)
}

/// Every block that is in force.
///
/// # Errors
/// The engine's.
pub async fn in_force(conn: &mut Conn, now: Millis) -> Result<Vec<BlockRow>, DbError> {
    sql("SELECT id, scope, scope_id, actor_id, until FROM author_blocks \
         WHERE until IS NULL OR until > $1 ORDER BY id")
    .int(now.0)
    .all(conn)
    .await?
    .iter()
    .map(|row| {
        Ok(BlockRow {
            id: row.int("id")?,
            scope: read_scope(row)?,
            actor_id: row.int("actor_id")?,
            until: row.int_opt("until")?.map(Millis),
        })
    })
    .collect()
}

/// Forgets blocks that ended before `before`.
///
/// # Errors
/// The engine's.
pub async fn forget(tx: &mut Tx, before: Millis) -> Result<u64, DbError> {
    sql("DELETE FROM author_blocks WHERE until IS NOT NULL AND until < $1")
        .int(before.0)
        .run(tx)
        .await
}

/// A block as people look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// `author_blocks.id`.
    pub id: i64,
    /// How far it reaches.
    pub scope: Scope,
    /// `actors.id` of the author.
    pub actor_id: i64,
    /// `None`: for good.
    pub until: Option<Millis>,
    /// What they have published is shown to nobody either.
    pub hides: bool,
    /// Why, in people's words.
    pub reason: Option<String>,
    /// `actors.id` of who did it; `None`: the server by its rules.
    pub by: Option<i64>,
    /// What the log says of it.
    pub audit_id: Option<i64>,
    /// Since when.
    pub created_at: Millis,
}

const COLUMNS: &str = "b.id, b.scope, b.scope_id, b.actor_id, b.until, b.hides, b.reason, \
    b.by_actor_id, b.audit_id, b.created_at";

fn read(row: &Row) -> Result<Block, DbError> {
    Ok(Block {
        id: row.int("id")?,
        scope: read_scope(row)?,
        actor_id: row.int("actor_id")?,
        until: row.int_opt("until")?.map(Millis),
        hides: row.flag("hides")?,
        reason: row.text_opt("reason")?,
        by: row.int_opt("by_actor_id")?,
        audit_id: row.int_opt("audit_id")?,
        created_at: row.millis("created_at")?,
    })
}

/// An account that nobody here is to see.
#[derive(Debug, Clone, Copy)]
pub struct NewHiding<'a> {
    /// Its `actors.id`.
    pub actor_id: i64,
    /// What it is called.
    pub label: &'a str,
    /// Why: told to the account.
    pub reason: Option<&'a str>,
    /// `actors.id` of who does it.
    pub by: i64,
    /// What the log says of it.
    pub audit_id: i64,
}

/// Hides an author from everybody and refuses their texts, for good. `None`: they are hidden
/// already. The caller says that something [`changed`](crate::db::blocklists::changed).
///
/// # Errors
/// The engine's.
pub async fn hide(tx: &mut Tx, new: &NewHiding<'_>, now: Millis) -> Result<Option<i64>, DbError> {
    if hidden(tx, new.actor_id).await? {
        return Ok(None);
    }
    let id = sql("INSERT INTO author_blocks (scope, scope_id, actor_id, hides, reason, \
         by_actor_id, audit_id, created_at) VALUES ('instance', 0, $1, 1, $2, $3, $4, $5) \
         RETURNING id")
    .int(new.actor_id)
    .text_opt(new.reason)
    .int(new.by)
    .int(new.audit_id)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")?;
    let statement = NewStatement {
        act: Act::AccountBlocked,
        label: new.label,
        to_actor_id: Some(new.actor_id),
        by_actor_id: Some(new.by),
        reason: new.reason.unwrap_or_default(),
        audit_id: Some(new.audit_id),
        ..NewStatement::default()
    };
    let ties = Ties { block_id: Some(id), ..Ties::default() };
    statements::record_tied(tx, &statement, ties, now).await?;
    Ok(Some(id))
}

/// An author is hidden from everybody by a block of their own.
///
/// # Errors
/// The engine's.
pub async fn hidden(conn: &mut Conn, actor_id: i64) -> Result<bool, DbError> {
    let row = sql("SELECT id FROM author_blocks WHERE hides = 1 AND actor_id = $1")
        .int(actor_id)
        .optional(conn)
        .await?;
    Ok(row.is_some())
}

/// Which blocks are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlockFilter {
    /// Only of this scope.
    pub scope: Option<Scope>,
    /// Only of this author.
    pub actor_id: Option<i64>,
    /// Only those that also hide.
    pub hiding: bool,
    /// Searched and ordered how.
    pub listed: Listed,
}

const FROM: &str = "FROM author_blocks b JOIN actors x ON x.id = b.actor_id \
    LEFT JOIN accounts a ON a.actor_id = b.actor_id \
    WHERE (b.until IS NULL OR b.until > $1) AND ($2 = '' OR (b.scope = $2 AND b.scope_id = $3)) \
    AND ($4 = 0 OR b.actor_id = $4) AND ($5 = 0 OR b.hides = 1) \
    AND (x.name_folded LIKE $6 ESCAPE '!' OR a.display_sort LIKE $6 ESCAPE '!')";

fn bind(query: Sql, filter: &BlockFilter, now: Millis) -> Sql {
    query
        .int(now.0)
        .text(filter.scope.map_or("", Scope::name))
        .int(filter.scope.map_or(0, Scope::id))
        .int(filter.actor_id.unwrap_or(0))
        .int(filter.hiding)
        .text(like(filter.listed.search.as_deref().unwrap_or("")))
}

/// Blocks that are in force, and how many there are.
///
/// # Errors
/// The engine's.
pub async fn page(
    conn: &mut Conn,
    filter: &BlockFilter,
    window: Window,
    now: Millis,
) -> Result<(i64, Vec<Block>), DbError> {
    let count = sql(format!("SELECT COUNT(*) AS n {FROM}"));
    let total = bind(count, filter, now).one(conn).await?.int("n")?;
    let way = if filter.listed.oldest_first { "ASC" } else { "DESC" };
    let text = format!(
        "SELECT {COLUMNS} {FROM} ORDER BY b.created_at {way}, b.id {way} LIMIT $7 OFFSET $8"
    );
    let rows = bind(sql(text), filter, now).int(window.count).int(window.start).all(conn).await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}

/// A block, whether it is in force or has ended.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<Block>, DbError> {
    let text = format!("SELECT {COLUMNS} FROM author_blocks b WHERE b.id = $1");
    sql(text).int(id).optional(conn).await?.as_ref().map(read).transpose()
}

/// Lifts every block of an author on the whole instance; returns how many there were. The caller
/// says that something [`changed`](crate::db::blocklists::changed).
///
/// # Errors
/// The engine's.
pub async fn delete_of_instance(tx: &mut Tx, actor_id: i64, now: Millis) -> Result<usize, DbError> {
    let found = sql("SELECT id FROM author_blocks WHERE scope = 'instance' AND actor_id = $1")
        .int(actor_id)
        .all(tx)
        .await?;
    for row in &found {
        delete(tx, row.int("id")?, now).await?;
    }
    Ok(found.len())
}
