//! Which objects lie under a folder?
//!
//! Every folder is opened from the root without following links. What is not an
//! object (links, devices, names that are no keys) is passed over.

use std::os::fd::OwnedFd;
use std::time::{Duration, SystemTime};

use rustix::fs::{AtFlags, Dir, FileType, statat};
use rustix::io::Errno;

use super::root::{NOT_A_FOLDER, Root};
use crate::file::etag;
use crate::{Key, Stat, StoreError};

/// Call `visit` for every object under `prefix`, until it says `false`.
///
/// Folders wait their turn by name, not open: a store has more folders than a process descriptors.
pub(super) fn walk(
    root: &Root,
    prefix: Option<&Key>,
    visit: &mut dyn FnMut(Key, Stat) -> bool,
) -> Result<(), StoreError> {
    let mut waiting = vec![prefix.cloned()];
    while let Some(prefix) = waiting.pop() {
        let opened = match &prefix {
            Some(prefix) => root.folder(prefix, false),
            None => root.own(),
        };
        match opened {
            Ok(folder) => {
                if !walk_folder(&folder, prefix.as_ref(), &mut waiting, visit)? {
                    return Ok(());
                }
            }
            // As on S3: nothing lies under a name that is not there, or that is itself an object.
            Err(StoreError::NotFound { .. } | StoreError::Blocked { found: NOT_A_FOLDER, .. }) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Visit the objects of one folder and note its folders; `false` when the visitor had enough.
fn walk_folder(
    folder: &OwnedFd,
    prefix: Option<&Key>,
    waiting: &mut Vec<Option<Key>>,
    visit: &mut dyn FnMut(Key, Stat) -> bool,
) -> Result<bool, StoreError> {
    let fault = |e: Errno| StoreError::disk("list", prefix.map_or("the root", Key::as_str), e);
    for entry in Dir::read_from(folder).map_err(fault)? {
        let entry = entry.map_err(fault)?;
        let Some(key) = entry.file_name().to_str().ok().and_then(|name| under(prefix, name)) else {
            continue;
        };
        // Gone since the folder was read: deletes go on while we list.
        let Ok(stat) = statat(folder, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW) else {
            continue;
        };
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile if !visit(key.clone(), stat_of(&stat)) => return Ok(false),
            FileType::Directory => waiting.push(Some(key)),
            _ => {}
        }
    }
    Ok(true)
}

fn under(prefix: Option<&Key>, name: &str) -> Option<Key> {
    match prefix {
        Some(prefix) => prefix.join(name).ok(),
        None => Key::parse(name).ok(),
    }
}

fn stat_of(stat: &rustix::fs::Stat) -> Stat {
    let size_bytes = u64::try_from(stat.st_size).unwrap_or(0);
    let nanoseconds = i64::try_from(stat.st_mtime_nsec).unwrap_or(0);
    let since_epoch = Duration::new(
        u64::try_from(stat.st_mtime).unwrap_or(0),
        u32::try_from(stat.st_mtime_nsec).unwrap_or(0),
    );
    Stat {
        size_bytes,
        etag: Some(etag(stat.st_ino, size_bytes, stat.st_mtime, nanoseconds)),
        modified: SystemTime::UNIX_EPOCH + since_epoch,
    }
}
