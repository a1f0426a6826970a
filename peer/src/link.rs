//! What happens between two connected peers? Answers requests, fetches segments, and checks every
//! one against the signed manifest before it is kept. Which segment to fetch from whom is decided
//! in `swarm`.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use crate::connection::Channel;
use crate::manifest::Hashes;
use crate::protocol::{self, Answer, Command, Joiner, MESSAGE_LIMIT};
use crate::store::Segments;
use crate::throttle::Throttle;

/// A download that brings no byte for this long is given up (the stock client's own limit).
const SILENCE: Duration = Duration::from_millis(2_000);
/// A peer that let this many downloads starve is dropped.
const STARVED_LIMIT: u32 = 3;
/// Malformed commands after which a peer is dropped.
const MALFORMED_LIMIT: u32 = 8;
/// Requests that come faster than this are served no faster: each costs a read from disk.
const BETWEEN_REQUESTS: Duration = Duration::from_millis(20);
/// A message that does not leave in this time ends the connection.
const SEND_TIMEOUT: Duration = Duration::from_secs(20);

/// Bytes of segments since the start.
#[derive(Debug, Default)]
pub struct Counters {
    /// From peers, segments that were checked and kept.
    pub downloaded: AtomicU64,
    /// To peers.
    pub uploaded: AtomicU64,
}

/// What all links of a swarm share.
pub struct Shared {
    /// Where segments lie.
    pub segments: Arc<dyn Segments>,
    /// What they must be.
    pub hashes: Arc<Hashes>,
    /// How fast they may leave.
    pub throttle: Arc<Throttle>,
    /// What went over all links.
    pub counters: Arc<Counters>,
    /// Serve without checking what is served: for tests of those who must notice.
    pub poison: bool,
}

/// What a swarm asks of a link.
#[derive(Debug)]
pub enum Order {
    /// Tell the peer what there is.
    Announce {
        /// Indexes held.
        loaded: Arc<Vec<u64>>,
        /// Indexes being fetched over HTTP.
        loading: Arc<Vec<u64>>,
    },
    /// Fetch a segment. Answered by [`What::Fetched`] or [`What::Failed`].
    Fetch(u64),
}

/// What a link tells its swarm.
#[derive(Debug)]
pub enum What {
    /// The peer says what it has.
    Announced {
        /// Indexes it holds.
        loaded: Vec<u64>,
        /// Indexes it is fetching over HTTP.
        loading: Vec<u64>,
    },
    /// A segment was fetched, checked and kept.
    Fetched {
        /// Its index.
        segment: u64,
    },
    /// A segment was not fetched; the link goes on.
    Failed {
        /// Its index.
        segment: u64,
        /// The peer said that it does not have it.
        absent: bool,
    },
    /// The link is over.
    Closed {
        /// The peer sent altered bytes of this segment.
        altered: Option<u64>,
    },
}

/// Why a link ends.
enum End {
    Gone,
    Altered(u64),
}

struct Download {
    segment: u64,
    request: u64,
    /// `None` until the peer says that bytes follow.
    received: Option<Vec<u8>>,
    size: u64,
    deadline: Instant,
}

type Upload<'a> = Pin<Box<dyn Future<Output = Result<(), End>> + Send + 'a>>;

/// One connected peer.
pub struct Link {
    /// Number in its swarm.
    pub number: u64,
    /// The open channel.
    pub channel: Channel,
    /// What it shares with others.
    pub shared: Arc<Shared>,
    /// From the swarm.
    pub orders: mpsc::Receiver<Order>,
    /// To the swarm.
    pub events: mpsc::Sender<(u64, What)>,
}

impl Link {
    /// Speaks until the channel closes, the peer misbehaves, or the swarm lets go.
    pub async fn run(mut self) {
        let mut orders = std::mem::replace(&mut self.orders, mpsc::channel(1).1);
        let end = self.converse(&mut orders).await;
        self.channel.close().await;
        let altered = match end {
            End::Altered(segment) => Some(segment),
            End::Gone => None,
        };
        self.tell(What::Closed { altered }).await;
    }

