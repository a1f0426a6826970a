//! How fast may be uploaded? One budget of bytes a second for all connections of a process.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

use crate::protocol::MESSAGE_LIMIT;

/// Below this a stock peer may see 2 s without a byte and give up.
const SLOWEST_UPLOAD: u64 = 64 * 1024;
/// More uploads at once than this help nobody.
const MOST_UPLOADS: u64 = 64;

/// The budget.
#[derive(Debug)]
pub struct Throttle {
    bytes_per_s: Option<u64>,
    free_at: Mutex<Instant>,
    uploads: Semaphore,
}

impl Throttle {
    /// `None`: as fast as the line.
    #[must_use]
    pub fn new(bytes_per_s: Option<u64>) -> Self {
        let uploads = bytes_per_s.map_or(MOST_UPLOADS, |rate| rate / SLOWEST_UPLOAD);
        let uploads = usize::try_from(uploads.clamp(1, MOST_UPLOADS)).unwrap_or(1);
        let free_at = Mutex::new(Instant::now());
        let bytes_per_s = bytes_per_s.map(|rate| rate.max(1));
        Self { bytes_per_s, free_at, uploads: Semaphore::new(uploads) }
    }

    /// Room for one more upload, `None` when the budget is spoken for.
    pub fn begin(&self) -> Option<SemaphorePermit<'_>> {
        self.uploads.try_acquire().ok()
    }

    /// Length of the messages to cut a segment into.
    #[must_use]
    pub fn message_limit(&self) -> usize {
        if self.bytes_per_s.is_some() { 16 * 1024 } else { MESSAGE_LIMIT }
    }

    /// Waits until `bytes` more may go out.
    pub async fn take(&self, bytes: usize) {
        let Some(rate) = self.bytes_per_s else { return };
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let cost = Duration::from_micros(bytes.saturating_mul(1_000_000) / rate);
        let at = {
            let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
            let at = (*free_at).max(Instant::now());
            *free_at = at + cost;
            at
        };
        sleep_until(at).await;
    }
}

#[cfg(test)]
mod tests {
    use super::Throttle;
    use std::time::Duration;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn the_budget_holds_for_all_together() {
        let throttle = Throttle::new(Some(100_000));
        let start = Instant::now();
        let take = || async {
            for _ in 0..10 {
                throttle.take(10_000).await;
            }
        };
        tokio::join!(take(), take());
        throttle.take(1).await;
        assert_eq!(start.elapsed().as_secs(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_nothing_waits() {
        let throttle = Throttle::new(None);
        let start = Instant::now();
        throttle.take(usize::MAX).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[test]
    fn a_small_budget_serves_few_at_once() {
        let throttle = Throttle::new(Some(130_000));
        let one = throttle.begin();
        assert!(one.is_some() && throttle.begin().is_none());
        drop(one);
        assert!(throttle.begin().is_some());
    }
}
