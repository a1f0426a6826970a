//! Why did an order fail, in a form the child can send? One error type for the whole engine;
//! what to retry is decided by whoever reads [`FailureKind`].

use std::fmt::Display;

use crate::av::AvError;
use crate::spec::FailureKind;

/// A failed order: what kind, and a plain sentence for the uploader.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Decides whether it is worth trying again.
    pub kind: FailureKind,
    /// What was found and what to do.
    pub message: String,
}

impl Failure {
    /// A failure of `kind` that says `message`.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// The file is no media.
    pub(crate) fn not_media(message: impl Into<String>) -> Self {
        Self::new(FailureKind::NotMedia, message)
    }

    /// This build cannot do what the media needs.
    pub(crate) fn unsupported(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Unsupported, message)
    }

    /// The media ends early or is broken.
    pub(crate) fn damaged(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Damaged, message)
    }

    /// Somebody cancelled the order.
    pub(crate) fn cancelled() -> Self {
        Self::new(FailureKind::Cancelled, "The work was cancelled.")
    }

    /// A step of libav failed that should not have: worth one more try.
    pub(crate) fn crash(step: impl Display, error: AvError) -> Self {
        let kind = match error {
            AvError::OutOfMemory => FailureKind::Limit,
            _ => FailureKind::Crash,
        };
        Self::new(kind, format!("The transcoder could not {step}: {error}."))
    }

    /// Writing below the output folder failed.
    pub(crate) fn output(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::new(
                FailureKind::DiskFull,
                "The disk is full. Nothing was published; free some space and try again.",
            ),
            std::io::ErrorKind::FileTooLarge => {
                Self::new(FailureKind::Limit, "The output grew beyond the allowed file size.")
            }
            _ => Self::new(FailureKind::Crash, format!("Writing the output failed: {error}.")),
        }
    }
}
