//! What can go wrong with a video? One type for the whole room; statuses are decided in `http`.

use farandole_storage::StoreError;

use super::metadata::InvalidFields;
use super::upload::UploadError;
use crate::auth::AuthError;
use crate::auth::seal::Sealed;
use crate::db::{DbError, Faulty};
use crate::moderation::ModerationError;

/// Why something about a video was not done.
#[derive(Debug, thiserror::Error)]
pub enum VideosError {
    /// There is no such video, or nothing of it may be known yet.
    #[error("Video not found")]
    NotFound,
    /// Something of a video does not exist: a caption, a picture, a password.
    #[error("{0} not found")]
    PartNotFound(&'static str),
    /// Only people who are signed in may know.
    #[error("Not authenticated")]
    SignInRequired,
    /// The one who asks may not know.
    #[error("Cannot fetch information of private/internal/blocked video")]
    Denied,
    /// A moderator keeps it from the public.
    #[error("This video was blocked by the moderators of this site.")]
    Blocked,
    /// The blocklist is for moderators.
    #[error("Videos are blocked by the moderators of this instance.")]
    ModeratorsDecide,
    /// It was done already, in a sentence for people.
    #[error("{0}")]
    Conflict(&'static str),
    /// The video opens with a password, and none was given.
    #[error("Please provide a password to access this password protected video")]
    PasswordRequired,
    /// The password is none of the video's.
    #[error("Incorrect video password. Access to the video is denied.")]
    IncorrectPassword,
    /// A file token that is expired, revoked, changed, or for something else.
    #[error("The file token is not valid: ask for a new one.")]
    InvalidToken,
    /// A listing asked for more than everybody may see.
    #[error(
        "You are not allowed to see all videos, specify a custom include or use custom privacy \
         filter."
    )]
    ModeratorsOnly,
    /// Numbers of the whole server.
    #[error("Only administrators may see this.")]
    AdministratorsOnly,
    /// The one who asks may watch it, but not change it.
    #[error("Cannot manage a video of another user.")]
    NotOwner,
    /// The owner keeps the files for watching.
    #[error("The owner of this video does not offer it for download.")]
    NoDownloads,
    /// No room or time for it now.
    #[error("The server cannot make this file just now. Try again in a minute.")]
    Busy,
    /// A file to take home could not be made of the stored ones.
    #[error("The file could not be made: {0}")]
    NotMade(String),
    /// Fields that do not fit.
    #[error(transparent)]
    Invalid(#[from] InvalidFields),
    /// One parameter that does not fit.
    #[error("Incorrect request parameters: {param}. {problem}")]
    InvalidParam {
        /// Its name.
        param: &'static str,
        /// What would fit.
        problem: String,
    },
    /// It does not fit to what the video is.
    #[error("{0}")]
    Refused(&'static str),
    /// The file is no subtitles, or too large.
    #[error("{0}")]
    UnreadableFile(String),
    /// Storage did not take the bytes.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A channel or a picture was refused, by the rules of uploads.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// Too many wrong passwords came from there, or a channel's key cannot be used.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// A sealed password cannot be read.
    #[error(transparent)]
    Sealed(#[from] Sealed),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl VideosError {
    /// One parameter that does not fit.
    #[must_use]
    pub fn param(param: &'static str, problem: impl Into<String>) -> Self {
        Self::InvalidParam { param, problem: problem.into() }
    }
}

impl Faulty for VideosError {
    fn db_error(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            Self::Upload(error) => error.db_error(),
            _ => None,
        }
    }
}

impl From<ModerationError> for VideosError {
    fn from(error: ModerationError) -> Self {
        match error {
            // Kept reachable, so that a lost race is run again.
            ModerationError::Db(error) => Self::Db(error),
            // Judging knows no other failure than the moment's.
            _ => Self::Busy,
        }
    }
}
