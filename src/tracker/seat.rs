//! What is remembered of one socket? Who it is, which pairs it holds, and what waits to be sent:
//! memory only, the bytes are moved by `socket`.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use futures::task::AtomicWaker;
use uuid::Uuid;

use super::callers::{Bucket, Caller};
use super::frames;
use super::protocol::Id;
use crate::domain::Millis;

/// What may wait to be sent to one socket, bytes: the offers of a full round of partners, several
/// times over. A client that lets more pile up is dropped.
pub const MOST_WAITING: usize = 128 * 1024;
/// Grudges that are remembered of one socket.
const MOST_GRUDGES: usize = 64;

/// One socket.
pub struct Seat {
    /// Unique in this process.
    pub id: u64,
    /// Whose it is.
    pub caller: Arc<Caller>,
    /// What its token holds: it opens the closed swarms with this pass.
    pub admitted: Option<Uuid>,
    /// Its own token bucket.
    pub bucket: Bucket,
    out: Mutex<Out>,
    waker: AtomicWaker,
    heard_at: AtomicI64,
    pinged: AtomicBool,
    /// Nobody is matched with it any more.
    shunned: AtomicBool,
    quarrels: AtomicBool,
    grudges: Mutex<Grudges>,
    /// Its swarms, and its id in each.
    pairs: Mutex<Vec<(Id, Id)>>,
}

#[derive(Default)]
struct Out {
    waiting: Vec<u8>,
    ending: bool,
    dead: bool,
}

#[derive(Default)]
struct Grudges {
    /// Seats that this one must not meet again.
    avoided: BTreeSet<u64>,
    /// Seats that reported this one.
    reported_by: BTreeSet<u64>,
}

