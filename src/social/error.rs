//! What can go wrong with a comment? One type for the whole room; statuses are decided in `http`.

use crate::db::{DbError, Faulty};

/// Why something about a comment was not done.
#[derive(Debug, thiserror::Error)]
pub enum SocialError {
    /// There is no such account.
    #[error("Account not found")]
    NoSuchAccount,
    /// Somebody else's.
    #[error("{0}")]
    Denied(&'static str),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Faulty for SocialError {
    fn db_error(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}
