//! Where finished files are kept.

use std::path::PathBuf;

use documented::DocumentedFields;
use serde::{Deserialize, Serialize};
use url::Url;

use super::ConfigError;

/// Which store is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StorageKind {
    /// A folder on local disk.
    #[default]
    Disk,
    /// A bucket of an S3-compatible server.
    S3,
}

/// `[storage]`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(default, deny_unknown_fields)]
pub struct Storage {
    /// `disk` or `s3`.
    pub kind: StorageKind,
    /// Folder of the disk store; empty: `storage` in the data folder.
    pub path: PathBuf,
    /// The bucket, for `s3`.
    pub s3: S3,
}

/// `[storage.s3]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(default, deny_unknown_fields)]
pub struct S3 {
    /// Address of the server, such as `https://s3.example`.
    pub endpoint: Option<Url>,
    /// Region name.
    pub region: String,
    /// Bucket name.
    pub bucket: String,
    /// Key that comes before every object key, such as `farandole/`.
    pub prefix: String,
    /// Access key id.
    pub access_key: String,
    /// Secret access key.
    pub secret_key: String,
    /// Address objects as `endpoint/bucket/key`; false: `bucket.endpoint/key`.
    pub path_style: bool,
    /// Send viewers of public videos to a signed address instead of passing bytes through.
    pub redirect: bool,
    /// Seconds a signed address is good for, at most 600.
    pub signed_url_seconds: u32,
}

impl Default for S3 {
    fn default() -> Self {
        Self {
            endpoint: None,
            region: "us-east-1".to_owned(),
            bucket: String::new(),
            prefix: String::new(),
            access_key: String::new(),
            secret_key: String::new(),
            path_style: true,
            redirect: false,
            signed_url_seconds: 600,
        }
    }
}

impl Storage {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.kind == StorageKind::S3 && self.s3.bucket.is_empty() {
            return Err(ConfigError::Value {
                key: "storage.s3.bucket",
                problem: "name the bucket, or set storage.kind to disk".to_owned(),
            });
        }
        if !(1..=600).contains(&self.s3.signed_url_seconds) {
            return Err(ConfigError::Value {
                key: "storage.s3.signed_url_seconds",
                problem: "should be 1 to 600".to_owned(),
            });
        }
        Ok(())
    }
}
