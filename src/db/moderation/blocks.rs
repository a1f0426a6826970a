//! Whose texts are refused, where, and until when?

use super::read_scope;
use super::statements::{self, NewStatement, Ties};
use crate::db::changes::{self, ChangeKind};
use crate::db::{Conn, DbError, Tx, sql};
use crate::domain::Millis;
use crate::domain::moderation::Scope;
use crate::domain::statement::Act;

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
