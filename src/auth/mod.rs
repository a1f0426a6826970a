//! Who asks, and may they? Tokens to principals, passwords, throttling, quotas,
//! sealed secrets.
//!
//! What each role may do is decided by pure functions in `domain`; users and their grants are
//! made in `accounts`.

pub mod activity;
pub mod actor_keys;
pub mod outbound;
pub mod password;
pub mod principal;
pub mod quota;
pub mod seal;
pub mod throttle;
pub mod tokens;

use crate::db::{DbError, Faulty};

/// What can go wrong with a session, a password or a quota.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// The request carries no token.
    #[error("no session token was given")]
    MissingToken,
    /// The token is unknown, expired, revoked, or its user is blocked.
    #[error("the session token is not valid")]
    InvalidToken,
    /// The role does not allow it.
    #[error("the role does not allow this")]
    Denied,
    /// The upload would pass the user's quota.
    #[error("the video quota is reached")]
    QuotaReached,
    /// Too many wrong passwords came from this address.
    #[error("too many wrong passwords")]
    TooManyFailures {
        /// When the next try is free.
        retry_after: std::time::Duration,
    },
    /// A password hash could not be made or read.
    #[error("the password hash failed: {0}")]
    Hash(String),
    /// A channel that is gone, or whose key is damaged, cannot sign.
    #[error("the channel has no key")]
    NoKey,
    /// A sealed key cannot be opened.
    #[error(transparent)]
    Sealed(#[from] seal::Sealed),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Faulty for AuthError {
    fn db_error(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}
