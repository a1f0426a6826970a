//! The real server with made-up swarms, for `benches/tracker/run`: no video has to be made for it.
//! Its policies are on; loopback addresses are exempt from limits, as load comes from few.
//!
//! `tracker_server SWARMS` prints its address and process id, and runs until it is killed.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench that fails says where, and prints what it found"
)]

use std::sync::Arc;

use farandole::app::{App, Parts, SystemClock, SystemRandomness};
use farandole::config::{Config, Overrides};
use farandole::db::{Db, DbSettings};
use farandole::tracker::directory::Swarm;
use farandole_storage::Store;
use farandole_transcoder::worker::Worker;
use tokio::net::TcpListener;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

async fn serve(swarms: u128) {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let data_dir = Some(folder.path().to_owned());
    let mut config = Config::load(None, &Overrides { data_dir, listen: Some(address) }).unwrap();
    config.limits.connections = 1000;
    config.tracker.exempt_networks = vec!["127.0.0.0/8".parse().unwrap()];
    let settings =
        DbSettings { url: config.database.url.clone(), max_connections: 2, backup_dir: None };
    let app = App::new(Parts {
        db: Db::open(&settings).await.unwrap(),
        store: Store::open(&config.storage.store_config().unwrap()).await.unwrap(),
        worker: Worker::new("true", [""; 0]),
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
        secret: [7; 32],
        config,
    });
    let swarm = |number: u128| Swarm {
        info_hash: format!("{number:020}").as_bytes().try_into().unwrap(),
        pass: uuid::Uuid::from_u128(number),
        open: true,
    };
    let all: Vec<Swarm> = (0..swarms).map(swarm).collect();
    app.tracker().replace(1, &all);
    println!("{address} {}", std::process::id());
    farandole::http::serve(app, listener).await.unwrap();
}

fn main() {
    // `cargo bench` adds `--bench`.
    let swarms = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(100);
    // As `farandole serve` runs it.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(serve(swarms));
}
