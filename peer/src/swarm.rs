//! Who is connected to whom in one swarm, and who fetches what from whom? Joins through the
//! tracker, keeps connections, asks peers for the segments wanted. Used by seeders, which want
//! none, and by viewers. What HTTP fetches is decided in `viewer`.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use rand::seq::IndexedRandom as _;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use crate::connection::{Channel, ConnectionError, Network, Offered};
use crate::info_hash::InfoHash;
use crate::link::{Link, Order, Shared, What};
use crate::tracker::wire::{self, OfferId, PeerId};
use crate::tracker::{Event, Tracker};

mod meeting;

/// The stock client's: offers nobody answered are dropped after this.
const OFFER_LIFETIME: Duration = Duration::from_secs(50);
/// Until the tracker says how often it wants to hear from us.
const FIRST_INTERVAL: Duration = Duration::from_secs(30);
/// Two peers that offered to each other at once close the second connection after this.
const DOUBLE_AFTER: Duration = Duration::from_secs(10);
/// For saying goodbye.
const CLOSING: Duration = Duration::from_secs(1);
/// Orders waiting for a link that is busy sending.
const ORDERS: usize = 64;

/// Everything a swarm needs to begin.
pub struct Setup {
    /// Its name.
    pub hash: InfoHash,
    /// Where others are heard of.
    pub tracker: Tracker,
    /// How connections are made.
    pub network: Network,
    /// What links share.
    pub shared: Arc<Shared>,
    /// Indexes held from the start.
    pub held: BTreeSet<u64>,
    /// Most peers connected at once.
    pub peers: usize,
    /// Offers sent with each announce, at most.
    pub offers: usize,
}

/// Something worth telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The number of connected peers changed.
    Peers(usize),
    /// A segment came from a peer, was checked, and is kept.
    Fetched(u64),
    /// A peer sent altered bytes. It was dropped and is not met again.
    Altered {
        /// The segment.
        segment: u64,
        /// Who.
        peer: PeerId,
    },
    /// The tracker does not serve this swarm, in its own words.
    Refused(String),
}

/// What peers say of one segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Availability {
    /// It is held here.
    pub held: bool,
    /// It is being fetched from a peer.
    pub fetching: bool,
    /// Peers that hold it.
    pub holders: usize,
    /// Peers that fetch it over HTTP.
    pub loaders: usize,
}

enum Wish {
    Held(u64),
    Loading(u64, bool),
    Window(Range<u64>),
    Ask(u64, oneshot::Sender<Availability>),
}

/// Handle on a swarm; it ends when the handle is dropped.
#[derive(Debug)]
pub struct Swarm {
    wishes: mpsc::UnboundedSender<Wish>,
    /// This peer's id in the swarm.
    pub peer: PeerId,
}

impl Swarm {
    /// A swarm to be [run](Member::run), its handle, and what it tells.
    #[must_use]
    pub fn new(setup: Setup) -> (Self, Member, mpsc::UnboundedReceiver<Notice>) {
        let (wishes_sender, wishes) = mpsc::unbounded_channel();
        let (notices, heard) = mpsc::unbounded_channel();
        let peer = meeting::new_id();
        let member = Member::new(setup, peer, wishes, notices);
        (Self { wishes: wishes_sender, peer }, member, heard)
    }

    /// A segment came by another way and lies in the store.
    pub fn held(&self, segment: u64) {
        let _ = self.wishes.send(Wish::Held(segment));
    }

    /// A segment is being fetched over HTTP, or no longer.
    pub fn loading(&self, segment: u64, begun: bool) {
        let _ = self.wishes.send(Wish::Loading(segment, begun));
    }

    /// Segments to fetch from peers, the first most urgent.
    pub fn want(&self, window: Range<u64>) {
        let _ = self.wishes.send(Wish::Window(window));
    }

    /// What peers say of a segment; `None` when the swarm is over.
    pub async fn availability(&self, segment: u64) -> Option<Availability> {
        let (answer, asked) = oneshot::channel();
        self.wishes.send(Wish::Ask(segment, answer)).ok()?;
        asked.await.ok()
    }
}

