//! What is being made on this node right now? The growing media sets, kept in memory: playlists
//! and bytes are served from here until a set is complete and its rows say the same.
//!
//! A set leaves the registry after its switch was committed and before its scratch folder goes,
//! so whoever finds no set here, or no file any more, asks the database.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use farandole_transcoder::index::SegmentIndex;
use farandole_transcoder::playlist::{self, Rendition};
use farandole_transcoder::spec::{Event, Probe, RenditionPlan};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::app::App;

/// The growing sets of this node, shared through [`App::room`].
#[derive(Default)]
pub struct Growing {
    sets: RwLock<HashMap<i64, Arc<GrowingSet>>>,
}

impl Growing {
    /// This node's registry.
    #[must_use]
    pub fn of(app: &App) -> Arc<Self> {
        app.room()
    }

    /// The growing set with this `media_sets.id`.
    #[must_use]
    pub fn by_id(&self, media_set_id: i64) -> Option<Arc<GrowingSet>> {
        self.find(|set| set.media_set_id == media_set_id)
    }

    /// The growing set whose addresses hold this generation.
    #[must_use]
    pub fn by_generation(&self, generation: Uuid) -> Option<Arc<GrowingSet>> {
        self.find(|set| set.generation == generation)
    }

    /// The growing set of a video.
    #[must_use]
    pub fn of_video(&self, video_id: i64) -> Option<Arc<GrowingSet>> {
        self.find(|set| set.video_id == video_id)
    }

    /// Ends the work on a video at once; its job then finds nothing left to do, or begins again.
    pub fn cancel(&self, video_id: i64) {
        if let Some(set) = self.of_video(video_id) {
            set.cancel.cancel();
        }
    }

    fn find(&self, wanted: impl Fn(&GrowingSet) -> bool) -> Option<Arc<GrowingSet>> {
        let sets = self.sets.read().unwrap_or_else(PoisonError::into_inner);
        sets.values().find(|set| wanted(set)).cloned()
    }

    /// Enters a set; it leaves when the guard is dropped.
    #[must_use]
    pub fn enter(self: Arc<Self>, set: GrowingSet) -> Entry {
        let set = Arc::new(set);
        let mut sets = self.sets.write().unwrap_or_else(PoisonError::into_inner);
        sets.insert(set.media_set_id, Arc::clone(&set));
        drop(sets);
        Entry { registry: self, set }
    }
}

/// A set's stay in the registry.
pub struct Entry {
    registry: Arc<Growing>,
    /// The set.
    pub set: Arc<GrowingSet>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut sets = self.registry.sets.write().unwrap_or_else(PoisonError::into_inner);
        sets.remove(&self.set.media_set_id);
    }
}

/// One set that is being made.
pub struct GrowingSet {
    /// `media_sets.id`.
    pub media_set_id: i64,
    /// `videos.id`.
    pub video_id: i64,
    /// Part of its addresses.
    pub generation: Uuid,
    /// A complete set serves the video meanwhile.
    pub replaces: bool,
    /// Fired to end the work.
    pub(super) cancel: CancellationToken,
    made: RwLock<Made>,
}

#[derive(Default)]
struct Made {
    dir: PathBuf,
    probe: Option<Probe>,
    renditions: Vec<(RenditionPlan, SegmentIndex)>,
    target_duration_s: u32,
    playable: bool,
    pace: Pace,
}

/// How fast the work goes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pace {
    /// Media time done by the slowest rendition, milliseconds.
    pub position_ms: u64,
    /// Media time made per wall second.
    pub speed: f64,
    /// Frames per wall second, all renditions together.
    pub fps: f64,
    /// Expected time left, milliseconds.
    pub eta_ms: Option<u64>,
}

/// How far one rendition is.
#[derive(Debug, Clone, PartialEq)]
pub struct RenditionProgress {
    /// Name for people.
    pub label: String,
    /// PeerTube's resolution id, 0 for sound.
    pub resolution: u32,
    /// Done, per cent.
    pub percent: u32,
    /// No more will come.
    pub done: bool,
}

/// How far a set is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Progress {
    /// Playback from now on cannot overtake the making.
    pub playable: bool,
    /// Length of the media, milliseconds; 0 before it is probed.
    pub duration_ms: u64,
    /// How fast.
    pub pace: Pace,
    /// Every planned rendition.
    pub renditions: Vec<RenditionProgress>,
}

impl GrowingSet {
    /// A set of which nothing is made yet.
    #[must_use]
    pub fn new(
        media_set_id: i64,
        video_id: i64,
        generation: Uuid,
        replaces: bool,
        cancel: CancellationToken,
    ) -> Self {
        let made = RwLock::default();
        Self { media_set_id, video_id, generation, replaces, cancel, made }
    }

    fn made(&self) -> std::sync::RwLockReadGuard<'_, Made> {
        self.made.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new attempt begins in `dir`: what an earlier one made is forgotten.
    pub fn begin(&self, dir: PathBuf) {
        let mut made = self.made.write().unwrap_or_else(PoisonError::into_inner);
        *made = Made { dir, ..Made::default() };
    }

