//! With which key does a channel sign? Ed25519 (RFC 8032), made at the first use, sealed by the
//! instance's secret; its public half is told by the API only.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use moka::sync::Cache;

use super::AuthError;
use super::seal::{self, Purpose};
use crate::app::App;
use crate::db::actors::{self, Ed25519Row};
use crate::transact;

/// Keys never change; what is not used for so long makes room.
const REMEMBERED: Duration = Duration::from_secs(3600);
/// Keys remembered at once.
const MOST: u64 = 1_000;

/// A channel's key pair.
pub struct ActorKey {
    pair: Ed25519KeyPair,
    public: [u8; 32],
}

impl ActorKey {
    pub(crate) fn of_seed(seed: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let public = pair.public_key().as_ref().try_into().ok()?;
        Some(Self { pair, public })
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> [u8; 32] {
        self.public
    }

    /// Both halves. Ed25519 gives the same message always the same signature.
    #[must_use]
    pub const fn pair(&self) -> &Ed25519KeyPair {
        &self.pair
    }
}

struct Known(Cache<i64, Arc<ActorKey>>);

impl Default for Known {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_idle(REMEMBERED).build())
    }
}

/// The public key of an actor, made now when it has none.
///
/// # Errors
/// Those of [`key`].
pub async fn public(app: &App, actor_id: i64) -> Result<[u8; 32], AuthError> {
    Ok(key(app, actor_id).await?.public())
}

/// The key pair of a local actor, made now when it has none. Of nodes that make one at the same
/// time, all end with the same.
///
/// # Errors
/// [`AuthError::NoKey`] for an actor that is gone, [`AuthError::Sealed`] when the key was sealed
/// by another secret; the database's.
pub async fn key(app: &App, actor_id: i64) -> Result<Arc<ActorKey>, AuthError> {
    let known = app.room::<Known>();
    if let Some(key) = known.0.get(&actor_id) {
        return Ok(key);
    }
    let mut conn = app.db().read().await?;
    let kept = actors::ed25519(&mut conn, actor_id).await?;
    drop(conn);
    let kept = match kept {
        Some(kept) => kept,
        None => make(app, actor_id).await?,
    };
    let seed = seal::open(app, Purpose::ActorKey, &kept.private_sealed)?;
    let key = ActorKey::of_seed(&seed).filter(|key| key.public.as_slice() == kept.public);
    let key = Arc::new(key.ok_or(AuthError::NoKey)?);
    known.0.insert(actor_id, Arc::clone(&key));
    Ok(key)
}

async fn make(app: &App, actor_id: i64) -> Result<Ed25519Row, AuthError> {
    let seed: [u8; 32] = app.random_bytes();
    let fresh = Ed25519Row {
        public: ActorKey::of_seed(&seed).ok_or(AuthError::NoKey)?.public.to_vec(),
        private_sealed: seal::seal(app, Purpose::ActorKey, &seed)?,
    };
    let kept = transact!(app.db(), tx => {
        Ok::<_, AuthError>(actors::ed25519_or_insert(tx, actor_id, &fresh).await?)
    });
    kept?.ok_or(AuthError::NoKey)
}