struct Connected {
    peer: PeerId,
    orders: mpsc::Sender<Order>,
    loaded: HashSet<u64>,
    loading: HashSet<u64>,
    fetching: Option<u64>,
    since: Instant,
}

/// What a task of the swarm brings back.
enum Done {
    Offers(Vec<(OfferId, Offered)>),
    Open(PeerId, Result<Channel, ConnectionError>),
    Over,
}

/// The task behind a [`Swarm`].
pub struct Member {
    setup: Setup,
    peer: PeerId,
    wishes: mpsc::UnboundedReceiver<Wish>,
    notices: mpsc::UnboundedSender<Notice>,
    links: HashMap<u64, Connected>,
    next_link: u64,
    offers: HashMap<OfferId, (Instant, Offered)>,
    handshakes: usize,
    banned: HashSet<PeerId>,
    loading: BTreeSet<u64>,
    window: Range<u64>,
    interval: Duration,
    announced: bool,
    tasks: JoinSet<Done>,
    events_sender: mpsc::Sender<(u64, What)>,
    events: mpsc::Receiver<(u64, What)>,
}

impl Member {
    fn new(
        setup: Setup,
        peer: PeerId,
        wishes: mpsc::UnboundedReceiver<Wish>,
        notices: mpsc::UnboundedSender<Notice>,
    ) -> Self {
        let (events_sender, events) = mpsc::channel(1024);
        Self {
            setup,
            peer,
            wishes,
            notices,
            links: HashMap::new(),
            next_link: 0,
            offers: HashMap::new(),
            handshakes: 0,
            banned: HashSet::new(),
            loading: BTreeSet::new(),
            window: 0..0,
            interval: FIRST_INTERVAL,
            announced: false,
            tasks: JoinSet::new(),
            events_sender,
            events,
        }
    }

    /// Takes part until the handle is dropped; then leaves the swarm and closes its connections.
    pub async fn run(mut self) {
        let mut heard = self.setup.tracker.listen(self.setup.hash);
        let mut announce_at = None;
        let mut tidy_at = Instant::now() + DOUBLE_AFTER;
        loop {
            tokio::select! {
                wish = self.wishes.recv() => match wish {
                    Some(wish) => self.grant(wish),
                    None => break,
                },
                event = heard.recv() => match event {
                    Some(Event::Open) => {
                        self.announced = false;
                        announce_at = Some(Instant::now() + self.interval);
                        self.make_offers();
                    }
                    Some(Event::Said(said)) => self.listen(said, &mut announce_at),
                    None => break,
                },
                () = sleep_until(announce_at.unwrap_or_else(Instant::now)), if announce_at.is_some() => {
                    announce_at = Some(Instant::now() + self.interval);
                    self.make_offers();
                }
                Some(done) = self.tasks.join_next() => if let Ok(done) = done {
                    self.finish(done);
                },
                event = self.events.recv() => if let Some((link, what)) = event {
                    self.follow(link, what);
                },
                () = sleep_until(tidy_at) => {
                    tidy_at = Instant::now() + DOUBLE_AFTER;
                    self.tidy();
                }
            }
        }
        self.setup.tracker.forget(&self.setup.hash);
        self.setup.tracker.send(wire::leave(&self.setup.hash, &self.peer));
        // Links that lose their orders close their channels, so that peers need not guess.
        self.links.clear();
        let closing = async { while self.tasks.join_next().await.is_some() {} };
        let _ = timeout(CLOSING, closing).await;
    }

    fn grant(&mut self, wish: Wish) {
        match wish {
            Wish::Held(segment) => {
                self.loading.remove(&segment);
                self.setup.held.insert(segment);
                self.announce_to_peers();
            }
            Wish::Loading(segment, true) => {
                self.loading.insert(segment);
                self.announce_to_peers();
            }
            Wish::Loading(segment, false) => {
                self.loading.remove(&segment);
                self.announce_to_peers();
                self.schedule();
            }
            Wish::Window(window) => {
                self.window = window;
                self.schedule();
            }
            Wish::Ask(segment, answer) => {
                let links = || self.links.values();
                let _ = answer.send(Availability {
                    held: self.setup.held.contains(&segment),
                    fetching: links().any(|link| link.fetching == Some(segment)),
                    holders: links().filter(|link| link.loaded.contains(&segment)).count(),
                    loaders: links().filter(|link| link.loading.contains(&segment)).count(),
                });
            }
        }
    }