    async fn converse(&self, orders: &mut mpsc::Receiver<Order>) -> End {
        let mut talk = Talk::default();
        loop {
            let deadline = talk.download.as_ref().map(|download| download.deadline);
            let step = tokio::select! {
                message = self.channel.next() => match message {
                    Some(message) => self.hear(&mut talk, &message).await,
                    None => Err(End::Gone),
                },
                order = orders.recv() => match order {
                    Some(order) => self.obey(&mut talk, order).await,
                    None => Err(End::Gone),
                },
                done = until_done(&mut talk.upload) => {
                    talk.upload = None;
                    done
                }
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                    self.starve(&mut talk).await
                }
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn obey(&self, talk: &mut Talk<'_>, order: Order) -> Result<(), End> {
        match order {
            Order::Announce { loaded, loading } => {
                let (loaded, loading) = (loaded.to_vec(), loading.to_vec());
                self.say(&Command::Announcement { loaded, loading }).await
            }
            Order::Fetch(segment) => {
                let Some(size) = self.shared.segments.size(segment) else {
                    self.tell(What::Failed { segment, absent: true }).await;
                    return Ok(());
                };
                let request = rand::random_range(0..1_000);
                let deadline = Instant::now() + SILENCE;
                talk.download = Some(Download { segment, request, received: None, size, deadline });
                self.say(&Command::Request { segment, request, from: 0 }).await
            }
        }
    }

    async fn hear<'a>(&'a self, talk: &mut Talk<'a>, message: &[u8]) -> Result<(), End> {
        if !protocol::is_command(message) {
            return talk.take(message);
        }
        match talk.joiner.push(message) {
            Ok(Some(command)) => self.follow(talk, command).await,
            Ok(None) => Ok(()),
            Err(_) => {
                talk.malformed += 1;
                if talk.malformed < MALFORMED_LIMIT { Ok(()) } else { Err(End::Gone) }
            }
        }
    }

    async fn follow<'a>(&'a self, talk: &mut Talk<'a>, command: Command) -> Result<(), End> {
        match command {
            Command::Announcement { loaded, loading } => {
                self.tell(What::Announced { loaded, loading }).await;
                Ok(())
            }
            Command::Request { segment, request, from } => {
                // A new request ends the upload before it.
                talk.upload = None;
                let early = talk.asked.map(|asked| asked + BETWEEN_REQUESTS);
                talk.asked = Some(Instant::now());
                talk.uploading = Some(request);
                let answer = Answer { segment, request };
                talk.upload = Some(Box::pin(self.upload(answer, from, early)));
                Ok(())
            }
            Command::Cancel(answer) => {
                if talk.uploading == Some(answer.request) {
                    talk.upload = None;
                }
                Ok(())
            }
            Command::Data { segment, request, size } => {
                talk.begin(Answer { segment, request }, size)
            }
            Command::Absent(answer) => {
                let asked = |download: &mut Download| download.answers(answer);
                if let Some(download) = talk.download.take_if(asked) {
                    self.tell(What::Failed { segment: download.segment, absent: true }).await;
                }
                Ok(())
            }
            Command::Completed(answer) => match talk.complete(answer)? {
                Some(download) => self.keep(talk, download).await,
                None => Ok(()),
            },
        }
    }

    /// Checks and keeps a segment.
    async fn keep(&self, talk: &mut Talk<'_>, download: Download) -> Result<(), End> {
        let segment = download.segment;
        let bytes = Bytes::from(download.received.unwrap_or_default());
        let index = usize::try_from(segment).unwrap_or(usize::MAX);
        if !self.shared.hashes.matches(index, &bytes) {
            return Err(End::Altered(segment));
        }
        talk.starved = 0;
        let length = u64::try_from(bytes.len()).unwrap_or_default();
        if self.shared.segments.keep(segment, bytes).await.is_err() {
            self.tell(What::Failed { segment, absent: false }).await;
            return Ok(());
        }
        self.shared.counters.downloaded.fetch_add(length, Ordering::Relaxed);
        self.tell(What::Fetched { segment }).await;
        Ok(())
    }

    /// Gives up a download that brings nothing.
    async fn starve(&self, talk: &mut Talk<'_>) -> Result<(), End> {
        let Some(download) = talk.download.take() else { return Ok(()) };
        let Download { segment, request, .. } = download;
        self.say(&Command::Cancel(Answer { segment, request })).await?;
        self.tell(What::Failed { segment, absent: false }).await;
        talk.starved += 1;
        if talk.starved < STARVED_LIMIT { Ok(()) } else { Err(End::Gone) }
    }

