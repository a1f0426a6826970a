//! Is this file playable media? What it says of itself, and what a worker process finds in it.

use std::path::Path;
use std::time::Duration;

use farandole_transcoder::spec::{FailureKind, Limits, Probe};
use farandole_transcoder::worker::WorkError;
use tokio::sync::Semaphore;

use super::UploadError;
use crate::app::App;

/// Time a probe may take; some containers must be read from end to end to know their length.
const PROBE_TIME: Duration = Duration::from_secs(120);
/// Memory a probe may take.
const PROBE_MEMORY_BYTES: u64 = 1 << 30;

/// How many files are looked at once on this node: each is a process of its own.
struct Lookers(Semaphore);

impl Default for Lookers {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self(Semaphore::new(cores.max(2)))
    }
}

/// A file's name as its owner gave it, without folders and control characters, 2,000 characters at
/// most (PeerTube's limit).
#[must_use]
pub fn clean_filename(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = base.chars().filter(|c| !c.is_control()).take(2000).collect();
    if clean.trim().is_empty() { "video".to_owned() } else { clean }
}

/// Refuses what says itself that it is neither video nor sound. Clients that do not know send
/// `application/octet-stream` or nothing: then only the bytes decide.
///
/// # Errors
/// [`UploadError::WrongType`].
pub fn check_type(mime_type: &str) -> Result<(), UploadError> {
    let essence = mime_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let taken = essence.is_empty()
        || essence.starts_with("video/")
        || essence.starts_with("audio/")
        || matches!(
            essence.as_str(),
            "application/octet-stream"
                | "application/ogg"
                | "application/mxf"
                | "application/x-matroska"
        );
    if taken { Ok(()) } else { Err(UploadError::WrongType { found: essence }) }
}

/// Looks into the file, in a child process.
///
/// # Errors
/// [`UploadError::Unplayable`] when it is no media that can be played here; other errors are not
/// the file's fault.
pub async fn probe(app: &App, path: &Path) -> Result<Probe, UploadError> {
    let lookers = app.room::<Lookers>();
    let _turn = lookers.0.acquire().await.map_err(|_| UploadError::Interrupted)?;
    let limits = Limits {
        max_wall: PROBE_TIME,
        max_silence: PROBE_TIME,
        max_memory_bytes: PROBE_MEMORY_BYTES,
        max_output_bytes: 1 << 20,
        nice: 0,
        threads: 1,
    };
    let mut outcome = app.worker().probe(path, &limits, &app.stopping()).await;
    if outcome.as_ref().is_err_and(WorkError::worth_retrying) {
        outcome = app.worker().probe(path, &limits, &app.stopping()).await;
    }
    outcome.map_err(|error| {
        tracing::info!(kind = ?error.kind, cause = error.cause, "an uploaded file was refused");
        match error.kind {
            FailureKind::DiskFull => UploadError::DiskLow,
            FailureKind::Cancelled => UploadError::Interrupted,
            FailureKind::Crash => UploadError::Crashed(error.message),
            _ => UploadError::Unplayable(error.message),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filename_has_no_folders_in_it() {
        assert_eq!(clean_filename("C:\\films\\walk.mp4"), "walk.mp4");
        assert_eq!(clean_filename("../../etc/passwd"), "passwd");
        assert_eq!(clean_filename("a\0b\n.mp4"), "ab.mp4");
        assert_eq!(clean_filename("films/"), "video");
    }

    #[test]
    fn media_and_the_unknown_are_let_in() {
        for good in ["video/mp4", "Audio/FLAC", "", "application/octet-stream", "video/webm; a=b"] {
            assert!(check_type(good).is_ok(), "{good}");
        }
        for bad in ["text/plain", "image/png", "application/pdf", "video"] {
            assert!(check_type(bad).is_err(), "{bad}");
        }
    }
}
