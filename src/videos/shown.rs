//! What is shown of videos, in lists and on their pages? Rows with their channel, owner and
//! pictures, fetched for a whole page at once.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::VideosError;
use super::access::{self, Grant, Guard, Presented};
use super::swarms::{self, Sharing};
use super::token::{self, Claims, Holder};
use crate::app::App;
use crate::db::accounts::AccountRow;
use crate::db::channels::ChannelRow;
use crate::db::videos::shown::{ImageRow, PlayableSet, RenditionRow};
use crate::db::videos::{VideoRow, history, read, shown};
use crate::db::{Conn, accounts, channels};
use crate::domain::{Principal, VideoRef};

/// A video as lists show it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its row.
    pub row: VideoRow,
    /// Its channel.
    pub channel: Arc<ChannelRow>,
    /// Its owner.
    pub account: Arc<AccountRow>,
    /// Its pictures, smallest first.
    pub images: Vec<ImageRow>,
    /// What the one who asks needs to fetch its files, when it is not open to all.
    pub file_token: Option<String>,
    /// The one who asks is its owner or a moderator.
    pub manages: bool,
    /// People who watch it now on this node.
    pub viewers: i64,
    /// Where the one who asks stopped watching, seconds.
    pub stopped_at_s: Option<i64>,
}

/// A video as its page shows it.
#[derive(Debug, Clone)]
pub struct Details {
    /// As lists show it.
    pub shown: Shown,
    /// In its owner's order.
    pub tags: Vec<String>,
    /// What players are sent to, once something can be played.
    pub set: Option<PlayableSet>,
    /// Complete files; none while the set grows.
    pub renditions: Vec<RenditionRow>,
    /// How viewers share it; `None`: they do not.
    pub sharing: Option<Sharing>,
}

/// Adds what lists show to some rows, in a fixed number of queries. `token_of` says what the one
/// who asks gets for a video that is not open.
///
/// # Errors
/// The database's.
pub(super) async fn gather(
    conn: &mut Conn,
    rows: Vec<VideoRow>,
    admitted: impl Fn(&VideoRow) -> (Option<String>, bool),
) -> Result<Vec<Shown>, VideosError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut images = shown::images(conn, &ids).await?;
    let distinct = |mut ids: Vec<i64>| {
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let wanted = distinct(rows.iter().map(|row| row.channel_id).collect());
    let channels: HashMap<i64, Arc<ChannelRow>> = channels::by_ids(conn, &wanted)
        .await?
        .into_iter()
        .map(|channel| (channel.id, Arc::new(channel)))
        .collect();
    let wanted = distinct(rows.iter().map(|row| row.account_id).collect());
    let accounts: HashMap<i64, Arc<AccountRow>> = accounts::by_ids(conn, &wanted)
        .await?
        .into_iter()
        .map(|account| (account.id, Arc::new(account)))
        .collect();
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        // A channel that was deleted between two of these reads takes its videos with it.
        let (Some(channel), Some(account)) =
            (channels.get(&row.channel_id), accounts.get(&row.account_id))
        else {
            continue;
        };
        let (file_token, manages) = admitted(&row);
        all.push(Shown {
            channel: Arc::clone(channel),
            account: Arc::clone(account),
            images: images.remove(&row.id).unwrap_or_default(),
            row,
            file_token,
            manages,
            viewers: 0,
            stopped_at_s: None,
        });
    }
    Ok(all)
}

/// Adds who watches now, and where `viewer` stopped.
///
/// # Errors
/// The database's.
pub(super) async fn add_watching(
    app: &App,
    conn: &mut Conn,
    viewer: Option<&Principal>,
    videos: &mut [Shown],
) -> Result<(), VideosError> {
    let ids: Vec<i64> = videos.iter().map(|shown| shown.row.id).collect();
    let watching = super::views::watching(app, &ids);
    let stopped = match viewer {
        Some(viewer) => history::positions(conn, viewer.actor_id, &ids).await?,
        None => HashMap::new(),
    };
    for shown in videos {
        shown.viewers = watching.get(&shown.row.id).copied().unwrap_or(0);
        shown.stopped_at_s = stopped.get(&shown.row.id).copied();
    }
    Ok(())
}

/// A file token for pictures of a row that is not open to all.
pub(super) fn picture_token(app: &App, row: &VideoRow, holder: Holder) -> Option<String> {
    let open = row.available && row.privacy.open_files();
    (!open).then(|| {
        let expires_at = token::end(app.now(), row.duration_ms);
        let generation = Uuid::nil();
        token::sign(app, &Claims { video_id: row.id, generation, holder, expires_at })
    })
}

/// Everything a video's page shows, for somebody who may watch it.
///
/// # Errors
/// [`VideosError::NotFound`] and the refusals.
pub async fn details(
    app: &App,
    video: VideoRef,
    by: &Presented<'_>,
) -> Result<Details, VideosError> {
    let (guard, grant) = access::watch(app, video, by).await?;
    let mut conn = app.db().read().await?;
    let row = read::find(&mut conn, VideoRef::Id(guard.id)).await?.ok_or(VideosError::NotFound)?;
    let set = shown::playable_set(&mut conn, row.id).await?;
    let set = set.filter(|set| set.complete || row.available);
    let renditions = match &set {
        Some(set) if set.complete => shown::renditions(&mut conn, set.id).await?,
        _ => Vec::new(),
    };
    let tags = read::tags(&mut conn, row.id).await?;
    let generation = set.as_ref().map_or(Uuid::nil(), |set| set.generation);
    let token = token_for(app, &guard, grant, generation);
    let mut shown = gather(&mut conn, vec![row], |_| (token.clone(), grant.manages)).await?;
    add_watching(app, &mut conn, by.viewer, &mut shown).await?;
    drop(conn);
    let shown = shown.pop().ok_or(VideosError::NotFound)?;
    let sharing = match &set {
        Some(set) => swarms::sharing(app, &guard, &shown.row, set).await?,
        None => None,
    };
    Ok(Details { shown, tags, set, renditions, sharing })
}

/// A token for pictures and captions of a video that is not open to all.
pub(super) fn token_for_pictures(app: &App, guard: &Guard, grant: Grant) -> Option<String> {
    token_for(app, guard, grant, Uuid::nil())
}

/// Storyboards of a video, and the token they need.
#[derive(Debug, Clone)]
pub struct Storyboards {
    /// Pictures with tiles.
    pub images: Vec<ImageRow>,
    /// What the one who asks needs to fetch them, when the video is not open to all.
    pub file_token: Option<String>,
}

/// The storyboards, for somebody who may watch the video.
///
/// # Errors
/// [`VideosError::NotFound`] and the refusals.
pub async fn storyboards(
    app: &App,
    video: VideoRef,
    by: &Presented<'_>,
) -> Result<Storyboards, VideosError> {
    let (guard, grant) = access::watch(app, video, by).await?;
    let mut conn = app.db().read().await?;
    let mut images = shown::images(&mut conn, &[guard.id]).await?.remove(&guard.id);
    let images = images.get_or_insert_default();
    images.retain(|image| image.tile.is_some());
    let file_token = token_for_pictures(app, &guard, grant);
    Ok(Storyboards { images: std::mem::take(images), file_token })
}

fn token_for(app: &App, guard: &Guard, grant: Grant, generation: Uuid) -> Option<String> {
    if guard.open() {
        return None;
    }
    access::file_token(app, guard, grant, generation).map(|(token, _)| token)
}
