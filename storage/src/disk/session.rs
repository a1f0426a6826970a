//! Where do half-written bytes lie, and who removes those of a killed process?
//!
//! Every open store has a folder of its own, `.tmp/{uuid}/`, and holds a lock on
//! `.tmp/{uuid}.lock` for as long as it lives. The kernel drops the lock when the process ends,
//! however it ends, so a store that opens removes exactly the folders that nobody holds: no
//! clocks, no process numbers, and a second process on the same root (the doctor, a backup) is
//! never disturbed. Keys cannot start with a dot, so no object is ever called `.tmp`.

use std::ffi::OsStr;
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{AtFlags, FlockOperation, Mode, OFlags, flock, fstat, mkdirat, openat, unlinkat};
use rustix::io::Errno;
use uuid::Uuid;

use super::root::{FILE_MODE, FOLDER_MODE, Root};
use crate::StoreError;

const TMP: &str = ".tmp";

/// The folder for half-written bytes of one open store.
#[derive(Debug)]
pub(super) struct Session {
    folder: OwnedFd,
    path: PathBuf,
    lock_path: PathBuf,
    next: AtomicU64,
    /// Held, never read: closing it is what tells others that the folder is free.
    _lock: File,
}

impl Session {
    /// Sweep what dead sessions left and begin a new one. Also says how many were swept.
    pub(super) fn begin(root: &Root) -> Result<(Arc<Self>, usize), StoreError> {
        let tmp = root.path().join(TMP);
        let fault = |e: Errno| StoreError::disk("prepare", tmp.display(), e);
        let top = root.own()?;
        match mkdirat(&top, TMP, FOLDER_MODE) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(e) => return Err(fault(e)),
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let tmp_fd = openat(&top, TMP, flags, Mode::empty()).map_err(fault)?;
        let swept = sweep(&tmp, tmp_fd.as_fd());
        loop {
            let id = Uuid::new_v4().to_string();
            let lock_path = tmp.join(format!("{id}.lock"));
            let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
            let lock = openat(&tmp_fd, format!("{id}.lock"), flags, FILE_MODE).map_err(fault)?;
            // Between making and locking the file a sweeper may have taken it for a dead one.
            let held = flock(&lock, FlockOperation::NonBlockingLockExclusive) != Err(Errno::AGAIN);
            if !held || fstat(&lock).map_err(fault)?.st_nlink == 0 {
                continue;
            }
            mkdirat(&tmp_fd, &id, FOLDER_MODE).map_err(fault)?;
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let folder = openat(&tmp_fd, &id, flags, Mode::empty()).map_err(fault)?;
            let session = Self {
                folder,
                path: tmp.join(id),
                lock_path,
                next: AtomicU64::new(0),
                _lock: lock.into(),
            };
            return Ok((Arc::new(session), swept));
        }
    }

    /// A name in the session's folder that nothing has.
    pub(super) fn reserve(self: &Arc<Self>) -> Reserved {
        let name = self.next.fetch_add(1, Ordering::Relaxed).to_string();
        Reserved { session: self.clone(), name }
    }

    /// A new empty file in the session's folder.
    pub(super) fn create(self: &Arc<Self>) -> Result<Temp, StoreError> {
        let reserved = self.reserve();
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let file = openat(&self.folder, reserved.name(), flags, FILE_MODE)
            .map_err(|e| StoreError::disk("begin a file in", self.path.display(), e))?;
        Ok(Temp { file: file.into(), reserved })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Best effort: whatever stays is swept by the next store that opens.
        let _ = std::fs::remove_dir_all(&self.path);
        let _ = std::fs::remove_file(&self.lock_path);
    }
}

/// A name in a session's folder; the file of that name is removed with it.
#[derive(Debug)]
pub(super) struct Reserved {
    session: Arc<Session>,
    name: String,
}

impl Reserved {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn folder(&self) -> BorrowedFd<'_> {
        self.session.folder.as_fd()
    }

    pub(super) fn path(&self) -> PathBuf {
        self.session.path.join(&self.name)
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        // After a rename the name is free already, except where both names were links to one
        // file: then rename(2) does nothing and this is what removes the spare name.
        let _ = unlinkat(self.folder(), self.name(), AtFlags::empty());
    }
}

/// A file being written; it goes away unless it is renamed to a key.
#[derive(Debug)]
pub(super) struct Temp {
    pub(super) file: File,
    pub(super) reserved: Reserved,
}

/// Remove the sessions that no living process holds. What cannot be removed waits for next time.
fn sweep(tmp: &Path, tmp_fd: BorrowedFd<'_>) -> usize {
    let Ok(entries) = std::fs::read_dir(tmp) else { return 0 };
    let mut swept = 0;
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let id = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
        // Whatever is not named like a session is not ours to remove.
        if Uuid::try_parse(id).is_err() {
            continue;
        }
        if path.extension() == Some(OsStr::new("lock")) {
            let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let Ok(lock) = openat(tmp_fd, format!("{id}.lock"), flags, Mode::empty()) else {
                continue;
            };
            if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
                continue;
            }
            let gone = match std::fs::remove_dir_all(tmp.join(id)) {
                Ok(()) => true,
                Err(e) => e.kind() == std::io::ErrorKind::NotFound,
            };
            swept += usize::from(gone && std::fs::remove_file(&path).is_ok());
        } else if !tmp.join(format!("{id}.lock")).exists() {
            // The lock comes before the folder and leaves after it, so this one is dead.
            swept += usize::from(std::fs::remove_dir_all(&path).is_ok());
        }
    }
    swept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(root: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(root.join(TMP)).unwrap();
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_dead_session_is_swept_and_a_living_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        let (living, _) = Session::begin(&root).unwrap();
        let kept = living.create().unwrap();
        // What kill -9 leaves: a folder with half a file, and a lock file that nobody holds.
        let dead = Uuid::new_v4().to_string();
        std::fs::create_dir(folder.path().join(TMP).join(&dead)).unwrap();
        std::fs::write(folder.path().join(TMP).join(&dead).join("0"), "half").unwrap();
        std::fs::write(folder.path().join(TMP).join(format!("{dead}.lock")), "").unwrap();
        std::fs::write(folder.path().join(TMP).join("notes.txt"), "not ours").unwrap();

        let (second, swept) = Session::begin(&root).unwrap();
        assert_eq!(swept, 1);
        assert!(kept.reserved.path().exists());
        assert!(!names(folder.path()).iter().any(|name| name.starts_with(&dead)));
        drop((kept, living, second));
        assert_eq!(names(folder.path()), ["notes.txt"]);
    }

    #[test]
    fn a_temporary_file_goes_with_its_handle() {
        let folder = tempfile::tempdir().unwrap();
        let (session, _) = Session::begin(&Root::open(folder.path()).unwrap()).unwrap();
        let temp = session.create().unwrap();
        let path = temp.reserved.path();
        assert!(path.exists());
        drop(temp);
        assert!(!path.exists());
    }
}
