//! A test server is one call: [`TestApp::start`].
//!
//! It runs on SQLite and disk unless `FARANDOLE_TEST_POSTGRES` holds a PostgreSQL URL with the
//! right to create databases and on an S3 server of its own when
//! `FARANDOLE_TEST_STORE` is `s3` (`make test` runs the whole suite both ways).

pub mod clips;
pub mod database;
pub mod moderation;
pub mod people;
pub mod process;
pub mod resumable;
pub mod store;
pub mod uploads;
pub mod videos;
pub mod viewers;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use farandole::app::{App, Clock, Parts, SystemClock, SystemRandomness};
use farandole::config::{Config, Overrides};
use farandole::domain::Millis;
use farandole_storage::Store;
use farandole_transcoder::worker::Worker;
use tempfile::TempDir;
use tokio::net::TcpListener;

pub use database::TestDatabase;
pub use people::Person;
pub use store::TestStore;

/// The machine's time, moved by a test.
#[derive(Default)]
pub struct TestClock {
    ahead: Mutex<Duration>,
}

impl TestClock {
    /// Moves the time forward.
    pub fn advance(&self, by: Duration) {
        *self.ahead.lock().unwrap() += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Millis {
        SystemClock.now().plus(*self.ahead.lock().unwrap())
    }
}

/// A server of its own on a free loopback port, with its own database and folder.
pub struct TestApp {
    pub app: App,
    pub address: SocketAddr,
    pub client: reqwest::Client,
    pub clock: Arc<TestClock>,
    _folder: TempDir,
    _store: TestStore,
    database: TestDatabase,
}

impl TestApp {
    /// Starts one with default settings.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts one with settings changed by `change`.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let worker = Worker::new(env!("CARGO_BIN_EXE_farandole"), ["transcode-worker"]);
        Self::start_with_worker(worker, change).await
    }

    /// Starts one whose media is worked on by a program of the test's.
    pub async fn start_with_worker(worker: Worker, change: impl FnOnce(&mut Config)) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let database = TestDatabase::create(folder.path()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let overrides =
            Overrides { data_dir: Some(folder.path().to_owned()), listen: Some(address) };
        let mut config = Config::load(None, &overrides).unwrap();
        config.database.url = database.url.clone();
        config.database.max_connections = 4;
        config.accounts.root_password = people::PASSWORD.to_owned();
        config.uploads.free_disk_floor_bytes = 1;
        let store = TestStore::start(folder.path(), &mut config.storage).await;
        change(&mut config);
        let clock = Arc::new(TestClock::default());
        let app = App::new(Parts {
            db: database.open().await,
            store: Store::open(&config.storage.store_config().unwrap()).await.unwrap(),
            config,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            worker,
            randomness: Arc::new(SystemRandomness),
            secret: [7; 32],
        });
        farandole::accounts::ensure_root(&app).await.unwrap();
        let served = app.clone();
        tokio::spawn(async move { farandole::http::serve(served, listener).await.unwrap() });
        let client =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { app, address, client, clock, _folder: folder, _store: store, database }
    }

    /// The whole address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// GET without a session.
    pub async fn get(&self, path: &str) -> reqwest::Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }
}

/// A second server on the database and store of a [`TestApp`].
pub struct SecondNode {
    pub app: App,
    pub address: SocketAddr,
    client: reqwest::Client,
}

impl TestApp {
    /// Starts another node beside this one.
    pub async fn second_node(&self) -> SecondNode {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut config = self.app.config().clone();
        config.server.node_name = "second".to_owned();
        config.server.listen = address;
        let app = App::new(Parts {
            db: self.database.open().await,
            store: Store::open(&config.storage.store_config().unwrap()).await.unwrap(),
            config,
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            worker: self.app.worker().clone(),
            randomness: Arc::new(SystemRandomness),
            secret: [7; 32],
        });
        let served = app.clone();
        tokio::spawn(async move { farandole::http::serve(served, listener).await.unwrap() });
        SecondNode { app, address, client: self.client.clone() }
    }
}

impl SecondNode {
    /// GET without a session.
    pub async fn get(&self, path: &str) -> reqwest::Response {
        self.client.get(format!("http://{}{path}", self.address)).send().await.unwrap()
    }
}

impl Drop for SecondNode {
    fn drop(&mut self) {
        self.app.stopping().cancel();
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.app.stopping().cancel();
    }
}
