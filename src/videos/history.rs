//! What did somebody watch, and where did they stop? Only for themselves, and only while they
//! want it remembered (`videosHistoryEnabled`).
//!
//! Positions come with the reports of players; [`super::views`] folds them in memory and writes
//! them every few seconds.

use super::list::{self, Listed, Listing, Wanted};
use super::{VideosError, access};
use crate::app::App;
use crate::db::videos::history;
use crate::db::videos::list::{Filter, VideoOrder};
use crate::domain::{Millis, Order, Principal, VideoRef, Window};
use crate::transact;

/// What `who` watched and may still see, latest first.
///
/// # Errors
/// The database's.
pub async fn page(
    app: &App,
    who: &Principal,
    search: Option<String>,
    window: Window,
) -> Result<Listed, VideosError> {
    let wanted = Wanted {
        filter: Filter { search, ..Filter::default() },
        order: Order::descending(VideoOrder::Watched),
        window,
        with_total: true,
    };
    list::list(app, Some(who), Listing::Watched, &wanted).await
}

/// Forgets that `who` watched a video.
///
/// # Errors
/// [`VideosError::NotFound`].
pub async fn forget(app: &App, who: &Principal, video: VideoRef) -> Result<(), VideosError> {
    super::views::flush(app).await?;
    let guard = access::guard(app, video).await?;
    transact!(app.db(), tx => {
        Ok::<(), VideosError>(history::forget(tx, who.actor_id, guard.id).await?)
    })
}

/// Forgets what `who` watched before a moment; everything when none is given.
///
/// # Errors
/// The database's.
pub async fn clear(app: &App, who: &Principal, before: Option<Millis>) -> Result<(), VideosError> {
    super::views::flush(app).await?;
    let before = before.unwrap_or(Millis(i64::MAX));
    transact!(app.db(), tx => {
        Ok::<(), VideosError>(history::forget_before(tx, who.actor_id, before).await?)
    })
}
