//! Which automatic tags hold a text? PeerTube's tag policies.

use super::read_scope;
use crate::db::changes::{self, ChangeKind};
use crate::db::{Conn, DbError, Tx, sql};
use crate::domain::Millis;
use crate::domain::moderation::Scope;

/// What a policy is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// Comments are held.
    Comments,
    /// Texts of videos are held.
    Videos,
}

impl Target {
    const fn name(self) -> &'static str {
        match self {
            Self::Comments => "comments",
            Self::Videos => "videos",
        }
    }
}

/// A tag that holds a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    /// Whose rule it is.
    pub scope: Scope,
    /// What it is about.
    pub target: Target,
    /// The tag.
    pub tag: String,
}

/// Every policy of every scope.
///
/// # Errors
/// The engine's.
pub async fn all(conn: &mut Conn) -> Result<Vec<PolicyRow>, DbError> {
    let rows = sql("SELECT scope, scope_id, target, tag FROM tag_policies ORDER BY scope, \
                    scope_id, target, tag")
    .all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let comments = row.text("target")? == Target::Comments.name();
            Ok(PolicyRow {
                scope: read_scope(row)?,
                target: if comments { Target::Comments } else { Target::Videos },
                tag: row.text("tag")?,
            })
        })
        .collect()
}

/// The tags that hold, by name.
///
/// # Errors
/// The engine's.
pub async fn of(conn: &mut Conn, scope: Scope, target: Target) -> Result<Vec<String>, DbError> {
    sql("SELECT tag FROM tag_policies WHERE scope = $1 AND scope_id = $2 AND target = $3 \
         ORDER BY tag")
    .text(scope.name())
    .int(scope.id())
    .text(target.name())
    .all(conn)
    .await?
    .iter()
    .map(|row| row.text("tag"))
    .collect()
}

/// Puts `tags` in the place of the tags that hold.
///
/// # Errors
/// The engine's.
pub async fn set(
    tx: &mut Tx,
    scope: Scope,
    target: Target,
    tags: &[String],
    now: Millis,
) -> Result<(), DbError> {
    sql("DELETE FROM tag_policies WHERE scope = $1 AND scope_id = $2 AND target = $3")
        .text(scope.name())
        .int(scope.id())
        .text(target.name())
        .run(tx)
        .await?;
    for tag in tags {
        sql("INSERT INTO tag_policies (scope, scope_id, target, tag) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (scope, scope_id, target, tag) DO NOTHING")
        .text(scope.name())
        .int(scope.id())
        .text(target.name())
        .text(tag)
        .run(tx)
        .await?;
    }
    changes::record(tx, ChangeKind::WatchedWords, 0, now).await
}
