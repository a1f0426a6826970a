//! Where do the parts of a video begin, and what are they called?

use std::collections::BTreeSet;

use super::access::{self, Presented};
use super::{VideosError, cache};
use crate::app::App;
use crate::db::changes::{self, ChangeKind};
use crate::db::videos::chapters::{self, Chapter};
use crate::domain::{Principal, VideoRef};
use crate::transact;

/// Chapters of one video at most.
const MOST: usize = 500;
/// Characters of a title at most (PeerTube's).
const LONGEST_TITLE: usize = 100;

/// The chapters, for somebody who may watch the video.
///
/// # Errors
/// [`VideosError::NotFound`] and the refusals.
pub async fn list(
    app: &App,
    video: VideoRef,
    by: &Presented<'_>,
) -> Result<Vec<Chapter>, VideosError> {
    let (guard, _) = access::watch(app, video, by).await?;
    let mut conn = app.db().read().await?;
    Ok(chapters::of_video(&mut conn, guard.id).await?)
}

/// Puts `chapters` in the place of the video's, as its owner or a moderator says.
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
    let now = app.now();
    transact!(app.db(), tx => {
        chapters::replace(tx, guard.id, &chapters).await?;
        changes::record(tx, ChangeKind::Video, guard.id, now).await?;
        Ok::<(), VideosError>(())
    })?;
    cache::forget(app, guard.id);
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
