//! What do players say they shared? Their reports are believed within reason: an address gets
//! nobody's statistics further than a handful of viewers behind it could at the video's highest
//! bit rate. What is remembered for that is a keyed hash of address and video, in memory only.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use farandole_transcoder::spec::RenditionPlan;
use moka::sync::Cache;

use super::VideosError;
use super::access::{self, Guard, Presented};
use super::growing::Growing;
use super::{traffic, views};
use crate::app::App;
use crate::db::videos::shown;
use crate::domain::{Millis, VideoRef};

/// Viewers behind one address, in a home, a school or an office, that are believed.
const PEOPLE: u64 = 16;
/// Seconds of media that each may have before the first report: players load ahead.
const AHEAD_S: u64 = 150;
/// One viewer can serve several others.
const GIVEN: u64 = 4;
/// Where the renditions are not known here, bit/s.
const UNKNOWN_BPS: u64 = 20_000_000;
/// Addresses remembered at once; longer than it takes to be believed all again.
const MOST: u64 = 100_000;
const REMEMBERED: Duration = Duration::from_secs(600);
/// How long the highest bit rate of a video is remembered.
const RATE_REMEMBERED: Duration = Duration::from_secs(60);

/// Bytes since the player's last report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// That came from other viewers.
    pub down_bytes: u64,
    /// That went to other viewers.
    pub up_bytes: u64,
}

/// What an address can still be believed.
struct Credit {
    left: Shared,
    at: Millis,
}

impl Credit {
    fn full(bytes_per_second: u64, now: Millis) -> Self {
        Self { left: most(bytes_per_second), at: now }
    }

    /// The part of a report that is believed.
    fn believe(&mut self, said: Shared, bytes_per_second: u64, now: Millis) -> Shared {
        let elapsed_ms = u64::try_from(now.0 - self.at.0).unwrap_or(0);
        self.at = now;
        let gained = bytes_per_second.saturating_mul(PEOPLE).saturating_mul(elapsed_ms) / 1000;
        let most = most(bytes_per_second);
        let left = Shared {
            down_bytes: self.left.down_bytes.saturating_add(gained).min(most.down_bytes),
            up_bytes: self.left.up_bytes.saturating_add(gained * GIVEN).min(most.up_bytes),
        };
        let believed = Shared {
            down_bytes: said.down_bytes.min(left.down_bytes),
            up_bytes: said.up_bytes.min(left.up_bytes),
        };
        self.left = Shared {
            down_bytes: left.down_bytes - believed.down_bytes,
            up_bytes: left.up_bytes - believed.up_bytes,
        };
        believed
    }
}

fn most(bytes_per_second: u64) -> Shared {
    let down_bytes = bytes_per_second.saturating_mul(PEOPLE * AHEAD_S);
    Shared { down_bytes, up_bytes: down_bytes.saturating_mul(GIVEN) }
}

struct Known {
    credits: Cache<[u8; 32], Arc<Mutex<Credit>>>,
    /// Highest bit rate by `videos.id`, bit/s.
    rates: Cache<i64, u64>,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            credits: Cache::builder().max_capacity(MOST).time_to_idle(REMEMBERED).build(),
            rates: Cache::builder().max_capacity(20_000).time_to_live(RATE_REMEMBERED).build(),
        }
    }
}

/// Hears from a player. What it says of a video that is not shared is left aside.
///
/// # Errors
/// [`VideosError::NotFound`] and the refusals of watching.
pub async fn hear(
    app: &App,
    video: VideoRef,
    by: &Presented<'_>,
    from: IpAddr,
    said: Shared,
) -> Result<(), VideosError> {
    let (guard, _) = access::watch(app, video, by).await?;
    if !guard.p2p.shares() || (said.down_bytes == 0 && said.up_bytes == 0) {
        return Ok(());
    }
    let bytes_per_second = top_bps(app, &guard).await? / 8;
    let now = app.now();
    let key = views::viewer_key(app, guard.id, from);
    let known = app.room::<Known>();
    let credit =
        known.credits.get_with(key, || Arc::new(Mutex::new(Credit::full(bytes_per_second, now))));
    let mut credit = credit.lock().unwrap_or_else(PoisonError::into_inner);
    let believed = credit.believe(said, bytes_per_second, now);
    drop(credit);
    traffic::shared(app, guard.id, believed.down_bytes, believed.up_bytes);
    Ok(())
}

/// The most that a second of the video can take, bit/s.
async fn top_bps(app: &App, guard: &Guard) -> Result<u64, VideosError> {
    if let Some(set) = Growing::of(app).of_video(guard.id) {
        return Ok(highest(&set.plans()));
    }
    let known = app.room::<Known>();
    if let Some(rate) = known.rates.get(&guard.id) {
        return Ok(rate);
    }
    let mut conn = app.db().read().await?;
    let renditions = match shown::playable_set(&mut conn, guard.id).await? {
        Some(set) => shown::renditions(&mut conn, set.id).await?,
        None => Vec::new(),
    };
    drop(conn);
    let plans: Vec<RenditionPlan> =
        renditions.iter().filter_map(|one| serde_json::from_str(&one.plan).ok()).collect();
    let rate = highest(&plans);
    known.rates.insert(guard.id, rate);
    Ok(rate)
}

/// The largest rendition of each kind, as one may play beside the other.
fn highest(plans: &[RenditionPlan]) -> u64 {
    let most = |video: bool| {
        plans.iter().filter(|plan| plan.has_video == video).map(|plan| plan.bandwidth_bps).max()
    };
    match (most(true), most(false)) {
        (None, None) => UNKNOWN_BPS,
        (video, sound) => video.unwrap_or(0).saturating_add(sound.unwrap_or(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u64 = 1_000;

    fn down(bytes: u64) -> Shared {
        Shared { down_bytes: bytes, up_bytes: 0 }
    }

    #[test]
    fn an_honest_report_is_believed_whole() {
        let mut credit = Credit::full(RATE, Millis(0));
        let said = Shared { down_bytes: 100 * RATE, up_bytes: 200 * RATE };
        assert_eq!(credit.believe(said, RATE, Millis(15_000)), said);
        for minute in 1..60 {
            let said = down(60 * RATE);
            assert_eq!(credit.believe(said, RATE, Millis(15_000 + minute * 60_000)), said);
        }
    }

    #[test]
    fn a_boast_is_cut_to_what_is_possible() {
        let mut credit = Credit::full(RATE, Millis(0));
        let first = credit.believe(down(u64::MAX), RATE, Millis(0));
        assert_eq!(first, most(RATE).min_down());
        assert_eq!(credit.believe(down(u64::MAX), RATE, Millis(0)), down(0));
        assert_eq!(credit.believe(down(u64::MAX), RATE, Millis(1_000)), down(PEOPLE * RATE));
        // A clock that was set back gives nothing.
        assert_eq!(credit.believe(down(1), RATE, Millis(500)), down(0));
    }

    impl Shared {
        fn min_down(self) -> Self {
            Self { up_bytes: 0, ..self }
        }
    }
}
