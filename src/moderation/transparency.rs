//! What does everybody learn of the moderation here? Counts of a period, no names.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::Mutex;

use super::ModerationError;
use crate::app::App;
use crate::db::moderation::transparency::{self, Counts, Period};
use crate::domain::Millis;

/// Counting reads many rows: an answer serves everybody for a while.
const KEPT: Duration = Duration::from_secs(5 * 60);
/// Periods kept at most.
const MOST_KEPT: u64 = 200;
/// Days of a period at most.
const MOST_DAYS: i64 = 5 * 366;
/// Days of a period that is not said.
const DAYS: i64 = 365;
const DAY_MS: i64 = 24 * 3_600 * 1_000;

struct Kept {
    known: Cache<Period, Arc<Counted>>,
    /// One count at a time: whoever asks for many periods waits for themselves.
    counting: Mutex<()>,
}

impl Default for Kept {
    fn default() -> Self {
        let known = Cache::builder().max_capacity(MOST_KEPT).time_to_live(KEPT).build();
        Self { known, counting: Mutex::new(()) }
    }
}

/// What was counted, and when.
#[derive(Debug)]
pub struct Counted {
    /// Whole days, UTC.
    pub period: Period,
    /// The counts.
    pub counts: Counts,
    /// When it was counted.
    pub at: Millis,
}

/// Counts from the beginning of `since` to the end of `until`, days since 1970 in UTC; without
/// them, the last 365 days.
///
/// # Errors
/// [`ModerationError::Invalid`] for a period that ends before it begins, or is too long.
pub async fn of(
    app: &App,
    since: Option<i64>,
    until: Option<i64>,
) -> Result<Arc<Counted>, ModerationError> {
    let today = app.now().0.div_euclid(DAY_MS);
    let until = until.unwrap_or(today).min(today);
    let since = since.unwrap_or(until - DAYS + 1);
    if since > until {
        return Err(ModerationError::invalid("since", "Should be neither after until nor today."));
    }
    if until - since >= MOST_DAYS {
        return Err(ModerationError::invalid(
            "since",
            "Should be at most five years before until.",
        ));
    }
    let period = Period { since: Millis(since * DAY_MS), until: Millis((until + 1) * DAY_MS) };
    let kept = app.room::<Kept>();
    if let Some(counted) = kept.known.get(&period) {
        return Ok(counted);
    }
    let _alone = kept.counting.lock().await;
    if let Some(counted) = kept.known.get(&period) {
        return Ok(counted);
    }
    let mut conn = app.db().read().await?;
    let counts = transparency::count(&mut conn, period).await?;
    let counted = Arc::new(Counted { period, counts, at: app.now() });
    kept.known.insert(period, Arc::clone(&counted));
    Ok(counted)
}