    fn connected(&mut self, peer: PeerId, channel: Channel) {
        let (orders, obeyed) = mpsc::channel(ORDERS);
        let number = self.next_link;
        self.next_link += 1;
        let link = Link {
            number,
            channel,
            shared: Arc::clone(&self.setup.shared),
            orders: obeyed,
            events: self.events_sender.clone(),
        };
        self.tasks.spawn(async move {
            link.run().await;
            Done::Over
        });
        let _ = orders.try_send(self.announcement());
        let connected = Connected {
            peer,
            orders,
            loaded: HashSet::new(),
            loading: HashSet::new(),
            fetching: None,
            since: Instant::now(),
        };
        self.links.insert(number, connected);
        let _ = self.notices.send(Notice::Peers(self.links.len()));
    }

    fn follow(&mut self, number: u64, what: What) {
        let Some(link) = self.links.get_mut(&number) else { return };
        match what {
            What::Announced { loaded, loading } => {
                link.loaded = loaded.into_iter().collect();
                link.loading = loading.into_iter().collect();
            }
            What::Fetched { segment } => {
                link.fetching = None;
                self.setup.held.insert(segment);
                self.announce_to_peers();
                let _ = self.notices.send(Notice::Fetched(segment));
            }
            What::Failed { segment, absent } => {
                link.fetching = None;
                if absent {
                    link.loaded.remove(&segment);
                }
            }
            What::Closed { altered } => {
                let peer = link.peer;
                self.links.remove(&number);
                if let Some(segment) = altered {
                    self.banned.insert(peer);
                    self.links.retain(|_, link| link.peer != peer);
                    let _ = self.notices.send(Notice::Altered { segment, peer });
                }
                let _ = self.notices.send(Notice::Peers(self.links.len()));
            }
        }
        self.schedule();
    }

    fn announcement(&self) -> Order {
        Order::Announce {
            loaded: Arc::new(self.setup.held.iter().copied().collect()),
            loading: Arc::new(self.loading.iter().copied().collect()),
        }
    }

    /// A link that is too busy to be told now hears of it with the next change.
    fn announce_to_peers(&self) {
        let Order::Announce { loaded, loading } = self.announcement() else { return };
        for link in self.links.values() {
            let (loaded, loading) = (Arc::clone(&loaded), Arc::clone(&loading));
            let _ = link.orders.try_send(Order::Announce { loaded, loading });
        }
    }

    /// Asks idle peers for what is wanted, in order.
    fn schedule(&mut self) {
        for segment in self.window.clone() {
            let fetching = self.links.values().any(|link| link.fetching == Some(segment));
            if fetching || self.setup.held.contains(&segment) || self.loading.contains(&segment) {
                continue;
            }
            let can = |link: &Connected| link.fetching.is_none() && link.loaded.contains(&segment);
            let able: Vec<u64> = self
                .links
                .iter()
                .filter(|(_, link)| can(link))
                .map(|(number, _)| *number)
                .collect();
            let chosen = able.choose(&mut rand::rng()).and_then(|link| self.links.get_mut(link));
            if let Some(link) = chosen
                && link.orders.try_send(Order::Fetch(segment)).is_ok()
            {
                link.fetching = Some(segment);
            }
        }
    }

    /// Drops offers nobody took, and the second of two connections to one peer: of both sides the
    /// one with the smaller id does it, so that not both are closed.
    fn tidy(&mut self) {
        self.offers.retain(|_, (made, _)| made.elapsed() < OFFER_LIFETIME);
        let mut met = HashSet::new();
        let mut links: Vec<_> =
            self.links.iter().map(|(number, link)| (*number, link.peer, link.since)).collect();
        links.sort_unstable_by_key(|(number, ..)| *number);
        for (number, peer, since) in links {
            if !met.insert(peer) && since.elapsed() > DOUBLE_AFTER && self.peer < peer {
                self.links.remove(&number);
            }
        }
    }
}
