//! Which frame of a steady rate does a picture become? Turns the times of a file, however
//! irregular, into frame numbers that only grow. Pure; holds no pictures.

use crate::ladder::as_f64;
use crate::spec::Ratio;

/// A jump backwards by more than this is a break in the file's clock, not reordering.
const BREAK_US: i64 = 1_000_000;

/// How far past the expected end a picture may claim to be before its clock is not believed.
const BEYOND_US: i64 = 60_000_000;

/// Frames per second and the conversions that go with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameRate(pub Ratio);

impl FrameRate {
    /// Time at which frame `number` is shown, microseconds, to nearest.
    pub(crate) fn time_us(self, number: i64) -> i64 {
        let scaled = i128::from(number) * i128::from(self.0.den) * 2_000_000;
        let num = i128::from(self.0.num.max(1));
        clamp((scaled + num).div_euclid(2 * num))
    }

    /// The frame whose time is nearest to `time_us`; half a frame counts down.
    pub(crate) fn nearest(self, time_us: i64) -> i64 {
        let den = i128::from(self.0.den.max(1)) * 2_000_000;
        let scaled = i128::from(time_us) * i128::from(self.0.num) * 2;
        // ceil(x - 1/2)
        clamp(-(-(scaled - den / 2)).div_euclid(den))
    }

    /// Length of one frame, microseconds.
    pub(crate) fn frame_us(self) -> f64 {
        1_000_000.0 / as_f64(self.0).max(1e-6)
    }
}

fn clamp(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

/// Gives each picture of a file its frame number, or none when another has its place.
#[derive(Debug)]
pub(crate) struct FrameClock {
    rate: FrameRate,
    /// The last frame number given out.
    last: Option<i64>,
    /// Added to the file's times after a break in them.
    offset_us: i64,
    /// Times beyond this are a break.
    limit_us: i64,
}

impl FrameClock {
    /// A clock for a file that should last `expected_us`.
    pub(crate) fn new(rate: FrameRate, expected_us: i64) -> Self {
        Self {
            rate,
            last: None,
            offset_us: 0,
            limit_us: expected_us.saturating_mul(2).saturating_add(BEYOND_US),
        }
    }

    /// The frame number of a picture shown at `time_us`; `None` when it is before the start or
    /// when that frame is taken already (a higher rate becoming a lower one).
    pub(crate) fn place(&mut self, time_us: i64) -> Option<i64> {
        let mut time = time_us.saturating_add(self.offset_us);
        if self.is_break(time) {
            let next = self.rate.time_us(self.last.map_or(0, |last| last.saturating_add(1)));
            self.offset_us = next.saturating_sub(time_us);
            time = next;
        }
        let number = self.number(time);
        if number < 0 || self.last.is_some_and(|last| number <= last) {
            return None;
        }
        self.last = Some(number);
        Some(number)
    }

    /// Rounds late: a picture belongs to a frame from 0.6 of a frame before it. At exactly twice
    /// the rate every other picture then falls away evenly, however times were rounded.
    fn number(&self, time_us: i64) -> i64 {
        let early = (self.rate.frame_us() * 0.1).round() as i64;
        self.rate.nearest(time_us.saturating_sub(early))
    }

    fn is_break(&self, time: i64) -> bool {
        match self.last {
            None => time > self.limit_us,
            Some(last) => {
                time > self.limit_us || time < self.rate.time_us(last).saturating_sub(BREAK_US)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(num: u32, den: u32) -> FrameRate {
        FrameRate(Ratio { num, den })
    }

    fn placed(rate: FrameRate, times: impl IntoIterator<Item = i64>) -> Vec<i64> {
        let mut clock = FrameClock::new(rate, 100_000_000);
        times.into_iter().filter_map(|time| clock.place(time)).collect()
    }

    #[test]
    fn a_steady_file_keeps_every_frame() {
        let ntsc = rate(30000, 1001);
        let milliseconds = (0..300).map(|n| (ntsc.time_us(n) + 500) / 1000 * 1000);
        assert_eq!(placed(ntsc, milliseconds), (0..300).collect::<Vec<_>>());
    }

    #[test]
    fn twice_the_rate_drops_every_other_frame() {
        let jittered = (0..120).map(|n| rate(60, 1).time_us(n) + (n * 7919 % 1000) - 500);
        let kept = placed(rate(30, 1), jittered);
        assert_eq!(kept, (0..60).collect::<Vec<_>>());
    }

    #[test]
    fn a_broken_clock_goes_on_where_it_was() {
        let times = [0, 40_000, 80_000, 9_000_000_000_000, 9_000_000_040_000, 0, 40_000];
        assert_eq!(placed(rate(25, 1), times), [0, 1, 2, 3, 4, 5, 6]);
    }

    proptest! {
        #[test]
        fn numbers_only_grow(times in prop::collection::vec(any::<i64>(), 0..200)) {
            let numbers = placed(rate(24000, 1001), times);
            prop_assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
        }

        #[test]
        fn a_frame_is_nearest_to_its_own_time(number in 0_i64..10_000_000, num in 1_u32..240_000,
                                              den in 1_u32..2000) {
            let rate = rate(num.max(den), den);
            prop_assume!(rate.frame_us() > 10.0);
            prop_assert_eq!(rate.nearest(rate.time_us(number)), number);
        }
    }
}
