//! What does a message come to? From a client's words to what is sent to it and to others.

use std::sync::Arc;

use super::counters::{Drop, Heard, Told};
use super::protocol::{self, Announce, Answer, Count, Event, Id, Message, Relay};
use super::seat::{Seat, Sent};
use super::swarm::{Joined, Swarm};
use super::{Shard, Tracker, UNWELCOME};
use crate::domain::Millis;

/// Messages that are not understood before the socket is closed.
const MOST_MALFORMED: u32 = 5;
/// Messages over its rate before the socket is closed.
const MOST_OVER_RATE: u32 = 200;

const UNKNOWN: &str = "this video is not shared here";
const TOO_MANY: &str = "too many swarms";
const TAKEN: &str = "this peer_id is taken";
const TOO_FAST: &str = "too many messages, slow down";

/// What is held against a socket.
#[derive(Debug, Default)]
pub struct Faults {
    malformed: u32,
    over_rate: u32,
    warned_at: Option<Millis>,
}

/// What an announce came to.
enum Announced {
    Unknown,
    Refused(&'static str),
    Joined { count: Count, partners: Vec<Arc<Seat>> },
}

impl Tracker {
    /// Hears one message of a socket that is [within its rate](Self::within_rate).
    pub fn hear(&self, seat: &Arc<Seat>, faults: &mut Faults, text: &str, now: Millis) {
        match protocol::parse(text) {
            Ok(Message::Announce(announce)) => {
                self.counters.hear(Heard::Announce);
                self.announce(seat, &announce, now);
            }
            Ok(Message::Answer(answer)) => {
                self.counters.hear(Heard::Answer);
                self.answer(seat, &answer, now);
            }
            Ok(Message::Scrape(hashes)) => {
                self.counters.hear(Heard::Scrape);
                self.scrape(seat, &hashes);
            }
            Err(error) => {
                self.counters.hear(Heard::Malformed);
                self.fail(seat, None, &error.to_string());
                faults.malformed += 1;
                if faults.malformed >= MOST_MALFORMED {
                    self.counters.drop(Drop::Malformed);
                    seat.end(UNWELCOME, "this is not understood");
                }
            }
        }
    }

    /// Whether the socket and its address may say something now: a message, a part, a ping. The socket alone is blamed for
    /// its own rate; who shares an address with a flood is only not heard for a while.
    pub(super) fn within_rate(&self, seat: &Seat, faults: &mut Faults, now: Millis) -> bool {
        let settings = &self.settings;
        let exempt = seat.caller.exempt();
        let own = exempt || seat.bucket.take(now, 1, settings.socket_messages_per_second);
        if own && seat.caller.take(now, 1, settings.address_messages_per_second) {
            // Slowly: what is within the rate does not excuse ten times as much beyond it.
            faults.over_rate = faults.over_rate.saturating_sub(1);
            return true;
        }
        self.counters.drop(Drop::Rate);
        faults.over_rate += u32::from(!own);
        if faults.over_rate >= MOST_OVER_RATE {
            self.counters.drop(Drop::Flood);
            seat.end(UNWELCOME, TOO_FAST);
        } else if faults.warned_at.is_none_or(|at| now.0 - at.0 >= 1000) {
            faults.warned_at = Some(now);
            self.fail(seat, None, TOO_FAST);
        }
        false
    }

    fn announce(&self, seat: &Arc<Seat>, announce: &Announce<'_>, now: Millis) {
        let info_hash = &announce.info_hash;
        let announced = self.in_shard(info_hash, |shard| {
            // Asked for under the shard's lock: a swarm that ends meanwhile is not begun again.
            match self.directory.find(info_hash, seat.admitted) {
                None => Announced::Unknown,
                Some(_) if announce.event == Event::Stopped => {
                    let left = self.change(&mut shard.swarms, info_hash, |swarm| {
                        swarm.leave_from(&announce.peer_id, seat);
                        swarm.count()
                    });
                    Announced::Joined { count: left.unwrap_or_default(), partners: Vec::new() }
                }
                Some(set) => {
                    shard.swarms.entry(*info_hash).or_insert_with(|| Swarm::new(*info_hash, set));
                    self.join(shard, seat, announce, now)
                }
            }
        });
        match announced {
            Announced::Unknown => {
                self.counters.drop(Drop::Unknown);
                self.fail(seat, Some(info_hash), UNKNOWN);
            }
            Announced::Refused(why) => self.fail(seat, Some(info_hash), why),
            Announced::Joined { count, partners } => {
                let interval_s = self.interval_s();
                self.tell(seat, Told::Reply, |out| {
                    protocol::write_reply(out, info_hash, interval_s, count);
                });
                for (partner, offer) in partners.iter().zip(&announce.offers) {
                    self.tell(partner, Told::Offer, |out| {
                        let (peer_id, offer_id) = (&announce.peer_id, &offer.offer_id);
                        let kind = Relay::Offer;
                        protocol::write_relay(out, kind, info_hash, peer_id, offer_id, offer.sdp);
                    });
                }
            }
        }
    }

