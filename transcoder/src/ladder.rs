//! Which sizes, rates and caps does a video get? Pure arithmetic on what was probed and what the
//! operator wants; opens nothing.

use crate::spec::{LadderSettings, Ratio};

/// One step of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// The shorter side, pixels: PeerTube's resolution id.
    pub resolution: u32,
    /// Width, pixels, even.
    pub width: u32,
    /// Height, pixels, even.
    pub height: u32,
}

/// Caps for 16:9 pictures at up to 30 frames per second: pixels, bits per second. Between two
/// lines the cap is interpolated by pixels, so wide and portrait pictures get their share.
const CAPS: [(f64, f64); 8] = [
    (256.0 * 144.0, 250_000.0),
    (426.0 * 240.0, 500_000.0),
    (640.0 * 360.0, 900_000.0),
    (854.0 * 480.0, 1_600_000.0),
    (1280.0 * 720.0, 3_200_000.0),
    (1920.0 * 1080.0, 6_000_000.0),
    (2560.0 * 1440.0, 12_000_000.0),
    (3840.0 * 2160.0, 24_000_000.0),
];

/// Rates that are found in practice, for files whose own rate varies or is not exact.
const USUAL_RATES: [Ratio; 18] = [
    Ratio { num: 1, den: 1 },
    Ratio { num: 2, den: 1 },
    Ratio { num: 3, den: 1 },
    Ratio { num: 5, den: 1 },
    Ratio { num: 6, den: 1 },
    Ratio { num: 8, den: 1 },
    Ratio { num: 10, den: 1 },
    Ratio { num: 12, den: 1 },
    Ratio { num: 15, den: 1 },
    Ratio { num: 20, den: 1 },
    Ratio { num: 24000, den: 1001 },
    Ratio { num: 24, den: 1 },
    Ratio { num: 25, den: 1 },
    Ratio { num: 30000, den: 1001 },
    Ratio { num: 30, den: 1 },
    Ratio { num: 50, den: 1 },
    Ratio { num: 60000, den: 1001 },
    Ratio { num: 60, den: 1 },
];

/// The rungs for a picture of `width` × `height` as shown, largest first, never empty.
///
/// Wanted resolutions above the source are left out. The source's own size (cut to even sides)
/// is a rung when it lies between two wanted ones or below all. The shorter side counts, so
/// portrait works the same.
#[must_use]
pub fn rungs(width: u32, height: u32, settings: &LadderSettings) -> Vec<Rung> {
    let source = Rung { resolution: 0, width: even_below(width), height: even_below(height) };
    let shorter = source.width.min(source.height);
    let mut wanted: Vec<u32> = settings.resolutions.iter().map(|side| even_below(*side)).collect();
    let below_the_top = wanted.iter().any(|side| *side > shorter);
    wanted.retain(|side| *side <= shorter);
    if below_the_top || wanted.is_empty() {
        wanted.push(shorter);
    }
    wanted.sort_unstable_by(|a, b| b.cmp(a));
    wanted.dedup();
    wanted.into_iter().map(|side| fit(source, width, height, side)).collect()
}

/// The rung whose shorter side is `side`, with the longer side nearest to the source's shape.
fn fit(source: Rung, width: u32, height: u32, side: u32) -> Rung {
    let (shorter, longer) = (width.min(height).max(1), width.max(height));
    let limit = source.width.max(source.height);
    let scaled = u64::from(longer) * u64::from(side);
    let halves = (scaled + u64::from(shorter)) / (2 * u64::from(shorter));
    let long_side = u32::try_from(halves * 2).unwrap_or(limit).clamp(side.min(limit), limit);
    if width >= height {
        Rung { resolution: side, width: long_side, height: side }
    } else {
        Rung { resolution: side, width: side, height: long_side }
    }
}

/// The largest even number that is not above `side`, at least 2.
fn even_below(side: u32) -> u32 {
    (side & !1).max(2)
}

/// The constant frame rate to make: the source's own where it is steady and exact, the next
/// usual one where it varies; halved until it fits `max_fps`; never under one frame a second.
#[must_use]
pub fn frame_rate(source: Ratio, variable: bool, max_fps: u32) -> Ratio {
    let value = as_f64(source);
    let mut rate = if !value.is_finite() || value <= 0.0 {
        Ratio { num: 25, den: 1 }
    } else if variable {
        at_least(value)
    } else {
        exact(source, value)
    };
    while as_f64(rate) > f64::from(max_fps.max(1)) * 1.001 {
        rate = if rate.num % 2 == 0 {
            Ratio { num: rate.num / 2, den: rate.den }
        } else {
            Ratio { num: rate.num, den: rate.den * 2 }
        };
    }
    if as_f64(rate) < 1.0 { Ratio { num: 1, den: 1 } } else { rate }
}

/// A steady rate in small numbers: a usual one when within a thousandth, else as it is when its
/// numbers are sane, else the nearest hundredth.
fn exact(source: Ratio, value: f64) -> Ratio {
    // The distance from 24000/1001 to 24 is a thousandth, so half of that tells them apart.
    let near = USUAL_RATES.into_iter().find(|usual| (as_f64(*usual) / value - 1.0).abs() < 4e-4);
    if let Some(usual) = near {
        return usual;
    }
    if source.num <= 240_000 && source.den <= 1001 {
        return source;
    }
    // At most 1000 frames a second make sense, so the cast is exact.
    Ratio { num: (value.min(1000.0) * 100.0).round().max(1.0) as u32, den: 100 }
}

/// The lowest usual rate that is not (much) below `value`, else the nearest whole number.
fn at_least(value: f64) -> Ratio {
    USUAL_RATES
        .into_iter()
        .find(|usual| as_f64(*usual) >= value * 0.985)
        .unwrap_or(Ratio { num: value.min(1000.0).round() as u32, den: 1 })
}

