//! What went wrong while keeping bytes, and what can be done about it?
//!
//! One enum for the crate. The sentences are for operators and jobs; what a visitor is told is
//! decided by the server.

use std::io;

use rustix::io::Errno;

use crate::Key;

/// Why an operation of the store failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The text is not a key.
    #[error("{key:?} cannot be a storage key: {why}")]
    BadKey {
        /// The beginning of the refused text.
        key: String,
        /// The rule it breaks.
        why: &'static str,
    },
    /// There is no such object or file.
    #[error("{what} is not there")]
    NotFound {
        /// The key or the path that was asked for.
        what: String,
    },
    /// The bytes asked for are not all inside the object.
    #[error("bytes {start} to {end} of {what} were asked for, but it has {size_bytes}")]
    BadRange {
        /// The key or the path that was asked for.
        what: String,
        /// First byte asked for.
        start: u64,
        /// One past the last byte asked for.
        end: u64,
        /// Bytes the object has.
        size_bytes: u64,
    },
    /// The object is larger than the caller allowed for.
    #[error("{key} has {size_bytes} bytes, more than the {limit_bytes} allowed here")]
    TooLarge {
        /// The object.
        key: Key,
        /// Its size.
        size_bytes: u64,
        /// The caller's limit.
        limit_bytes: u64,
    },
    /// The disk, the quota or the bucket is full.
    #[error(
        "there is no room left to store {what}; nothing of it was kept. Free some space or raise \
         the quota, then try again"
    )]
    Full {
        /// The key that was being written.
        what: String,
    },
    /// Something that is not an object or folder of the store is in the way.
    #[error(
        "{at} in the storage folder is {found}, which the store does not follow or replace; \
         move it away (to use another disk, mount it there)"
    )]
    Blocked {
        /// The path, relative to the root.
        at: String,
        /// What was found, such as "a symbolic link".
        found: &'static str,
    },
    /// The settings cannot work.
    #[error("storage settings: {0}")]
    Config(String),
    /// The disk refused.
    #[error("could not {doing} {what}: {source}")]
    Disk {
        /// The step, such as "write".
        doing: &'static str,
        /// The key or the path.
        what: String,
        /// What the system said.
        source: io::Error,
    },
    /// The S3 service refused or could not be reached.
    #[error("could not {doing} {what} in the S3 bucket: {advice}")]
    S3 {
        /// The step, such as "write".
        doing: &'static str,
        /// The key, or the part of the store.
        what: String,
        /// What probably is wrong and what to check.
        advice: String,
        /// What the client library said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The bytes to store could not be had from where they come from.
    #[error("the bytes for {key} stopped coming: {source}; nothing of it was kept")]
    Input {
        /// The object that was being written.
        key: Key,
        /// What the sender said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The caller went away, or the runtime is shutting down.
    #[error("the work on {what} was stopped before it was done; nothing of it was kept")]
    Stopped {
        /// The key or the path.
        what: String,
    },
    /// The store did something else than it should; only [`crate::Store::check`] says this.
    #[error("the storage check failed: {0}")]
    Check(String),
}

impl StoreError {
    /// Whether the same call may work later without anybody changing anything.
    ///
    /// A full disk counts: a sweeper or an operator frees space, and the job should not be lost.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Full { .. } | Self::Disk { .. } | Self::S3 { .. } => true,
            Self::Input { .. } | Self::Stopped { .. } => true,
            Self::BadKey { .. }
            | Self::NotFound { .. }
            | Self::BadRange { .. }
            | Self::TooLarge { .. }
            | Self::Blocked { .. }
            | Self::Config(_)
            | Self::Check(_) => false,
        }
    }

    /// An error of the file system while `doing` something to `what`.
    pub(crate) fn disk(
        doing: &'static str,
        what: impl ToString,
        source: impl Into<io::Error>,
    ) -> Self {
        let (what, source) = (what.to_string(), source.into());
        match Errno::from_io_error(&source) {
            Some(Errno::NOSPC | Errno::DQUOT) => Self::Full { what },
            Some(Errno::NOENT) => Self::NotFound { what },
            Some(Errno::XDEV) => Self::Disk {
                doing,
                what,
                source: io::Error::new(
                    source.kind(),
                    "the storage folder must be on one file system, but this part of it is on another",
                ),
            },
            _ => Self::Disk { doing, what, source },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_full_quota_are_told_apart_from_other_failures() {
        for errno in [Errno::NOSPC, Errno::DQUOT] {
            let said = StoreError::disk("write", "a/b", errno);
            assert!(matches!(said, StoreError::Full { .. }), "{said:?}");
            assert!(said.may_pass());
        }
        let said = StoreError::disk("write", "a/b", Errno::IO);
        assert!(matches!(said, StoreError::Disk { .. }), "{said:?}");
        assert!(said.to_string().starts_with("could not write a/b: "), "{said}");
    }
}
