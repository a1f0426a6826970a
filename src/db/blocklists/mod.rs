//! Whom does somebody not want to see? Mutes of people in [`mutes`], servers that the instance
//! blocks in [`servers`]; accounts that it blocks are rows of
//! [`author_blocks`](super::moderation::blocks).
//!
//! Here is what follows from all of them: whose videos and comments a reader does not see.

pub mod mutes;
pub mod servers;

use std::collections::HashSet;

use super::changes::{self, ChangeKind};
use super::users::read_role;
use super::{Conn, DbError, Tx, sql};
use crate::domain::names::fold_name;
use crate::domain::{Millis, Role};

/// How a list is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Part of a name or host, folded.
    pub search: Option<String>,
    /// The oldest first.
    pub oldest_first: bool,
}

impl Listed {
    const fn way(&self) -> &'static str {
        if self.oldest_first { "ASC" } else { "DESC" }
    }
}

/// A sub-select of `actors.id` of whom nobody sees anything: the instance blocks them or their
/// server.
pub(super) const BLOCKED: &str = "(SELECT actor_id FROM author_blocks WHERE hides = 1 \
    UNION ALL SELECT hx.id FROM server_blocks hb JOIN actors hx ON hx.host = hb.host)";

/// A sub-select of `actors.id` of whom the actors behind the placeholders `readers` (such as
/// `$1`, or `$1, $2`) see nothing. 0 stands for nobody.
pub(super) fn unseen_by(readers: &str) -> String {
    format!(
        "(SELECT actor_id FROM author_blocks WHERE hides = 1 \
         UNION ALL SELECT hx.id FROM server_blocks hb JOIN actors hx ON hx.host = hb.host \
         UNION ALL SELECT actor_id FROM account_mutes WHERE owner_id IN ({readers}) \
         UNION ALL SELECT hx.id FROM server_mutes hm JOIN actors hx ON hx.host = hm.host \
         WHERE hm.owner_id IN ({readers}))"
    )
}

/// Whose comments are not shown under a video.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Eyes {
    /// `actors.id` of who reads; 0: nobody that is known.
    pub reader: i64,
    /// `actors.id` of the video's owner, who also decides for the others.
    pub owner: i64,
}

/// Which of `actors` are not seen; readers always see themselves.
///
/// # Errors
/// The engine's.
pub async fn unseen(conn: &mut Conn, eyes: Eyes, actors: &[i64]) -> Result<HashSet<i64>, DbError> {
    if actors.is_empty() {
        return Ok(HashSet::new());
    }
    let text = format!(
        "SELECT x.id FROM actors x WHERE x.id IN {} AND x.id <> $2 AND x.id IN {}",
        conn.engine().ints_in("$1"),
        unseen_by("$2, $3")
    );
    let rows = sql(text).ints(actors).int(eyes.reader).int(eyes.owner).all(conn).await?;
    rows.iter().map(|row| row.int("id")).collect()
}

/// A user does not want to hear of an actor, or nobody here sees anything of them.
///
/// # Errors
/// The engine's.
pub async fn unheard(conn: &mut Conn, user_id: i64, actor_id: i64) -> Result<bool, DbError> {
    let text = format!(
        "SELECT x.id FROM actors x WHERE x.id = $1 AND x.id IN {}",
        unseen_by("SELECT a.actor_id FROM accounts a WHERE a.user_id = $2")
    );
    Ok(sql(text).int(actor_id).int(user_id).optional(conn).await?.is_some())
}

/// `actors.id` of living accounts by name and host (empty: here), where they are known.
///
/// # Errors
/// The engine's.
pub async fn account_actor(
    conn: &mut Conn,
    name: &str,
    host: &str,
) -> Result<Option<i64>, DbError> {
    sql("SELECT a.actor_id FROM accounts a JOIN actors x ON x.id = a.actor_id \
         WHERE x.name_folded = $1 AND x.host = $2 AND x.deleted_at IS NULL")
    .text(fold_name(name))
    .text(host)
    .optional(conn)
    .await?
    .map(|row| row.int("actor_id"))
    .transpose()
}

/// The role of whoever is behind an actor, when they have an account here.
///
/// # Errors
/// The engine's.
pub async fn role_of(conn: &mut Conn, actor_id: i64) -> Result<Option<Role>, DbError> {
    sql("SELECT u.role FROM users u JOIN accounts a ON a.user_id = u.id WHERE a.actor_id = $1")
        .int(actor_id)
        .optional(conn)
        .await?
        .map(|row| read_role(&row, "role"))
        .transpose()
}

/// Blocks of the instance changed: what is kept of listings and rules is out of date. Call it in
/// the transaction of the change.
///
/// # Errors
/// The engine's.
pub async fn changed(tx: &mut Tx, actor_id: i64, now: Millis) -> Result<(), DbError> {
    changes::record(tx, ChangeKind::Actor, actor_id, now).await?;
    changes::record(tx, ChangeKind::WatchedWords, 0, now).await
}