/// The cap of a rendition's bit rate, bits per second: the table above, half as much again at
/// 60 frames per second, times the operator's factor.
#[must_use]
pub fn bitrate_cap_bps(width: u32, height: u32, fps: Ratio, factor: f64) -> u64 {
    let pixels = f64::from(width) * f64::from(height);
    let base = interpolate(pixels).max(100_000.0);
    let fast = 1.0 + (as_f64(fps) - 30.0).clamp(0.0, 90.0) / 60.0;
    let factor = if factor.is_finite() { factor.clamp(0.05, 20.0) } else { 1.0 };
    (base * fast * factor).round() as u64
}

fn interpolate(pixels: f64) -> f64 {
    let mut previous: Option<(f64, f64)> = None;
    for (size, cap) in CAPS {
        if pixels <= size {
            return match previous {
                Some((from, low)) => low + (cap - low) * (pixels - from) / (size - from),
                None => cap * pixels / size,
            };
        }
        previous = Some((size, cap));
    }
    previous.map_or(0.0, |(size, cap)| cap * pixels / size)
}

/// A ratio as a float.
pub(crate) fn as_f64(ratio: Ratio) -> f64 {
    f64::from(ratio.num) / f64::from(ratio.den.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sizes(width: u32, height: u32) -> Vec<(u32, u32)> {
        rungs(width, height, &LadderSettings::default())
            .iter()
            .map(|rung| (rung.width, rung.height))
            .collect()
    }

    #[test]
    fn a_full_hd_source_gets_the_whole_ladder() {
        assert_eq!(
            sizes(1920, 1080),
            [(1920, 1080), (1280, 720), (854, 480), (640, 360), (426, 240)]
        );
    }

    #[test]
    fn the_sources_own_size_is_made_between_two_rungs_and_below_all() {
        assert_eq!(sizes(1024, 576), [(1024, 576), (854, 480), (640, 360), (426, 240)]);
        assert_eq!(sizes(160, 120), [(160, 120)]);
        assert_eq!(sizes(3840, 2160).first(), Some(&(1920, 1080)));
    }

    #[test]
    fn portrait_counts_its_shorter_side() {
        assert_eq!(sizes(1080, 1920).first(), Some(&(1080, 1920)));
        assert_eq!(sizes(1080, 1920).last(), Some(&(240, 426)));
    }

    #[test]
    fn rational_rates_are_kept_and_high_ones_halved() {
        let rate = |num, den| Ratio { num, den };
        assert_eq!(frame_rate(rate(24000, 1001), false, 60), rate(24000, 1001));
        assert_eq!(frame_rate(rate(120_000, 1001), false, 60), rate(60000, 1001));
        assert_eq!(frame_rate(rate(50, 1), false, 30), rate(25, 1));
        assert_eq!(frame_rate(rate(25, 1), false, 20), rate(25, 2));
        assert_eq!(frame_rate(rate(2_997_003, 100_000), false, 60), rate(30000, 1001));
        assert_eq!(frame_rate(rate(1, 1), false, 60), rate(1, 1));
        assert_eq!(frame_rate(rate(1, 10), false, 60), rate(1, 1));
    }

    #[test]
    fn a_rate_that_varies_becomes_the_next_usual_one() {
        let rate = |num, den| Ratio { num, den };
        assert_eq!(frame_rate(rate(2941, 100), true, 60), rate(30000, 1001));
        assert_eq!(frame_rate(rate(13, 1), true, 60), rate(15, 1));
        assert_eq!(frame_rate(rate(90, 1), true, 60), rate(45, 1));
    }

    proptest! {
        #[test]
        fn never_upscaled_even_sorted_and_in_shape(
            width in 2_u32..8192, height in 2_u32..8192,
            resolutions in prop::collection::vec(2_u32..4320, 0..8),
        ) {
            let settings = LadderSettings { resolutions, ..LadderSettings::default() };
            let made = rungs(width, height, &settings);
            prop_assert!(!made.is_empty());
            for rung in &made {
                prop_assert!(rung.width <= width && rung.height <= height);
                prop_assert!(rung.width % 2 == 0 && rung.height % 2 == 0);
                prop_assert_eq!(rung.width.min(rung.height), rung.resolution);
                let shape = f64::from(width) / f64::from(height);
                // Two pixels of rounding on the longer side, one on a cut source's shorter.
                let off = (f64::from(rung.width) - f64::from(rung.height) * shape).abs();
                prop_assert!(off <= 2.0 * shape.max(1.0) + 2.0, "{:?} off by {}", rung, off);
            }
            for pair in made.windows(2) {
                prop_assert!(pair[0].resolution > pair[1].resolution);
                prop_assert!(pair[0].width >= pair[1].width && pair[0].height >= pair[1].height);
            }
        }

        #[test]
        fn rates_are_within_the_limit(num in 1_u32..2_000_000, den in 1_u32..100_000,
                                      variable: bool, max_fps in 1_u32..120) {
            let rate = frame_rate(Ratio { num, den }, variable, max_fps);
            prop_assert!(as_f64(rate) >= 0.999 && as_f64(rate) <= f64::from(max_fps) * 1.001);
        }

        #[test]
        fn a_larger_picture_never_gets_a_lower_cap(a in 2_u32..4000, b in 2_u32..4000, h in 2_u32..4000) {
            let fps = Ratio { num: 30, den: 1 };
            let (small, large) = (a.min(b), a.max(b));
            prop_assert!(bitrate_cap_bps(small, h, fps, 1.0) <= bitrate_cap_bps(large, h, fps, 1.0));
        }
    }
}
