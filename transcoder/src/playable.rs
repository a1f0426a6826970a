//! When may people start to watch a video that is still being made? Pure arithmetic: playback
//! from now on must not overtake the making.
//!
//! With `s` seconds of media made per second of wall time, `made` of `duration` done and `m` to
//! spare, the last second is made after `(duration - made) / s` and played after `duration`.
//! Playback stays behind when `made >= duration * (1 - s) + m`, for `s < 1`; for `s >= 1` it
//! always does.

/// How careful to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rules {
    /// Measured speeds are taken for this much less than they are: machines get busier.
    pub caution: f64,
    /// Media that must be there before anybody plays, seconds.
    pub margin_s: f64,
    /// Wall time before a measured speed is believed, seconds.
    pub least_wall_s: f64,
    /// Waiting longer than this for the whole ladder makes one small rendition go first, seconds.
    pub patience_s: f64,
}

impl Default for Rules {
    fn default() -> Self {
        Self { caution: 1.1, margin_s: 4.0, least_wall_s: 3.0, patience_s: 20.0 }
    }
}

/// A look at an encode.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Progress {
    /// Wall time since the pass started, seconds.
    pub wall_s: f64,
    /// Media made in this pass, seconds.
    pub pass_s: f64,
    /// Media made in all, from its beginning, seconds.
    pub made_s: f64,
    /// Length of the media, seconds.
    pub duration_s: f64,
}

/// What follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Too early to tell, or not far enough.
    Wait,
    /// Playback may start.
    Playable,
    /// The whole ladder would keep people waiting: make one small rendition first.
    SmallFirst,
}

impl Progress {
    /// Media made per second of wall time in this pass.
    pub(crate) fn speed(&self) -> f64 {
        if self.wall_s > 0.0 { self.pass_s / self.wall_s } else { 0.0 }
    }

    /// Decides; `can_narrow` says that there is a small rendition to go first with.
    pub(crate) fn judge(&self, rules: &Rules, can_narrow: bool) -> Verdict {
        if self.made_s >= self.duration_s {
            return Verdict::Playable;
        }
        if self.made_s <= 0.0 || self.wall_s < rules.least_wall_s {
            return Verdict::Wait;
        }
        let speed = self.speed() / rules.caution;
        let needed = (self.duration_s * (1.0 - speed)).max(0.0) + rules.margin_s;
        if self.made_s >= needed.min(self.duration_s) {
            return Verdict::Playable;
        }
        let wait_s = (needed - self.made_s) / self.speed().max(1e-6);
        if can_narrow && speed < 1.0 && wait_s > rules.patience_s {
            return Verdict::SmallFirst;
        }
        Verdict::Wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn look(wall_s: f64, made_s: f64, duration_s: f64) -> Progress {
        Progress { wall_s, pass_s: made_s, made_s, duration_s }
    }

    #[test]
    fn a_fast_encode_is_playable_once_its_speed_is_known() {
        assert_eq!(look(1.0, 8.0, 600.0).judge(&Rules::default(), true), Verdict::Wait);
        assert_eq!(look(4.0, 8.0, 600.0).judge(&Rules::default(), true), Verdict::Playable);
    }

    #[test]
    fn a_slow_encode_makes_a_small_rendition_first() {
        assert_eq!(look(8.0, 4.0, 600.0).judge(&Rules::default(), true), Verdict::SmallFirst);
        assert_eq!(look(8.0, 4.0, 600.0).judge(&Rules::default(), false), Verdict::Wait);
    }

    #[test]
    fn a_slow_encode_becomes_playable_near_its_end() {
        assert_eq!(look(1000.0, 500.0, 600.0).judge(&Rules::default(), false), Verdict::Playable);
        assert_eq!(look(10.0, 5.0, 5.0).judge(&Rules::default(), false), Verdict::Playable);
    }

    proptest! {
        #[test]
        fn playback_never_overtakes_a_steady_encode(speed in 0.05_f64..5.0, wall in 0.0_f64..2000.0,
                                                    duration in 1.0_f64..2000.0) {
            let made = (speed * wall).min(duration);
            let progress = Progress { wall_s: wall, pass_s: made, made_s: made, duration_s: duration };
            if progress.judge(&Rules::default(), true) == Verdict::Playable && made < duration {
                let end_made_at = (duration - made) / speed;
                prop_assert!(end_made_at <= duration);
            }
        }
    }
}
