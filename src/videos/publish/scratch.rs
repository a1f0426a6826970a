//! Where does a worker write? Into attempt-numbered folders of this node's scratch, which go when
//! the attempt is over; a killed server's leftovers go at the next sweep.

use std::io;
use std::path::{Path, PathBuf};

use crate::app::App;

/// Folder of all attempts below the node's scratch.
const ROOM: &str = "transcode";

/// One attempt's folder. Dropped, it is deleted with all that is in it.
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes the folder of an attempt at a media set and removes those of earlier attempts.
    pub(super) fn make(app: &App, media_set_id: i64, attempt: i64) -> io::Result<Self> {
        let of_set = app.scratch(ROOM).join(media_set_id.to_string());
        remove(&of_set);
        let path = of_set.join(attempt.to_string());
        std::fs::create_dir_all(&path)?;
        // The worker and this process must mean the same file wherever either of them runs.
        Ok(Self { path: path.canonicalize()? })
    }

    /// A new, empty folder for one run of the worker.
    pub(super) fn part(&self, number: u32) -> io::Result<PathBuf> {
        let path = self.path.join(number.to_string());
        std::fs::create_dir(&path)?;
        Ok(path)
    }

    /// A file of the attempt's own, beside its parts.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        remove(&self.path);
        // The set's folder too, unless a newer attempt has one in it.
        if let Some(of_set) = self.path.parent() {
            let _ = std::fs::remove_dir(of_set);
        }
    }
}

/// Media sets that have a folder here.
pub(super) fn sets(app: &App) -> Vec<i64> {
    let Ok(entries) = std::fs::read_dir(app.scratch(ROOM)) else { return Vec::new() };
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// Removes everything made of a media set.
pub(super) fn remove_set(app: &App, media_set_id: i64) {
    remove(&app.scratch(ROOM).join(media_set_id.to_string()));
}

fn remove(path: &Path) {
    match std::fs::remove_dir_all(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => {
            tracing::warn!(error = %error, path = %path.display(), "a scratch folder stays behind");
        }
    }
}
