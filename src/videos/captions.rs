//! How do captions come to a video, and go?

use std::collections::HashMap;
use std::time::Duration;

use farandole_storage::Key;

use super::access::{self, Presented};
use super::subtitles::{self, Unreadable};
use super::{VideosError, cache, judged, shown};
use crate::app::App;
use crate::db::revisions::SubjectKind;
use crate::db::videos::captions::{self, CaptionRow, NewCaption};
use crate::db::{jobs, videos::read};
use crate::domain::moderation::RevisionState;
use crate::domain::{Job, Principal, VideoRef, catalog, keys};
use crate::moderation::texts;
use crate::transact;

/// Far longer than it takes from storing the file to its row.
const GRACE: Duration = Duration::from_secs(3600);

/// The captions of a video.
#[derive(Debug, Clone)]
pub struct Captions {
    /// One a language.
    pub rows: Vec<CaptionRow>,
    /// For the owner and moderators: languages with a replacement that is held or was refused.
    pub replacements: HashMap<String, RevisionState>,
    /// What the one who asks needs to fetch the files, when the video is not open to all.
    pub file_token: Option<String>,
}

/// Every language, for somebody who may watch the video.
///
/// # Errors
/// [`VideosError::NotFound`] and the refusals.
pub async fn list(app: &App, video: VideoRef, by: &Presented<'_>) -> Result<Captions, VideosError> {
    let (guard, grant) = access::watch(app, video, by).await?;
    let mut conn = app.db().read().await?;
    let rows = captions::of_video(&mut conn, guard.id).await?;
    let replacements = if grant.manages {
        captions::replacements(&mut conn, guard.id).await?.into_iter().collect()
    } else {
        HashMap::new()
    };
    let file_token = shown::token_for_pictures(app, &guard, grant);
    Ok(Captions { rows, replacements, file_token })
}

/// Puts a WebVTT or SRT file in the place of a language's captions. When moderation withholds it,
/// everybody goes on getting those before.
///
/// # Errors
/// [`VideosError::InvalidParam`] for a language or file that does not fit,
/// [`VideosError::NotFound`], [`VideosError::NotOwner`]; the store's or the database's.
pub async fn put(
    app: &App,
    by: &Principal,
    video: VideoRef,
    language: &str,
    file: &[u8],
) -> Result<(), VideosError> {
    let guard = access::manage(app, video, by).await?;
    check_language(language)?;
    let cues = subtitles::read(file)
        .map_err(|problem: Unreadable| VideosError::param("captionfile", problem.to_string()))?;
    let row = judged::find(app, guard.id).await?;
    let place = judged::place(by, row.channel_id, row.account_id, Some(language));
    let spoken = judged::text("text", subtitles::spoken(&cues));
    let judged = texts::judge_all(app, place, vec![spoken]).await?;
    let name = format!("{}-{language}.vtt", app.new_uuid());
    let storage_key = keys::caption(guard.uuid, &name);
    let now = app.now();
    // Comes to nothing once a row names the file; deletes it should the server die before.
    let orphan = Job::DeleteObjects { prefix: storage_key.clone() };
    transact!(app.db(), tx => {
        jobs::enqueue(tx, &orphan, now.plus(GRACE), None, now).await?;
        Ok::<(), VideosError>(())
    })?;
    app.store().put_bytes(&Key::parse(&storage_key)?, subtitles::vtt(&cues)).await?;
    let new =
        NewCaption { video_id: guard.id, language: language.to_owned(), file: name, storage_key };
    transact!(app.db(), tx => {
        if read::id_of(tx, guard.uuid).await?.is_none() {
            return Err(VideosError::NotFound);
        }
        let id = captions::open(tx, &new, now).await?;
        let subject = (SubjectKind::Caption, id);
        texts::keep(tx, subject, &judged, Some(by.actor_id), now).await?;
        captions::keep(tx, id, &new, !texts::any_withheld(&judged), now).await?;
        Ok::<(), VideosError>(())
    })?;
    cache::forget(app, guard.id);
    app.wake_jobs();
    Ok(())
}

/// Takes a language's captions away.
///
/// # Errors
/// [`VideosError::PartNotFound`], [`VideosError::NotFound`], [`VideosError::NotOwner`].
pub async fn delete(
    app: &App,
    by: &Principal,
    video: VideoRef,
    language: &str,
) -> Result<(), VideosError> {
    let guard = access::manage(app, video, by).await?;
    check_language(language)?;
    let now = app.now();
    let gone = transact!(app.db(), tx => {
        Ok::<bool, VideosError>(captions::delete(tx, guard.id, language, now).await?)
    })?;
    cache::forget(app, guard.id);
    app.wake_jobs();
    if gone { Ok(()) } else { Err(VideosError::PartNotFound("Video caption")) }
}

fn check_language(language: &str) -> Result<(), VideosError> {
    if catalog::language(language).is_some() {
        return Ok(());
    }
    Err(VideosError::param("captionLanguage", "Should be a language code, such as fr."))
}
