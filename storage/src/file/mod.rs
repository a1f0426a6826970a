//! How do a local file's bytes reach a socket cheaply?
//!
//! Reads that the page cache can answer happen inline, `preadv2(RWF_NOWAIT)` into a pooled
//! buffer: no thread hop, no allocation of the buffer, no copy after the kernel's own. A read that
//! would wait for the disk goes to a blocking thread instead, so a slow disk never stalls the
//! other connections of a worker. Ranges, validators and headers are the server's business.

mod pool;
mod stream;

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
use rustix::io::Errno;

pub use stream::FileStream;

use crate::{Stat, StoreError};

/// An open file, ready to be streamed any number of times; cheap to clone.
///
/// The bytes are those of the file that was opened, even when its name is replaced or removed
/// meanwhile. A file that still grows is fine: a range is read as far as it was asked for.
#[derive(Clone, Debug)]
pub struct LocalFile {
    file: Arc<File>,
    name: Arc<str>,
    stat: Stat,
}

impl LocalFile {
    /// Open a regular file for reading.
    ///
    /// A path that the kernel has in its caches is opened inline, any other on a blocking thread.
    /// Symbolic links are followed: use [`crate::Store::open_local`] for what the store keeps.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no regular file, [`StoreError::Disk`] otherwise.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let name = path.display().to_string();
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY;
        // RESOLVE_CACHED (Linux 5.12) is to open what RWF_NOWAIT is to read.
        match openat2(CWD, path, flags, Mode::empty(), ResolveFlags::CACHED) {
            Ok(file) => return Self::from_file(file.into(), &name),
            Err(Errno::NOENT) => return Err(StoreError::NotFound { what: name }),
            Err(_) => {}
        }
        let (path, waiting_name) = (path.to_owned(), name.clone());
        crate::blocking(&name, move || {
            let file = File::open(path).map_err(|e| StoreError::disk("open", &waiting_name, e))?;
            Self::from_file(file, &waiting_name)
        })
        .await
    }

    /// Take over an open file; `name` is what errors call it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is not a regular file.
    pub(crate) fn from_file(file: File, name: &str) -> Result<Self, StoreError> {
        let meta = file.metadata().map_err(|e| StoreError::disk("look at", name, e))?;
        if !meta.is_file() {
            return Err(StoreError::NotFound { what: name.to_owned() });
        }
        let stat = Stat {
            size_bytes: meta.len(),
            etag: Some(etag(meta.ino(), meta.len(), meta.mtime(), meta.mtime_nsec())),
            modified: meta.modified().unwrap_or(SystemTime::UNIX_EPOCH),
        };
        Ok(Self { file: Arc::new(file), name: name.into(), stat })
    }

    /// Size, entity tag and time of change as they were when the file was opened.
    pub fn stat(&self) -> &Stat {
        &self.stat
    }

    /// The size in bytes now: a file that grows has more than [`Self::stat`] says.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when the system refuses.
    pub fn size_now(&self) -> Result<u64, StoreError> {
        let meta = self.file.metadata().map_err(|e| self.fault("look at", e))?;
        Ok(meta.len())
    }

    /// Stream the bytes from `range.start` up to, not including, `range.end`.
    ///
    /// Nothing is read before the stream is polled. A file that turns out to be shorter gives
    /// [`StoreError::BadRange`] after the bytes it has, never a silently short answer.
    pub fn read_stream(&self, range: std::ops::Range<u64>) -> FileStream {
        FileStream::new(self.clone(), range)
    }

    fn fault(&self, doing: &'static str, source: io::Error) -> StoreError {
        StoreError::disk(doing, &self.name, source)
    }
}

/// An entity tag for a file: a replaced file has another inode, an appended one another size.
pub(crate) fn etag(inode: u64, size: u64, seconds: i64, nanoseconds: i64) -> String {
    format!("\"{inode:x}-{size:x}-{seconds:x}{nanoseconds:08x}\"")
}
