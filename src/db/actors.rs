//! Who acts? Accounts, channels and the instance share one name space, whatever the case.

use super::{Conn, DbError, Tx, sql};
use crate::domain::Millis;
use crate::domain::names::fold_name;

/// What kind of actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    /// The instance itself (`peertube`).
    Instance,
    /// A person's account.
    Account,
    /// A channel.
    Channel,
}

impl ActorKind {
    /// The `actors.kind` column, and the `kind` of a tombstone.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Account => "account",
            Self::Channel => "channel",
        }
    }

    /// The path of a local actor's `ap_url`, in PeerTube's form.
    #[must_use]
    pub fn path(self, name: &str) -> String {
        match self {
            Self::Instance | Self::Account => format!("/accounts/{name}"),
            Self::Channel => format!("/video-channels/{name}"),
        }
    }
}

/// Adds a local actor and returns its id. `base_url` is the public address without a final slash.
///
/// # Errors
/// [`DbError::unique_violation`] when the name is or was somebody's; else the engine's.
pub async fn insert(
    tx: &mut Tx,
    kind: ActorKind,
    name: &str,
    base_url: &str,
    now: Millis,
) -> Result<i64, DbError> {
    sql("INSERT INTO actors (kind, name, name_folded, host, ap_url, created_at, updated_at) \
         VALUES ($1, $2, $3, '', $4, $5, $5) RETURNING id")
    .text(kind.name())
    .text(name)
    .text(fold_name(name))
    .text(format!("{base_url}{}", kind.path(name)))
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

/// A local account or channel has, or had, this name.
///
/// # Errors
/// The engine's.
pub async fn name_taken(conn: &mut Conn, name: &str) -> Result<bool, DbError> {
    let row = sql("SELECT id FROM actors WHERE name_folded = $1 AND host = ''")
        .text(fold_name(name))
        .optional(conn)
        .await?;
    Ok(row.is_some())
}

/// Marks that an actor's profile or images changed.
///
/// # Errors
/// The engine's.
pub async fn touch(tx: &mut Tx, id: i64, now: Millis) -> Result<(), DbError> {
    sql("UPDATE actors SET updated_at = $1 WHERE id = $2").int(now.0).int(id).run(tx).await?;
    Ok(())
}

/// An Ed25519 key pair as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ed25519Row {
    /// 32 bytes.
    pub public: Vec<u8>,
    /// The seed, sealed.
    pub private_sealed: Vec<u8>,
}

/// The Ed25519 key of an actor, if it has one that can sign.
///
/// # Errors
/// The engine's.
pub async fn ed25519(conn: &mut Conn, id: i64) -> Result<Option<Ed25519Row>, DbError> {
    let row = sql("SELECT ed25519_public, ed25519_private_sealed FROM actors \
                   WHERE id = $1 AND ed25519_public IS NOT NULL \
                   AND ed25519_private_sealed IS NOT NULL")
    .int(id)
    .optional(conn)
    .await?;
    row.map(|row| {
        Ok(Ed25519Row {
            public: row.bytes("ed25519_public")?,
            private_sealed: row.bytes("ed25519_private_sealed")?,
        })
    })
    .transpose()
}

/// Gives a living actor of this server `fresh`, unless it has a key already; returns the one it
/// has then. `None`: there is no such actor.
///
/// # Errors
/// The engine's.
pub async fn ed25519_or_insert(
    tx: &mut Tx,
    id: i64,
    fresh: &Ed25519Row,
) -> Result<Option<Ed25519Row>, DbError> {
    sql("UPDATE actors SET ed25519_public = $1, ed25519_private_sealed = $2 \
         WHERE id = $3 AND host = '' AND deleted_at IS NULL AND ed25519_public IS NULL")
    .bytes(fresh.public.as_slice())
    .bytes(fresh.private_sealed.as_slice())
    .int(id)
    .run(tx)
    .await?;
    ed25519(tx, id).await
}

/// Ends an actor. The row stays, so that its name is not taken again, its address answers that it
/// is gone, and what others wrote to it keeps its sender.
///
/// # Errors
/// The engine's.
pub async fn bury(tx: &mut Tx, id: i64, now: Millis) -> Result<(), DbError> {
    sql("UPDATE actors SET deleted_at = $1, updated_at = $1, rsa_private_sealed = NULL, \
         ed25519_private_sealed = NULL WHERE id = $2")
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    sql("INSERT INTO tombstones (ap_url, kind, deleted_at) \
         SELECT ap_url, kind, $1 FROM actors WHERE id = $2 ON CONFLICT (ap_url) DO NOTHING")
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}
