//! Where do segments begin? One list of times for a whole media set, the same in every
//! rendition: steady steps, or the source's own key frames where those are copied. Pure.

use crate::clock::FrameRate;
use crate::ladder::as_f64;

/// A last segment shorter than this joins the one before it.
const SHORTEST_TAIL_US: i64 = 1_000_000;

/// Longest distance between two cuts of a copied video, as far as its key frames allow.
pub(crate) const LONGEST_SEGMENT_US: i64 = 10_000_000;

/// What a segment may be longer where a cut would leave a crumb before it.
pub(crate) const CRUMB_US: i64 = SHORTEST_TAIL_US;

/// Times of one key frame in a container's table and in its packets differ by less.
const TABLE_SLACK_US: i64 = 200_000;

/// The segment boundaries of one media set.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Timeline {
    /// Starts of the second and later segments, microseconds.
    cuts: Vec<i64>,
    /// Steady steps that go on behind the planned end, should the media be longer than it said.
    beyond: Option<Beyond>,
    /// Where the media is expected to end.
    end_us: i64,
    /// That end is only a guess.
    guess: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Beyond {
    rate: FrameRate,
    frames: i64,
    first: i64,
}

impl Timeline {
    /// Steady steps of about `segment_seconds` in whole frames, for media of `duration_us`; with
    /// `guess` that duration is not to be relied on, and every step is a cut wherever the end
    /// turns out to be.
    pub(crate) fn steady(
        rate: FrameRate,
        segment_seconds: f64,
        duration_us: i64,
        guess: bool,
    ) -> Self {
        let frames = (as_f64(rate.0) * segment_seconds).round().max(1.0) as i64;
        let start = |step: i64| rate.time_us(step.saturating_mul(frames));
        let mut cuts = Vec::new();
        let mut step = 1;
        let shortest = if guess { 1 } else { SHORTEST_TAIL_US };
        while start(step) <= duration_us.saturating_sub(shortest) {
            cuts.push(start(step));
            step += 1;
        }
        // The first step that leaves a whole segment behind the planned end.
        while !guess && start(step) < duration_us.saturating_add(start(1)) {
            step += 1;
        }
        let beyond = Some(Beyond { rate, frames, first: step });
        Self { cuts, beyond, end_us: duration_us, guess }
    }

    /// Cuts at given times (the key frames of a copied video, already chosen).
    pub(crate) fn given(cuts: Vec<i64>, end_us: i64) -> Self {
        Self { cuts, beyond: None, end_us, guess: false }
    }

    /// Start of segment `number`, microseconds; `None` when the segment before it is the last.
    pub(crate) fn start_us(&self, number: usize) -> Option<i64> {
        if number == 0 {
            return Some(0);
        }
        if let Some(cut) = self.cuts.get(number - 1) {
            return Some(*cut);
        }
        let beyond = self.beyond?;
        let more = i64::try_from(number - 1 - self.cuts.len()).ok()?;
        Some(beyond.rate.time_us((beyond.first + more).saturating_mul(beyond.frames)))
    }

    /// Adds the next cut, found while a video is being copied; later than all before it.
    pub(crate) fn add_cut(&mut self, time_us: i64) {
        if self.cuts.last().is_none_or(|last| *last < time_us) {
            self.cuts.push(time_us);
        }
    }

    /// The segment that holds `time_us`.
    pub(crate) fn segment_at(&self, time_us: i64) -> usize {
        let mut number = self.cuts.partition_point(|cut| *cut <= time_us);
        if let Some(beyond) = self.beyond.filter(|_| number == self.cuts.len()) {
            // Straight to the step before, for media much longer than it said.
            let steps = beyond.rate.nearest(time_us) / beyond.frames.max(1) - beyond.first - 1;
            number += usize::try_from(steps).unwrap_or(0);
            while self.start_us(number + 1).is_some_and(|start| start <= time_us) {
                number += 1;
            }
        }
        number
    }

