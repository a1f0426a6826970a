//! What can go wrong with a comment? One type for the whole room; statuses are decided in `http`.

use std::time::Duration;

use crate::db::{DbError, Faulty};
use crate::domain::comment::BadText;
use crate::moderation::ModerationError;

/// Why something about a comment was not done.
#[derive(Debug, thiserror::Error)]
pub enum SocialError {
    /// There is no such video any more.
    #[error("Video not found")]
    NoSuchVideo,
    /// There is no such comment under this video, or it is not for the one who asks.
    #[error("Video comment not found")]
    NoSuchComment,
    /// There is no such account.
    #[error("Account not found")]
    NoSuchAccount,
    /// Nobody comments this video.
    #[error("Video comments are disabled for this video.")]
    Disabled,
    /// The text is no comment.
    #[error(transparent)]
    BadText(#[from] BadText),
    /// Somebody else's.
    #[error("{0}")]
    Denied(&'static str),
    /// It does not fit to what the comment is.
    #[error("{0}")]
    Conflict(&'static str),
    /// It waits for nobody.
    #[error("Comment is not held for review")]
    NotHeld,
    /// One comment after the other: the video's rule.
    #[error("Comments are slowed down here. Nothing was kept; wait a little, then send it again.")]
    TooSoon {
        /// When the next one is welcome.
        retry_after: Duration,
    },
    /// More comments than anybody writes.
    #[error("You send comments very fast. Nothing was kept; wait a minute, then send it again.")]
    TooMany {
        /// When the next one is welcome.
        retry_after: Duration,
    },
    /// It could not be judged or decided.
    #[error(transparent)]
    Moderation(#[from] ModerationError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Faulty for SocialError {
    fn db_error(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            Self::Moderation(error) => error.db_error(),
            _ => None,
        }
    }
}
