//! Which comments does an owner find under their videos, and a moderator everywhere?

use std::collections::{HashMap, HashSet};

use farandole_player::Language;

use super::views::{self, View};
use super::{Rights, SocialError};
use crate::app::App;
use crate::db::comments::list::{self, Filter};
use crate::db::comments::{VideoPlace, place, tags};
use crate::domain::{Order, Principal, Window};

/// A comment with the video it is under.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The comment.
    pub view: View,
    /// The video.
    pub place: VideoPlace,
    /// Automatic tags.
    pub tags: Vec<String>,
}

/// How a list is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What it is narrowed to.
    pub filter: Filter,
    /// By the moment comments were written.
    pub order: Order<()>,
    /// The part.
    pub window: Window,
    /// Of explanations.
    pub language: Language,
}

/// Comments under the videos of `who`, and how many there are.
///
/// # Errors
/// The database's.
pub async fn of_owner(
    app: &App,
    who: &Principal,
    mut wanted: Wanted,
) -> Result<(i64, Vec<Listed>), SocialError> {
    wanted.filter.owner_account_id = Some(who.account_id);
    let rights = Rights { actor_id: who.actor_id, owner: true, moderates: true };
    listed(app, rights, &wanted).await
}

/// Every comment, for administrators and moderators; and how many there are.
///
/// # Errors
/// [`SocialError::Denied`].
pub async fn of_all(
    app: &App,
    who: &Principal,
    wanted: Wanted,
) -> Result<(i64, Vec<Listed>), SocialError> {
    if !who.role.moderates() {
        return Err(SocialError::Denied("Only moderators see all comments."));
    }
    let rights = Rights { actor_id: who.actor_id, owner: false, moderates: true };
    listed(app, rights, &wanted).await
}

async fn listed(
    app: &App,
    rights: Rights,
    wanted: &Wanted,
) -> Result<(i64, Vec<Listed>), SocialError> {
    let mut conn = app.db().read().await?;
    let (total, rows) = list::list(&mut conn, &wanted.filter, wanted.order, wanted.window).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut videos: Vec<i64> = rows.iter().map(|row| row.video_id).collect();
    videos.sort_unstable();
    videos.dedup();
    let places = place::of_videos(&mut conn, &videos).await?;
    let places: HashMap<i64, VideoPlace> = places.into_iter().map(|p| (p.id, p)).collect();
    let mut tags = tags::of_comments(&mut conn, &ids).await?;
    let seen = HashSet::new();
    let views = views::of(app, &mut conn, rows, &rights, &seen, wanted.language).await?;
    let listed = views.into_iter().filter_map(|view| {
        let place = places.get(&view.row.video_id)?.clone();
        let tags = tags.remove(&view.row.id).unwrap_or_default();
        Some(Listed { view, place, tags })
    });
    Ok((total, listed.collect()))
}
