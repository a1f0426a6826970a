//! What changed lately? The feed that caches and indexes follow.
//!
//! Sequence order is not commit order, so readers go back over the last minute each time and
//! must not mind seeing a row twice.

use std::collections::HashSet;

use super::{Conn, DbError, Tx, sql};
use crate::domain::Millis;

/// What kind of thing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// A video, its media, privacy, passwords or counters; `id` is `videos.id`.
    Video,
    /// A channel or account profile; `id` is `actors.id`.
    Actor,
    /// A user, their role, block or sessions; `id` is `users.id`.
    User,
    /// Lists of watched words, blocked authors, policies of tags; `id` is that of the list.
    WatchedWords,
}

impl ChangeKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Actor => "actor",
            Self::User => "user",
            Self::WatchedWords => "watched-words",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Video, Self::Actor, Self::User, Self::WatchedWords]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// One row of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Change {
    /// Position.
    pub seq: i64,
    /// What kind of thing.
    pub kind: ChangeKind,
    /// Which one.
    pub id: i64,
}

/// Writes a change row. Call it in the transaction that makes the change.
///
/// # Errors
/// The engine's.
pub async fn record(tx: &mut Tx, kind: ChangeKind, id: i64, at: Millis) -> Result<(), DbError> {
    let row = sql("INSERT INTO changes (kind, id, at) VALUES ($1, $2, $3) RETURNING seq")
        .text(kind.name())
        .int(id)
        .int(at.0)
        .one(tx)
        .await?;
    tx.note(Change { seq: row.int("seq")?, kind, id });
    Ok(())
}

/// Reads what changed since `at`, oldest first. Kinds of a newer version are left out.
///
/// # Errors
/// The engine's.
pub async fn since(conn: &mut Conn, at: Millis) -> Result<Vec<Change>, DbError> {
    let rows = sql("SELECT seq, kind, id FROM changes WHERE at >= $1 ORDER BY seq")
        .int(at.0)
        .all(conn)
        .await?;
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(kind) = ChangeKind::parse(&row.text("kind")?) {
            changes.push(Change { seq: row.int("seq")?, kind, id: row.int("id")? });
        }
    }
    Ok(changes)
}

/// Positions of what changed of one kind since `at`.
///
/// # Errors
/// The engine's.
pub async fn of_kind_since(
    conn: &mut Conn,
    kind: ChangeKind,
    at: Millis,
) -> Result<HashSet<i64>, DbError> {
    let rows = sql("SELECT seq FROM changes WHERE at >= $1 AND kind = $2")
        .int(at.0)
        .text(kind.name())
        .all(conn)
        .await?;
    rows.iter().map(|row| row.int("seq")).collect()
}

/// Forgets rows older than `before`.
///
/// # Errors
/// The engine's.
pub async fn forget(tx: &mut Tx, before: Millis) -> Result<u64, DbError> {
    sql("DELETE FROM changes WHERE at < $1").int(before.0).run(tx).await
}
