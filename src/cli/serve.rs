//! `farandole serve`: from settings to a listening server, and down again.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use farandole_storage::Store;
use farandole_transcoder::worker::Worker;
use tokio::net::{TcpListener, UdpSocket};
use tokio::signal::unix::{SignalKind, signal};

use super::ServeArgs;
use crate::accounts::{self, FirstStart};
use crate::app::{App, Parts, Randomness, SystemClock, SystemRandomness};
use crate::auth::activity;
use crate::config::{Config, LogFormat, Overrides};
use crate::db::{Db, DbSettings, instance};
use crate::jobs::Runner;
use crate::tracker::stun;
use crate::transact;

/// Time that running requests have to end after a signal, and then again that jobs have, beside
/// each other: together under the 10 s after which supervisors kill.
const PATIENCE: Duration = Duration::from_secs(4);

pub(super) fn run(args: &ServeArgs) -> anyhow::Result<()> {
    let overrides = Overrides { data_dir: args.data_dir.clone(), listen: args.listen };
    let config = Config::load(args.config.as_deref(), &overrides)?;
    start_logging(&config);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime did not start")?
        .block_on(serve(config))
}

fn start_logging(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.server.log_filter)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.server.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
}

async fn serve(mut config: Config) -> anyhow::Result<()> {
    let listener = TcpListener::bind(config.server.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.server.listen))?;
    // Port 0 asks for any free one: addresses are made with the one that was given.
    let address = listener.local_addr()?;
    config.server.listen = address;
    let stun = match config.p2p.stun_listen {
        Some(address) => {
            let socket = UdpSocket::bind(address).await;
            Some(socket.with_context(|| format!("cannot listen on UDP {address} for STUN"))?)
        }
        None => None,
    };
    let app = open(config).await?;
    if let Some(socket) = stun {
        app.spawn(stun::serve(socket, app.stopping()));
    }
    let first_start = accounts::ensure_root(&app).await?;
    activity::start(&app);
    Runner::new(app.clone()).start().await?;
    let signalled = app.stopping();
    app.spawn(async move {
        tokio::select! {
            heard = wait_for_signal() => {
                if let Err(error) = heard {
                    tracing::error!(error = %error, "signals cannot be received");
                }
            }
            () = signalled.cancelled() => {}
        }
        signalled.cancel();
    });
    announce(&app, address, first_start.as_ref())?;
    crate::http::serve(app.clone(), listener).await?;
    app.shutdown(PATIENCE).await;
    Ok(())
}

/// Opens everything a server needs, without listening yet.
///
/// # Errors
/// A folder cannot be made, the database or the store cannot be opened.
pub async fn open(config: Config) -> anyhow::Result<App> {
    let data = &config.server.data_dir;
    std::fs::create_dir_all(data).with_context(|| format!("cannot make {}", data.display()))?;
    let db = Db::open(&DbSettings {
        url: config.database.url.clone(),
        max_connections: config.database.max_connections,
        backup_dir: Some(data.join("backups")),
    })
    .await?;
    let store = Store::open(&config.storage.store_config()?).await?;
    let mut fresh = [0; 32];
    SystemRandomness.fill(&mut fresh);
    let fresh = hex::encode(fresh);
    let kept = transact!(&db, tx => { instance::value_or_insert(tx, "secret", &fresh).await })?;
    let mut secret = [0; 32];
    hex::decode_to_slice(&kept, &mut secret).context("the instance secret is damaged")?;
    let program = std::env::current_exe().context("where this program lies is not known")?;
    Ok(App::new(Parts {
        config,
        db,
        store,
        worker: Worker::new(program, ["transcode-worker"]),
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
        secret,
    }))
}

async fn wait_for_signal() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Tells supervisors, scripts and people, on standard output, where the server is.
fn announce(
    app: &App,
    address: std::net::SocketAddr,
    first_start: Option<&FirstStart>,
) -> std::io::Result<()> {
    let url = app.config().server.public_url.as_ref().map_or_else(
        || format!("http://localhost:{}", address.port()),
        |_| app.config().public_url(),
    );
    let mut out = std::io::stdout().lock();
    if let Some(login) = first_start {
        writeln!(out, "First start. Log in with:")?;
        writeln!(out, "username: {}", login.username)?;
        match &login.password {
            Some(password) => writeln!(out, "password: {password}")?,
            None => writeln!(out, "password: as configured")?,
        }
    }
    writeln!(out, "Farandole is ready at {url}")?;
    out.flush()
}