    /// Where the media is expected to end, microseconds.
    pub(crate) fn end_us(&self) -> i64 {
        self.end_us
    }

    /// Durations of the planned segments, microseconds.
    pub(crate) fn planned(&self) -> Vec<i64> {
        let mut starts = vec![0];
        starts.extend(&self.cuts);
        starts.push(self.end_us.max(self.cuts.last().copied().unwrap_or(0)));
        starts.iter().zip(starts.iter().skip(1)).map(|(from, to)| to - from).collect()
    }

    /// `EXT-X-TARGETDURATION`: no planned segment is longer when rounded (RFC 8216 4.3.3.1),
    /// with a tenth of a second to spare.
    pub(crate) fn target_duration_s(&self) -> u32 {
        let step = self.beyond.filter(|_| self.guess).and_then(|_| self.start_us(1));
        let longest = self.planned().into_iter().chain(step).max().unwrap_or(0);
        u32::try_from((longest + 600_000) / 1_000_000).unwrap_or(u32::MAX).max(1)
    }

    /// Length of the shortest planned segment, seconds, at least a fiftieth.
    pub(crate) fn shortest_s(&self) -> f64 {
        let shortest = self.planned().into_iter().min().unwrap_or(0);
        let shortest = if self.guess { shortest.min(SHORTEST_TAIL_US) } else { shortest };
        (shortest as f64 / 1e6).max(0.02)
    }
}

/// Decides at which key frames of a copied video a segment starts, one key frame at a time.
#[derive(Debug, Clone)]
pub(crate) struct CutRule {
    least_us: i64,
    end_us: i64,
    start_us: i64,
    /// Planned cuts that come early, because the next key frame comes late.
    early: Vec<i64>,
}

impl CutRule {
    /// Segments of about `segment_seconds` for a video that ends at `end_us`.
    pub(crate) fn new(segment_seconds: f64, end_us: i64) -> Self {
        // A little under the wanted length, so that key frames every 1, 2 or 4 s all fit well.
        let least_us = (segment_seconds * 750_000.0) as i64;
        Self { least_us: least_us.max(1_500_000), end_us, start_us: 0, early: Vec::new() }
    }

    /// The same for the copy itself, which does not see the next key frame yet: it cuts early
    /// where `planned` does.
    pub(crate) fn following(segment_seconds: f64, planned: &Timeline) -> Self {
        let mut rule = Self::new(segment_seconds, planned.end_us());
        let lengths = planned.planned();
        let cuts = planned.cuts.iter().zip(lengths);
        rule.early =
            cuts.filter(|(_, length)| *length < rule.least_us).map(|(cut, _)| *cut).collect();
        rule
    }

    /// True when the key frame at `time_us` starts a segment.
    pub(crate) fn cuts_at(&mut self, time_us: i64) -> bool {
        let long_enough = time_us - self.start_us >= self.least_us;
        let planned = time_us - self.start_us >= CRUMB_US / 2
            && self.early.iter().any(|cut| (cut - time_us).abs() <= TABLE_SLACK_US);
        let tail = self.end_us - time_us;
        let leaves_crumb =
            tail < SHORTEST_TAIL_US && self.end_us - self.start_us <= LONGEST_SEGMENT_US;
        if (long_enough || planned) && !leaves_crumb {
            self.start_us = time_us;
            return true;
        }
        false
    }

