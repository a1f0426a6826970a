//! Who lives here, and under which names? Users, OAuth2 grants, profiles and channels.

mod create;
mod root;

pub use create::{Created, NewAccount, create};
pub use root::{FirstStart, ROOT, ensure_root};

use crate::auth::AuthError;
use crate::db::{DbError, Faulty};

/// What can go wrong with users, profiles and channels.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// A field cannot be used as it is.
    #[error("{param}: {problem}")]
    Invalid {
        /// PeerTube's name of the field.
        param: &'static str,
        /// What would be right.
        problem: &'static str,
    },
    /// An account or channel of this instance has, or had, that name.
    #[error("the name is taken")]
    NameTaken,
    /// Another user has that e-mail address.
    #[error("the e-mail address is taken")]
    EmailTaken,
    /// Signing in, passwords, tokens.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Faulty for AccountsError {
    fn db_error(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            Self::Auth(error) => error.db_error(),
            _ => None,
        }
    }
}
