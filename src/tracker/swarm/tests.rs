use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;
use rand::SeedableRng as _;
use uuid::Uuid;

use super::*;
use crate::config::Tracker as Settings;
use crate::tracker::callers::Callers;
use crate::tracker::directory::{Directory, Swarm as Listed};

const LIFE: Duration = Duration::from_secs(75);

/// A swarm with seats for everybody, and a clock.
struct Stage {
    swarm: Swarm,
    seats: Vec<Arc<Seat>>,
    callers: Callers,
    dice: StdRng,
    now: Millis,
}

fn id(number: usize) -> Id {
    let mut bytes = *b"-FR0001-            ";
    bytes[12..].copy_from_slice(&(number as u64).to_be_bytes());
    Id(bytes)
}

/// One offer of a peer; no two are the same.
fn offer(number: usize, of: usize) -> Id {
    id(1_000_000 + number * 1000 + of)
}

/// An address of its own /24 for every number.
fn elsewhere(number: usize) -> IpAddr {
    Ipv4Addr::from_bits(0x0a00_0001 + ((number as u32) << 8)).into()
}

impl Stage {
    fn new() -> Self {
        let directory = Directory::default();
        let pass = Uuid::from_u128(1);
        directory.replace(1, &[Listed { info_hash: [9; 20], pass, open: true }]);
        let set = directory.find(&Id([9; 20]), None).unwrap();
        Self {
            swarm: Swarm::new(Id([9; 20]), set),
            seats: Vec::new(),
            callers: Callers::default(),
            dice: StdRng::seed_from_u64(7),
            now: Millis(1_000_000),
        }
    }

    /// The seat of peer `number`, at an address.
    fn seat_at(&mut self, number: usize, address: IpAddr) -> Arc<Seat> {
        let caller = self.callers.admit(address, self.now, &Settings::default()).unwrap();
        let seat = Arc::new(Seat::new(number as u64, caller, None, self.now));
        self.seats.push(Arc::clone(&seat));
        seat
    }

    fn seat(&mut self, number: usize) -> Arc<Seat> {
        let known = self.seats.iter().find(|seat| seat.id == number as u64).cloned();
        known.unwrap_or_else(|| self.seat_at(number, elsewhere(number)))
    }

    fn join(&mut self, number: usize) -> Joined {
        let seat = self.seat(number);
        let bounds = Bounds { pairs_per_socket: 8, pairs_per_address: 100 };
        self.swarm.join(&seat, id(number), self.now, self.now.plus(LIFE), bounds)
    }

    /// Announces with `offers` offers; who got one each.
    fn announce(&mut self, number: usize, offers: usize) -> Vec<usize> {
        self.join(number);
        let made = (0..offers).map(|of| offer(number, of));
        let seats = self.swarm.pair(&id(number), made, self.now, &mut self.dice);
        seats.iter().map(|seat| seat.id as usize).collect()
    }

    /// The `of`-th offer of one is answered by another.
    fn answer(&mut self, by: usize, to: usize, of: usize) -> Option<usize> {
        let seat = self.seat(by);
        let answered = self.swarm.answer(&seat, &id(by), &id(to), &offer(to, of), self.now);
        answered.map(|seat| seat.id as usize)
    }

    fn wait(&mut self, time: Duration) {
        self.now = self.now.plus(time);
    }
}

#[test]
fn an_offer_goes_to_one_peer_and_its_answer_back_once() {
    let mut stage = Stage::new();
    assert_eq!(stage.announce(1, 5), Vec::<usize>::new());
    assert_eq!(stage.announce(2, 5), [1]);
    // From somebody else, to somebody else, for another offer: no.
    stage.join(3);
    assert_eq!(stage.answer(3, 2, 0), None);
    assert_eq!(stage.answer(1, 3, 0), None);
    assert_eq!(stage.answer(1, 2, 1), None);
    assert_eq!(stage.answer(2, 1, 0), None);
    assert_eq!(stage.answer(1, 2, 0), Some(2));
    assert_eq!(stage.answer(1, 2, 0), None);
}

#[test]
fn another_socket_cannot_answer_in_a_peers_name() {
    let mut stage = Stage::new();
    stage.join(1);
    stage.announce(2, 1);
    let thief = stage.seat(3);
    assert!(stage.swarm.answer(&thief, &id(1), &id(2), &offer(2, 0), stage.now).is_none());
}

#[test]
fn an_answer_that_comes_too_late_goes_nowhere() {
    let mut stage = Stage::new();
    stage.join(1);
    stage.announce(2, 1);
    stage.wait(OFFER_LIFE);
    assert_eq!(stage.answer(1, 2, 0), None);
}

