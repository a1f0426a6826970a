//! What may be uploaded.

use documented::DocumentedFields;
use serde::{Deserialize, Serialize};

/// `[uploads]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(default, deny_unknown_fields)]
pub struct Uploads {
    /// Bytes of one file at most.
    pub max_file_bytes: u64,
    /// Bytes that must stay free on the data disk; below it uploads are refused.
    pub free_disk_floor_bytes: u64,
    /// Hours a resumable upload is kept after its last byte.
    pub resumable_hours: u32,
    /// Resumable uploads one user may have open at once.
    pub max_open_per_user: u32,
    /// Keep the uploaded file beside its renditions (needed to replace renditions later).
    pub keep_original: bool,
}

impl Default for Uploads {
    fn default() -> Self {
        Self {
            max_file_bytes: 64 << 30,
            free_disk_floor_bytes: 2 << 30,
            resumable_hours: 24,
            max_open_per_user: 20,
            keep_original: true,
        }
    }
}
