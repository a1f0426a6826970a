//! What may somebody take home? Finished renditions, when the owner offers them, and the uploaded
//! file, for its owner. Which bytes those are; how they are sent is `http`'s business.

use std::sync::Arc;

use uuid::Uuid;

use super::VideosError;
use super::access::{self, Grant, Guard, Presented};
use super::media::{self, Media};
use super::names::stem;
use crate::app::App;
use crate::db;
use crate::db::videos::originals::{Location, Original};
use crate::db::videos::renditions::StoredRendition;
use crate::domain::VideoRef;

/// The finished files of a video, for somebody who may take them.
pub struct Downloads {
    /// The video.
    pub guard: Arc<Guard>,
    /// Its title.
    pub name: String,
    media: Arc<Media>,
}

/// What was chosen of a video's files.
#[derive(Debug, Clone, Copy)]
pub enum Chosen<'a> {
    /// One file as it is.
    Whole(&'a StoredRendition),
    /// The pictures of one with the sound of another.
    Joined {
        /// Whose pictures.
        video: &'a StoredRendition,
        /// Whose sound.
        audio: &'a StoredRendition,
    },
}

impl Downloads {
    /// Part of the files' names and versions.
    #[must_use]
    pub fn generation(&self) -> Uuid {
        self.media.set.generation
    }

    /// The rendition that addresses call `name`.
    ///
    /// # Errors
    /// [`VideosError::PartNotFound`].
    pub fn by_stem(&self, name: &str) -> Result<&StoredRendition, VideosError> {
        let found = self.media.renditions.iter().find(|one| stem(&one.plan.file) == name);
        found.ok_or(VideosError::PartNotFound("Video file"))
    }

    /// What these `renditions.id` make together: one file, or one with pictures and one with
    /// sound alone.
    ///
    /// # Errors
    /// [`VideosError::PartNotFound`]; [`VideosError::InvalidParam`] for other combinations.
    pub fn chosen(&self, ids: &[i64]) -> Result<Chosen<'_>, VideosError> {
        let mut found = Vec::new();
        for id in ids {
            let one = self.media.renditions.iter().find(|one| one.id == *id);
            found.push(one.ok_or(VideosError::PartNotFound("Video file"))?);
        }
        match found.as_slice() {
            [one] => Ok(Chosen::Whole(one)),
            [one, other] if one.plan.has_video != other.plan.has_video => {
                let (video, audio) =
                    if one.plan.has_video { (*one, *other) } else { (*other, *one) };
                Ok(self.joined(video, audio))
            }
            _ => Err(VideosError::param(
                "videoFileIds",
                "Choose one file, or one with pictures and one with sound alone.",
            )),
        }
    }

    /// The default track is in every file with pictures already.
    fn joined<'a>(&self, video: &'a StoredRendition, audio: &'a StoredRendition) -> Chosen<'a> {
        if video.plan.has_audio && audio.plan.default {
            Chosen::Whole(video)
        } else {
            Chosen::Joined { video, audio }
        }
    }
}

/// The finished files of a video, for somebody who may take them: whoever may watch it when its
/// owner offers downloads; the owner and moderators always.
///
/// # Errors
/// [`VideosError::NotFound`], the refusals of watching, [`VideosError::NoDownloads`], and
/// [`VideosError::PartNotFound`] while no file is finished.
pub async fn of_video(
    app: &App,
    video: VideoRef,
    by: &Presented<'_>,
) -> Result<Downloads, VideosError> {
    let id = access::guard(app, video).await?.id;
    let mut conn = app.db().read().await?;
    let set = db::videos::media_sets::complete_of_video(&mut conn, id).await?;
    drop(conn);
    // A token is good for one generation; who has another right needs none.
    let generation = set.map(|set| set.generation);
    let (guard, grant) = access::watch_generation(app, video, by, generation).await?;
    let generation = offered(&guard, grant, generation)?;
    taken_from(app, &guard, generation).await
}

/// The finished files of a generation, as [`of_video`] gives those of a video.
///
/// # Errors
/// As [`of_video`].
pub async fn of_generation(
    app: &App,
    generation: Uuid,
    by: &Presented<'_>,
) -> Result<Downloads, VideosError> {
    let mut conn = app.db().read().await?;
    let set = db::videos::shown::set_of_generation(&mut conn, generation).await?;
    drop(conn);
    let set = set.ok_or(VideosError::PartNotFound("Video file"))?;
    let guard = access::guard(app, VideoRef::Id(set.video_id)).await?;
    let grant = access::may_watch(app, &guard, by, Some(generation)).await?;
    let generation = offered(&guard, grant, set.complete.then_some(generation))?;
    taken_from(app, &guard, generation).await
}

fn offered(guard: &Guard, grant: Grant, finished: Option<Uuid>) -> Result<Uuid, VideosError> {
    if !guard.download_enabled && !grant.manages {
        return Err(VideosError::NoDownloads);
    }
    finished.ok_or(VideosError::PartNotFound("Video file"))
}

async fn taken_from(app: &App, guard: &Guard, generation: Uuid) -> Result<Downloads, VideosError> {
    let mut conn = app.db().read().await?;
    let row = db::videos::read::find(&mut conn, VideoRef::Id(guard.id)).await?;
    drop(conn);
    let name = row.ok_or(VideosError::NotFound)?.name;
    let (guard, media) = media::of_generation(app, guard.uuid, generation).await?;
    Ok(Downloads { guard, name, media })
}

/// An uploaded file, for its owner and for moderators.
///
/// # Errors
/// [`VideosError::PartNotFound`] when there is none of this name or its bytes are not kept, the
/// refusals of watching, and [`VideosError::NotOwner`].
pub async fn original(
    app: &App,
    generation: Uuid,
    by: &Presented<'_>,
) -> Result<Original, VideosError> {
    let mut conn = app.db().read().await?;
    let found = db::videos::originals::by_generation(&mut conn, generation).await?;
    drop(conn);
    let original = found.ok_or(VideosError::PartNotFound("Video source"))?;
    let guard = access::guard(app, VideoRef::Id(original.video_id)).await?;
    let grant = access::may_watch(app, &guard, by, None).await?;
    if !grant.manages {
        return Err(VideosError::NotOwner);
    }
    match original.location {
        Location::Dropped => Err(VideosError::PartNotFound("Video source")),
        Location::Scratch { .. } | Location::Stored { .. } => Ok(original),
    }
}
