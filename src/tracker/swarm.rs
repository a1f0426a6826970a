//! Who is in a swarm, and who meets whom? Decisions only: time and chance are handed in, and what
//! is decided is sent elsewhere.
//!
//! Two peers are brought together once and never again while both stay, because stock clients
//! make new offers at every announce without end. A peer has enough partners at [`ENOUGH`] and
//! gets none beyond [`MOST`]; the room between is for those who come later.

use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use rand::RngExt as _;
use rand::rngs::StdRng;

use super::directory::Set;
use super::protocol::{Count, Id};
use super::seat::Seat;
use crate::domain::Millis;

#[cfg(test)]
mod tests;

/// Partners with which a peer's own offers go to nobody any more.
pub const ENOUGH: usize = 12;
/// Partners with which a peer gets no offers of others any more.
pub const MOST: usize = 20;
/// How long an offer may be answered: stock clients forget theirs after 50 s. Partners that did
/// not answer in time do not count as such.
pub const OFFER_LIFE: Duration = Duration::from_secs(60);
/// Partners that are remembered, those that never answered included.
const MOST_MET: usize = 64;
/// Peers looked at for one announce.
const MOST_LOOKED_AT: usize = 64;
/// A client that says it begins anew is believed again after this.
const NEW_LIFE: Duration = Duration::from_secs(5);
/// Larger than any swarm, and prime: steps of it visit every peer once.
const STRIDE: usize = 2_147_483_647;

/// A peer of a swarm.
struct Peer {
    seat: Arc<Seat>,
    complete: bool,
    since: Millis,
    expires_at: Millis,
    met: Vec<Met>,
}

/// Somebody a peer was brought together with.
#[derive(Clone, Copy)]
struct Met {
    partner: Id,
    /// The offer, at the peer that made it, while it may be answered.
    offer: Option<Id>,
    at: Millis,
    answered: bool,
}

impl Peer {
    fn partners(&self, now: Millis) -> usize {
        self.met.iter().filter(|met| met.answered || now < met.at.plus(OFFER_LIFE)).count()
    }

    fn meet(&mut self, met: Met) {
        if self.met.len() >= MOST_MET {
            // The oldest that came to nothing makes room.
            let oldest = self.met.iter().position(|met| !met.answered).unwrap_or(0);
            self.met.remove(oldest);
        }
        self.met.push(met);
    }

    fn met(&mut self, partner: &Id) -> Option<&mut Met> {
        self.met.iter_mut().find(|met| met.partner == *partner)
    }
}

/// What an announce came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// It was there already.
    Known,
    /// It is new.
    New,
    /// The id is another socket's.
    Taken,
    /// The socket or its address is in too many swarms.
    TooMany,
}

/// How many pairs there may be.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Of one socket.
    pub pairs_per_socket: u32,
    /// Of one address.
    pub pairs_per_address: u32,
}

/// One swarm.
pub struct Swarm {
    info_hash: Id,
    set: Arc<Set>,
    peers: IndexMap<Id, Peer>,
    complete: usize,
}

impl Swarm {
    /// An empty one.
    #[must_use]
    pub fn new(info_hash: Id, set: Arc<Set>) -> Self {
        Self { info_hash, set, peers: IndexMap::new(), complete: 0 }
    }

