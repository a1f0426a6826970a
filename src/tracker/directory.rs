//! Which swarms may there be? Those of this server's playable videos, looked up without a
//! database; `videos::swarms` fills it and keeps it right.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use uuid::Uuid;

use super::protocol::Id;

/// A swarm that may be: one rendition of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swarm {
    /// What clients name it by.
    pub info_hash: [u8; 20],
    /// What admits to it, one for all renditions of a set: another one ends the swarm.
    pub pass: Uuid,
    /// Anybody may take part; otherwise those who hold the pass.
    pub open: bool,
}

/// The swarms of one set of renditions, and who watches it.
#[derive(Debug)]
pub struct Set {
    pass: Uuid,
    open: bool,
    /// Pairs of each socket.
    sockets: Mutex<HashMap<u64, u32>>,
    viewers: AtomicUsize,
}

impl Set {
    fn new(swarm: &Swarm) -> Arc<Self> {
        Arc::new(Self {
            pass: swarm.pass,
            open: swarm.open,
            sockets: Mutex::default(),
            viewers: AtomicUsize::new(0),
        })
    }

    fn is(&self, swarm: &Swarm) -> bool {
        self.pass == swarm.pass && self.open == swarm.open
    }

    /// Sockets that are in at least one of its swarms.
    #[must_use]
    pub fn viewers(&self) -> usize {
        self.viewers.load(Ordering::Relaxed)
    }

    /// A socket has one more pair here.
    pub fn arrive(&self, socket: u64) {
        let mut sockets = self.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        *sockets.entry(socket).or_insert(0) += 1;
        self.viewers.store(sockets.len(), Ordering::Relaxed);
    }

    /// A socket has one pair less here.
    pub fn depart(&self, socket: u64) {
        let mut sockets = self.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pairs) = sockets.get_mut(&socket) {
            *pairs -= 1;
            if *pairs == 0 {
                sockets.remove(&socket);
            }
        }
        self.viewers.store(sockets.len(), Ordering::Relaxed);
    }
}

#[derive(Default)]
struct Known {
    swarms: HashMap<Id, Arc<Set>>,
    videos: HashMap<i64, Vec<Id>>,
}

/// All swarms that may be on this node.
#[derive(Default)]
pub struct Directory(RwLock<Known>);

impl Directory {
    /// The set of `info_hash`, when somebody who was admitted to `admitted` may know of it. Who
    /// may not is answered as if it did not exist.
    #[must_use]
    pub fn find(&self, info_hash: &Id, admitted: Option<Uuid>) -> Option<Arc<Set>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let set = known.swarms.get(info_hash)?;
        (set.open || admitted == Some(set.pass)).then(|| Arc::clone(set))
    }

    /// How many swarms may be.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).swarms.len()
    }

    /// No video is shared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes `swarms` those of a video, and returns the hashes that were its and are no longer as
    /// they were: the caller ends those swarms.
    pub(super) fn replace(&self, video_id: i64, swarms: &[Swarm]) -> Vec<Id> {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let known = &mut *known;
        let before = known.videos.remove(&video_id).unwrap_or_default();
        let stays = |set: &Set, hash: &Id| {
            swarms.iter().any(|swarm| swarm.info_hash == hash.0 && set.is(swarm))
        };
        let mut sets: Vec<Arc<Set>> = Vec::new();
        let mut ended = Vec::new();
        for hash in before {
            match known.swarms.get(&hash) {
                Some(set) if stays(set, &hash) => {
                    if !sets.iter().any(|known| Arc::ptr_eq(known, set)) {
                        sets.push(Arc::clone(set));
                    }
                }
                _ => {
                    known.swarms.remove(&hash);
                    ended.push(hash);
                }
            }
        }
        for swarm in swarms {
            let set = match sets.iter().find(|set| set.is(swarm)) {
                Some(set) => Arc::clone(set),
                None => {
                    let set = Set::new(swarm);
                    sets.push(Arc::clone(&set));
                    set
                }
            };
            known.swarms.insert(Id(swarm.info_hash), set);
        }
        if !swarms.is_empty() {
            let hashes = swarms.iter().map(|swarm| Id(swarm.info_hash)).collect();
            known.videos.insert(video_id, hashes);
        }
        ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swarm(number: u8, pass: u128, open: bool) -> Swarm {
        Swarm { info_hash: [number; 20], pass: Uuid::from_u128(pass), open }
    }

    #[test]
    fn a_closed_swarm_is_found_by_those_who_were_admitted_to_it() {
        let directory = Directory::default();
        directory.replace(1, &[swarm(1, 10, true), swarm(2, 20, false)]);
        assert!(directory.find(&Id([1; 20]), None).is_some());
        assert!(directory.find(&Id([2; 20]), None).is_none());
        assert!(directory.find(&Id([2; 20]), Some(Uuid::from_u128(10))).is_none());
        assert!(directory.find(&Id([2; 20]), Some(Uuid::from_u128(20))).is_some());
        assert!(directory.find(&Id([3; 20]), Some(Uuid::from_u128(20))).is_none());
    }

    #[test]
    fn what_stays_keeps_its_viewers_and_what_changed_ends() {
        let directory = Directory::default();
        assert!(directory.replace(1, &[swarm(1, 10, true), swarm(2, 10, true)]).is_empty());
        let set = directory.find(&Id([1; 20]), None).unwrap();
        assert!(Arc::ptr_eq(&set, &directory.find(&Id([2; 20]), None).unwrap()));
        set.arrive(7);
        let ended = directory.replace(1, &[swarm(1, 10, true), swarm(3, 10, true)]);
        assert_eq!(ended, [Id([2; 20])]);
        assert_eq!(directory.find(&Id([3; 20]), None).unwrap().viewers(), 1);
        // It is no longer for everybody: who is in it must come again with a token.
        let ended = directory.replace(1, &[swarm(1, 10, false)]);
        assert_eq!(ended.len(), 2);
        assert!(directory.find(&Id([1; 20]), None).is_none());
        assert_eq!(directory.replace(1, &[]), [Id([1; 20])]);
        assert!(directory.is_empty());
    }

    #[test]
    fn a_socket_in_two_swarms_of_a_video_is_one_viewer() {
        let set = Set::new(&swarm(1, 10, true));
        set.arrive(1);
        set.arrive(1);
        set.arrive(2);
        assert_eq!(set.viewers(), 2);
        set.depart(1);
        assert_eq!(set.viewers(), 2);
        set.depart(1);
        assert_eq!(set.viewers(), 1);
    }
}
