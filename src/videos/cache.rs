//! What does this node remember of videos, and when does it stop believing it?
//!
//! Entries carry the beat at which their reading began. The change feed is read twice a second;
//! what it names is marked with the beat of that reading, and an entry that began at or before the
//! mark is read anew. So a reading that raced with a change never stays, and a change anywhere is
//! in force here within a second. Changes made by this node are in force at once: the database
//! announces them as they are committed. While the feed cannot be read, nothing is believed.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::app::App;
use crate::db::DbError;
use crate::db::changes::{self, ChangeKind};
use crate::domain::Millis;

/// How often the change feed is read.
const BEAT: Duration = Duration::from_millis(500);
/// How far back each reading goes: sequence order is not commit order.
const OVERLAP: Duration = Duration::from_secs(60);

/// The feed was read this lately, or nothing is believed.
const SIGHT_MS: u64 = 3_000;

/// Stands for the reading that named a row which no reading has named yet.
const ANNOUNCED: u64 = u64::MAX;

/// When a reading began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Beat(u64);

/// What is known to have changed lately.
pub struct Marks {
    born: Instant,
    /// When the last good reading of the feed began: milliseconds since `born`, plus one; 0 before.
    seen_at: AtomicU64,
    followed: AtomicBool,
    beat: AtomicU64,
    videos: Mutex<HashMap<i64, u64>>,
    /// Mark of whatever is in listings.
    any: AtomicU64,
    actors: AtomicU64,
    people: AtomicU64,
    seen: Mutex<HashMap<i64, u64>>,
    /// For whoever reads changed videos anew instead of asking whether they hold.
    changed: Arc<Changed>,
}

impl Default for Marks {
    fn default() -> Self {
        Self {
            born: Instant::now(),
            seen_at: AtomicU64::new(0),
            followed: AtomicBool::new(false),
            beat: AtomicU64::new(0),
            videos: Mutex::default(),
            any: AtomicU64::new(0),
            actors: AtomicU64::new(0),
            people: AtomicU64::new(0),
            seen: Mutex::default(),
            changed: Arc::default(),
        }
    }
}

impl Marks {
    /// A reading begins now. Beats never repeat, so that a mark is before or after it.
    pub fn begin(&self) -> Beat {
        Beat(self.beat.fetch_add(1, Ordering::SeqCst) + 1)
    }

    /// What was read of this video since `beat` is still believed.
    pub fn video_holds(&self, video_id: i64, beat: Beat) -> bool {
        let marks = self.videos.lock().unwrap_or_else(PoisonError::into_inner);
        self.sighted() && marks.get(&video_id).is_none_or(|mark| *mark < beat.0)
    }

    /// What was read of this video, its channel and its owner since `beat` is still believed.
    pub fn page_holds(&self, video_id: i64, beat: Beat) -> bool {
        self.actors.load(Ordering::SeqCst) < beat.0 && self.video_holds(video_id, beat)
    }

    /// What was read of any videos, channels or accounts since `beat` is still believed.
    pub fn listing_holds(&self, beat: Beat) -> bool {
        self.sighted() && self.any.load(Ordering::SeqCst) < beat.0
    }

    /// What was read of sessions since `beat` is still believed.
    pub fn people_hold(&self, beat: Beat) -> bool {
        self.sighted() && self.people.load(Ordering::SeqCst) < beat.0
    }

    /// Changes of other nodes can be seen.
    fn sighted(&self) -> bool {
        let seen_at = self.seen_at.load(Ordering::SeqCst);
        seen_at > 0 && self.lived() <= seen_at + SIGHT_MS
    }

    /// As after the first reading of the feed.
    #[cfg(test)]
    pub fn sighted_now() -> Self {
        let marks = Self::default();
        marks.saw(marks.lived());
        marks
    }

    fn saw(&self, at: u64) {
        self.seen_at.store(at + 1, Ordering::SeqCst);
    }

    fn lived(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Several threads mark at once: a mark is only ever raised.
    fn mark(&self, kind: ChangeKind, id: i64) {
        let mark = self.begin().0;
        match kind {
            ChangeKind::Video => {
                let mut marks = self.videos.lock().unwrap_or_else(PoisonError::into_inner);
                let known = marks.entry(id).or_default();
                *known = mark.max(*known);
                drop(marks);
                self.any.fetch_max(mark, Ordering::SeqCst);
                self.changed.tell(id);
            }
            ChangeKind::Actor => {
                self.actors.fetch_max(mark, Ordering::SeqCst);
                self.any.fetch_max(mark, Ordering::SeqCst);
            }
            ChangeKind::User => {
                self.people.fetch_max(mark, Ordering::SeqCst);
            }
            ChangeKind::WatchedWords => {}
        }
    }

    /// Marks what this node has just committed; the feed will name it again.
    fn announced(&self, change: changes::Change) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.entry(change.seq).or_insert(ANNOUNCED);
        drop(seen);
        self.mark(change.kind, change.id);
    }

    /// Marks what the feed names and was not marked for the same row before.
    fn take(&self, feed: &[changes::Change], round: u64) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for change in feed {
            if seen.insert(change.seq, round).is_none() {
                self.mark(change.kind, change.id);
            }
        }
        // Rows that the overlap no longer reaches are not read again.
        seen.retain(|_, last| *last == round || *last == ANNOUNCED);
    }

    /// Old marks say nothing once every entry they could refuse has expired.
    fn prune(&self, before: u64) {
        let mut marks = self.videos.lock().unwrap_or_else(PoisonError::into_inner);
        marks.retain(|_, mark| *mark >= before);
    }
}

/// Videos that changed and were not read anew since.
#[derive(Default)]
pub struct Changed {
    /// `None` until somebody wants to know.
    ids: Mutex<Option<HashSet<i64>>>,
    woken: Notify,
}