    /// Peers in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.peers.len()
    }

    /// Nobody is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.peers.is_empty()
    }

    /// The set it belongs to.
    #[must_use]
    pub fn set(&self) -> &Set {
        &self.set
    }

    /// How many are in it.
    #[must_use]
    pub fn count(&self) -> Count {
        Count { complete: self.complete, incomplete: self.peers.len() - self.complete }
    }

    /// Hears from a peer, which is forgotten at `expires_at` unless it is heard again.
    pub fn join(
        &mut self,
        seat: &Arc<Seat>,
        peer_id: Id,
        now: Millis,
        expires_at: Millis,
        bounds: Bounds,
    ) -> Joined {
        if let Some(peer) = self.peers.get_mut(&peer_id) {
            if peer.seat.id == seat.id {
                peer.expires_at = expires_at;
                return Joined::Known;
            }
            // After a cut line a client comes back with its id while its old socket is still
            // there. Somebody else may not take a peer's place.
            if !Arc::ptr_eq(&peer.seat.caller, &seat.caller) && !peer.seat.ended() {
                return Joined::Taken;
            }
            self.leave(&peer_id);
        }
        // One id per socket: another is what is left of a player that went without a word.
        if let Some(former) = seat.peer_in(&self.info_hash) {
            self.leave(&former);
        }
        if !seat.add_pair(
            self.info_hash,
            peer_id,
            bounds.pairs_per_socket,
            bounds.pairs_per_address,
        ) {
            return Joined::TooMany;
        }
        let peer = Peer {
            seat: Arc::clone(seat),
            complete: false,
            since: now,
            expires_at,
            met: Vec::new(),
        };
        self.peers.insert(peer_id, peer);
        self.set.arrive(seat.id);
        Joined::New
    }

    /// The peer has everything.
    pub fn complete(&mut self, peer_id: &Id) {
        if let Some(peer) = self.peers.get_mut(peer_id)
            && !peer.complete
        {
            peer.complete = true;
            self.complete += 1;
        }
    }

    /// The client of a known peer begins anew, with its old id and no partners any more.
    pub fn restart(&mut self, peer_id: &Id, now: Millis) {
        let Some(peer) = self.peers.get_mut(peer_id) else { return };
        if now < peer.since.plus(NEW_LIFE) {
            return;
        }
        peer.since = now;
        let met = std::mem::take(&mut peer.met);
        self.forget(peer_id, &met);
    }

    /// Forgets a peer that belongs to this socket.
    pub fn leave_from(&mut self, peer_id: &Id, seat: &Seat) {
        if self.peers.get(peer_id).is_some_and(|peer| peer.seat.id == seat.id) {
            self.leave(peer_id);
        }
    }

    /// Forgets a peer, and with it that others met it.
    fn leave(&mut self, peer_id: &Id) {
        let Some(peer) = self.peers.swap_remove(peer_id) else { return };
        self.complete -= usize::from(peer.complete);
        peer.seat.drop_pair(&self.info_hash);
        self.set.depart(peer.seat.id);
        self.forget(peer_id, &peer.met);
    }

    fn forget(&mut self, peer_id: &Id, met: &[Met]) {
        for met in met {
            if let Some(partner) = self.peers.get_mut(&met.partner) {
                partner.met.retain(|met| met.partner != *peer_id);
            }
        }
    }

    /// Forgets those that were not heard of in time; how many.
    pub fn expire(&mut self, now: Millis) -> usize {
        let silent = self.peers.iter().filter(|(_, peer)| now >= peer.expires_at);
        let silent: Vec<Id> = silent.map(|(id, _)| *id).collect();
        for peer_id in &silent {
            self.leave(peer_id);
        }
        silent.len()
    }

    /// Forgets everybody.
    pub fn end(&mut self) {
        while let Some((peer_id, _)) = self.peers.last() {
            let peer_id = *peer_id;
            self.leave(&peer_id);
        }
    }

    /// Finds somebody new for each of a peer's offers, as far as there is anybody; each offer is
    /// then theirs alone.
    pub fn pair(
        &mut self,
        peer_id: &Id,
        offers: impl ExactSizeIterator<Item = Id>,
        now: Millis,
        dice: &mut StdRng,
    ) -> Vec<Arc<Seat>> {
        let Some(peer) = self.peers.get(peer_id) else { return Vec::new() };
        let wanted = offers.len().min(ENOUGH.saturating_sub(peer.partners(now)));
        if wanted == 0 || peer.seat.shunned() {
            return Vec::new();
        }
        let chosen = self.choose(peer_id, peer, wanted, now, dice);
        let mut seats = Vec::with_capacity(chosen.len());
        for (partner_id, offer) in chosen.into_iter().zip(offers) {
            let met = Met { partner: partner_id, offer: Some(offer), at: now, answered: false };
            if let Some(peer) = self.peers.get_mut(peer_id) {
                peer.meet(met);
            }
            if let Some(partner) = self.peers.get_mut(&partner_id) {
                partner.meet(Met { partner: *peer_id, offer: None, ..met });
                seats.push(Arc::clone(&partner.seat));
            }
        }
        seats
    }

    /// Up to `wanted` peers that this one may meet: of other networks than it and its partners
    /// first, because a whole network is easily one person's.
    fn choose(
        &self,
        peer_id: &Id,
        peer: &Peer,
        wanted: usize,
        now: Millis,
        dice: &mut StdRng,
    ) -> Vec<Id> {
        let enough = 2 * wanted + 4;
        let mut networks = vec![peer.seat.caller.network()];
        let (mut best, mut others) = (Vec::with_capacity(wanted), Vec::new());
        let size = self.peers.len();
        let start = dice.random_range(0..size.max(1));
        for step in 0..size.min(MOST_LOOKED_AT) {
            if best.len() == wanted || best.len() + others.len() >= enough {
                break;
            }
            let at = (start + step * (STRIDE % size)) % size;
            let Some((id, other)) = self.peers.get_index(at) else { continue };
            if !suits((peer_id, peer), (id, other), now) {
                continue;
            }
            let network = other.seat.caller.network();
            if networks.contains(&network) {
                others.push(*id);
            } else {
                networks.push(network);
                best.push(*id);
            }
        }
        best.extend(others);
        best.truncate(wanted);
        best
    }

    /// The socket that `answer` goes to, when it answers an offer that was relayed to this peer,
    /// for the first time and in time.
    pub fn answer(
        &mut self,
        seat: &Seat,
        peer_id: &Id,
        to_peer_id: &Id,
        offer_id: &Id,
        now: Millis,
    ) -> Option<Arc<Seat>> {
        self.peers.get(peer_id).filter(|peer| peer.seat.id == seat.id)?;
        let offerer = self.peers.get_mut(to_peer_id)?;
        let met = offerer.met(peer_id)?;
        met.offer.filter(|offer| offer == offer_id && now < met.at.plus(OFFER_LIFE))?;
        (met.offer, met.answered) = (None, true);
        let to = Arc::clone(&offerer.seat);
        if let Some(met) = self.peers.get_mut(peer_id).and_then(|peer| peer.met(to_peer_id)) {
            met.answered = true;
        }
        Some(to)
    }

    /// The seats of two peers that were brought together: of who reports and of who is reported.
    #[must_use]
    pub fn met(&self, reporter: &Id, bad: &Id) -> Option<(Arc<Seat>, Arc<Seat>)> {
        let (one, other) = (self.peers.get(reporter)?, self.peers.get(bad)?);
        one.met.iter().find(|met| met.partner == *bad)?;
        Some((Arc::clone(&one.seat), Arc::clone(&other.seat)))
    }
}

/// Whether `other` may be met by `peer`.
fn suits((peer_id, peer): (&Id, &Peer), (other_id, other): (&Id, &Peer), now: Millis) -> bool {
    let remembers = |met: &[Met], id: &Id| met.iter().any(|met| met.partner == *id);
    other.seat.id != peer.seat.id
        && now < other.expires_at
        && !other.seat.shunned()
        && !peer.seat.avoids(&other.seat)
        && other.partners(now) < MOST
        && !remembers(&peer.met, other_id)
        // A peer that met very many has forgotten some, who may remember it.
        && !(peer.met.len() >= MOST_MET && remembers(&other.met, peer_id))
}
