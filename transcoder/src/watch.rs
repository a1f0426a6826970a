//! How much does a running worker use? Looks from outside, so that a child which lies or hangs is
//! still held to its limits. Acting on it is [`crate::worker`]'s business.

use std::path::Path;

/// Folders below an order's output folder that are followed; workers make none.
const MAX_DEPTH: u32 = 4;

/// Memory a process holds resident right now, bytes; `None` when the process is gone.
#[must_use]
pub fn resident_bytes(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    resident_in_status(&status)
}

/// `VmRSS` of a `/proc/PID/status` text (proc(5)), bytes.
fn resident_in_status(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

/// Sum of the sizes of all files below a folder, bytes. Links are not followed; what vanishes
/// while it looks counts as nothing.
#[must_use]
pub fn folder_bytes(folder: &Path) -> u64 {
    below(folder, MAX_DEPTH)
}

fn below(folder: &Path, depth: u32) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .filter_map(|entry| Some((entry.path(), entry.metadata().ok()?)))
        .map(|(path, meta)| match (meta.is_dir(), depth) {
            (true, 0) => 0,
            (true, depth) => below(&path, depth - 1),
            (false, _) => meta.len(),
        })
        .fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::{folder_bytes, resident_bytes, resident_in_status};

    #[test]
    fn resident_memory_is_read_from_proc() {
        assert_eq!(resident_in_status("Name:\tx\nVmRSS:\t    1234 kB\n"), Some(1234 * 1024));
        assert_eq!(resident_in_status("Name:\tx\nState:\tZ (zombie)\n"), None);
        assert!(resident_bytes(std::process::id()).unwrap() > 100_000);
    }

    #[test]
    fn folders_are_summed_without_following_links() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a"), [0; 10]).unwrap();
        std::fs::create_dir(dir.path().join("b")).unwrap();
        std::fs::write(dir.path().join("b/c"), [0; 5]).unwrap();
        std::os::unix::fs::symlink("/usr/bin", dir.path().join("b/link")).unwrap();
        let link = std::fs::symlink_metadata(dir.path().join("b/link")).unwrap().len();
        assert_eq!(folder_bytes(dir.path()), 15 + link);
        assert_eq!(folder_bytes(&dir.path().join("gone")), 0);
    }
}
