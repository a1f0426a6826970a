//! When does watching count as a view? When somebody watched ten seconds, or most of a shorter
//! video, and not again from the same address within an hour.
//!
//! What is remembered of viewers is a keyed hash of address and video, in memory only. Counted
//! views are folded there too and written every few seconds in one transaction.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::hmac;
use moka::sync::Cache;

use super::VideosError;
use super::access::{self, Presented};
use crate::app::App;
use crate::auth::seal;
use crate::db::videos::views;
use crate::domain::{Millis, VideoRef};
use crate::transact;

/// Watching so long is a view (PeerTube's rule), seconds.
const ENOUGH_S: i64 = 10;
/// One address's next view of the same video counts after this.
const ONCE_IN: Duration = Duration::from_secs(3600);
/// Viewers remembered at once.
const MOST_VIEWERS: u64 = 100_000;
/// How often counted views are written.
const EVERY: Duration = Duration::from_secs(5);
/// Players go up to twice the speed and report late.
const FASTEST: i64 = 2;

/// What a player reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// Where in the video it is, seconds.
    pub position_s: i64,
    /// The viewer jumped there.
    pub seeked: bool,
}

struct Viewer {
    position_s: i64,
    at: Millis,
    watched_s: i64,
    counted_at: Option<Millis>,
}

impl Viewer {
    /// Takes a report; true when it makes the view count.
    fn hear(&mut self, report: Report, now: Millis, enough_s: i64) -> bool {
        if self.counted_at.is_some_and(|at| now >= at.plus(ONCE_IN)) {
            (self.counted_at, self.watched_s) = (None, 0);
        }
        let played = report.position_s - self.position_s;
        // A player cannot show more than the time that went by allows, plus a moment's delay.
        let most = (now.0 - self.at.0).max(0) / 1000 * FASTEST + 2;
        if !report.seeked && played > 0 {
            self.watched_s += played.min(most);
        }
        (self.position_s, self.at) = (report.position_s, now);
        let counts = self.counted_at.is_none() && self.watched_s >= enough_s;
        if counts {
            self.counted_at = Some(now);
        }
        counts
    }
}

struct Counting {
    viewers: Cache<[u8; 32], Arc<Mutex<Viewer>>>,
    counted: Mutex<HashMap<i64, i64>>,
    writing: AtomicBool,
}

impl Default for Counting {
    fn default() -> Self {
        Self {
            viewers: Cache::builder().max_capacity(MOST_VIEWERS).time_to_idle(ONCE_IN).build(),
            counted: Mutex::default(),
            writing: AtomicBool::new(false),
        }
    }
}

/// Hears from a player.
///
/// # Errors
/// [`VideosError::InvalidParam`] for a position outside of the video, [`VideosError::NotFound`],
/// and the refusals of watching.
pub async fn hear(
    app: &App,
    video: VideoRef,
    by: &Presented<'_>,
    from: IpAddr,
    report: Report,
) -> Result<(), VideosError> {
    let (guard, _) = access::watch(app, video, by).await?;
    let length_s = (guard.duration_ms + 999) / 1000;
    if !(0..=length_s).contains(&report.position_s) {
        return Err(VideosError::param("currentTime", "Current time is invalid"));
    }
    let counting = app.room::<Counting>();
    let now = app.now();
    let viewer = counting.viewers.get_with(viewer_key(app, guard.id, from), || {
        let viewer =
            Viewer { position_s: report.position_s, at: now, watched_s: 0, counted_at: None };
        Arc::new(Mutex::new(viewer))
    });
    let enough_s = ENOUGH_S.min((length_s * 4 / 5).max(1));
    let counts = viewer.lock().unwrap_or_else(PoisonError::into_inner).hear(report, now, enough_s);
    if counts {
        let mut counted = counting.counted.lock().unwrap_or_else(PoisonError::into_inner);
        *counted.entry(guard.id).or_default() += 1;
        drop(counted);
        write_regularly(app, &counting);
    }
    Ok(())
}

/// A home has one IPv4 address, or a /64 of IPv6 ones.
fn viewer_key(app: &App, video_id: i64, from: IpAddr) -> [u8; 32] {
    let home = match from.to_canonical() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().into_iter().take(8).collect(),
    };
    let key = seal::derived_key(app.secret(), b"farandole: tell viewers apart");
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &key));
    context.update(&video_id.to_be_bytes());
    context.update(&home);
    let mut hash = [0; 32];
    hash.copy_from_slice(context.sign().as_ref());
    hash
}

/// Writes what was counted since the last time.
///
/// # Errors
/// The database's; the views are kept for the next time then.
pub async fn flush(app: &App) -> Result<(), VideosError> {
    let counting = app.room::<Counting>();
    let lock = || counting.counted.lock().unwrap_or_else(PoisonError::into_inner);
    let counted = std::mem::take(&mut *lock());
    if counted.is_empty() {
        return Ok(());
    }
    let written = transact!(app.db(), tx => {
        for (video_id, times) in &counted {
            views::add(tx, *video_id, *times).await?;
        }
        Ok::<(), VideosError>(())
    });
    if written.is_err() {
        let mut kept = lock();
        for (video_id, times) in counted {
            *kept.entry(video_id).or_default() += times;
        }
    }
    written
}

/// From the first view on, until the server stops, and once more then.
fn write_regularly(app: &App, counting: &Counting) {
    if counting.writing.swap(true, Ordering::SeqCst) {
        return;
    }
    let writer = app.clone();
    app.spawn(async move {
        let stopping = writer.stopping();
        loop {
            tokio::select! {
                () = stopping.cancelled() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
            if let Err(error) = flush(&writer).await {
                tracing::warn!(error = %error, "views were not written, the next try has them");
            }
            if stopping.is_cancelled() {
                return;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewer() -> Viewer {
        Viewer { position_s: 0, at: Millis(0), watched_s: 0, counted_at: None }
    }

    fn at(position_s: i64) -> Report {
        Report { position_s, seeked: false }
    }

    #[test]
    fn ten_seconds_make_one_view() {
        let mut viewer = viewer();
        assert!(!viewer.hear(at(5), Millis(5_000), 10));
        assert!(viewer.hear(at(10), Millis(10_000), 10));
        assert!(!viewer.hear(at(20), Millis(20_000), 10));
        assert!(!viewer.hear(at(60), Millis(60_000), 10));
    }

    #[test]
    fn an_hour_later_the_same_address_counts_again() {
        let mut viewer = viewer();
        assert!(viewer.hear(at(10), Millis(10_000), 10));
        let later = 10_000 + 3_600_000;
        assert!(!viewer.hear(Report { position_s: 0, seeked: true }, Millis(later), 10));
        assert!(viewer.hear(at(12), Millis(later + 12_000), 10));
    }

    #[test]
    fn jumping_is_not_watching() {
        let mut viewer = viewer();
        assert!(!viewer.hear(Report { position_s: 500, seeked: true }, Millis(1_000), 10));
        // Nor is a report of more than can have been played.
        assert!(!viewer.hear(at(900), Millis(2_000), 10));
    }
}
