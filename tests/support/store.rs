//! The store of a test server: a folder, or a real S3-compatible server in the same process.

use std::path::Path;

use farandole::config::{Storage, StorageKind};
use farandole_storage::testing::S3Server;

/// Says which store the suite should run on: `s3`, or disk otherwise.
const STORE: &str = "FARANDOLE_TEST_STORE";

/// Dropped, its server stops.
pub struct TestStore {
    _server: Option<S3Server>,
}

impl TestStore {
    /// Starts what is needed and points the settings at it.
    pub async fn start(folder: &Path, settings: &mut Storage) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the test run says which store to use")]
        let wanted = std::env::var(STORE).unwrap_or_default();
        if wanted != "s3" {
            return Self { _server: None };
        }
        let server = S3Server::start(&folder.join("s3")).await.unwrap();
        let config = server.config().unwrap();
        settings.kind = StorageKind::S3;
        settings.s3.endpoint = config.endpoint;
        settings.s3.bucket = config.bucket;
        settings.s3.access_key = config.access_key;
        settings.s3.secret_key = config.secret_key;
        Self { _server: Some(server) }
    }
}