/// What became of something that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It waits to be written.
    Queued,
    /// The socket is ending; nothing more is sent.
    Ended,
    /// Too much was waiting: the socket is dropped now.
    TooSlow,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Seat {
    /// A new socket's.
    #[must_use]
    pub fn new(id: u64, caller: Arc<Caller>, admitted: Option<Uuid>, now: Millis) -> Self {
        Self {
            id,
            caller,
            admitted,
            bucket: Bucket::default(),
            out: Mutex::default(),
            waker: AtomicWaker::new(),
            heard_at: AtomicI64::new(now.0),
            pinged: AtomicBool::new(false),
            shunned: AtomicBool::new(false),
            quarrels: AtomicBool::new(false),
            grudges: Mutex::default(),
            pairs: Mutex::default(),
        }
    }

    /// Queues what `write` appends: whole frames.
    pub fn send_frames(&self, write: impl FnOnce(&mut Vec<u8>)) -> Sent {
        let mut out = lock(&self.out);
        if out.ending || out.dead {
            return Sent::Ended;
        }
        write(&mut out.waiting);
        let sent = if out.waiting.len() > MOST_WAITING {
            out.waiting = Vec::new();
            out.dead = true;
            Sent::TooSlow
        } else {
            Sent::Queued
        };
        drop(out);
        self.waker.wake();
        sent
    }

    /// Queues one text message.
    pub fn send(&self, write: impl FnOnce(&mut Vec<u8>)) -> Sent {
        self.send_frames(|out| frames::write_text(out, write))
    }

    /// Says goodbye: what waits is still sent, then the socket ends.
    pub fn end(&self, code: u16, reason: &str) {
        let mut out = lock(&self.out);
        if !out.ending && !out.dead {
            frames::write_close(&mut out.waiting, code, reason);
            out.ending = true;
        }
        drop(out);
        self.waker.wake();
    }

    /// Ends the socket without a word.
    pub fn cut(&self) {
        let mut out = lock(&self.out);
        (out.dead, out.waiting) = (true, Vec::new());
        drop(out);
        self.waker.wake();
    }

    /// It is ending or gone: nothing of it is listened to.
    #[must_use]
    pub fn ended(&self) -> bool {
        let out = lock(&self.out);
        out.ending || out.dead
    }

    /// It was cut.
    #[must_use]
    pub fn dead(&self) -> bool {
        lock(&self.out).dead
    }

    /// Who is woken when something is queued.
    pub fn wakes(&self, waker: &Waker) {
        self.waker.register(waker);
    }

    /// Nobody is woken until [`Self::wakes`] says who.
    pub fn wakes_nobody(&self) {
        self.waker.take();
    }

    /// Takes what waits to be sent.
    #[must_use]
    pub fn take_waiting(&self) -> Vec<u8> {
        std::mem::take(&mut lock(&self.out).waiting)
    }

    /// Puts back what was not sent of that, before what came meanwhile. False when that is too
    /// much: the client is too slow.
    pub fn put_back(&self, mut unsent: Vec<u8>) -> bool {
        let mut out = lock(&self.out);
        unsent.extend_from_slice(&out.waiting);
        out.dead |= unsent.len() > MOST_WAITING + frames::MOST_HEAD_BYTES;
        if !out.dead {
            out.waiting = unsent;
        }
        !out.dead
    }

    /// Something came from it.
    pub fn heard(&self, now: Millis) {
        self.heard_at.store(now.0, Ordering::Relaxed);
        self.pinged.store(false, Ordering::Relaxed);
    }

    /// When something came from it last.
    #[must_use]
    pub fn heard_at(&self) -> Millis {
        Millis(self.heard_at.load(Ordering::Relaxed))
    }

    /// Asks whether it is alive, once until it is heard again.
    pub fn ping(&self) {
        if !self.pinged.swap(true, Ordering::Relaxed) {
            self.send_frames(frames::write_ping);
        }
    }

    /// Remembers that these two are not to meet again.
    pub fn avoid(&self, other: &Self) {
        for (one, another) in [(self, other), (other, self)] {
            let mut grudges = lock(&one.grudges);
            if grudges.avoided.len() < MOST_GRUDGES {
                grudges.avoided.insert(another.id);
            }
            one.quarrels.store(true, Ordering::Relaxed);
        }
    }

    /// These two are not to meet.
    #[must_use]
    pub fn avoids(&self, other: &Self) -> bool {
        // Nearly nobody has a quarrel, and then nothing is locked.
        self.quarrels.load(Ordering::Relaxed) && lock(&self.grudges).avoided.contains(&other.id)
    }

    /// Remembers who reported it; how many did so far.
    pub fn reported_by(&self, other: &Self) -> usize {
        let mut grudges = lock(&self.grudges);
        if grudges.reported_by.len() < MOST_GRUDGES {
            grudges.reported_by.insert(other.id);
        }
        grudges.reported_by.len()
    }

    /// From now on nobody is matched with it.
    pub fn shun(&self) {
        self.shunned.store(true, Ordering::Relaxed);
    }

    /// Nobody is matched with it.
    #[must_use]
    pub fn shunned(&self) -> bool {
        self.shunned.load(Ordering::Relaxed)
    }

    /// Its id in a swarm.
    #[must_use]
    pub fn peer_in(&self, info_hash: &Id) -> Option<Id> {
        lock(&self.pairs).iter().find(|(hash, _)| hash == info_hash).map(|(_, peer)| *peer)
    }

    /// Notes a new pair, unless the socket or its address has too many.
    #[must_use]
    pub fn add_pair(&self, info_hash: Id, peer_id: Id, most: u32, most_of_address: u32) -> bool {
        let mut pairs = lock(&self.pairs);
        let room =
            self.caller.exempt() || pairs.len() < usize::try_from(most).unwrap_or(usize::MAX);
        let added = room && self.caller.add_pair(most_of_address);
        if added {
            pairs.push((info_hash, peer_id));
        }
        added
    }

    /// Forgets a pair.
    pub fn drop_pair(&self, info_hash: &Id) {
        let mut pairs = lock(&self.pairs);
        if let Some(at) = pairs.iter().position(|(hash, _)| hash == info_hash) {
            pairs.swap_remove(at);
            self.caller.drop_pair();
        }
    }

    /// All pairs.
    #[must_use]
    pub fn pairs(&self) -> Vec<(Id, Id)> {
        lock(&self.pairs).clone()
    }
}
