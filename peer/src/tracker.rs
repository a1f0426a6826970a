//! How does a peer hear of others? One WebSocket to a tracker, shared by several swarms, opened
//! again with a growing pause when it breaks. What offers hold and who is worth a connection is
//! decided in `swarm`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};
use url::Url;

use crate::info_hash::InfoHash;

pub mod wire;

use wire::Said;

/// Longest message taken from a tracker, in bytes.
const MESSAGE_LIMIT: usize = 64 * 1024;
/// Messages waiting for a socket that is slow or down; more are dropped, announces come again.
const QUEUE: usize = 256;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// A ping goes out when nothing was heard for this long; after three of them the line is dead.
const QUIET: Duration = Duration::from_secs(30);
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What a swarm hears.
#[derive(Debug)]
pub enum Event {
    /// The socket is open, for the first time or again: announce with fresh offers.
    Open,
    /// The tracker said something.
    Said(Said),
}

/// Handle on the socket; the socket closes when all of them and [`Driver`] are gone.
#[derive(Debug, Clone)]
pub struct Tracker {
    shared: Arc<Shared>,
    outgoing: mpsc::Sender<String>,
}

#[derive(Debug, Default)]
struct Shared {
    swarms: Mutex<Swarms>,
}

#[derive(Debug, Default)]
struct Swarms {
    open: bool,
    by_hash: HashMap<InfoHash, mpsc::Sender<Event>>,
}

impl Shared {
    fn with<T>(&self, work: impl FnOnce(&mut Swarms) -> T) -> T {
        work(&mut self.swarms.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The task behind a [`Tracker`]: [`Driver::run`] it.
#[derive(Debug)]
pub struct Driver {
    url: Url,
    shared: Arc<Shared>,
    outgoing: mpsc::Receiver<String>,
}

impl Tracker {
    /// A socket to `url` (`ws` or `wss`), opened once the driver runs.
    #[must_use]
    pub fn new(url: Url) -> (Self, Driver) {
        let (sender, outgoing) = mpsc::channel(QUEUE);
        let shared = Arc::new(Shared::default());
        let driver = Driver { url, shared: Arc::clone(&shared), outgoing };
        (Self { shared, outgoing: sender }, driver)
    }

    /// What is said about one swarm from now on. One listener for each swarm: a second replaces
    /// the first.
    #[must_use]
    pub fn listen(&self, hash: InfoHash) -> mpsc::Receiver<Event> {
        let (sender, events) = mpsc::channel(QUEUE);
        self.shared.with(|swarms| {
            if swarms.open {
                let _ = sender.try_send(Event::Open);
            }
            swarms.by_hash.insert(hash, sender);
        });
        events
    }

    /// Hears nothing more of a swarm.
    pub fn forget(&self, hash: &InfoHash) {
        self.shared.with(|swarms| swarms.by_hash.remove(hash));
    }

    /// Sends one message. Lost when the socket is down or far behind: what matters is announced
    /// again.
    pub fn send(&self, message: String) {
        let _ = self.outgoing.try_send(message);
    }
}

impl Driver {
    /// Keeps the socket open until every [`Tracker`] handle is gone.
    pub async fn run(mut self) {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.connect().await {
                Ok(socket) => {
                    pause = FIRST_PAUSE;
                    if self.converse(socket).await {
                        return;
                    }
                }
                Err(reason) => tracing::debug!(%reason, "the tracker is not reached"),
            }
            if self.outgoing.is_closed() {
                return;
            }
            // Spread out, so that a tracker that restarts is not asked by everybody at once.
            let spread = Duration::from_millis(rand::random_range(0..2_000));
            sleep(pause + spread).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn connect(&self) -> Result<Socket, String> {
        let config = WebSocketConfig::default()
            .read_buffer_size(16 * 1024)
            .max_message_size(Some(MESSAGE_LIMIT))
            .max_frame_size(Some(MESSAGE_LIMIT));
        let opening = connect_async_with_config(self.url.as_str(), Some(config), true);
        match timeout(CONNECT_TIMEOUT, opening).await {
            Ok(Ok((socket, _))) => Ok(socket),
            // The address may hold a token: only the kind of failure is told.
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("no answer in time".to_owned()),
        }
    }

    /// True when nobody is left to speak for.
    async fn converse(&mut self, mut socket: Socket) -> bool {
        while self.outgoing.try_recv().is_ok() {}
        self.set_open(true);
        let mut heard = Instant::now();
        let over = loop {
            if heard.elapsed() > 3 * QUIET {
                break false;
            }
            tokio::select! {
                message = socket.next() => match message {
                    Some(Ok(message)) => {
                        heard = Instant::now();
                        if let Message::Text(text) = message {
                            self.route(&text);
                        }
                    }
                    Some(Err(_)) | None => break false,
                },
                message = self.outgoing.recv() => match message {
                    Some(message) => {
                        let sending = socket.send(Message::text(message));
                        if !matches!(timeout(CONNECT_TIMEOUT, sending).await, Ok(Ok(()))) {
                            break false;
                        }
                    }
                    None => break true,
                },
                () = sleep(QUIET) => {
                    let ping = socket.send(Message::Ping(Default::default()));
                    let sent = timeout(CONNECT_TIMEOUT, ping).await;
                    if !matches!(sent, Ok(Ok(()))) {
                        break false;
                    }
                }
            }
        };
        self.set_open(false);
        let _ = timeout(Duration::from_secs(1), socket.close(None)).await;
        over
    }

    fn set_open(&self, open: bool) {
        self.shared.with(|swarms| {
            swarms.open = open;
            if open {
                for events in swarms.by_hash.values() {
                    let _ = events.try_send(Event::Open);
                }
            }
        });
    }

    fn route(&self, text: &str) {
        let Some((hash, said)) = wire::parse(text) else { return };
        self.shared.with(|swarms| {
            if let Some(events) = swarms.by_hash.get(&hash) {
                let _ = events.try_send(Event::Said(said));
            }
        });
    }
}