#[test]
fn two_peers_meet_once() {
    let mut stage = Stage::new();
    stage.join(1);
    assert_eq!(stage.announce(2, 5), [1]);
    for _ in 0..20 {
        stage.wait(Duration::from_secs(30));
        assert_eq!(stage.announce(2, 5), Vec::<usize>::new());
        assert_eq!(stage.announce(1, 5), Vec::<usize>::new());
    }
}

#[test]
fn a_peer_that_begins_anew_meets_the_same_again_but_not_at_once() {
    let mut stage = Stage::new();
    stage.join(1);
    assert_eq!(stage.announce(2, 5), [1]);
    stage.swarm.restart(&id(2), stage.now);
    assert_eq!(stage.announce(2, 5), Vec::<usize>::new());
    stage.wait(NEW_LIFE);
    stage.swarm.restart(&id(2), stage.now);
    assert_eq!(stage.announce(2, 5), [1]);
}

#[test]
fn a_socket_does_not_meet_itself() {
    let mut stage = Stage::new();
    let seat = stage.seat(1);
    let bounds = Bounds { pairs_per_socket: 8, pairs_per_address: 100 };
    let until = stage.now.plus(LIFE);
    stage.swarm.join(&seat, id(1), stage.now, until, bounds);
    // Another id of the same socket takes the place of the first.
    stage.swarm.join(&seat, id(2), stage.now, until, bounds);
    assert_eq!(stage.swarm.len(), 1);
    let partners = stage.swarm.pair(&id(2), [offer(2, 0)].into_iter(), stage.now, &mut stage.dice);
    assert_eq!(partners.len(), 0);
    assert_eq!(seat.pairs(), [(Id([9; 20]), id(2))]);
}

#[test]
fn nobody_has_more_partners_than_may_be() {
    let mut stage = Stage::new();
    let mut partners = vec![0; 200];
    for round in 0..12 {
        for number in 0..200 {
            for partner in stage.announce(number, 5) {
                // Offers come anew with every announce; which one it was does not matter here.
                let (one, other) = (id(number), id(partner));
                stage.swarm.peers.get_mut(&one).unwrap().met(&other).unwrap().answered = true;
                stage.swarm.peers.get_mut(&other).unwrap().met(&one).unwrap().answered = true;
                partners[number] += 1;
                partners[partner] += 1;
            }
        }
        stage.wait(Duration::from_secs(30));
        assert!(partners.iter().all(|count| *count <= MOST), "round {round}: {partners:?}");
    }
    assert!(partners.iter().all(|count| *count >= ENOUGH), "{partners:?}");
    // Those who come later still find somebody.
    let found: Vec<_> = (200..260).map(|number| stage.announce(number, 5).len()).collect();
    assert!(found.iter().all(|count| *count >= 4), "{found:?}");
}

#[test]
fn partners_that_never_answered_do_not_fill_the_places() {
    let mut stage = Stage::new();
    (1..=40).for_each(|number| assert_eq!(stage.join(number), Joined::New));
    let mut met = HashSet::new();
    for _ in 0..6 {
        (1..=40).for_each(|number| assert_eq!(stage.join(number), Joined::Known));
        met.extend(stage.announce(0, 6));
        stage.wait(OFFER_LIFE);
    }
    assert_eq!(met.len(), 36, "always new ones");
}

#[test]
fn those_of_other_networks_come_first() {
    let mut stage = Stage::new();
    for number in 0..10 {
        stage.seat_at(number, Ipv4Addr::new(192, 0, 2, number as u8).into());
        stage.join(number);
    }
    (10..15).for_each(|number| assert_eq!(stage.join(number), Joined::New));
    let mut found = stage.announce(0, 5);
    found.sort_unstable();
    assert_eq!(found, [10, 11, 12, 13, 14]);
    // Where there is nobody else, neighbours will do.
    assert_eq!(stage.announce(0, 5).len(), 5);
}

#[test]
fn somebody_elses_id_cannot_be_taken_but_ones_own_can_be_taken_up_again() {
    let mut stage = Stage::new();
    stage.join(1);
    let bounds = Bounds { pairs_per_socket: 8, pairs_per_address: 100 };
    let until = stage.now.plus(LIFE);
    let thief = stage.seat(2);
    assert_eq!(stage.swarm.join(&thief, id(1), stage.now, until, bounds), Joined::Taken);
    // The same address on a new socket: its line was cut.
    let again = stage.seat_at(3, elsewhere(1));
    assert_eq!(stage.swarm.join(&again, id(1), stage.now, until, bounds), Joined::New);
    assert_eq!(stage.swarm.len(), 1);
    // When the old socket ends, the new one stays.
    let old = stage.seat(1);
    assert!(old.pairs().is_empty());
    stage.swarm.leave_from(&id(1), &old);
    assert_eq!(stage.swarm.len(), 1);
}

