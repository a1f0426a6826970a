//! Where finished files are kept.

use std::path::PathBuf;

use documented::DocumentedFields;
use farandole_storage::{DiskConfig, Key, S3Config, StoreConfig, StoreError};
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
    /// Folder inside the bucket, for a bucket used by others too, such as `farandole`.
    pub prefix: String,
    /// Access key id.
    pub access_key: String,
    /// Secret access key.
    pub secret_key: String,
    /// Address objects as `endpoint/bucket/key`; false: `bucket.endpoint/key`.
    pub path_style: bool,
    /// Allow plain `http` to another machine. Keys and videos then travel open.
    pub allow_http: bool,
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
            allow_http: false,
            redirect: false,
            signed_url_seconds: 600,
        }
    }
}

impl Storage {
    /// The settings as the storage crate takes them.
    ///
    /// # Errors
    /// `storage.s3.prefix` is no key.
    pub fn store_config(&self) -> Result<StoreConfig, StoreError> {
        Ok(match self.kind {
            StorageKind::Disk => StoreConfig::Disk(DiskConfig { root: self.path.clone() }),
            StorageKind::S3 => StoreConfig::S3(Box::new(S3Config {
                endpoint: self.s3.endpoint.clone(),
                region: self.s3.region.clone(),
                bucket: self.s3.bucket.clone(),
                access_key: self.s3.access_key.clone(),
                secret_key: self.s3.secret_key.clone(),
                path_style: self.s3.path_style,
                key_prefix: match self.s3.prefix.trim_matches('/') {
                    "" => None,
                    prefix => Some(Key::parse(prefix)?),
                },
                allow_http: self.s3.allow_http,
                signed_url_max_age_seconds: u64::from(self.s3.signed_url_seconds),
            })),
        })
    }

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
