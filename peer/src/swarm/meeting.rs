//! How does a member of a swarm meet others? Offers, answers and handshakes, through the tracker.

use std::time::Duration;

use rand::seq::IndexedRandom as _;
use tokio::time::Instant;

use super::{Done, Member, Notice};
use crate::tracker::wire::{self, Offer, PeerId, Said};

const SHORTEST_INTERVAL: Duration = Duration::from_secs(5);
const LONGEST_INTERVAL: Duration = Duration::from_secs(600);
/// Handshakes under way at once; offers beyond are left to others.
const HANDSHAKES: usize = 24;
/// How our own peers' ids begin.
const ID_PREFIX: &[u8; 8] = b"-FA0100-";

impl Member {
    /// Offers for the next announce are made beside the loop: finding candidates takes a while.
    pub(super) fn make_offers(&mut self) {
        let room = self.setup.peers.saturating_sub(self.links.len() + self.handshakes);
        let count = self.setup.offers.min(room);
        let network = self.setup.network.clone();
        self.tasks.spawn(async move {
            let mut offers = Vec::with_capacity(count);
            for _ in 0..count {
                let label = hex::encode(rand::random::<[u8; 20]>());
                if let Ok(offered) = network.offer(&label).await {
                    offers.push((rand::random(), offered));
                }
            }
            Done::Offers(offers)
        });
    }

    pub(super) fn listen(&mut self, said: Said, announce_at: &mut Option<Instant>) {
        match said {
            Said::Welcome { interval_s, .. } => {
                if let Some(seconds) = interval_s {
                    let asked = Duration::from_secs(seconds);
                    self.interval = asked.clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL);
                    *announce_at = Some(Instant::now() + self.interval);
                }
            }
            Said::Offered { peer, offer, sdp } => {
                let full = self.links.len() + self.handshakes >= self.setup.peers;
                if full || self.handshakes >= HANDSHAKES || !self.may_meet(&peer) {
                    return;
                }
                self.handshakes += 1;
                let (network, tracker) = (self.setup.network.clone(), self.setup.tracker.clone());
                let (hash, own) = (self.setup.hash, self.peer);
                self.tasks.spawn(async move {
                    let opened = async {
                        let answered = network.answer(&sdp).await?;
                        tracker.send(wire::answer(&hash, &own, &peer, &offer, &answered.sdp));
                        answered.open().await
                    };
                    Done::Open(peer, opened.await)
                });
            }
            Said::Answered { peer, offer, sdp } => {
                let Some((_, offered)) = self.offers.remove(&offer) else { return };
                if !self.may_meet(&peer) {
                    return;
                }
                self.handshakes += 1;
                self.tasks.spawn(async move { Done::Open(peer, offered.accept(&sdp).await) });
            }
            Said::Refused(reason) => {
                let _ = self.notices.send(Notice::Refused(reason));
            }
        }
    }

    fn may_meet(&self, peer: &PeerId) -> bool {
        *peer != self.peer && !self.banned.contains(peer)
    }

    pub(super) fn finish(&mut self, done: Done) {
        match done {
            Done::Offers(offered) => {
                let mut offers = Vec::with_capacity(offered.len());
                for (id, offered) in offered {
                    offers.push(Offer { id, sdp: offered.sdp.clone() });
                    self.offers.insert(id, (Instant::now(), offered));
                }
                let first = !self.announced;
                self.announced = true;
                let message = wire::announce(&self.setup.hash, &self.peer, first, &offers);
                self.setup.tracker.send(message);
            }
            Done::Open(peer, opened) => {
                self.handshakes = self.handshakes.saturating_sub(1);
                match opened {
                    Ok(channel) => self.connected(peer, channel),
                    Err(error) => tracing::debug!(%error, "a peer was not reached"),
                }
            }
            Done::Over => {}
        }
    }
}

/// A random id, as BitTorrent clients choose theirs (BEP 20).
pub(super) fn new_id() -> PeerId {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut id = [0; 20];
    for (at, byte) in id.iter_mut().enumerate() {
        let random = || LETTERS.choose(&mut rand::rng()).copied().unwrap_or_default();
        *byte = ID_PREFIX.get(at).copied().unwrap_or_else(random);
    }
    id
}
