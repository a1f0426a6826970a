//! How often may somebody guess a password? Counted per address and per account or video, in this
//! node's memory.
//!
//! Nobody can lock the owner of an account out: wrong passwords from one address stop only that
//! address (IPv6: its /64). When guesses at one account come from everywhere, each address is left
//! with few tries, but still some, so that who knows the password gets in.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::AuthError;
use crate::app::App;
use crate::domain::Millis;

/// How long a wrong password is held against its sender.
const WINDOW: Duration = Duration::from_secs(5 * 60);
/// An account is under attack when it receives this many times the tries of one address.
const PRESSURE: usize = 10;
/// Tries an address has at an account under attack.
const UNDER_PRESSURE: usize = 2;
/// Keys remembered per table at most; when more are needed, the oldest attack is forgotten.
const MOST_KEYS: usize = 50_000;

/// Moments of tries by key, newest last.
struct Tries<K>(HashMap<K, VecDeque<Millis>>);

impl<K> Default for Tries<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash + Clone> Tries<K> {
    fn recent(&mut self, key: &K, now: Millis) -> usize {
        let Some(moments) = self.0.get_mut(key) else { return 0 };
        let horizon = now.minus(WINDOW);
        while moments.front().is_some_and(|at| *at <= horizon) {
            moments.pop_front();
        }
        if moments.is_empty() {
            self.0.remove(key);
            return 0;
        }
        moments.len()
    }

    /// Time until the next try, when `limit` of them are used up.
    fn wait(&mut self, key: &K, limit: usize, now: Millis) -> Option<Duration> {
        let used = self.recent(key, now);
        if used < limit {
            return None;
        }
        let freeing = self.0.get(key)?.get(used.saturating_sub(limit))?.plus(WINDOW);
        Some(Duration::from_millis(u64::try_from(freeing.0 - now.0).unwrap_or(0)))
    }

    fn add(&mut self, key: &K, most: usize, now: Millis) {
        if self.0.len() >= MOST_KEYS && !self.0.contains_key(key) {
            let horizon = now.minus(WINDOW);
            self.0.retain(|_, moments| moments.back().is_some_and(|at| *at > horizon));
            if self.0.len() >= MOST_KEYS {
                self.0.clear();
            }
        }
        let moments = self.0.entry(key.clone()).or_default();
        moments.push_back(now);
        if moments.len() > most {
            moments.pop_front();
        }
    }

    fn take_back(&mut self, key: &K, at: Millis) {
        if let Some(moments) = self.0.get_mut(key)
            && let Some(place) = moments.iter().rposition(|moment| *moment == at)
        {
            moments.remove(place);
        }
    }
}

/// The part of the network an address speaks for: one IPv4 address, or an IPv6 /64.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

/// What a password opens. Guesses at one are not held against the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lock {
    /// An account.
    Account,
    /// A video.
    Video,
    /// The door for those who want an account.
    Signup,
}

#[derive(Default)]
struct Tables {
    addresses: Tries<(Lock, IpAddr)>,
    pairs: Tries<(Lock, IpAddr, String)>,
    accounts: Tries<(Lock, String)>,
}

#[derive(Default)]
struct Throttle(Mutex<Tables>);

/// A try that was let through. It counts as a wrong password until it is [`Attempt::succeeded`],
/// so that many at once cannot slip past the limit.
#[must_use]
pub struct Attempt {
    lock: Lock,
    network: IpAddr,
    account: String,
    at: Millis,
}

/// Lets a try at `account` (any stable name of what is locked) through, or not.
///
/// # Errors
/// [`AuthError::TooManyFailures`] with the time to wait.
pub fn begin(app: &App, lock: Lock, address: IpAddr, account: &str) -> Result<Attempt, AuthError> {
    let settings = &app.config().accounts;
    let limit = |setting: u32| usize::try_from(setting).unwrap_or(usize::MAX).max(1);
    let per_address = limit(settings.max_failures_per_address);
    let per_account = limit(settings.max_failures_per_account);
    let pressure = per_account.saturating_mul(PRESSURE);
    let now = app.now();
    let network = network(address);
    let place = (lock, network);
    let pair = (lock, network, account.to_owned());
    let account = (lock, account.to_owned());

    let throttle = app.room::<Throttle>();
    let mut tables = throttle.0.lock().unwrap_or_else(PoisonError::into_inner);
    let pressed = tables.accounts.recent(&account, now) >= pressure;
    let per_pair = if pressed { per_account.min(UNDER_PRESSURE) } else { per_account };
    let wait = tables
        .addresses
        .wait(&place, per_address, now)
        .max(tables.pairs.wait(&pair, per_pair, now));
    if let Some(retry_after) = wait {
        return Err(AuthError::TooManyFailures { retry_after });
    }
    tables.addresses.add(&place, per_address, now);
    tables.pairs.add(&pair, per_account, now);
    tables.accounts.add(&account, pressure, now);
    drop(tables);
    Ok(Attempt { lock, network, account: account.1, at: now })
}

impl Attempt {
    /// The password was right: the address starts anew with this account.
    pub fn succeeded(self, app: &App) {
        let throttle = app.room::<Throttle>();
        let mut tables = throttle.0.lock().unwrap_or_else(PoisonError::into_inner);
        tables.addresses.take_back(&(self.lock, self.network), self.at);
        tables.accounts.take_back(&(self.lock, self.account.clone()), self.at);
        tables.pairs.0.remove(&(self.lock, self.network, self.account));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_neighbourhood_counts_as_one() {
        let at = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(network(at("2001:db8::1")), network(at("2001:db8::ffff:1")));
        assert_ne!(network(at("2001:db8:0:1::1")), network(at("2001:db8:0:2::1")));
        assert_eq!(network(at("::ffff:192.0.2.1")), at("192.0.2.1"));
    }

    #[test]
    fn tries_are_forgotten_after_the_window() {
        let mut tries = Tries::default();
        for at in [0, 1000, 2000] {
            tries.add(&"k", 10, Millis(at));
        }
        assert_eq!(tries.wait(&"k", 3, Millis(3000)), Some(WINDOW - Duration::from_secs(3)));
        assert_eq!(tries.wait(&"k", 4, Millis(3000)), None);
        let later = Millis(0).plus(WINDOW);
        assert_eq!(tries.wait(&"k", 3, later), None, "the first one is forgotten");
        assert_eq!(tries.wait(&"k", 2, later), Some(Duration::from_secs(1)));
        assert_eq!(tries.recent(&"k", later.plus(WINDOW)), 0);
        assert!(tries.0.is_empty(), "nothing is kept of a key without tries");
    }

    #[test]
    fn a_flood_of_keys_does_not_grow_without_end() {
        let mut tries = Tries::default();
        for key in 0..=MOST_KEYS {
            tries.add(&key, 1, Millis(1));
        }
        assert!(tries.0.len() <= MOST_KEYS);
    }
}
