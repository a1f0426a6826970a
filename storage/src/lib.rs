//! Where do bytes live? Objects under keys, in a folder or in an S3 bucket.
//!
//! A [`Store`] keeps whole, immutable objects: they appear whole or not at all, are replaced as a
//! whole and are read by ranges. It knows keys and bytes only; which key belongs to which video,
//! who may read it and what HTTP says about it is the server's business. `docs/storage.md` has
//! the layout of keys and the operator's side. [`mod@file`] is also used alone, for scratch files.

mod config;
mod disk;
mod error;
pub mod file;
mod key;
mod s3;
mod store;
#[cfg(feature = "test-server")]
pub mod testing;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

pub use config::{DiskConfig, MAX_SIGNED_URL_AGE, S3Config, StoreConfig};
pub use error::StoreError;
pub use file::LocalFile;
pub use key::{Key, MAX_KEY_BYTES, MAX_SEGMENT_BYTES};
pub use store::{ObjectStream, Store};

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What is known of an object without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Size in bytes.
    pub size_bytes: u64,
    /// A strong entity tag in its quotes (RFC 9110, section 8.8.3), where the store has one.
    pub etag: Option<String>,
    /// When the bytes last changed.
    pub modified: SystemTime,
}

/// What was stored by a put or a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Size in bytes.
    pub size_bytes: u64,
    /// The entity tag that [`Stat::etag`] will say, where the store told it.
    pub etag: Option<String>,
}

/// Tells blocking work that nobody waits for it any more.
#[derive(Clone, Debug)]
pub(crate) struct Cancel(Arc<AtomicBool>);

/// Sets its [`Cancel`] when dropped.
pub(crate) struct CancelGuard(Arc<AtomicBool>);

impl Cancel {
    pub(crate) fn new() -> (Self, CancelGuard) {
        let flag = Arc::new(AtomicBool::new(false));
        (Self(flag.clone()), CancelGuard(flag))
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for CancelGuard {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Run work that may wait for the disk where it stalls nobody.
pub(crate) async fn blocking<T: Send + 'static>(
    what: &str,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(StoreError::Stopped { what: what.to_owned() }),
    }
}

/// Both stores refuse a range that is not all inside the object, in the same words.
pub(crate) fn check_range(
    key: &Key,
    range: &Range<u64>,
    size_bytes: u64,
) -> Result<(), StoreError> {
    if range.start <= range.end && range.end <= size_bytes {
        return Ok(());
    }
    let (start, end) = (range.start, range.end);
    Err(StoreError::BadRange { what: key.to_string(), start, end, size_bytes })
}
