//! How do bytes become an object on disk, whole or not at all?
//!
//! Write a temporary file, fsync it, rename it to its key, fsync the folder. Whatever fails or is
//! given up in between leaves the object of before, or none. Nothing here runs on an async worker.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{AtFlags, CWD, FileType, fsync, linkat, renameat, statat};
use rustix::io::Errno;

use super::root::Root;
use super::session::{Reserved, Session, Temp};
use crate::file::etag;
use crate::{Cancel, Key, StoreError, Written};

/// Copied between two looks at whether the caller is still there.
const STEP_BYTES: u64 = 16 * 1024 * 1024;

/// Store a copy of `source`. Shares blocks where the file system can (`copy_file_range`).
pub(super) fn copy_in(
    root: &Root,
    session: &Arc<Session>,
    key: &Key,
    source: &File,
    cancel: &Cancel,
) -> Result<Written, StoreError> {
    let temp = session.create()?;
    loop {
        if cancel.is_set() {
            return Err(StoreError::Stopped { what: key.to_string() });
        }
        let copied = io::copy(&mut source.take(STEP_BYTES), &mut &temp.file)
            .map_err(|e| StoreError::disk("write", key, e))?;
        if copied == 0 {
            return publish(root, temp, key);
        }
    }
}

/// Store `path` as a second name of the same bytes; `None` where links are not possible.
pub(super) fn link_in(
    root: &Root,
    session: &Arc<Session>,
    key: &Key,
    path: &Path,
    source: &File,
) -> Result<Option<Written>, StoreError> {
    let reserved = session.reserve();
    if linkat(CWD, path, reserved.folder(), reserved.name(), AtFlags::empty()).is_err() {
        return Ok(None);
    }
    // The path may name a link, or another file by now: only the opened file will do.
    let linked = statat(reserved.folder(), reserved.name(), AtFlags::SYMLINK_NOFOLLOW)
        .map_err(|e| StoreError::disk("look at", key, e))?;
    let meta = source.metadata().map_err(|e| StoreError::disk("look at", key, e))?;
    if (linked.st_dev, linked.st_ino) != (meta.dev(), meta.ino()) {
        return Ok(None);
    }
    source.sync_all().map_err(|e| StoreError::disk("write", key, e))?;
    let written = describe(source, key)?;
    place(root, &reserved, key)?;
    Ok(Some(written))
}

/// Store bytes that are in memory already.
pub(super) fn bytes_in(
    root: &Root,
    session: &Arc<Session>,
    key: &Key,
    bytes: &[u8],
) -> Result<Written, StoreError> {
    let mut temp = session.create()?;
    append(&mut temp, key, bytes)?;
    publish(root, temp, key)
}

/// Add bytes to a file being written.
pub(super) fn append(temp: &mut Temp, key: &Key, bytes: &[u8]) -> Result<(), StoreError> {
    temp.file.write_all(bytes).map_err(|e| StoreError::disk("write", key, e))
}

/// Make a finished temporary file the object called `key`.
pub(super) fn publish(root: &Root, temp: Temp, key: &Key) -> Result<Written, StoreError> {
    temp.file.sync_all().map_err(|e| StoreError::disk("write", key, e))?;
    let written = describe(&temp.file, key)?;
    place(root, &temp.reserved, key)?;
    Ok(written)
}

fn describe(file: &File, key: &Key) -> Result<Written, StoreError> {
    let meta = file.metadata().map_err(|e| StoreError::disk("look at", key, e))?;
    let etag = etag(meta.ino(), meta.len(), meta.mtime(), meta.mtime_nsec());
    Ok(Written { size_bytes: meta.len(), etag: Some(etag) })
}

/// Rename a temporary file to its key.
fn place(root: &Root, reserved: &Reserved, key: &Key) -> Result<(), StoreError> {
    let placed = try_place(root, reserved, key);
    if placed.is_err() {
        root.prune_above(key);
    }
    placed
}

fn try_place(root: &Root, reserved: &Reserved, key: &Key) -> Result<(), StoreError> {
    // A delete next door may remove the folder, empty as it still is, before the rename.
    for _ in 0..64 {
        let folder = match root.folder_of(key, true) {
            Err(StoreError::NotFound { .. }) => continue,
            other => other?,
        };
        match renameat(reserved.folder(), reserved.name(), &folder, key.name()) {
            Ok(()) => return fsync(&folder).map_err(|e| StoreError::disk("write", key, e)),
            Err(Errno::NOENT) => {}
            Err(Errno::ISDIR | Errno::NOTEMPTY | Errno::EXIST) if is_folder(&folder, key) => {
                return Err(StoreError::Blocked { at: key.to_string(), found: "a folder" });
            }
            Err(e) => return Err(StoreError::disk("name", key, e)),
        }
    }
    Err(StoreError::disk("name", key, Errno::AGAIN))
}

fn is_folder(folder: &impl AsFd, key: &Key) -> bool {
    statat(folder, key.name(), AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(folder: &Path) -> (Root, Arc<Session>) {
        let root = Root::open(folder).unwrap();
        let (session, _) = Session::begin(&root).unwrap();
        (root, session)
    }

    fn count_files(folder: &Path) -> usize {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| if path.is_dir() { count_files(&path) } else { 1 })
            .sum()
    }

    #[test]
    fn a_device_without_room_is_a_full_store_and_leaves_no_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let (_root, session) = begin(folder.path());
        let before = count_files(folder.path());
        let mut temp = session.create().unwrap();
        // The kernel's own ENOSPC, without needing the right to mount a small file system.
        temp.file = File::options().write(true).open("/dev/full").unwrap();
        let key = Key::parse("a/b").unwrap();
        let said = append(&mut temp, &key, b"bytes").unwrap_err();
        assert!(matches!(said, StoreError::Full { .. }), "{said:?}");
        drop(temp);
        assert_eq!(count_files(folder.path()), before);
    }

    #[test]
    fn linking_a_file_to_a_key_that_is_the_same_file_leaves_no_spare_name() {
        let folder = tempfile::tempdir().unwrap();
        let (root, session) = begin(folder.path());
        let path = folder.path().join("scratch");
        std::fs::write(&path, "bytes").unwrap();
        let (key, source) = (Key::parse("a/b").unwrap(), File::open(&path).unwrap());
        for _ in 0..2 {
            link_in(&root, &session, &key, &path, &source).unwrap().unwrap();
        }
        assert_eq!(source.metadata().unwrap().nlink(), 2);
    }

    #[test]
    fn a_path_that_became_another_file_is_not_linked() {
        let folder = tempfile::tempdir().unwrap();
        let (root, session) = begin(folder.path());
        let path = folder.path().join("scratch");
        std::fs::write(&path, "old").unwrap();
        let (key, source) = (Key::parse("a/b").unwrap(), File::open(&path).unwrap());
        std::fs::write(folder.path().join("new"), "new").unwrap();
        std::fs::rename(folder.path().join("new"), &path).unwrap();
        assert!(link_in(&root, &session, &key, &path, &source).unwrap().is_none());
        assert!(root.open_file(&key).is_err());
    }

    #[test]
    fn a_copy_that_nobody_waits_for_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let (root, session) = begin(folder.path());
        let path = folder.path().join("scratch");
        std::fs::write(&path, "bytes").unwrap();
        let (cancel, guard) = Cancel::new();
        drop(guard);
        let key = Key::parse("a/b").unwrap();
        let said = copy_in(&root, &session, &key, &File::open(&path).unwrap(), &cancel);
        assert!(matches!(said, Err(StoreError::Stopped { .. })), "{said:?}");
        assert!(!folder.path().join("a").exists());
    }
}