impl Changed {
    fn tell(&self, id: i64) {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ids) = ids.as_mut() {
            ids.insert(id);
            self.woken.notify_one();
        }
    }

    /// Waits until videos changed, and gives all that did (`videos.id`). For one reader.
    pub async fn next(&self) -> HashSet<i64> {
        loop {
            let taken = self.take();
            if !taken.is_empty() {
                return taken;
            }
            self.woken.notified().await;
        }
    }

    fn take(&self) -> HashSet<i64> {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(ids.get_or_insert_default())
    }
}

/// Follows the change feed, and remembers from now on which videos change.
pub fn changed_videos(app: &App) -> Arc<Changed> {
    let changed = Arc::clone(&app.room::<Marks>().changed);
    changed.ids.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default();
    follow(app);
    changed
}

/// Stops believing what was read of a video. For what changed without a change row; those that
/// this node writes are announced.
pub fn forget(app: &App, video_id: i64) {
    app.room::<Marks>().mark(ChangeKind::Video, video_id);
}

/// Follows the change feed from the first call on, until the server stops.
pub fn follow(app: &App) {
    let marks = app.room::<Marks>();
    if marks.followed.swap(true, Ordering::SeqCst) {
        return;
    }
    let announced = Arc::clone(&marks);
    app.db().on_change(move |change| announced.announced(change));
    let follower = app.clone();
    app.spawn(async move {
        let stopping = follower.stopping();
        let mut ticks = tokio::time::interval(BEAT);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut last = follower.now();
        let mut round = 0;
        let mut started = Vec::new();
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                _ = ticks.tick() => {}
            }
            round += 1;
            let began = marks.lived();
            let now = follower.now();
            match read_since(&follower, last.min(now).minus(OVERLAP)).await {
                Ok(feed) => {
                    marks.take(&feed, round);
                    marks.saw(began);
                    last = now;
                }
                Err(error) => tracing::warn!(error = %error, "the change feed cannot be read"),
            }
            // Two minutes of beats: longer than any entry lives.
            started.push(marks.begin().0);
            if started.len() > 240 {
                marks.prune(started.remove(0));
            }
        }
    });
}

async fn read_since(app: &App, at: Millis) -> Result<Vec<changes::Change>, DbError> {
    let mut conn = app.db().read().await?;
    changes::since(&mut conn, at).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::changes::Change;

    #[test]
    fn nothing_is_believed_before_the_feed_was_read() {
        let marks = Marks::default();
        let beat = marks.begin();
        assert!(!marks.listing_holds(beat) && !marks.video_holds(7, beat));
        marks.saw(marks.lived());
        assert!(marks.listing_holds(beat) && marks.video_holds(7, beat));
    }

    #[test]
    fn a_page_changes_with_the_people_on_it() {
        let marks = Marks::sighted_now();
        let before = marks.begin();
        marks.mark(ChangeKind::Actor, 3);
        assert!(!marks.page_holds(7, before) && !marks.listing_holds(before));
        assert!(marks.video_holds(7, before));
        assert!(marks.page_holds(7, marks.begin()));
    }

    fn change(seq: i64, kind: ChangeKind, id: i64) -> Change {
        Change { seq, kind, id }
    }

    #[test]
    fn a_reading_that_raced_with_a_change_is_not_believed() {
        let marks = Marks::sighted_now();
        let before = marks.begin();
        marks.take(&[change(1, ChangeKind::Video, 7)], 1);
        let after = marks.begin();
        assert!(!marks.video_holds(7, before));
        assert!(marks.video_holds(7, after));
        assert!(marks.video_holds(8, before), "another video did not change");
        assert!(!marks.listing_holds(before));
        assert!(marks.people_hold(before));
    }

    #[test]
    fn the_overlap_is_read_again_but_marked_once() {
        let marks = Marks::sighted_now();
        let feed = [change(1, ChangeKind::Video, 7)];
        marks.take(&feed, 1);
        let beat = marks.begin();
        marks.take(&feed, 2);
        assert!(marks.video_holds(7, beat));
        // A row with an older number that was committed later is noticed.
        marks.take(&[change(0, ChangeKind::Video, 7), change(1, ChangeKind::Video, 7)], 3);
        assert!(!marks.video_holds(7, beat));
    }

    #[test]
    fn what_was_announced_is_not_marked_again_by_the_feed() {
        let marks = Marks::sighted_now();
        marks.announced(change(1, ChangeKind::Video, 7));
        let beat = marks.begin();
        marks.take(&[], 1);
        marks.take(&[change(1, ChangeKind::Video, 7)], 2);
        assert!(marks.video_holds(7, beat));
        marks.take(&[], 3);
        assert!(marks.seen.lock().unwrap().is_empty(), "the feed has passed it");
    }

    #[tokio::test]
    async fn whoever_waits_for_changed_videos_misses_none() {
        let marks = Marks::default();
        marks.mark(ChangeKind::Video, 1);
        marks.changed.ids.lock().unwrap().get_or_insert_default();
        marks.mark(ChangeKind::Video, 7);
        marks.mark(ChangeKind::Actor, 3);
        marks.mark(ChangeKind::Video, 8);
        marks.mark(ChangeKind::Video, 7);
        assert_eq!(marks.changed.next().await, HashSet::from([7, 8]));
        let next = tokio::time::timeout(Duration::from_millis(20), marks.changed.next());
        assert!(next.await.is_err(), "nothing is told twice");
    }

    #[test]
    fn old_marks_are_dropped() {
        let marks = Marks::default();
        marks.take(&[change(1, ChangeKind::Video, 7)], 1);
        let later = marks.begin();
        marks.prune(later.0);
        assert!(marks.videos.lock().unwrap().is_empty());
    }
}