    /// As [`Self::cuts_at`], knowing the time of the key frame after it: a scene cut soon after
    /// the last cut is taken when waiting for the next would make the segment too long.
    pub(crate) fn cuts_between(&mut self, time_us: i64, next_us: i64) -> bool {
        let early = time_us - self.start_us >= CRUMB_US
            && next_us - self.start_us > LONGEST_SEGMENT_US
            && next_us > time_us;
        if early {
            self.early.push(time_us);
        }
        self.cuts_at(time_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Ratio;
    use proptest::prelude::*;

    fn rate(num: u32, den: u32) -> FrameRate {
        FrameRate(Ratio { num, den })
    }

    #[test]
    fn steps_are_whole_frames() {
        let timeline = Timeline::steady(rate(30000, 1001), 4.0, 10_000_000, false);
        assert_eq!(timeline.start_us(1), Some(4_004_000));
        assert_eq!(timeline.start_us(2), Some(8_008_000));
        assert_eq!(timeline.target_duration_s(), 4);
    }

    #[test]
    fn one_frame_a_second_cuts_at_whole_seconds() {
        let timeline = Timeline::steady(rate(1, 1), 4.0, 4 * 3600 * 1_000_000, false);
        assert_eq!(timeline.planned().len(), 3600);
        assert_eq!(timeline.start_us(3599), Some(3599 * 4_000_000));
    }

    #[test]
    fn a_crumb_joins_the_segment_before() {
        let timeline = Timeline::steady(rate(25, 1), 4.0, 8_500_000, false);
        assert_eq!(timeline.planned(), [4_000_000, 4_500_000]);
        assert_eq!(timeline.target_duration_s(), 5);
    }

    #[test]
    fn media_longer_than_it_said_goes_on_in_steps() {
        let timeline = Timeline::steady(rate(25, 1), 4.0, 8_500_000, false);
        assert_eq!(timeline.start_us(2), Some(16_000_000));
        assert_eq!(timeline.start_us(3), Some(20_000_000));
        assert_eq!(timeline.segment_at(17_000_000), 2);
    }

    #[test]
    fn a_guessed_end_changes_no_step() {
        let timeline = Timeline::steady(rate(25, 1), 4.0, 3_000_000, true);
        assert_eq!(timeline.start_us(1), Some(4_000_000));
        assert_eq!(timeline.start_us(3), Some(12_000_000));
        assert_eq!(timeline.target_duration_s(), 4);
    }

    #[test]
    fn key_frames_are_grouped() {
        let mut rule = CutRule::new(4.0, 60_000_000);
        let every_second: Vec<i64> =
            (1..20).map(|n| n * 1_000_000).filter(|time| rule.cuts_at(*time)).collect();
        assert_eq!(every_second.first(), Some(&3_000_000));
        let mut rule = CutRule::new(4.0, 60_000_000);
        assert!(rule.cuts_at(8_333_000) && rule.cuts_at(16_666_000));
    }

    #[test]
    fn a_scene_cut_before_a_long_wait_starts_a_segment() {
        let keys = [0, 2_000_000, 12_000_000, 12_500_000, 22_500_000, 24_000_000];
        let mut rule = CutRule::new(4.0, 25_000_000);
        let nexts = keys.iter().skip(1).chain(&[25_000_000]);
        let cuts: Vec<i64> = keys
            .iter()
            .zip(nexts)
            .filter(|(time, next)| **time > 0 && rule.cuts_between(**time, **next))
            .map(|(time, _)| *time)
            .collect();
        assert_eq!(cuts, [2_000_000, 12_000_000, 22_500_000]);
        let planned = Timeline::given(cuts.clone(), 25_000_000);
        let mut copy = CutRule::following(4.0, &planned);
        // The packets' times differ a little from the table's.
        let found: Vec<i64> =
            keys.iter().map(|t| t + 40_000).filter(|t| *t > 40_000 && copy.cuts_at(*t)).collect();
        assert_eq!(found, [2_040_000, 12_040_000, 22_540_000]);
    }

    proptest! {
        #[test]
        fn every_time_lies_in_its_segment(duration in 0_i64..100_000_000, time in 0_i64..200_000_000,
                                          num in 1_u32..120, seconds in 2.0_f64..4.0) {
            let timeline = Timeline::steady(rate(num, 1), seconds, duration, false);
            let number = timeline.segment_at(time);
            prop_assert!(timeline.start_us(number).unwrap() <= time);
            prop_assert!(timeline.start_us(number + 1).is_none_or(|next| time < next));
            prop_assert_eq!(timeline.planned().iter().sum::<i64>(), duration);
        }
    }
}
