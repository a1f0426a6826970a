//! Where do the parts of a video begin, and what are they called?

use std::collections::BTreeSet;

use super::access::{self, Presented};
use super::{VideosError, cache, judged};
use crate::app::App;
use crate::db::changes::{self, ChangeKind};
use crate::db::revisions::SubjectKind;
use crate::db::videos::chapters::{self, Chapter};
use crate::db::videos::read;
use crate::domain::moderation::RevisionState;
use crate::domain::{Principal, VideoRef};
use crate::moderation::texts;
use crate::transact;

/// Chapters of one video at most.
const MOST: usize = 500;
/// Characters of a title at most (PeerTube's).
const LONGEST_TITLE: usize = 100;

/// The chapters of a video.
#[derive(Debug, Clone)]
pub struct Chapters {
    /// In order of time.
    pub rows: Vec<Chapter>,
    /// For the owner and moderators: others were sent, and are held or were refused.
    pub replacement: Option<RevisionState>,
}

/// The chapters, for somebody who may watch the video.
///
/// # Errors
/// [`VideosError::NotFound`] and the refusals.
pub async fn list(app: &App, video: VideoRef, by: &Presented<'_>) -> Result<Chapters, VideosError> {
    let (guard, grant) = access::watch(app, video, by).await?;
    let mut conn = app.db().read().await?;
    let rows = chapters::of_video(&mut conn, guard.id).await?;
    let replacement =
        if grant.manages { chapters::withheld(&mut conn, guard.id).await? } else { None };
    Ok(Chapters { rows, replacement })
}

/// Puts `chapters` in the place of the video's, as its owner or a moderator says. When moderation
/// withholds their titles, everybody goes on seeing those before.
///
/// # Errors
/// [`VideosError::InvalidParam`], [`VideosError::NotFound`], [`VideosError::NotOwner`].
pub async fn replace(
    app: &App,
    by: &Principal,
    video: VideoRef,
    chapters: Vec<Chapter>,
) -> Result<(), VideosError> {
    let guard = access::manage(app, video, by).await?;
    check(&chapters)?;
    let row = judged::find(app, guard.id).await?;
    let place = judged::place(by, row.channel_id, row.account_id, row.language.as_deref());
    let titles = judged::text(chapters::FIELD, chapters::titles(&chapters));
    let judged = texts::judge_all(app, place, vec![titles]).await?;
    let withheld = texts::any_withheld(&judged);
    let now = app.now();
    transact!(app.db(), tx => {
        let row = read::find(tx, VideoRef::Id(guard.id)).await?.ok_or(VideosError::NotFound)?;
        // What nobody sees is written as it is.
        let hidden = row.held || row.blocked.is_some();
        if withheld {
            chapters::keep_first(tx, row.id, now).await?;
        }
        texts::keep(tx, (SubjectKind::Video, row.id), &judged, Some(by.actor_id), now).await?;
        chapters::keep(tx, row.id, &chapters).await?;
        if hidden || !withheld {
            chapters::replace(tx, row.id, &chapters).await?;
        }
        if hidden {
            judged::hide_or_show(tx, row.id, &judged, now).await?;
        }
        changes::record(tx, ChangeKind::Video, row.id, now).await?;
        Ok::<(), VideosError>(())
    })?;
    cache::forget(app, guard.id);
    app.wake_jobs();
    Ok(())
}

fn check(chapters: &[Chapter]) -> Result<(), VideosError> {
    let invalid = |problem: &str| Err(VideosError::param("chapters", problem));
    if chapters.len() > MOST {
        return invalid("Should be 500 at most.");
    }
    let mut begun = BTreeSet::new();
    for chapter in chapters {
        if chapter.timecode_s < 0 {
            return invalid("Should begin at 0 seconds or later.");
        }
        if !begun.insert(chapter.timecode_s) {
            return invalid("Should begin at different seconds.");
        }
        if !(1..=LONGEST_TITLE).contains(&chapter.title.chars().count()) {
            return invalid("Should have titles of 1 to 100 characters.");
        }
    }
    Ok(())
}
