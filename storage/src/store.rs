//! What can be done with stored objects, whichever store it is?
//!
//! One type over two backends, so that nothing above has to care; the few calls that differ
//! ([`Store::signed_url`], [`Store::open_local`], [`Store::free_bytes`]) answer `None` where
//! they make no sense.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt, TryStreamExt};
use url::Url;

use crate::disk::Disk;
use crate::file::FileStream;
use crate::s3::S3;
use crate::{BoxError, Key, LocalFile, Stat, StoreConfig, StoreError, Written};

/// A store of objects; cheap to clone.
///
/// Objects are immutable: a put to a key that has one replaces it as a whole, readers of the old
/// one finish undisturbed, and of puts at the same time one wins whole. A put that fails, or whose
/// future is dropped, leaves what was there before.
#[derive(Clone, Debug)]
pub struct Store(Backend);

#[derive(Clone, Debug)]
enum Backend {
    Disk(Disk),
    S3(S3),
}

/// The bytes of one range of an object; ends after exactly those, or with one error.
pub struct ObjectStream(Source);

enum Source {
    File(FileStream),
    Remote(BoxStream<'static, Result<Bytes, StoreError>>),
}

impl Stream for ObjectStream {
    type Item = Result<Bytes, StoreError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.get_mut().0 {
            Source::File(stream) => Pin::new(stream).poll_next(cx),
            Source::Remote(stream) => stream.as_mut().poll_next(cx),
        }
    }
}

impl Store {
    /// Open the store that the settings describe.
    ///
    /// On disk this makes the folder and removes what killed processes left half-written. On S3
    /// nothing is asked of the service yet: [`Store::check`] does that.
    ///
    /// # Errors
    /// [`StoreError::Config`] for settings that cannot work, [`StoreError::Disk`] for a folder
    /// that cannot be made or written.
    pub async fn open(config: &StoreConfig) -> Result<Self, StoreError> {
        Ok(Self(match config {
            StoreConfig::Disk(config) => Backend::Disk(Disk::open(&config.root).await?),
            StoreConfig::S3(config) => Backend::S3(S3::open(config)?),
        }))
    }

    /// Store a copy of a whole file; the file stays the caller's.
    ///
    /// On disk the kernel copies (and shares blocks where the file system can); on S3 the file is
    /// sent in parts with bounded memory (about 32 MiB for files below 78 GiB).
    ///
    /// # Errors
    /// [`StoreError::Full`], [`StoreError::NotFound`] for the file, or the backend's failure.
    pub async fn put_file(&self, key: &Key, path: &Path) -> Result<Written, StoreError> {
        match &self.0 {
            Backend::Disk(disk) => disk.put_file(key, path, false).await,
            Backend::S3(s3) => s3.put_file(key, path).await,
        }
    }

    /// Store a whole file that **nobody will ever write to again**, only read or remove.
    ///
    /// On disk, and on one file system, the object becomes a second name of the same bytes: no
    /// copying and no second gigabyte. Otherwise as [`Store::put_file`].
    ///
    /// # Errors
    /// As [`Store::put_file`].
    pub async fn put_finished_file(&self, key: &Key, path: &Path) -> Result<Written, StoreError> {
        match &self.0 {
            Backend::Disk(disk) => disk.put_file(key, path, true).await,
            Backend::S3(s3) => s3.put_file(key, path).await,
        }
    }

    /// Store bytes that are in memory: images, captions, small documents.
    ///
    /// # Errors
    /// [`StoreError::Full`] or the backend's failure.
    pub async fn put_bytes(
        &self,
        key: &Key,
        bytes: impl Into<Bytes>,
    ) -> Result<Written, StoreError> {
        match &self.0 {
            Backend::Disk(disk) => disk.put_bytes(key, bytes.into()).await,
            Backend::S3(s3) => s3.put_bytes(key, bytes.into()).await,
        }
    }

    /// Store bytes as they come, of any length, with bounded memory (1 MiB on disk, at most
    /// 64 MiB on S3, where 156 GiB is the longest).
    ///
    /// # Errors
    /// [`StoreError::Input`] when the stream fails, else as [`Store::put_bytes`].
    pub async fn put_stream<S, E>(&self, key: &Key, stream: S) -> Result<Written, StoreError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: Into<BoxError>,
    {
        match &self.0 {
            Backend::Disk(disk) => disk.put_stream(key, stream).await,
            Backend::S3(s3) => s3.put_stream(key, stream).await,
        }
    }

    /// Size, entity tag and time of an object; `None` when there is none.
    ///
    /// # Errors
    /// The backend's failure.
    pub async fn stat(&self, key: &Key) -> Result<Option<Stat>, StoreError> {
        match &self.0 {
            Backend::Disk(disk) => disk.stat(key).await,
            Backend::S3(s3) => s3.stat(key).await,
        }
    }

    /// Stream the bytes from `range.start` up to, not including, `range.end`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::BadRange`] when the range is not all inside the
    /// object, or the backend's failure.
    pub async fn get_range(
        &self,
        key: &Key,
        range: Range<u64>,
    ) -> Result<ObjectStream, StoreError> {
        Ok(ObjectStream(match &self.0 {
            Backend::Disk(disk) => Source::File(disk.get_range(key, range).await?),
            Backend::S3(s3) => Source::Remote(s3.get_range(key, range).await?),
        }))
    }

