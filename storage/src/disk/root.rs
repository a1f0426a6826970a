//! How does a key become an open file without ever leaving the root folder?
//!
//! A key has no `..`, but a folder on the way could be a symbolic link that a restore or a person
//! put there. So no path text is trusted: files are opened relative to the root's descriptor with
//! `openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS)`, folders one segment at a time with
//! `O_NOFOLLOW`, and everything else (rename, unlink) is relative to a folder opened that way.
//! Where `openat2` is missing (old kernels, some sandboxes) files take the folders' way too.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{
    AtFlags, FileType, Mode, OFlags, ResolveFlags, fstatvfs, fsync, mkdirat, openat, openat2,
    statat, unlinkat,
};
use rustix::io::Errno;

use crate::{Key, StoreError};

const FOLDER: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
const FILE: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// What [`StoreError::Blocked`] says when an object lies where a folder should be.
pub(super) const NOT_A_FOLDER: &str = "a file, not a folder";

/// Folders are for the server's user and group only: private videos lie in them.
pub(super) const FOLDER_MODE: Mode = Mode::RWXU.union(Mode::RGRP).union(Mode::XGRP);
/// Files likewise.
pub(super) const FILE_MODE: Mode = Mode::RUSR.union(Mode::WUSR).union(Mode::RGRP);

/// The folder that all keys live under, held open.
#[derive(Debug)]
pub(super) struct Root {
    folder: OwnedFd,
    path: PathBuf,
    has_openat2: bool,
}

/// What an attempt to open without waiting came to.
pub(super) enum Opened {
    /// Here it is.
    File(File),
    /// The kernel would have to read folders from the disk first: ask on a blocking thread.
    WouldWait,
}

impl Root {
    /// Open the folder, making it and its parents when missing.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let fault = |e: io::Error| StoreError::disk("open", path.display(), e);
        std::fs::create_dir_all(path).map_err(fault)?;
        // The root itself may be reached through links: that is the operator's own choice.
        let path = path.canonicalize().map_err(fault)?;
        let folder = File::open(&path).map_err(fault)?.into();
        let has_openat2 =
            openat2(&folder, ".", FOLDER, Mode::empty(), ResolveFlags::BENEATH).is_ok();
        Ok(Self { folder, path, has_openat2 })
    }

    /// The root's own absolute path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes that an unprivileged writer may still use.
    pub(super) fn free_bytes(&self) -> Result<u64, StoreError> {
        let space = fstatvfs(&self.folder)
            .map_err(|e| StoreError::disk("measure the free space of", self.path.display(), e))?;
        Ok(space.f_bavail.saturating_mul(space.f_frsize))
    }

    /// Open an object when that needs no disk access.
    pub(super) fn open_cached(&self, key: &Key) -> Result<Opened, StoreError> {
        if !self.has_openat2 {
            return Ok(Opened::WouldWait);
        }
        match self.open_beneath(key, ResolveFlags::CACHED) {
            Err(Errno::AGAIN | Errno::INVAL) => Ok(Opened::WouldWait),
            Ok(file) => Ok(Opened::File(file)),
            Err(e) => Err(self.open_fault(key, e)),
        }
    }

    /// Open an object; may wait for the disk.
    pub(super) fn open_file(&self, key: &Key) -> Result<File, StoreError> {
        let opened = if self.has_openat2 {
            // AGAIN: somebody renamed a folder while the kernel was walking; walk again.
            (0..8).find_map(|_| match self.open_beneath(key, ResolveFlags::empty()) {
                Err(Errno::AGAIN) => None,
                other => Some(other),
            })
        } else {
            let folder = self.folder_of(key, false)?;
            Some(openat(&folder, key.name(), FILE, Mode::empty()).map(File::from))
        };
        opened.unwrap_or(Err(Errno::AGAIN)).map_err(|e| self.open_fault(key, e))
    }

    fn open_beneath(&self, key: &Key, more: ResolveFlags) -> rustix::io::Result<File> {
        let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | more;
        openat2(&self.folder, key.as_str(), FILE, Mode::empty(), beneath).map(File::from)
    }

    /// Why an object could not be opened. A file where a folder should be is "not there".
    fn open_fault(&self, key: &Key, errno: Errno) -> StoreError {
        match errno {
            Errno::LOOP => StoreError::Blocked { at: key.to_string(), found: "a symbolic link" },
            Errno::NOTDIR => StoreError::NotFound { what: key.to_string() },
            _ => StoreError::disk("open", key, errno),
        }
    }

    /// The open folder that holds `key`, made when missing if `make`.
    pub(super) fn folder_of(&self, key: &Key, make: bool) -> Result<OwnedFd, StoreError> {
        match key.parent() {
            Some(parent) => self.folder(&parent, make),
            None => self.own(),
        }
    }

    /// A descriptor of the root folder of its own.
    pub(super) fn own(&self) -> Result<OwnedFd, StoreError> {
        self.folder.try_clone().map_err(|e| StoreError::disk("open", self.path.display(), e))
    }

    /// The folder called `key` itself, made when missing if `make`.
    pub(super) fn folder(&self, key: &Key, make: bool) -> Result<OwnedFd, StoreError> {
        let mut at = self.own()?;
        for segment in key.segments() {
            let next = match openat(&at, segment, FOLDER, Mode::empty()) {
                Err(Errno::NOENT) if make => make_folder(at.as_fd(), segment)
                    .and_then(|()| openat(&at, segment, FOLDER, Mode::empty())),
                other => other,
            };
            at = next.map_err(|e| folder_fault(at.as_fd(), key, segment, e))?;
        }
        Ok(at)
    }

    /// Remove the folders above `key` as far as they are empty.
    ///
    /// Best effort: a folder that somebody fills at this moment is not empty and stays.
    pub(super) fn prune_above(&self, key: &Key) {
        let mut empty = key.parent();
        while let Some(folder) = empty {
            let Ok(above) = self.folder_of(&folder, false) else { return };
            if unlinkat(&above, folder.name(), AtFlags::REMOVEDIR).is_err() {
                return;
            }
            empty = folder.parent();
        }
    }
}

