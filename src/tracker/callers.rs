//! How much may one address ask of the tracker? Token buckets, and counts of sockets and pairs;
//! addresses are kept in memory while they have a socket, and nowhere else.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ipnet::IpNet;

use crate::config::Tracker as Settings;
use crate::domain::Millis;

/// Seconds of its rate that a caller may use at once: players announce several swarms together.
const BURST_S: i64 = 10;
/// What a new socket costs, in messages.
const SOCKET_COST: u32 = 5;
const MICROS: i64 = 1_000_000;

/// A token bucket: the moment, in microseconds, at which it is full again (RFC-less GCRA).
#[derive(Debug, Default)]
pub struct Bucket(AtomicI64);

impl Bucket {
    /// Takes `cost` of `per_second`; false when there is not enough left.
    pub fn take(&self, now: Millis, cost: u32, per_second: u32) -> bool {
        let now = now.0.saturating_mul(1000);
        let price = i64::from(cost) * MICROS / i64::from(per_second.max(1));
        let taken = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full_at| {
            let then = full_at.max(now) + price;
            (then - now <= BURST_S * MICROS).then_some(then)
        });
        taken.is_ok()
    }

    /// Nothing was taken from it lately.
    pub(super) fn full(&self, now: Millis) -> bool {
        self.0.load(Ordering::Relaxed) <= now.0.saturating_mul(1000)
    }
}

/// One address, or one /64 of IPv6: whoever is behind it shares its limits.
#[derive(Debug)]
pub struct Caller {
    /// IPv4 address, or IPv6 network.
    key: IpAddr,
    /// The operator's own: no limits.
    exempt: bool,
    bucket: Bucket,
    sockets: AtomicU32,
    pairs: AtomicU32,
}

impl Caller {
    /// Whether `address` is this caller's.
    #[must_use]
    pub fn is(&self, address: IpAddr) -> bool {
        neighbourhood(address) == self.key
    }

    /// What partners should differ in: IPv4 /24, IPv6 /48.
    #[must_use]
    pub fn network(&self) -> u64 {
        match self.key {
            IpAddr::V4(v4) => u64::from(v4.to_bits() >> 8),
            IpAddr::V6(v6) => (1 << 63) | u64::try_from(v6.to_bits() >> 80).unwrap_or(0),
        }
    }

    /// No limits apply.
    #[must_use]
    pub fn exempt(&self) -> bool {
        self.exempt
    }

    /// Takes `cost` messages from its bucket.
    #[must_use]
    pub fn take(&self, now: Millis, cost: u32, per_second: u32) -> bool {
        self.exempt || self.bucket.take(now, cost, per_second)
    }

    /// Counts one more pair, unless there are `most`.
    #[must_use]
    pub fn add_pair(&self, most: u32) -> bool {
        add(&self.pairs, if self.exempt { u32::MAX } else { most })
    }

    /// Counts one pair less.
    pub fn drop_pair(&self) {
        self.pairs.fetch_sub(1, Ordering::Relaxed);
    }

    /// Counts one socket less.
    pub fn drop_socket(&self) {
        self.sockets.fetch_sub(1, Ordering::Relaxed);
    }
}

fn add(count: &AtomicU32, most: u32) -> bool {
    let more = |count: u32| (count < most).then_some(count + 1);
    count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
}

/// One household or server has a whole /64 of IPv6 addresses.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Everybody who has a socket, by address.
#[derive(Debug, Default)]
pub struct Callers(Mutex<HashMap<IpAddr, Arc<Caller>>>);

impl Callers {
    /// Counts a new socket of `address`, unless it has too many, or opens them too fast.
    pub fn admit(&self, address: IpAddr, now: Millis, settings: &Settings) -> Option<Arc<Caller>> {
        let key = neighbourhood(address);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let caller = known.entry(key).or_insert_with(|| {
            let within = |net: &IpNet| net.contains(&address.to_canonical());
            Arc::new(Caller {
                key,
                exempt: settings.exempt_networks.iter().any(within),
                bucket: Bucket::default(),
                sockets: AtomicU32::new(0),
                pairs: AtomicU32::new(0),
            })
        });
        let most = if caller.exempt { u32::MAX } else { settings.sockets_per_address };
        let may = caller.take(now, SOCKET_COST, settings.address_messages_per_second)
            && add(&caller.sockets, most);
        may.then(|| Arc::clone(caller))
    }

    /// Forgets those without sockets whose bucket is full again.
    pub fn sweep(&self, now: Millis) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, caller| {
            caller.sockets.load(Ordering::Relaxed) > 0 || !caller.bucket.full(now)
        });
        if known.capacity() > 4 * known.len().max(1024) {
            known.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let bucket = Bucket::default();
        let start = Millis(1_000_000);
        let taken = (0..1000).filter(|_| bucket.take(start, 1, 5)).count();
        assert_eq!(taken, 50);
        assert!(!bucket.take(Millis(start.0 + 199), 1, 5));
        assert!(bucket.take(Millis(start.0 + 200), 1, 5));
        assert!(!bucket.take(Millis(start.0 + 200), 1, 5));
        assert!(bucket.full(Millis(start.0 + 20_000)));
    }

    #[test]
    fn an_ipv6_network_is_one_caller_and_is_forgotten_when_it_is_quiet() {
        let callers = Callers::default();
        let settings = Settings { sockets_per_address: 2, ..Settings::default() };
        let now = Millis(0);
        let first = callers.admit(at("2001:db8::1"), now, &settings).unwrap();
        let second = callers.admit(at("2001:db8::ffff:2"), now, &settings).unwrap();
        assert!(Arc::ptr_eq(&first, &second));
        assert!(callers.admit(at("2001:db8::3"), now, &settings).is_none());
        assert!(callers.admit(at("2001:db8:0:1::3"), now, &settings).is_some());
        assert_eq!(
            first.network(),
            callers.admit(at("2001:db8:0:2::"), now, &settings).unwrap().network()
        );
        first.drop_socket();
        second.drop_socket();
        callers.sweep(Millis(60_000));
        assert_eq!(callers.0.lock().unwrap().len(), 2);
    }

    #[test]
    fn exempt_networks_have_no_limits() {
        let callers = Callers::default();
        let settings = Settings {
            sockets_per_address: 1,
            exempt_networks: vec!["127.0.0.0/8".parse().unwrap()],
            ..Settings::default()
        };
        for _ in 0..1000 {
            let caller = callers.admit(at("::ffff:127.0.0.1"), Millis(0), &settings).unwrap();
            assert!(caller.add_pair(0));
        }
    }
}
