//! How does somebody watch with others, without a browser? Plays a rendition against the clock,
//! takes segments from peers where it can and from the host where it must. Made for load tests and
//! for trying a server; `farandole seed` uses `seeder`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::link::Counters;
use crate::media::Segment;
use crate::origin::{Origin, Rendition, Video};
use crate::store::Segments;
use crate::swarm::{Notice, Swarm};

const TICK: Duration = Duration::from_millis(50);
/// Segments this far ahead are asked of peers.
const PEER_WINDOW: Duration = Duration::from_secs(120);
/// Segments this far ahead are fetched over HTTP when no peer has them.
const HTTP_WINDOW: Duration = Duration::from_secs(30);
/// A segment needed sooner than this is not waited for.
const URGENT: Duration = Duration::from_secs(3);
/// Not even when a peer has it.
const LAST_MOMENT: Duration = Duration::from_secs(2);
const HTTP_AT_ONCE: usize = 2;
const AFTER_FAILURE: Duration = Duration::from_millis(500);

/// How to watch.
#[derive(Debug, Clone, Copy)]
pub struct Playback {
    /// Seconds of media a second; all windows shrink with it.
    pub speed: f64,
    /// Fetch from the host what no peer has. Without, wait for peers.
    pub http: bool,
}

/// How it went.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Watched {
    /// Bytes of segments from the host.
    pub http_bytes: u64,
    /// Bytes of segments from peers.
    pub peer_bytes: u64,
    /// Until the first segment was there.
    pub start_up: Duration,
    /// Time playback stood still after that.
    pub stalled: Duration,
    /// Peers caught with altered bytes.
    pub altered: u64,
}

/// A viewer about to begin.
pub struct Viewer {
    /// The video's host.
    pub origin: Origin,
    /// The video.
    pub video: Video,
    /// What to watch.
    pub rendition: Rendition,
    /// The rendition's swarm, joined.
    pub swarm: Swarm,
    /// What it tells.
    pub notices: UnboundedReceiver<Notice>,
    /// Where its segments lie.
    pub segments: Arc<dyn Segments>,
    /// What went over its links.
    pub counters: Arc<Counters>,
}

/// Where playback stands.
struct State {
    position: Duration,
    held: Vec<bool>,
    starts: Vec<Duration>,
    due: HashMap<usize, Instant>,
    loading: HashSet<usize>,
    watched: Watched,
    started: Option<Instant>,
}

impl Viewer {
    /// Watches to the end.
    pub async fn watch(mut self, playback: Playback) -> (Watched, Self) {
        let begun = Instant::now();
        let segments = self.rendition.media.segments.clone();
        let mut state = State::new(&segments);
        let mut fetches: JoinSet<(usize, Option<u64>)> = JoinSet::new();
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last = begun;
        let mut wanted = 0..0;
        while state.held.iter().any(|held| !held) || state.position < state.end(&segments) {
            tokio::select! {
                _ = ticks.tick() => {
                    let now = Instant::now();
                    state.advance(now.duration_since(last).mul_f64(playback.speed));
                    last = now;
                    if state.held.first() == Some(&true) && state.started.is_none() {
                        state.started = Some(now);
                        state.watched.start_up = now.duration_since(begun);
                    }
                    let window = state.window(PEER_WINDOW);
                    if window != wanted {
                        self.swarm.want(window.clone());
                        wanted = window;
                    }
                    if playback.http {
                        self.fetch(&mut state, &mut fetches, playback).await;
                    }
                }
                Some(notice) = self.notices.recv() => self.hear(&mut state, notice).await,
                Some(fetched) = fetches.join_next() => if let Ok((index, length)) = fetched {
                    state.loading.remove(&index);
                    let segment = u64::try_from(index).unwrap_or_default();
                    match length {
                        Some(length) => {
                            state.watched.http_bytes += length;
                            state.hold(index);
                            self.swarm.held(segment);
                        }
                        None => self.swarm.loading(segment, false),
                    }
                },
            }
        }
        state.watched.peer_bytes = self.counters.downloaded.load(Ordering::Relaxed);
        (state.watched, self)
    }

    async fn hear(&self, state: &mut State, notice: Notice) {
        match notice {
            Notice::Fetched(segment) => {
                state.hold(usize::try_from(segment).unwrap_or(usize::MAX));
            }
            Notice::Altered { peer, .. } => {
                state.watched.altered += 1;
                let (hash, own) = (self.rendition.info_hash, self.swarm.peer);
                self.origin.report(&self.video, &hash, &own, &peer).await;
            }
            Notice::Peers(_) | Notice::Refused(_) => {}
        }
    }

