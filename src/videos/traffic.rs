//! How many bytes of a video went over HTTP, and how many between viewers? Sums without
//! identities: what this server sends is counted as it is sent, what viewers share as they report
//! it (`playback`). Folded in memory, written every few seconds in one transaction.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::VideosError;
use super::access;
use crate::app::App;
use crate::db::DbError;
use crate::db::videos::traffic::{self, Busy, Day, Traffic};
use crate::domain::{Millis, Principal, VideoRef};
use crate::transact;

/// How often counted bytes are written.
const EVERY: Duration = Duration::from_secs(5);
/// Requests for different videos seldom meet.
const SHARDS: usize = 16;
const DAY_MS: i64 = 24 * 3600 * 1000;
/// Days kept one by one; older ones are added up, one row a video.
const DAYS_KEPT: i64 = 366;
/// Videos in the list of the busiest.
const BUSIEST: i64 = 10;

/// Bytes of one video on their way to viewers.
#[derive(Clone, Default)]
pub struct Meter(Arc<AtomicU64>);

impl Meter {
    /// These were sent.
    pub fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct Counting {
    sent: [Mutex<HashMap<i64, Meter>>; SHARDS],
    /// Bytes from and to other viewers.
    shared: Mutex<HashMap<i64, (u64, u64)>>,
    writing: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Counting {
    fn shard(&self, video_id: i64) -> Option<&Mutex<HashMap<i64, Meter>>> {
        self.sent.get(usize::try_from(video_id).unwrap_or(0) % SHARDS)
    }

    /// What was counted since the last time. Meters of answers that are still being sent stay.
    fn take(&self) -> HashMap<i64, Traffic> {
        let mut taken: HashMap<i64, Traffic> = HashMap::new();
        for shard in &self.sent {
            lock(shard).retain(|video_id, meter| {
                // Alone means: no answer holds it, and none gets it while the shard is locked.
                let alone = Arc::strong_count(&meter.0) == 1;
                let bytes = meter.0.swap(0, Ordering::Relaxed);
                if bytes > 0 {
                    taken.entry(*video_id).or_default().http_bytes = whole(bytes);
                }
                !alone
            });
        }
        for (video_id, (down, up)) in std::mem::take(&mut *lock(&self.shared)) {
            let entry = taken.entry(video_id).or_default();
            (entry.p2p_bytes, entry.upload_bytes) = (whole(down), whole(up));
        }
        taken
    }

    fn give_back(&self, taken: HashMap<i64, Traffic>) {
        let bytes = |count: i64| u64::try_from(count).unwrap_or(0);
        for (video_id, traffic) in taken {
            if let Some(shard) = self.shard(video_id) {
                let mut meters = lock(shard);
                let sent = bytes(traffic.http_bytes);
                meters.entry(video_id).or_default().0.fetch_add(sent, Ordering::Relaxed);
            }
            let mut shared = lock(&self.shared);
            let (down, up) = shared.entry(video_id).or_default();
            *down += bytes(traffic.p2p_bytes);
            *up += bytes(traffic.upload_bytes);
        }
    }
}

fn whole(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Counts what is sent of a video.
#[must_use]
pub fn meter(app: &App, video_id: i64) -> Meter {
    let counting = app.room::<Counting>();
    write_regularly(app, &counting);
    let Some(shard) = counting.shard(video_id) else { return Meter::default() };
    lock(shard).entry(video_id).or_default().clone()
}

/// Counts what viewers of a video shared: bytes that came from others, and that went to others.
pub(super) fn shared(app: &App, video_id: i64, down_bytes: u64, up_bytes: u64) {
    let counting = app.room::<Counting>();
    let mut shared = lock(&counting.shared);
    let (down, up) = shared.entry(video_id).or_default();
    *down = down.saturating_add(down_bytes);
    *up = up.saturating_add(up_bytes);
    drop(shared);
    write_regularly(app, &counting);
}

/// The day of a moment, counted from 1970-01-01 UTC.
const fn day_of(at: Millis) -> i64 {
    at.0.div_euclid(DAY_MS)
}

/// A day as `2026-11-22`.
#[must_use]
pub fn date(day: i64) -> String {
    let noon = day.saturating_mul(DAY_MS).saturating_add(DAY_MS / 2);
    Millis(noon).rfc3339().chars().take(10).collect()
}

/// Writes what was counted since the last time.
///
/// # Errors
/// The database's; what was counted is kept for the next time then.
pub async fn flush(app: &App) -> Result<(), VideosError> {
    let counting = app.room::<Counting>();
    let taken = counting.take();
    if taken.is_empty() {
        return Ok(());
    }
    let day = day_of(app.now());
    let written: Result<(), DbError> = transact!(app.db(), tx => {
        for (video_id, more) in &taken {
            traffic::add(tx, *video_id, day, *more).await?;
        }
        Ok(())
    });
    match written {
        Ok(()) => {
            tell_metrics(&taken);
            Ok(())
        }
        Err(error) => {
            counting.give_back(taken);
            Err(error.into())
        }
    }
}

fn tell_metrics(written: &HashMap<i64, Traffic>) {
    let sum = |bytes: fn(&Traffic) -> i64| {
        written.values().map(|traffic| u64::try_from(bytes(traffic)).unwrap_or(0)).sum()
    };
    metrics::counter!("media_bytes_total", "road" => "http").increment(sum(|one| one.http_bytes));
    metrics::counter!("media_bytes_total", "road" => "p2p").increment(sum(|one| one.p2p_bytes));
}

/// Adds up days that are no longer kept one by one.
///
/// # Errors
/// The database's.
pub async fn fold(app: &App) -> Result<(), DbError> {
    let before = day_of(app.now()) - DAYS_KEPT;
    transact!(app.db(), tx => { traffic::fold(tx, before).await })
}

/// From the first byte on, until the server stops, and once more then.
fn write_regularly(app: &App, counting: &Counting) {
    if counting.writing.load(Ordering::Relaxed) || counting.writing.swap(true, Ordering::SeqCst) {
        return;
    }
    app.regularly(EVERY, |app| async move {
        if let Err(error) = flush(&app).await {
            tracing::warn!(error = %error, "traffic was not written, the next try has it");
        }
    });
}

/// What went of one video, or of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// All of it.
    pub total: Traffic,
    /// Of the last year, oldest first.
    pub days: Vec<Day>,
}

/// What went of a video, for its owner and for moderators.
///
/// # Errors
/// [`VideosError::NotFound`], [`VideosError::NotOwner`]; the database's.
pub async fn of_video(
    app: &App,
    by: &Principal,
    video: VideoRef,
) -> Result<Statistics, VideosError> {
    let guard = access::manage(app, video, by).await?;
    let mut conn = app.db().read().await?;
    let total = traffic::total(&mut conn, Some(guard.id)).await?;
    Ok(Statistics { total, days: traffic::days(&mut conn, Some(guard.id)).await? })
}

/// What went of all videos that are there, and of the busiest, for administrators.
///
/// # Errors
/// [`VideosError::AdministratorsOnly`]; the database's.
pub async fn of_server(app: &App, by: &Principal) -> Result<(Statistics, Vec<Busy>), VideosError> {
    if by.role != crate::domain::Role::Administrator {
        return Err(VideosError::AdministratorsOnly);
    }
    let mut conn = app.db().read().await?;
    let total = traffic::total(&mut conn, None).await?;
    let statistics = Statistics { total, days: traffic::days(&mut conn, None).await? };
    Ok((statistics, traffic::busiest(&mut conn, BUSIEST).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_taken_once() {
        let counting = Counting::default();
        let shard = counting.shard(3).unwrap();
        let meter = lock(shard).entry(3).or_default().clone();
        meter.add(10);
        meter.add(5);
        assert_eq!(counting.take()[&3].http_bytes, 15);
        assert!(counting.take().is_empty());
        meter.add(1);
        assert_eq!(counting.take()[&3].http_bytes, 1, "an answer goes on across writings");
        meter.add(2);
        drop(meter);
        assert_eq!(counting.take()[&3].http_bytes, 2);
        assert!(lock(shard).is_empty(), "nobody sends it any more");
    }

    #[test]
    fn what_could_not_be_written_is_kept() {
        let counting = Counting::default();
        let traffic = Traffic { http_bytes: 1, p2p_bytes: 2, upload_bytes: 3 };
        counting.give_back(HashMap::from([(7, traffic)]));
        lock(&counting.shared).entry(7).or_default().0 += 10;
        let expected = Traffic { p2p_bytes: 12, ..traffic };
        assert_eq!(counting.take(), HashMap::from([(7, expected)]));
    }

    #[test]
    fn days_are_utc() {
        let evening = Millis::parse("2026-11-22T23:59:59.999Z").unwrap();
        assert_eq!(date(day_of(evening)), "2026-11-22");
        assert_eq!(date(day_of(evening.plus(Duration::from_millis(1)))), "2026-11-23");
    }
}
