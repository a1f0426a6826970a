//! Who else watches this? A WebTorrent tracker: viewers of a video announce themselves over a
//! WebSocket, and it carries their offers to connect to a few others, and the answers back.
//!
//! [`protocol`] and [`frames`] read and write bytes, [`swarm`] decides who meets whom, [`seat`] is
//! what is known of a socket, [`socket`] moves its bytes, [`directory`] says which swarms may be.
//! Nothing here looks into a database, and no address leaves memory. Whose video it is and who may
//! watch it is decided in `videos`; upgrades are taken in `http::tracker`.

pub mod callers;
pub mod counters;
pub mod directory;
pub mod frames;
mod hear;
pub mod protocol;
mod reports;
pub mod seat;
pub mod socket;
pub mod stun;
pub mod swarm;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use uuid::Uuid;

use crate::config::Tracker as Settings;
use crate::domain::Millis;
use callers::Callers;
use counters::{Counters, Drop};
use directory::Directory;
use protocol::Id;
use seat::Seat;
use swarm::{Bounds, Swarm};

/// Close code: the server stops, and comes back (RFC 6455 registry).
pub const RESTARTS: u16 = 1012;
/// Close code: the client does what it should not.
pub const UNWELCOME: u16 = 1008;
/// Swarms are kept in so many parts, each under its own lock.
const SHARDS: usize = 64;
/// Sockets that come back per second after a restart.
const RETURNING_PER_SECOND: usize = 100;
/// The longest that a client is asked to stay away after a restart, seconds.
const MOST_AWAY_S: u64 = 300;

/// The tracker of a node.
pub struct Tracker {
    settings: Settings,
    /// Viewers that a video needs before they are brought together.
    min_viewers: usize,
    directory: Directory,
    shards: [Mutex<Shard>; SHARDS],
    seats: Mutex<HashMap<u64, Arc<Seat>>>,
    next_seat: AtomicU64,
    most_sockets: AtomicUsize,
    closing: AtomicBool,
    callers: Callers,
    interval_s: AtomicU32,
    peers: AtomicUsize,
    /// What happened, for metrics.
    pub counters: Counters,
}

struct Shard {
    swarms: HashMap<Id, Swarm>,
    dice: StdRng,
}

/// Why a socket is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There are as many as may be.
    #[error("too many sockets")]
    Full,
    /// The server stops.
    #[error("the server stops")]
    Closing,
    /// This address has as many as it may, or opens them too fast.
    #[error("too many sockets of one address")]
    TooManyOfAddress,
}

impl Tracker {
    /// One without swarms. `seed` is what chance is made of.
    #[must_use]
    pub fn new(settings: Settings, min_viewers: u32, seed: [u8; 32]) -> Self {
        let mut dice = StdRng::from_seed(seed);
        let shard = |_: usize| {
            let dice = StdRng::from_rng(&mut dice);
            Mutex::new(Shard { swarms: HashMap::new(), dice })
        };
        Self {
            min_viewers: usize::try_from(min_viewers).unwrap_or(usize::MAX),
            interval_s: AtomicU32::new(settings.interval_seconds),
            settings,
            directory: Directory::default(),
            shards: std::array::from_fn(shard),
            seats: Mutex::default(),
            next_seat: AtomicU64::new(1),
            most_sockets: AtomicUsize::new(usize::MAX),
            closing: AtomicBool::new(false),
            callers: Callers::default(),
            peers: AtomicUsize::new(0),
            counters: Counters::default(),
        }
    }

    /// Makes `swarms` those of a video; those it had and has no longer end: their peers are
    /// forgotten, and later messages for them get a failure.
    pub fn replace(&self, video_id: i64, swarms: &[directory::Swarm]) {
        for ended in self.directory.replace(video_id, swarms) {
            self.in_shard(&ended, |shard| {
                if let Some(mut swarm) = shard.swarms.remove(&ended) {
                    self.peers.fetch_sub(swarm.len(), Ordering::Relaxed);
                    swarm.end();
                }
            });
        }
    }

    /// A video is shared no longer.
    pub fn remove(&self, video_id: i64) {
        self.replace(video_id, &[]);
    }

    /// Swarms that may be.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Takes at most so many sockets from now on.
    pub fn at_most(&self, sockets: usize) {
        self.most_sockets.store(sockets, Ordering::Relaxed);
    }