    /// Fetches over HTTP what is urgent, and what nobody near has when its turn comes: every
    /// viewer draws its own moment, so that one of many goes first and the others hear of it.
    async fn fetch(
        &self,
        state: &mut State,
        fetches: &mut JoinSet<(usize, Option<u64>)>,
        playback: Playback,
    ) {
        let window = state.window(HTTP_WINDOW);
        for segment in window {
            let Ok(index) = usize::try_from(segment) else { return };
            if fetches.len() >= HTTP_AT_ONCE {
                return;
            }
            let there = state.held.get(index).copied().unwrap_or(true);
            if there || state.loading.contains(&index) {
                continue;
            }
            let now = Instant::now();
            let spread = HTTP_WINDOW.mul_f64(0.7 / playback.speed);
            let due = *state
                .due
                .entry(index)
                .or_insert_with(|| now + spread.mul_f64(rand::random_range(0.0..1.0)));
            let ahead = state.ahead(index).div_f64(playback.speed);
            let urgent = ahead < URGENT.div_f64(playback.speed.max(1.0));
            if now < due && !urgent {
                continue;
            }
            let Some(near) = self.swarm.availability(segment).await else { return };
            let fetch = if near.fetching || near.holders > 0 {
                ahead < LAST_MOMENT.div_f64(playback.speed.max(1.0)) && !near.fetching
            } else {
                urgent || near.loaders == 0
            };
            if fetch && !near.held {
                state.loading.insert(index);
                self.swarm.loading(segment, true);
                fetches.spawn(from_host(
                    self.origin.clone(),
                    self.rendition.clone(),
                    Arc::clone(&self.segments),
                    index,
                ));
            }
        }
    }
}

/// Fetches, checks and keeps one segment; its length when that worked.
async fn from_host(
    origin: Origin,
    rendition: Rendition,
    segments: Arc<dyn Segments>,
    index: usize,
) -> (usize, Option<u64>) {
    let fetched = async {
        let segment = rendition.media.segments.get(index)?;
        let bytes = origin.segment(&rendition.playlist, segment).await.ok()?;
        let length = u64::try_from(bytes.len()).ok()?;
        rendition.hashes.matches(index, &bytes).then_some(())?;
        segments.keep(u64::try_from(index).ok()?, bytes).await.ok()?;
        Some(length)
    };
    let fetched = fetched.await;
    if fetched.is_none() {
        // The host is in trouble; asking at once again would not help it.
        sleep(AFTER_FAILURE).await;
    }
    (index, fetched)
}

impl State {
    fn new(segments: &[Segment]) -> Self {
        let mut at = Duration::ZERO;
        let mut starts = Vec::with_capacity(segments.len());
        for segment in segments {
            starts.push(at);
            at += Duration::from_micros(segment.duration_us);
        }
        Self {
            position: Duration::ZERO,
            held: vec![false; segments.len()],
            starts,
            due: HashMap::new(),
            loading: HashSet::new(),
            watched: Watched::default(),
            started: None,
        }
    }

    fn end(&self, segments: &[Segment]) -> Duration {
        segments.iter().map(|segment| Duration::from_micros(segment.duration_us)).sum()
    }

    fn hold(&mut self, index: usize) {
        if let Some(held) = self.held.get_mut(index) {
            *held = true;
        }
    }

    /// Index of the segment at a time.
    fn at(&self, time: Duration) -> usize {
        self.starts.partition_point(|start| *start <= time).saturating_sub(1)
    }

    fn ahead(&self, index: usize) -> Duration {
        self.starts.get(index).copied().unwrap_or_default().saturating_sub(self.position)
    }

    fn window(&self, length: Duration) -> std::ops::Range<u64> {
        let index = |time| u64::try_from(self.at(time)).unwrap_or_default();
        index(self.position)..index(self.position + length) + 1
    }

    /// Plays on as far as there are segments.
    fn advance(&mut self, mut time: Duration) {
        while !time.is_zero() {
            let index = self.at(self.position);
            if self.held.get(index) != Some(&true) {
                if self.started.is_some() {
                    self.watched.stalled += time;
                }
                return;
            }
            let Some(next) = self.starts.get(index + 1) else {
                self.position += time;
                return;
            };
            let step = time.min(next.saturating_sub(self.position));
            self.position += step;
            time -= step;
        }
    }
}
