//! How are objects kept in a folder of a local disk?
//!
//! One file per object, under its key; [`root`] keeps every path inside the folder, [`session`]
//! holds and sweeps what is half-written, [`mod@write`] makes objects appear whole, [`list`] finds
//! them. The calls here only move that work to blocking threads.

mod list;
mod root;
mod session;
mod write;

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use rustix::fs::{AtFlags, FileType, fsync, renameat, statat, unlinkat};
use rustix::io::Errno;

use self::root::{Opened, Root};
use self::session::Session;
use crate::file::{FileStream, LocalFile};
use crate::{BoxError, Cancel, Key, Stat, StoreError, Written, blocking};

/// Bytes of a stream gathered before a trip to a blocking thread.
const BATCH_BYTES: usize = 1024 * 1024;

/// A store in one folder.
#[derive(Clone, Debug)]
pub(crate) struct Disk {
    root: Arc<Root>,
    session: Arc<Session>,
}

impl Disk {
    pub(crate) async fn open(path: &Path) -> Result<Self, StoreError> {
        let path = path.to_owned();
        blocking("the storage folder", move || {
            let root = Root::open(&path)?;
            let (session, swept) = Session::begin(&root)?;
            if swept > 0 {
                tracing::info!(swept, "removed half-written files of a process that was killed");
            }
            Ok(Self { root: Arc::new(root), session })
        })
        .await
    }

    pub(crate) fn local_path(&self, key: &Key) -> PathBuf {
        self.root.path().join(key.as_str())
    }

    pub(crate) fn free_bytes(&self) -> Result<u64, StoreError> {
        self.root.free_bytes()
    }