    fn join(
        &self,
        shard: &mut Shard,
        seat: &Arc<Seat>,
        announce: &Announce<'_>,
        now: Millis,
    ) -> Announced {
        let Shard { swarms, dice } = shard;
        let announced = self.change(swarms, &announce.info_hash, |swarm| {
            let peer_id = announce.peer_id;
            let expires_at = now.plus(self.patience());
            match swarm.join(seat, peer_id, now, expires_at, self.bounds()) {
                Joined::TooMany => {
                    self.counters.drop(Drop::Swarms);
                    return Announced::Refused(TOO_MANY);
                }
                Joined::Taken => {
                    self.counters.drop(Drop::Taken);
                    return Announced::Refused(TAKEN);
                }
                Joined::Known if announce.event == Event::Started => swarm.restart(&peer_id, now),
                Joined::Known | Joined::New => {}
            }
            if announce.complete || announce.event == Event::Completed {
                swarm.complete(&peer_id);
            }
            let partners = if swarm.set().viewers() < self.min_viewers {
                Vec::new()
            } else {
                let offers = announce.offers.iter().map(|offer| offer.offer_id);
                swarm.pair(&peer_id, offers, now, dice)
            };
            Announced::Joined { count: swarm.count(), partners }
        });
        announced.unwrap_or(Announced::Unknown)
    }

    fn answer(&self, seat: &Seat, answer: &Answer<'_>, now: Millis) {
        let info_hash = &answer.info_hash;
        if self.directory.find(info_hash, seat.admitted).is_none() {
            self.counters.drop(Drop::Unknown);
            self.fail(seat, Some(info_hash), UNKNOWN);
            return;
        }
        let (from, to, offer) = (&answer.peer_id, &answer.to_peer_id, &answer.offer_id);
        let asked = self.in_shard(info_hash, |shard| {
            shard.swarms.get_mut(info_hash)?.answer(seat, from, to, offer, now)
        });
        // Who offered may have left meanwhile: nothing to complain of.
        let Some(asked) = asked else { return self.counters.drop(Drop::Unasked) };
        self.tell(&asked, Told::Answer, |out| {
            protocol::write_relay(out, Relay::Answer, info_hash, from, offer, answer.sdp);
        });
    }

    fn scrape(&self, seat: &Seat, hashes: &[Id]) {
        let known = hashes.iter().filter(|hash| self.directory.find(hash, seat.admitted).is_some());
        let files: Vec<(Id, Count)> = known
            .map(|hash| {
                let count = self.in_shard(hash, |shard| shard.swarms.get(hash).map(Swarm::count));
                (*hash, count.unwrap_or_default())
            })
            .collect();
        let interval_s = self.interval_s();
        self.tell(seat, Told::Scrape, |out| protocol::write_scrape(out, &files, interval_s));
    }

    fn fail(&self, seat: &Seat, info_hash: Option<&Id>, why: &str) {
        self.tell(seat, Told::Failure, |out| protocol::write_failure(out, info_hash, why));
    }

    fn tell(&self, seat: &Seat, kind: Told, write: impl FnOnce(&mut Vec<u8>)) {
        match seat.send(write) {
            Sent::Queued => self.counters.tell(kind, 1),
            Sent::TooSlow => self.counters.drop(Drop::Slow),
            Sent::Ended => {}
        }
    }
}
