//! Which comments can be followed with a feed reader? The newest under videos that everybody may
//! find.

use std::collections::{HashMap, HashSet};

use farandole_player::Language;

use super::views::{self, View};
use super::{Rights, SocialError};
use crate::app::App;
use crate::db::comments::feed::{self, Feed};
use crate::db::comments::{VideoPlace, place};

/// The newest comments of a feed, with the videos they are under.
///
/// # Errors
/// The database's.
pub async fn newest(
    app: &App,
    of: Feed,
    count: i64,
) -> Result<Vec<(View, VideoPlace)>, SocialError> {
    let mut conn = app.db().read().await?;
    let rows = feed::newest(&mut conn, of, count).await?;
    let mut videos: Vec<i64> = rows.iter().map(|row| row.video_id).collect();
    videos.sort_unstable();
    videos.dedup();
    let places = place::of_videos(&mut conn, &videos).await?;
    let places: HashMap<i64, VideoPlace> = places.into_iter().map(|p| (p.id, p)).collect();
    let everybody = Rights::default();
    let seen = HashSet::new();
    let views = views::of(app, &mut conn, rows, &everybody, &seen, Language::English).await?;
    let found = views.into_iter().filter_map(|view| {
        let place = places.get(&view.row.video_id)?.clone();
        Some((view, place))
    });
    Ok(found.collect())
}
