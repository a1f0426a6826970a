//! What does this node remember of videos, and when does it stop believing it?
//!
//! Entries carry the beat at which their reading began. The change feed is read twice a second;
//! what it names is marked with the beat of that reading, and an entry that began at or before the
//! mark is read anew. So a reading that raced with a change never stays, and a change anywhere is
//! in force here within a second. Changes made by this node are in force at once ([`forget`]).

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::app::App;
use crate::db::DbError;
use crate::db::changes::{self, ChangeKind};
use crate::domain::Millis;

/// How often the change feed is read.
const BEAT: Duration = Duration::from_millis(500);
/// How far back each reading goes: sequence order is not commit order.
const OVERLAP: Duration = Duration::from_secs(60);

/// When a reading began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Beat(u64);

/// What is known to have changed lately.
#[derive(Default)]
pub struct Marks {
    followed: AtomicBool,
    beat: AtomicU64,
    videos: Mutex<HashMap<i64, u64>>,
    /// Mark of whatever is in listings.
    any: AtomicU64,
    /// Mark of the last time that changes could not be seen.
    blind: AtomicU64,
    people: AtomicU64,
    seen: Mutex<HashMap<i64, u64>>,
}

impl Marks {
    /// A reading begins now. Beats never repeat, so that a mark is before or after it.
    pub fn begin(&self) -> Beat {
        Beat(self.beat.fetch_add(1, Ordering::SeqCst) + 1)
    }

    /// What was read of this video since `beat` is still believed.
    pub fn video_holds(&self, video_id: i64, beat: Beat) -> bool {
        let marks = self.videos.lock().unwrap_or_else(PoisonError::into_inner);
        self.blind.load(Ordering::SeqCst) < beat.0
            && marks.get(&video_id).is_none_or(|mark| *mark < beat.0)
    }

    /// What was read of any videos, channels or accounts since `beat` is still believed.
    pub fn listing_holds(&self, beat: Beat) -> bool {
        self.any.load(Ordering::SeqCst).max(self.blind.load(Ordering::SeqCst)) < beat.0
    }

    /// What was read of sessions since `beat` is still believed.
    pub fn people_hold(&self, beat: Beat) -> bool {
        self.people.load(Ordering::SeqCst).max(self.blind.load(Ordering::SeqCst)) < beat.0
    }

    fn mark(&self, kind: ChangeKind, id: i64) {
        let mark = self.begin().0;
        match kind {
            ChangeKind::Video => {
                let mut marks = self.videos.lock().unwrap_or_else(PoisonError::into_inner);
                marks.insert(id, mark);
                drop(marks);
                self.any.store(mark, Ordering::SeqCst);
            }
            ChangeKind::Actor => self.any.store(mark, Ordering::SeqCst),
            ChangeKind::User => self.people.store(mark, Ordering::SeqCst),
        }
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
        seen.retain(|_, last| *last == round);
    }

    /// Old marks say nothing once every entry they could refuse has expired.
    fn prune(&self, before: u64) {
        let mut marks = self.videos.lock().unwrap_or_else(PoisonError::into_inner);
        marks.retain(|_, mark| *mark >= before);
    }
}

/// Stops believing what was read of a video. Call it after this node committed a change to it.
pub fn forget(app: &App, video_id: i64) {
    app.room::<Marks>().mark(ChangeKind::Video, video_id);
}

/// Follows the change feed from the first call on, until the server stops.
pub fn follow(app: &App) {
    let marks = app.room::<Marks>();
    if marks.followed.swap(true, Ordering::SeqCst) {
        return;
    }
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
            let now = follower.now();
            match read_since(&follower, last.min(now).minus(OVERLAP)).await {
                Ok(feed) => {
                    marks.take(&feed, round);
                    last = now;
                }
                Err(error) => {
                    // Nothing read can be trusted while changes cannot be seen.
                    marks.blind.store(marks.begin().0, Ordering::SeqCst);
                    tracing::warn!(error = %error, "the change feed cannot be read");
                }
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

    fn change(seq: i64, kind: ChangeKind, id: i64) -> Change {
        Change { seq, kind, id }
    }

    #[test]
    fn a_reading_that_raced_with_a_change_is_not_believed() {
        let marks = Marks::default();
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
        let marks = Marks::default();
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
    fn old_marks_are_dropped() {
        let marks = Marks::default();
        marks.take(&[change(1, ChangeKind::Video, 7)], 1);
        let later = marks.begin();
        marks.prune(later.0);
        assert!(marks.videos.lock().unwrap().is_empty());
    }
}
