//! Who lives here, and under which names? Users, OAuth2 grants, profiles and channels.

pub mod channels;
mod create;
pub mod directory;
pub mod grants;
mod judged;
pub mod manage;
pub mod me;
pub mod pictures;
pub mod profiles;
pub mod registrations;
pub mod remove;
mod reset;
mod root;
pub mod sessions;
mod texts;

pub use create::{Created, NewAccount, create};
pub use reset::reset_password;
pub use root::{FirstStart, ROOT, ensure_root};

use farandole_storage::StoreError;

use crate::auth::AuthError;
use crate::db::{DbError, Faulty};
use crate::moderation::ModerationError;

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
    /// The OAuth2 client is not this instance's.
    #[error("the OAuth2 client is not known")]
    InvalidClient,
    /// No user has this name and password.
    #[error("the name or the password is wrong")]
    InvalidGrant,
    /// The refresh token is unknown, used before, or expired.
    #[error("the refresh token is not valid")]
    InvalidRefreshToken,
    /// The user may not sign in.
    #[error("the user is blocked")]
    Blocked {
        /// What the moderator wrote.
        reason: Option<String>,
    },
    /// A moderator has not looked at their request yet.
    #[error("the request for an account waits")]
    Waiting,
    /// Their request was refused.
    #[error("the request for an account was refused")]
    Refused {
        /// What the moderator wrote.
        response: Option<String>,
    },
    /// The request was accepted or refused before.
    #[error("the request was decided already")]
    AlreadyDecided,
    /// Many signed up, or asked for it, from one address.
    #[error("too many signed up from one address")]
    TooManySignups {
        /// Time until the next may.
        retry_after: std::time::Duration,
    },
    /// There is no such thing, in a sentence for people.
    #[error("{0}")]
    NoSuch(&'static str),
    /// The rules do not allow it, in a sentence for people.
    #[error("{0}")]
    Forbidden(&'static str),
    /// It cannot be done to this user or channel, in a sentence for people.
    #[error("{0}")]
    Impossible(&'static str),
    /// A user cannot be left without a channel.
    #[error("this is the last channel")]
    LastChannel,
    /// What was sent is no picture that can be taken.
    #[error("{0}")]
    NotAPicture(&'static str),
    /// The picture's file is too large.
    #[error("the picture is too large")]
    PictureTooLarge,
    /// Storage failed.
    #[error("storage failed")]
    Store(#[from] StoreError),
    /// The current password, asked for once more, is wrong.
    #[error("the current password is wrong")]
    WrongCurrentPassword,
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

impl From<ModerationError> for AccountsError {
    fn from(error: ModerationError) -> Self {
        match error {
            // Kept reachable, so that a lost race is run again.
            ModerationError::Db(error) => Self::Db(error),
            // Judging knows no other failure than the moment's.
            _ => Self::Impossible("The server could not look at this text. Try again."),
        }
    }
}
