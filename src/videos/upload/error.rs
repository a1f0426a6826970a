//! Why was an upload not taken? One enum for every way a file can come in.

use std::io;
use std::time::Duration;

use crate::auth::AuthError;
use crate::auth::seal::Sealed;
use crate::db::{DbError, Faulty};
use crate::moderation::ModerationError;
use crate::videos::metadata::InvalidFields;

/// An upload that was not taken, or not yet.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// Fields that do not fit.
    #[error(transparent)]
    Invalid(#[from] InvalidFields),
    /// The channel does not exist here.
    #[error("the channel does not exist")]
    NoChannel,
    /// The channel belongs to somebody else.
    #[error("the channel belongs to somebody else")]
    NotYourChannel,
    /// The video does not exist.
    #[error("the video does not exist")]
    NoVideo,
    /// The video belongs to somebody else.
    #[error("the video belongs to somebody else")]
    NotYourVideo,
    /// The video's file is being worked on, so it cannot be replaced now.
    #[error("the video is being processed")]
    VideoBusy,
    /// The video was taken down: its files are evidence for a while.
    #[error("the video is kept as evidence")]
    KeptAsEvidence,
    /// The video has no uploaded file that is known.
    #[error("the video has no source")]
    NoSource,
    /// The file is larger than the server takes.
    #[error("the file is larger than {max_bytes} bytes")]
    TooLarge {
        /// The limit.
        max_bytes: u64,
    },
    /// The user has as many unfinished uploads as allowed.
    #[error("{limit} uploads are open already")]
    TooManyOpen {
        /// The limit.
        limit: u32,
    },
    /// The disk is nearly full.
    #[error("the disk is nearly full")]
    DiskLow,
    /// The file says itself that it is no video or sound.
    #[error("files of type {found} are not taken")]
    WrongType {
        /// What it says it is.
        found: String,
    },
    /// The file cannot be played; the sentence says what was found.
    #[error("{0}")]
    Unplayable(String),
    /// No such upload, or its time is over.
    #[error("the upload is unknown")]
    Unknown,
    /// The upload was begun by somebody else.
    #[error("the upload belongs to somebody else")]
    NotYourUpload,
    /// The bytes do not continue what was received.
    #[error("{problem}")]
    Conflict {
        /// What does not fit.
        problem: String,
        /// Bytes that were received.
        received: u64,
    },
    /// A header is missing or cannot be read.
    #[error("{0}")]
    BadRequest(&'static str),
    /// Another request is sending bytes of this upload.
    #[error("bytes of this upload are being received already")]
    Busy,
    /// The last byte is here and the file is being looked at.
    #[error("the upload is being finished")]
    Finishing,
    /// The bytes of this upload are with another node.
    #[error("the upload belongs to another node")]
    Elsewhere,
    /// No byte came for a long time.
    #[error("no byte came for {0:?}")]
    Stalled(Duration),
    /// The connection ended before the request did.
    #[error("the connection ended early")]
    CutShort,
    /// The bytes do not match the digest that came with them.
    #[error("the bytes do not match their digest")]
    DigestMismatch,
    /// The process that looked at the file crashed, twice. Perhaps the file is hostile, perhaps
    /// the machine is in trouble: what was received is kept.
    #[error("{0}")]
    Crashed(String),
    /// The server is stopping.
    #[error("the server is stopping")]
    Interrupted,
    /// Not signed in any more, over quota.
    #[error(transparent)]
    Auth(AuthError),
    /// The disk failed.
    #[error("the disk failed")]
    Io(#[from] io::Error),
    /// What was sealed cannot be opened.
    #[error(transparent)]
    Sealed(#[from] Sealed),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] farandole_storage::StoreError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Faulty for UploadError {
    fn db_error(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

impl From<AuthError> for UploadError {
    fn from(error: AuthError) -> Self {
        match error {
            // Kept reachable, so that a lost race is run again.
            AuthError::Db(error) => Self::Db(error),
            error => Self::Auth(error),
        }
    }
}

impl From<ModerationError> for UploadError {
    fn from(error: ModerationError) -> Self {
        match error {
            ModerationError::Db(error) => Self::Db(error),
            // Judging knows no other failure than the moment's.
            _ => Self::Interrupted,
        }
    }
}
