//! How fast may somebody comment? Counted per person and per address over the last minute, in this
//! node's memory; the pause that a video wants is kept by the database.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::SocialError;
use crate::app::App;
use crate::auth::throttle::network;
use crate::domain::Millis;

const WINDOW: Duration = Duration::from_secs(60);
/// Keys remembered at most; when more are needed, those that were quiet longest are forgotten.
const MOST_KEYS: usize = 50_000;

struct Recent<K>(HashMap<K, VecDeque<Millis>>);

impl<K> Default for Recent<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Recent<K> {
    /// Time until one more is let through; `None`: now.
    fn wait(&mut self, key: &K, limit: usize, now: Millis) -> Option<Duration> {
        let moments = self.0.get_mut(key)?;
        let horizon = now.minus(WINDOW);
        while moments.front().is_some_and(|at| *at <= horizon) {
            moments.pop_front();
        }
        let freeing = moments.get(moments.len().checked_sub(limit)?)?.plus(WINDOW);
        Some(Duration::from_millis(u64::try_from(freeing.0 - now.0).unwrap_or(0)))
    }

    fn add(&mut self, key: K, now: Millis) {
        if self.0.len() >= MOST_KEYS && !self.0.contains_key(&key) {
            let horizon = now.minus(WINDOW);
            self.0.retain(|_, moments| moments.back().is_some_and(|at| *at > horizon));
            if self.0.len() >= MOST_KEYS {
                self.0.clear();
            }
        }
        self.0.entry(key).or_default().push_back(now);
    }
}

#[derive(Default)]
struct Tables {
    people: Recent<i64>,
    networks: Recent<IpAddr>,
}

#[derive(Default)]
struct Throttle(Mutex<Tables>);

/// Counts a comment of `actor_id` from `address`, or refuses it.
///
/// # Errors
/// [`SocialError::TooMany`] with the time to wait.
pub(super) fn take(app: &App, actor_id: i64, address: IpAddr) -> Result<(), SocialError> {
    let settings = &app.config().comments;
    let limit = |setting: u32| usize::try_from(setting).unwrap_or(usize::MAX);
    let (person, place) = (limit(settings.per_person), limit(settings.per_address));
    let (now, network) = (app.now(), network(address));
    let throttle = app.room::<Throttle>();
    let mut tables = throttle.0.lock().unwrap_or_else(PoisonError::into_inner);
    let wait =
        tables.people.wait(&actor_id, person, now).max(tables.networks.wait(&network, place, now));
    if let Some(retry_after) = wait {
        return Err(SocialError::TooMany { retry_after });
    }
    tables.people.add(actor_id, now);
    tables.networks.add(network, now);
    drop(tables);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_holds_so_many() {
        let mut recent = Recent::default();
        for at in [0, 1_000, 2_000] {
            assert_eq!(recent.wait(&1, 3, Millis(at)), None);
            recent.add(1, Millis(at));
        }
        assert_eq!(recent.wait(&1, 3, Millis(10_000)), Some(Duration::from_secs(50)));
        assert_eq!(recent.wait(&2, 3, Millis(10_000)), None, "somebody else");
        assert_eq!(recent.wait(&1, 3, Millis(60_000)), None, "the first is a minute old");
    }

    #[test]
    fn a_flood_of_keys_does_not_grow_without_end() {
        let mut recent = Recent::default();
        for key in 0..=MOST_KEYS {
            recent.add(key, Millis(1));
        }
        assert!(recent.0.len() <= MOST_KEYS);
    }
}