    /// Run disk work for `key` on a blocking thread; it is told when nobody waits any more.
    async fn work<T: Send + 'static>(
        &self,
        key: &Key,
        work: impl FnOnce(&Self, &Key, &Cancel) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (disk, owned_key) = (self.clone(), key.clone());
        let (cancel, _guard) = Cancel::new();
        blocking(key.as_str(), move || work(&disk, &owned_key, &cancel)).await
    }

    pub(crate) async fn put_file(
        &self,
        key: &Key,
        path: &Path,
        may_share: bool,
    ) -> Result<Written, StoreError> {
        let path = path.to_owned();
        self.work(key, move |disk, key, cancel| {
            let source =
                File::open(&path).map_err(|e| StoreError::disk("open", path.display(), e))?;
            if !source.metadata().is_ok_and(|meta| meta.is_file()) {
                return Err(StoreError::NotFound { what: path.display().to_string() });
            }
            if may_share
                && let Some(written) =
                    write::link_in(&disk.root, &disk.session, key, &path, &source)?
            {
                return Ok(written);
            }
            write::copy_in(&disk.root, &disk.session, key, &source, cancel)
        })
        .await
    }

    pub(crate) async fn put_bytes(&self, key: &Key, bytes: Bytes) -> Result<Written, StoreError> {
        self.work(key, move |disk, key, _| write::bytes_in(&disk.root, &disk.session, key, &bytes))
            .await
    }

    pub(crate) async fn put_stream<S, E>(&self, key: &Key, stream: S) -> Result<Written, StoreError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: Into<BoxError>,
    {
        let mut stream = std::pin::pin!(stream);
        let mut temp = self.work(key, |disk, _, _| disk.session.create()).await?;
        let mut batch = BytesMut::new();
        loop {
            let chunk = stream.next().await.transpose();
            let chunk =
                chunk.map_err(|e| StoreError::Input { key: key.clone(), source: e.into() })?;
            let ended = chunk.is_none();
            batch.extend_from_slice(&chunk.unwrap_or_default());
            if ended || batch.len() >= BATCH_BYTES {
                let bytes = batch;
                (temp, batch) = self
                    .work(key, move |_, key, _| {
                        let (mut temp, mut bytes) = (temp, bytes);
                        write::append(&mut temp, key, &bytes)?;
                        bytes.clear();
                        Ok((temp, bytes))
                    })
                    .await?;
            }
            if ended {
                return self.work(key, |disk, key, _| write::publish(&disk.root, temp, key)).await;
            }
        }
    }

    /// Open an object: inline when the kernel has its name in memory, else on a thread.
    pub(crate) async fn open_file(&self, key: &Key) -> Result<LocalFile, StoreError> {
        if let Opened::File(file) = self.root.open_cached(key)? {
            return LocalFile::from_file(file, key.as_str());
        }
        self.work(key, |disk, key, _| LocalFile::from_file(disk.root.open_file(key)?, key.as_str()))
            .await
    }

    pub(crate) async fn stat(&self, key: &Key) -> Result<Option<Stat>, StoreError> {
        match self.open_file(key).await {
            Ok(file) => Ok(Some(file.stat().clone())),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(e) => Err(e),
        }
    }

    pub(crate) async fn get_range(
        &self,
        key: &Key,
        range: Range<u64>,
    ) -> Result<FileStream, StoreError> {
        let file = self.open_file(key).await?;
        crate::check_range(key, &range, file.stat().size_bytes)?;
        Ok(file.read_stream(range))
    }

    /// Objects are never changed in place, so a second name for the same bytes is a copy.
    pub(crate) async fn copy(&self, from: &Key, to: &Key) -> Result<Written, StoreError> {
        let from = from.clone();
        self.work(to, move |disk, to, cancel| {
            let source = disk.root.open_file(&from)?;
            if !source.metadata().is_ok_and(|meta| meta.is_file()) {
                return Err(StoreError::NotFound { what: from.to_string() });
            }
            let path = disk.local_path(&from);
            match write::link_in(&disk.root, &disk.session, to, &path, &source)? {
                Some(written) => Ok(written),
                None => write::copy_in(&disk.root, &disk.session, to, &source, cancel),
            }
        })
        .await
    }

    pub(crate) async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        self.work(key, |disk, key, _| {
            let folder = match disk.root.folder_of(key, false) {
                Err(
                    StoreError::NotFound { .. }
                    | StoreError::Blocked { found: root::NOT_A_FOLDER, .. },
                ) => {
                    return Ok(());
                }
                other => other?,
            };
            match unlinkat(&folder, key.name(), AtFlags::empty()) {
                Ok(()) => fsync(&folder).map_err(|e| StoreError::disk("delete", key, e))?,
                // A folder of that name is not an object: nothing to delete.
                Err(Errno::NOENT | Errno::ISDIR) => {}
                Err(e) => return Err(StoreError::disk("delete", key, e)),
            }
            disk.root.prune_above(key);
            Ok(())
        })
        .await
    }

    /// The folder is moved aside first, so its objects vanish together and a crash in the middle
    /// leaves only what the next sweep removes.
    pub(crate) async fn delete_prefix(&self, prefix: &Key) -> Result<u64, StoreError> {
        self.work(prefix, |disk, prefix, _| {
            let mut count = 0;
            list::walk(&disk.root, Some(prefix), &mut |_, _| {
                count += 1;
                true
            })?;
            let above = match disk.root.folder_of(prefix, false) {
                Err(
                    StoreError::NotFound { .. }
                    | StoreError::Blocked { found: root::NOT_A_FOLDER, .. },
                ) => {
                    return Ok(0);
                }
                other => other?,
            };
            let fault = |e: Errno| StoreError::disk("delete", prefix, e);
            match statat(&above, prefix.name(), AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::Directory => {}
                Ok(_) | Err(Errno::NOENT) => return Ok(0),
                Err(e) => return Err(fault(e)),
            }
            let aside = disk.session.reserve();
            match renameat(&above, prefix.name(), aside.folder(), aside.name()) {
                Ok(()) => {}
                Err(Errno::NOENT) => return Ok(0),
                Err(e) => return Err(fault(e)),
            }
            fsync(&above).map_err(fault)?;
            std::fs::remove_dir_all(aside.path())
                .map_err(|e| StoreError::disk("delete", prefix, e))?;
            disk.root.prune_above(prefix);
            Ok(count)
        })
        .await
    }

    pub(crate) fn list(
        &self,
        prefix: Option<&Key>,
    ) -> impl Stream<Item = Result<(Key, Stat), StoreError>> + Send + use<> {
        let (sender, mut receiver) = tokio::sync::mpsc::channel(256);
        let (root, prefix) = (self.root.clone(), prefix.cloned());
        // Ends by itself: with the walk, or when the receiver is dropped and sending fails.
        tokio::task::spawn_blocking(move || {
            let mut send = |key, stat| sender.blocking_send(Ok((key, stat))).is_ok();
            if let Err(e) = list::walk(&root, prefix.as_ref(), &mut send) {
                // Nobody listening is the only way this fails.
                let _ = sender.blocking_send(Err(e));
            }
        });
        futures::stream::poll_fn(move |cx| receiver.poll_recv(cx))
    }
}