#[test]
fn pairs_of_a_socket_and_of_an_address_are_bounded() {
    let mut stage = Stage::new();
    let bounds = Bounds { pairs_per_socket: 0, pairs_per_address: 100 };
    let (seat, until) = (stage.seat(1), stage.now.plus(LIFE));
    assert_eq!(stage.swarm.join(&seat, id(1), stage.now, until, bounds), Joined::TooMany);
    let bounds = Bounds { pairs_per_socket: 8, pairs_per_address: 1 };
    assert_eq!(stage.swarm.join(&seat, id(1), stage.now, until, bounds), Joined::New);
    let neighbour = stage.seat_at(2, elsewhere(1));
    assert_eq!(stage.swarm.join(&neighbour, id(2), stage.now, until, bounds), Joined::TooMany);
    stage.swarm.end();
    assert_eq!(stage.swarm.join(&neighbour, id(2), stage.now, until, bounds), Joined::New);
}

#[test]
fn reported_peers_are_kept_apart_and_shunned_ones_from_everybody() {
    let mut stage = Stage::new();
    (1..=6).for_each(|number| assert_eq!(stage.join(number), Joined::New));
    assert!(stage.swarm.met(&id(1), &id(2)).is_none(), "they were not brought together");
    let (one, two) = (stage.seat(1), stage.seat(2));
    one.avoid(&two);
    for number in [1, 2] {
        let found = stage.announce(number, 5);
        assert!(!found.contains(&(3 - number)) && found.len() == 4, "{found:?}");
    }
    stage.seat(3).shun();
    assert_eq!(stage.announce(3, 5), Vec::<usize>::new());
    assert!(!stage.announce(4, 5).contains(&3));
}

/// What may happen to a swarm.
#[derive(Debug, Clone)]
enum Step {
    Announce(usize),
    Answer(usize, usize, usize),
    Leave(usize),
    Complete(usize),
    Restart(usize),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 0..12_usize;
    let step = prop_oneof![
        6 => who.clone().prop_map(Step::Announce),
        6 => (who.clone(), who.clone(), 0..5_usize).prop_map(|(a, b, of)| Step::Answer(a, b, of)),
        1 => who.clone().prop_map(Step::Leave),
        1 => who.clone().prop_map(Step::Complete),
        1 => who.prop_map(Step::Restart),
        2 => (1..40_u64).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..200)
}

proptest! {
    /// Whatever happens: nobody stays longer than its time, partners know each other, counts are
    /// right, and in the end nothing is left.
    #[test]
    fn a_swarm_stays_in_order(steps in steps()) {
        let mut stage = Stage::new();
        let mut last = [None; 12];
        for step in steps {
            match step {
                Step::Announce(number) => {
                    stage.announce(number, 5);
                    last[number] = Some(stage.now);
                }
                Step::Answer(by, to, of) => {
                    stage.answer(by, to, of);
                }
                Step::Leave(number) => {
                    let seat = stage.seat(number);
                    stage.swarm.leave_from(&id(number), &seat);
                    last[number] = None;
                }
                Step::Complete(number) => stage.swarm.complete(&id(number)),
                Step::Restart(number) => stage.swarm.restart(&id(number), stage.now),
                Step::Wait(seconds) => {
                    stage.wait(Duration::from_secs(seconds));
                    let now = stage.now;
                    stage.swarm.expire(now);
                }
            }
            let there = |number: &usize| last[*number].is_some_and(|at: Millis| stage.now < at.plus(LIFE));
            let expected = (0..12).filter(there).count();
            prop_assert_eq!(stage.swarm.len(), expected);
            prop_assert_eq!(stage.swarm.set().viewers(), expected);
            let count = stage.swarm.count();
            prop_assert_eq!(count.complete + count.incomplete, expected);
            for (peer_id, peer) in &stage.swarm.peers {
                prop_assert!(peer.met.len() <= MOST);
                for met in &peer.met {
                    let partner = stage.swarm.peers.get(&met.partner).unwrap();
                    let back: Vec<_> = partner.met.iter().filter(|met| met.partner == *peer_id).collect();
                    prop_assert_eq!(back.len(), 1);
                    prop_assert_eq!(back[0].answered, met.answered);
                }
            }
        }
        stage.wait(LIFE);
        let now = stage.now;
        stage.swarm.expire(now);
        prop_assert!(stage.swarm.is_empty());
        prop_assert_eq!(stage.swarm.set().viewers(), 0);
        prop_assert_eq!(stage.swarm.count(), Count::default());
        prop_assert!(stage.seats.iter().all(|seat| seat.pairs().is_empty()));
    }
}
