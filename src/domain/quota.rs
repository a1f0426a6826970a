//! May a user add more bytes? PeerTube's two quotas as pure functions.

/// What a user may take. Negative: no limit (PeerTube's -1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Bytes in all.
    pub total_bytes: i64,
    /// Bytes in 24 hours.
    pub daily_bytes: i64,
}

/// What a user takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes in all.
    pub total_bytes: i64,
    /// Bytes of the last 24 hours.
    pub daily_bytes: i64,
}

impl Usage {
    /// Both usages together; saturates.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            total_bytes: self.total_bytes.saturating_add(other.total_bytes),
            daily_bytes: self.daily_bytes.saturating_add(other.daily_bytes),
        }
    }
}

impl Quota {
    /// `additional_bytes` still fit beside what is `used`. Exactly reaching a limit fits.
    #[must_use]
    pub fn allows(self, used: Usage, additional_bytes: u64) -> bool {
        let more = i64::try_from(additional_bytes).unwrap_or(i64::MAX);
        let fits = |limit: i64, used: i64| limit < 0 || used.saturating_add(more) <= limit;
        fits(self.total_bytes, used.total_bytes) && fits(self.daily_bytes, used.daily_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Quota = Quota { total_bytes: -1, daily_bytes: -1 };

    #[test]
    fn no_limit_takes_everything() {
        assert!(NONE.allows(Usage { total_bytes: i64::MAX, daily_bytes: 1 }, u64::MAX));
    }

    #[test]
    fn a_limit_can_be_reached_but_not_passed() {
        let used = Usage { total_bytes: 60, daily_bytes: 10 };
        let total = Quota { total_bytes: 100, ..NONE };
        assert!(total.allows(used, 40));
        assert!(!total.allows(used, 41));
        let daily = Quota { daily_bytes: 20, ..NONE };
        assert!(daily.allows(used, 10));
        assert!(!daily.allows(used, 11));
    }

    #[test]
    fn a_size_beyond_counting_does_not_wrap_around() {
        assert!(!Quota { total_bytes: 100, ..NONE }.allows(Usage::default(), u64::MAX));
    }

    #[test]
    fn zero_lets_nothing_in() {
        assert!(!Quota { total_bytes: 0, daily_bytes: -1 }.allows(Usage::default(), 1));
    }
}