    async fn upload(&self, answer: Answer, from: u64, early: Option<Instant>) -> Result<(), End> {
        if let Some(at) = early {
            sleep_until(at).await;
        }
        let Some(_room) = self.shared.throttle.begin() else {
            return self.say(&Command::Absent(answer)).await;
        };
        let index = usize::try_from(answer.segment).unwrap_or(usize::MAX);
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let bytes = self.shared.segments.read(answer.segment).await;
        // A disk may have rotted since the segment was kept.
        let sound = |bytes: &Bytes| self.shared.poison || self.shared.hashes.matches(index, bytes);
        let Some(rest) = bytes.as_ref().filter(|bytes| sound(bytes)).and_then(|b| b.get(from..))
        else {
            return self.say(&Command::Absent(answer)).await;
        };
        let Answer { segment, request } = answer;
        let size = u64::try_from(rest.len()).unwrap_or_default();
        self.say(&Command::Data { segment, request, size }).await?;
        for message in protocol::raw_messages(rest, self.shared.throttle.message_limit()) {
            self.shared.throttle.take(message.len()).await;
            self.send(message).await?;
            let length = u64::try_from(message.len()).unwrap_or_default();
            self.shared.counters.uploaded.fetch_add(length, Ordering::Relaxed);
        }
        self.say(&Command::Completed(answer)).await
    }

    async fn say(&self, command: &Command) -> Result<(), End> {
        for message in command.encode(MESSAGE_LIMIT) {
            self.send(&message).await?;
        }
        Ok(())
    }

    async fn send(&self, message: &[u8]) -> Result<(), End> {
        match timeout(SEND_TIMEOUT, self.channel.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(End::Gone),
        }
    }

    async fn tell(&self, what: What) {
        let _ = self.events.send((self.number, what)).await;
    }
}

/// Where a conversation stands.
#[derive(Default)]
struct Talk<'a> {
    joiner: Joiner,
    download: Option<Download>,
    upload: Option<Upload<'a>>,
    uploading: Option<u64>,
    asked: Option<Instant>,
    starved: u32,
    malformed: u32,
}

impl Talk<'_> {
    /// Bytes will follow. A length that is not the segment's is a lie.
    fn begin(&mut self, answer: Answer, size: u64) -> Result<(), End> {
        let Some(download) = self.download.as_mut().filter(|download| download.answers(answer))
        else {
            return Ok(());
        };
        if download.received.is_some() {
            return Ok(());
        }
        if size != download.size {
            return Err(End::Gone);
        }
        download.received = Some(Vec::with_capacity(usize::try_from(size).unwrap_or_default()));
        download.deadline = Instant::now() + SILENCE;
        Ok(())
    }

    /// Raw bytes. Those of an upload that was cancelled may still arrive and mean nothing.
    fn take(&mut self, bytes: &[u8]) -> Result<(), End> {
        let Some(download) = &mut self.download else { return Ok(()) };
        let Some(received) = &mut download.received else { return Ok(()) };
        let length = received.len().saturating_add(bytes.len());
        if u64::try_from(length).is_ok_and(|length| length > download.size) {
            return Err(End::Gone);
        }
        received.extend_from_slice(bytes);
        download.deadline = Instant::now() + SILENCE;
        Ok(())
    }

    /// The download, when the peer says rightly that all of it was sent.
    fn complete(&mut self, answer: Answer) -> Result<Option<Download>, End> {
        let begun = |download: &mut Download| download.received.is_some();
        let Some(download) = self.download.take_if(begun) else { return Ok(None) };
        let length = download.received.as_ref().map_or(0, Vec::len);
        if !download.answers(answer) || u64::try_from(length) != Ok(download.size) {
            return Err(End::Gone);
        }
        Ok(Some(download))
    }
}

impl Download {
    fn answers(&self, answer: Answer) -> bool {
        self.segment == answer.segment && self.request == answer.request
    }
}

/// Drives an upload; waits for ever when there is none.
async fn until_done(upload: &mut Option<Upload<'_>>) -> Result<(), End> {
    match upload {
        Some(upload) => upload.await,
        None => std::future::pending().await,
    }
}