/// Make a folder and write its name to the disk; one that is there already is fine.
fn make_folder(at: BorrowedFd<'_>, name: &str) -> rustix::io::Result<()> {
    match mkdirat(at, name, FOLDER_MODE) {
        Ok(()) => fsync(at),
        Err(Errno::EXIST) => Ok(()),
        Err(e) => Err(e),
    }
}

/// Why a folder could not be opened: a link and a file both say "not a directory".
fn folder_fault(at: BorrowedFd<'_>, key: &Key, segment: &str, errno: Errno) -> StoreError {
    if matches!(errno, Errno::NOTDIR | Errno::LOOP)
        && let Ok(stat) = statat(at, segment, AtFlags::SYMLINK_NOFOLLOW)
    {
        let found = match FileType::from_raw_mode(stat.st_mode) {
            FileType::Symlink => "a symbolic link",
            FileType::RegularFile => NOT_A_FOLDER,
            _ => "not a folder",
        };
        return StoreError::Blocked { at: format!("{segment} (on the way to {key})"), found };
    }
    StoreError::disk("open the folder of", key, errno)
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::fs::symlink;

    use super::*;

    fn roots(path: &Path) -> [Root; 2] {
        let new = Root::open(path).unwrap();
        assert!(new.has_openat2, "the kernel under test has no openat2");
        let mut old = Root::open(path).unwrap();
        old.has_openat2 = false;
        [new, old]
    }

    fn key(text: &str) -> Key {
        Key::parse(text).unwrap()
    }

    #[test]
    fn links_inside_the_root_are_not_followed_by_either_way() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret"), "secret").unwrap();
        symlink(outside.path(), folder.path().join("out")).unwrap();
        std::fs::create_dir(folder.path().join("in")).unwrap();
        symlink(outside.path().join("secret"), folder.path().join("in/link")).unwrap();
        for root in roots(folder.path()) {
            for text in ["out/secret", "in/link"] {
                let said = root.open_file(&key(text)).unwrap_err();
                assert!(matches!(said, StoreError::Blocked { .. }), "{text}: {said:?}");
            }
            let said = root.folder(&key("out/new"), true).unwrap_err();
            assert!(matches!(said, StoreError::Blocked { .. }), "{said:?}");
        }
        assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 1);
    }

    #[test]
    fn both_ways_open_the_same_file_and_miss_the_same_ones() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("a/b")).unwrap();
        std::fs::write(folder.path().join("a/b/c"), "bytes").unwrap();
        for root in roots(folder.path()) {
            let mut text = String::new();
            root.open_file(&key("a/b/c")).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "bytes");
            for missing in ["a/b/d", "a/x/c", "z"] {
                let said = root.open_file(&key(missing)).unwrap_err();
                assert!(matches!(said, StoreError::NotFound { .. }), "{missing}: {said:?}");
            }
        }
    }

    #[test]
    fn pruning_stops_at_the_first_folder_in_use() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("a/b/c")).unwrap();
        std::fs::write(folder.path().join("a/kept"), "").unwrap();
        Root::open(folder.path()).unwrap().prune_above(&key("a/b/c/gone"));
        assert!(!folder.path().join("a/b").exists());
        assert!(folder.path().join("a/kept").exists());
    }

    #[test]
    fn a_root_behind_a_link_is_the_operators_choice() {
        let real = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let link = elsewhere.path().join("media");
        symlink(real.path(), &link).unwrap();
        assert_eq!(Root::open(&link).unwrap().path(), real.path().canonicalize().unwrap());
    }
}