    /// Takes a worker's event, already checked by `farandole_transcoder::conversation`.
    pub fn hear(&self, event: &Event) {
        let mut made = self.made.write().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Probed { probe } => made.probe = Some(probe.clone()),
            Event::Planned { renditions, target_duration_s } => {
                made.target_duration_s = *target_duration_s;
                made.renditions =
                    renditions.iter().map(|plan| (plan.clone(), SegmentIndex::new())).collect();
            }
            Event::Init { rendition, .. }
            | Event::Segment { rendition, .. }
            | Event::RenditionDone { rendition, .. } => {
                if let Some((_, index)) = made.renditions.get_mut(*rendition)
                    && let Err(error) = index.apply(event)
                {
                    tracing::error!(error = %error, "a checked worker event did not fit its index");
                }
            }
            Event::Playable => made.playable = true,
            Event::Progress { position_us, speed, fps, eta_ms } => {
                made.pace = Pace {
                    position_ms: position_us / 1000,
                    speed: *speed,
                    fps: *fps,
                    eta_ms: *eta_ms,
                };
            }
            Event::Image { .. }
            | Event::Warning { .. }
            | Event::Done { .. }
            | Event::Failed { .. } => {}
        }
    }

    /// The folder of the current attempt.
    #[must_use]
    pub(super) fn dir(&self) -> PathBuf {
        self.made().dir.clone()
    }

    /// Playback from now on cannot overtake the making.
    #[must_use]
    pub fn playable(&self) -> bool {
        self.made().playable
    }

    /// What the file is, once probed.
    #[must_use]
    pub fn probe(&self) -> Option<Probe> {
        self.made().probe.clone()
    }

    /// Every planned rendition; empty before the plan.
    #[must_use]
    pub fn plans(&self) -> Vec<RenditionPlan> {
        self.made().renditions.iter().map(|(plan, _)| plan.clone()).collect()
    }

    /// The master playlist, `None` before the plan; `uri` names a rendition's media playlist.
    #[must_use]
    pub fn master(&self, uri: impl Fn(&RenditionPlan) -> String) -> Option<String> {
        let made = self.made();
        if made.renditions.is_empty() {
            return None;
        }
        let renditions: Vec<_> =
            made.renditions.iter().map(|(plan, index)| Rendition { plan, index }).collect();
        Some(playlist::master(&renditions, uri))
    }

    /// The media playlist of the rendition with this file name, `None` while it has no segment
    /// (players take an empty one for broken).
    #[must_use]
    pub fn media(&self, file: &str, file_uri: &str) -> Option<String> {
        let made = self.made();
        let (_, index) = made.renditions.iter().find(|(plan, _)| plan.file == file)?;
        if index.segments().is_empty() {
            return None;
        }
        Some(playlist::media(index, made.target_duration_s, file_uri))
    }

    /// A rendition's file and how many of its bytes may be served: only whole segments.
    #[must_use]
    pub fn bytes(&self, file: &str) -> Option<(PathBuf, u64)> {
        let made = self.made();
        let (plan, index) = made.renditions.iter().find(|(plan, _)| plan.file == file)?;
        Some((made.dir.join(&plan.file), index.end()))
    }

    /// PeerTube's segment hashes of what is there; `name` gives the served name of a rendition.
    #[must_use]
    pub fn segments_sha256(&self, name: impl Fn(&RenditionPlan) -> String) -> String {
        let made = self.made();
        let names: Vec<_> = made.renditions.iter().map(|(plan, _)| name(plan)).collect();
        let files: Vec<_> = names
            .iter()
            .zip(&made.renditions)
            .map(|(name, (_, index))| (name.as_str(), index))
            .collect();
        playlist::segments_sha256(&files)
    }

    /// SHA-256 of every segment of a rendition so far, and whether no more will come; `None` when
    /// there is no such rendition.
    #[must_use]
    pub fn hashes(&self, file: &str) -> Option<(Vec<[u8; 32]>, bool)> {
        let made = self.made();
        let (_, index) = made.renditions.iter().find(|(plan, _)| plan.file == file)?;
        let hashes = index.segments().iter().map(|segment| segment.sha256).collect();
        Some((hashes, index.is_complete()))
    }

    /// How far every rendition is, for players; `name` gives the name of a media playlist.
    #[must_use]
    pub fn growth(&self, name: impl Fn(&RenditionPlan) -> String) -> String {
        let made = self.made();
        let names: Vec<_> = made.renditions.iter().map(|(plan, _)| name(plan)).collect();
        let playlists: Vec<_> = names
            .iter()
            .zip(&made.renditions)
            .map(|(name, (_, index))| (name.as_str(), index))
            .collect();
        playlist::growth(&playlists, made.target_duration_s)
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let made = self.made();
        let duration_ms = made
            .probe
            .as_ref()
            .map_or(0, |probe| u64::try_from(probe.duration.as_millis()).unwrap_or(u64::MAX));
        let renditions = made
            .renditions
            .iter()
            .map(|(plan, index)| RenditionProgress {
                label: plan.label.clone(),
                resolution: plan.resolution,
                percent: percent(index, duration_ms),
                done: index.is_complete(),
            })
            .collect();
        Progress { playable: made.playable, duration_ms, pace: made.pace, renditions }
    }
}

/// Per cent of the media time that is in the index; 100 only when it is complete.
fn percent(index: &SegmentIndex, duration_ms: u64) -> u32 {
    if index.is_complete() {
        return 100;
    }
    let done = (index.duration_us() / 10).checked_div(duration_ms).unwrap_or(0);
    u32::try_from(done).unwrap_or(u32::MAX).min(99)
}

#[cfg(test)]
mod tests;
