//! How does a test get a store of each kind?

use std::ops::Range;

use bytes::Bytes;
use farandole_storage::testing::S3Server;
use farandole_storage::{DiskConfig, Key, Store, StoreConfig, StoreError};
use futures::TryStreamExt;
use tempfile::TempDir;

/// A store, and what has to live as long as it.
pub struct Stage {
    pub store: Store,
    pub folder: TempDir,
    pub server: Option<S3Server>,
}

pub async fn disk() -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let config = StoreConfig::Disk(DiskConfig { root: folder.path().join("media") });
    Stage { store: Store::open(&config).await.unwrap(), folder, server: None }
}

/// Path-style and at the top of the bucket.
pub async fn s3() -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let server = S3Server::start(folder.path()).await.unwrap();
    let config = StoreConfig::S3(Box::new(server.config().unwrap()));
    Stage { store: Store::open(&config).await.unwrap(), folder, server: Some(server) }
}

/// Virtual-hosted and below a prefix.
pub async fn s3_other() -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let server = S3Server::start(folder.path()).await.unwrap();
    let mut config = server.config().unwrap();
    config.path_style = false;
    config.key_prefix = Some(key("some/prefix"));
    let store = Store::open(&StoreConfig::S3(Box::new(config))).await.unwrap();
    Stage { store, folder, server: Some(server) }
}

pub fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

/// Bytes in which every stretch is recognisable.
pub fn pattern(size: usize, seed: u64) -> Bytes {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        // Knuth's MMIX constants; only has to look unlike itself.
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(&state.to_be_bytes());
    }
    bytes.truncate(size);
    bytes.into()
}

pub async fn get(store: &Store, key: &Key, range: Range<u64>) -> Result<Vec<u8>, StoreError> {
    store.get_range(key, range).await?.map_ok(|bytes| bytes.to_vec()).try_concat().await
}

/// All keys of the store, sorted.
pub async fn keys(store: &Store) -> Vec<String> {
    let mut keys: Vec<_> =
        store.list(None).map_ok(|(key, _)| key.to_string()).try_collect().await.unwrap();
    keys.sort();
    keys
}

impl Stage {
    /// Files that belong to no object: temporary ones on disk, parts of uploads on S3.
    pub fn half_written(&self) -> usize {
        match &self.server {
            Some(server) => server.unfinished_files().unwrap(),
            None => {
                let sessions = std::fs::read_dir(self.folder.path().join("media/.tmp")).unwrap();
                sessions
                    .map(|entry| entry.unwrap().path())
                    .filter(|path| path.is_dir())
                    .map(|session| std::fs::read_dir(session).unwrap().count())
                    .sum()
            }
        }
    }

    pub fn assert_nothing_half_written(&self) {
        assert_eq!(self.half_written(), 0, "files of unfinished puts are left");
    }
}
