//! How are connections taken and let go? HTTP/1.1, with bounds on how many there are, how much of
//! each is in memory, and how long a peer may keep one busy without doing anything.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::header;
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

use super::patient::Patient;
use super::received::Received;
use crate::app::App;

/// Bytes of a connection in memory, each way: a slow reader holds one buffer of a file, not many.
const BUFFER_BYTES: usize = 64 * 1024;
/// Files that are no connections: database, listeners, logs, files of jobs.
const OTHER_FILES: u64 = 128;

/// Serves `app` on `listener` until the app stops. Running requests go on as tasks of the app,
/// which [`App::shutdown`] waits for.
///
/// # Errors
/// None today; the listener's own failures pass, and are logged.
pub async fn serve(app: App, listener: TcpListener) -> io::Result<()> {
    crate::videos::swarms::start(&app);
    let stopping = app.stopping();
    app.spawn(super::metrics::gather(app.clone()));
    let router = super::router(app.clone());
    let places = places(&app);
    let seconds = |count: u32| Duration::from_secs(u64::from(count));
    app.spawn(super::tracker::look_after(app.clone()));
    let serving = Serving {
        head: seconds(app.config().limits.head_seconds),
        stall: seconds(app.config().limits.stall_seconds),
        router,
        app: app.clone(),
    };
    loop {
        let taken = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, accept(&listener).await)
        };
        let (place, (stream, address)) = tokio::select! {
            taken = taken => taken,
            () = stopping.cancelled() => return Ok(()),
        };
        let Ok(place) = place else { return Ok(()) };
        app.spawn(serving.clone().connection(stream, address, place));
    }
}

/// As many as configured, as far as this process may open files: a connection needs its socket and
/// a file, one of the tracker its socket. Where that is not enough, each gets half.
fn places(app: &App) -> Arc<Semaphore> {
    let (connections, sockets) = (app.config().limits.connections, app.config().tracker.sockets);
    let files = most_files();
    let (connections, sockets) = (u64::from(connections), u64::from(sockets));
    let half = (files / 4).max(16);
    let most = connections.min(half.max(files.saturating_sub(sockets) / 2));
    let left = sockets.min(files.saturating_sub(2 * most));
    if most < connections || left < sockets {
        tracing::warn!(
            connections = most,
            tracker_sockets = left,
            "open files are limited, so connections are"
        );
    }
    app.tracker().at_most(usize::try_from(left).unwrap_or(usize::MAX));
    let most = usize::try_from(most).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
    Arc::new(Semaphore::new(most))
}

/// Files that this process may open for connections.
fn most_files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let files = limit.maximum.unwrap_or(u64::MAX);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let files = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => files,
        Err(_) => limit.current.unwrap_or(u64::MAX),
    };
    files.saturating_sub(OTHER_FILES)
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    loop {
        match listener.accept().await {
            Ok(taken) => return taken,
            Err(error)
                if matches!(
                    error.kind(),
                    ConnectionAborted | ConnectionRefused | ConnectionReset
                ) => {}
            Err(error) => {
                // Out of files, most likely: others will be closed.
                tracing::error!(error = %error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// What every connection is served with.
#[derive(Clone)]
struct Serving {
    app: App,
    router: Router,
    head: Duration,
    stall: Duration,
}

impl Serving {
    /// One connection, until its peer leaves or the server stops.
    async fn connection(
        self,
        stream: TcpStream,
        address: SocketAddr,
        _place: OwnedSemaphorePermit,
    ) {
        // Heads and bodies are written in one go as far as they go; waiting for more would only
        // delay.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(error = %error, "a connection stays with Nagle's algorithm");
        }
        let Self { app, router, head, stall } = self;
        let stopping = app.stopping();
        let service = router.map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(address));
            let expects_leave = request.headers().contains_key(header::EXPECT);
            request.map(|body| Body::new(Received::new(body, &app, stall, expects_leave)))
        });
        let io = TokioIo::new(Patient::new(stream, stall));
        // Not the builder that tells versions apart: it waits for the first byte without end.
        let served = Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head)
            .max_buf_size(BUFFER_BYTES)
            .serve_connection(io, TowerToHyperService::new(service))
            .with_upgrades();
        let mut served = std::pin::pin!(served);
        let result = tokio::select! {
            result = served.as_mut() => result,
            () = stopping.cancelled() => {
                served.as_mut().graceful_shutdown();
                served.await
            }
        };
        if let Err(error) = result {
            tracing::debug!(error = %error, "a connection ended early");
        }
    }
}