    /// Takes a new socket of `address`, whose token holds the pass `admitted`.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn open(
        &self,
        address: IpAddr,
        admitted: Option<Uuid>,
        now: Millis,
    ) -> Result<Arc<Seat>, Refused> {
        let mut seats = self.seats();
        if self.closing.load(Ordering::Relaxed) {
            return Err(Refused::Closing);
        }
        if seats.len() >= self.most_sockets.load(Ordering::Relaxed) {
            self.counters.drop(Drop::Full);
            return Err(Refused::Full);
        }
        let Some(caller) = self.callers.admit(address, now, &self.settings) else {
            self.counters.drop(Drop::Address);
            return Err(Refused::TooManyOfAddress);
        };
        let id = self.next_seat.fetch_add(1, Ordering::Relaxed);
        let seat = Arc::new(Seat::new(id, caller, admitted, now));
        seats.insert(id, Arc::clone(&seat));
        Ok(seat)
    }

    /// Forgets a socket and all its pairs.
    pub fn close(&self, seat: &Seat) {
        if self.seats().remove(&seat.id).is_none() {
            return;
        }
        seat.cut();
        for (info_hash, peer_id) in seat.pairs() {
            self.in_shard(&info_hash, |shard| {
                self.change(&mut shard.swarms, &info_hash, |swarm| {
                    swarm.leave_from(&peer_id, seat)
                });
            });
        }
        seat.caller.drop_socket();
    }

    /// What has to be done from time to time: forgets the silent, asks the quiet whether they are
    /// there, sets the interval by the number of peers.
    pub fn sweep(&self, now: Millis) {
        for shard in &self.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            let mut expired = 0;
            shard.swarms.retain(|_, swarm| {
                expired += swarm.expire(now);
                !swarm.is_empty()
            });
            drop(shard);
            self.peers.fetch_sub(expired, Ordering::Relaxed);
        }
        let peers = u32::try_from(self.peers()).unwrap_or(u32::MAX);
        let (least, most) = (self.settings.interval_seconds, self.settings.most_interval_seconds);
        let interval_s = (peers / self.settings.announces_per_second).clamp(least, most);
        self.interval_s.store(interval_s, Ordering::Relaxed);
        let interval = Duration::from_secs(u64::from(interval_s));
        for seat in self.seats().values() {
            let heard_at = seat.heard_at();
            if now >= heard_at.plus(interval * 5 / 2) {
                self.counters.drop(Drop::Silent);
                seat.cut();
            } else if now >= heard_at.plus(interval) {
                seat.ping();
            }
        }
        self.callers.sweep(now);
    }

    /// Tells every client that the server stops, takes no more, and asks each to stay away for another while,
    /// so that they do not all come back at once. Stock clients spread over five minutes by
    /// themselves.
    pub fn say_goodbye(&self) {
        let seats = self.seats();
        self.closing.store(true, Ordering::Relaxed);
        let spread = (seats.len() / RETURNING_PER_SECOND) as u64 + 5;
        for (position, seat) in seats.values().enumerate() {
            let away_s = 1 + position as u64 % spread.min(MOST_AWAY_S);
            seat.end(RESTARTS, &format!("restarting, come back in {away_s} s"));
        }
    }

    /// Sockets.
    #[must_use]
    pub fn sockets(&self) -> usize {
        self.seats().len()
    }

    /// Swarms with somebody in them.
    #[must_use]
    pub fn swarms(&self) -> usize {
        let of = |shard: &Mutex<Shard>| {
            shard.lock().unwrap_or_else(PoisonError::into_inner).swarms.len()
        };
        self.shards.iter().map(of).sum()
    }

    /// Pairs of swarm and peer.
    #[must_use]
    pub fn peers(&self) -> usize {
        self.peers.load(Ordering::Relaxed)
    }

    /// Seconds after which clients are asked to announce again.
    #[must_use]
    pub fn interval_s(&self) -> u32 {
        self.interval_s.load(Ordering::Relaxed)
    }

    /// The longest that somebody who went without a word is still told of.
    fn patience(&self) -> Duration {
        // A little less than two and a half intervals: the sweep comes once a second.
        Duration::from_millis(u64::from(self.interval_s()) * 2450)
    }

    fn bounds(&self) -> Bounds {
        Bounds {
            pairs_per_socket: self.settings.swarms_per_socket,
            pairs_per_address: self.settings.swarms_per_address,
        }
    }

    fn seats(&self) -> MutexGuard<'_, HashMap<u64, Arc<Seat>>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn in_shard<T>(&self, info_hash: &Id, work: impl FnOnce(&mut Shard) -> T) -> T {
        // Hashes are base64 text or digests: their sum spreads both.
        let at = info_hash.0.iter().fold(0, |sum: usize, byte| sum + usize::from(*byte)) % SHARDS;
        #[expect(clippy::indexing_slicing, reason = "a remainder of their number")]
        let shard = &self.shards[at];
        work(&mut shard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes a swarm, if it is there, keeps count, and drops it when it is empty.
    fn change<T>(
        &self,
        swarms: &mut HashMap<Id, Swarm>,
        info_hash: &Id,
        work: impl FnOnce(&mut Swarm) -> T,
    ) -> Option<T> {
        let swarm = swarms.get_mut(info_hash)?;
        let before = swarm.len();
        let done = work(swarm);
        let (after, empty) = (swarm.len(), swarm.is_empty());
        if empty {
            swarms.remove(info_hash);
        }
        self.peers.fetch_add(after, Ordering::Relaxed);
        self.peers.fetch_sub(before, Ordering::Relaxed);
        Some(done)
    }
}
