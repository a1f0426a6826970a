//! When does watching count as a view? When somebody watched ten seconds, or most of a shorter
//! video, and not again from the same address within an hour.
//!
//! What is remembered of viewers is a keyed hash of address and video, in memory only. Counted
//! views, and where people stopped, are folded there too and written every few seconds in one
//! transaction.

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
use crate::db::users;
use crate::db::videos::{history, views};
use crate::domain::preferences::Preferences;
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
/// Who reported this lately is watching; players report every five seconds or so.
const NOW: Duration = Duration::from_secs(30);
/// Videos whose viewers are looked after at once.
const MOST_WATCHED: usize = 20_000;
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

/// Where somebody is in a video.
#[derive(Clone, Copy)]
struct Stopped {
    actor_id: i64,
    position_s: i64,
    at: Millis,
}

/// Who watches one video: the last report of each viewer.
struct Watching {
    viewers: HashMap<[u8; 32], Millis>,
    pruned_at: Millis,
}

impl Watching {
    fn now(&self, now: Millis) -> usize {
        self.viewers.values().filter(|at| now < at.plus(NOW)).count()
    }
}

struct Counting {
    viewers: Cache<[u8; 32], Arc<Mutex<Viewer>>>,
    counted: Mutex<HashMap<i64, i64>>,
    /// Last report of each viewer, by video.
    watching: Mutex<HashMap<i64, Watching>>,
    /// Where people are, by `users.id` and `videos.id`: position in seconds, and since when.
    stopped: Mutex<HashMap<(i64, i64), Stopped>>,
    writing: AtomicBool,
}

impl Default for Counting {
    fn default() -> Self {
        Self {
            viewers: Cache::builder().max_capacity(MOST_VIEWERS).time_to_idle(ONCE_IN).build(),
            counted: Mutex::default(),
            watching: Mutex::default(),
            stopped: Mutex::default(),
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
    let key = viewer_key(app, guard.id, from);
    counting.note_watching(guard.id, key, now);
    if let Some(viewer) = by.viewer {
        let stopped = Stopped { actor_id: viewer.actor_id, position_s: report.position_s, at: now };
        lock(&counting.stopped).insert((viewer.user_id, guard.id), stopped);
        write_regularly(app, &counting);
    }
    let viewer = counting.viewers.get_with(key, || {
        let viewer =
            Viewer { position_s: report.position_s, at: now, watched_s: 0, counted_at: None };
        Arc::new(Mutex::new(viewer))
    });
    let enough_s = ENOUGH_S.min((length_s * 4 / 5).max(1));
    let counts = viewer.lock().unwrap_or_else(PoisonError::into_inner).hear(report, now, enough_s);
    if counts {
        *lock(&counting.counted).entry(guard.id).or_default() += 1;
        write_regularly(app, &counting);
    }
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Counting {
    fn note_watching(&self, video_id: i64, viewer: [u8; 32], now: Millis) {
        let mut watching = lock(&self.watching);
        if watching.len() >= MOST_WATCHED && !watching.contains_key(&video_id) {
            watching.retain(|_, watching| watching.now(now) > 0);
            if watching.len() >= MOST_WATCHED {
                return;
            }
        }
        let watching = watching
            .entry(video_id)
            .or_insert_with(|| Watching { viewers: HashMap::new(), pruned_at: now });
        watching.viewers.insert(viewer, now);
        if now >= watching.pruned_at.plus(NOW) {
            watching.viewers.retain(|_, at| now < at.plus(NOW));
            watching.pruned_at = now;
        }
    }
}

/// How many watch each of some videos now, as far as they report to this node.
#[must_use]
pub fn watching(app: &App, video_ids: &[i64]) -> HashMap<i64, i64> {
    let (counting, now) = (app.room::<Counting>(), app.now());
    let watching = lock(&counting.watching);
    let count = |watching: &Watching| i64::try_from(watching.now(now)).unwrap_or(i64::MAX);
    video_ids.iter().filter_map(|id| Some((*id, count(watching.get(id)?)))).collect()
}

/// A home has one IPv4 address, or a /64 of IPv6 ones.
pub(super) fn viewer_key(app: &App, video_id: i64, from: IpAddr) -> [u8; 32] {
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

/// Writes what was counted and where people stopped since the last time.
///
/// # Errors
/// The database's; the views are kept for the next time then.
pub async fn flush(app: &App) -> Result<(), VideosError> {
    let counting = app.room::<Counting>();
    let counted = std::mem::take(&mut *lock(&counting.counted));
    let stopped = std::mem::take(&mut *lock(&counting.stopped));
    if counted.is_empty() && stopped.is_empty() {
        return Ok(());
    }
    let written = transact!(app.db(), tx => {
        for (video_id, times) in &counted {
            views::add(tx, *video_id, *times).await?;
        }
        for ((user_id, video_id), stopped) in &stopped {
            let Some(user) = users::by_id(tx, *user_id).await? else { continue };
            if Preferences::stored(&user.preferences).videos_history_enabled {
                let Stopped { actor_id, position_s, at } = *stopped;
                history::put(tx, actor_id, *video_id, position_s, at).await?;
            }
        }
        Ok::<(), VideosError>(())
    });
    if written.is_err() {
        let mut kept = lock(&counting.counted);
        for (video_id, times) in counted {
            *kept.entry(video_id).or_default() += times;
        }
        drop(kept);
        let mut kept = lock(&counting.stopped);
        for (key, older) in stopped {
            kept.entry(key).or_insert(older);
        }
    }
    written
}

/// From the first view on, until the server stops, and once more then.
fn write_regularly(app: &App, counting: &Counting) {
    if counting.writing.swap(true, Ordering::SeqCst) {
        return;
    }
    app.regularly(EVERY, |app| async move {
        if let Err(error) = flush(&app).await {
            tracing::warn!(error = %error, "views were not written, the next try has them");
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