    /// The whole of a small object, in memory.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] when it has more than `limit_bytes`, else as
    /// [`Store::get_range`].
    pub async fn read(&self, key: &Key, limit_bytes: u64) -> Result<Bytes, StoreError> {
        let stat = self.stat(key).await?;
        let size_bytes =
            stat.ok_or_else(|| StoreError::NotFound { what: key.to_string() })?.size_bytes;
        if size_bytes > limit_bytes {
            return Err(StoreError::TooLarge { key: key.clone(), size_bytes, limit_bytes });
        }
        let mut stream = self.get_range(key, 0..size_bytes).await?;
        let first = stream.try_next().await?.unwrap_or_default();
        if first.len() as u64 == size_bytes {
            return Ok(first);
        }
        let mut whole = BytesMut::from(first);
        while let Some(more) = stream.try_next().await? {
            whole.extend_from_slice(&more);
        }
        Ok(whole.freeze())
    }

    /// Give an object a second key. On S3 the service copies, except above 5 GB, where the bytes
    /// go through this process. Replaces what `to` had.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when `from` has no object, else as [`Store::put_file`].
    pub async fn copy(&self, from: &Key, to: &Key) -> Result<Written, StoreError> {
        match &self.0 {
            Backend::Disk(disk) => disk.copy(from, to).await,
            Backend::S3(s3) => s3.copy(from, to).await,
        }
    }

    /// Remove an object; that it is not there is fine.
    ///
    /// # Errors
    /// The backend's failure.
    pub async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        match &self.0 {
            Backend::Disk(disk) => disk.delete(key).await,
            Backend::S3(s3) => s3.delete(key).await,
        }
    }

    /// Remove every object under `prefix/`, and say how many there were. An object called
    /// `prefix` itself stays.
    ///
    /// # Errors
    /// The backend's failure; on S3 some objects may be gone by then, so try again.
    pub async fn delete_prefix(&self, prefix: &Key) -> Result<u64, StoreError> {
        match &self.0 {
            Backend::Disk(disk) => disk.delete_prefix(prefix).await,
            Backend::S3(s3) => s3.delete_prefix(prefix).await,
        }
    }

    /// Every object under `prefix/`, or all of them, in no promised order. Objects written or
    /// removed meanwhile may or may not show.
    pub fn list(
        &self,
        prefix: Option<&Key>,
    ) -> BoxStream<'static, Result<(Key, Stat), StoreError>> {
        match &self.0 {
            Backend::Disk(disk) => disk.list(prefix).boxed(),
            Backend::S3(s3) => s3.list(prefix).boxed(),
        }
    }

    /// A URL that anybody may GET the object by for `life` (at most what the settings say, at
    /// most ten minutes), without asking us; `None` on disk. `disposition` becomes the answer's
    /// Content-Disposition (RFC 6266).
    ///
    /// Nothing is asked of the service: the URL of an object that is not there is signed too.
    ///
    /// # Errors
    /// [`StoreError::S3`] when signing fails.
    pub async fn signed_url(
        &self,
        key: &Key,
        life: Duration,
        disposition: Option<&str>,
    ) -> Result<Option<Url>, StoreError> {
        match &self.0 {
            Backend::Disk(_) => Ok(None),
            Backend::S3(s3) => s3.signed_url(key, life, disposition).await.map(Some),
        }
    }

    /// The object as an open file, for the fast path; `None` on S3.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Blocked`] for a symbolic link on the way, or the
    /// disk's failure.
    pub async fn open_local(&self, key: &Key) -> Result<Option<LocalFile>, StoreError> {
        match &self.0 {
            Backend::Disk(disk) => disk.open_file(key).await.map(Some),
            Backend::S3(_) => Ok(None),
        }
    }

    /// The path an object has or would have, for tools that take no descriptor; `None` on S3.
    ///
    /// For reading only: writing to it would change an object in place. To serve bytes use
    /// [`Store::open_local`], which also refuses symbolic links.
    pub fn local_path(&self, key: &Key) -> Option<PathBuf> {
        match &self.0 {
            Backend::Disk(disk) => Some(disk.local_path(key)),
            Backend::S3(_) => None,
        }
    }

    /// Bytes free for this process on the store's disk; `None` on S3, which does not say.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when the system refuses.
    pub fn free_bytes(&self) -> Result<Option<u64>, StoreError> {
        match &self.0 {
            Backend::Disk(disk) => disk.free_bytes().map(Some),
            Backend::S3(_) => Ok(None),
        }
    }

    /// Write, look at, read, list and remove a small object of its own: does the store work?
    ///
    /// # Errors
    /// What failed, in words for an operator; [`StoreError::Check`] when every step went through
    /// but gave something else than was stored.
    pub async fn check(&self) -> Result<(), StoreError> {
        let folder = Key::parse("probes")?;
        let key = folder.join(&uuid::Uuid::new_v4().to_string())?;
        let checked = self.check_with(&key).await;
        // Also after a failure, of which this would only be a second symptom.
        let removed = self.delete(&key).await;
        checked?;
        removed?;
        match self.stat(&key).await? {
            None => Ok(()),
            Some(_) => Err(StoreError::Check(format!("{key} was deleted but is still there"))),
        }
    }

    async fn check_with(&self, key: &Key) -> Result<(), StoreError> {
        let bytes = key.as_str().as_bytes();
        self.put_bytes(key, Bytes::copy_from_slice(bytes)).await?;
        let half = bytes.len() / 2;
        let range = half as u64..bytes.len() as u64;
        let part: Vec<u8> =
            self.get_range(key, range).await?.map_ok(|b| b.to_vec()).try_concat().await?;
        if Some(part.as_slice()) != bytes.get(half..) {
            return Err(StoreError::Check(format!("{key} gave other bytes than were stored")));
        }
        let listed: Vec<_> = self.list(key.parent().as_ref()).try_collect().await?;
        match listed.iter().any(|(listed, _)| listed == key) {
            true => Ok(()),
            false => Err(StoreError::Check(format!("{key} was stored but is not listed"))),
        }
    }
}
