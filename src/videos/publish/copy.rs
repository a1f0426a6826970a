//! How do old links to a video's files end without encoding it again? Its complete media set is
//! copied to a new generation, inside storage, and the old one retires.

use farandole_storage::Key;
use farandole_transcoder::playlist::Rendition;
use tokio_util::sync::CancellationToken;

use super::{PublishError, objects};
use crate::app::App;
use crate::db::DbError;
use crate::db::videos::media_sets::{self, MediaSet, SetState};
use crate::db::videos::renditions::{self, NewRendition, StoredRendition};
use crate::db::videos::swarms;
use crate::domain::keys;
use crate::transact;
use crate::videos::swarms::of_renditions;

/// Copies a video's complete media set into the waiting set `media_set_id`. While another set of
/// the video is being made from a file, nothing is done: the end of that work queues this again.
///
/// # Errors
/// The store's and the database's.
pub async fn copy(
    app: &App,
    media_set_id: i64,
    interrupted: &CancellationToken,
) -> Result<(), PublishError> {
    let Some((set, source, stored)) = begin(app, media_set_id).await? else { return Ok(()) };
    let rows = tokio::select! {
        () = interrupted.cancelled() => return Err(PublishError::Interrupted),
        rows = put_copies(app, &set, &stored) => rows?,
    };
    let set = MediaSet { original_id: source.original_id, ..set };
    let target = source.target_duration_s.unwrap_or_default();
    let made: Vec<_> =
        stored.iter().map(|one| Rendition { plan: &one.plan, index: &one.index }).collect();
    let named = of_renditions(app, set.video_uuid, set.generation, &made);
    let now = app.now();
    let switched = transact!(app.db(), tx => {
        let current = media_sets::complete_of_video(tx, set.video_id).await?;
        if current.is_none_or(|current| current.id != source.id) {
            return Ok::<_, DbError>(false);
        }
        let switched = media_sets::complete(tx, &set, target, &rows, None, now).await?;
        if switched {
            swarms::put(tx, set.id, &named).await?;
        }
        Ok(switched)
    })?;
    app.wake_jobs();
    if switched {
        tracing::info!(video.id = set.video_id, "a video's files have new addresses");
        return Ok(());
    }
    objects::discard(app, &set, rows.into_iter().map(|row| row.storage_key)).await?;
    Err(PublishError::Later("the media set was replaced while it was copied".to_owned()))
}

async fn begin(
    app: &App,
    media_set_id: i64,
) -> Result<Option<(MediaSet, MediaSet, Vec<StoredRendition>)>, PublishError> {
    let mut conn = app.db().read().await?;
    let Some(set) = media_sets::by_id(&mut conn, media_set_id).await? else { return Ok(None) };
    let sets = media_sets::of_video(&mut conn, set.video_id).await?;
    let from_file = |set: &MediaSet| {
        set.original_id.is_some() && matches!(set.state, SetState::Waiting | SetState::Growing)
    };
    let source = sets.iter().find(|set| set.state == SetState::Complete);
    let (Some(source), false) = (source, sets.iter().any(from_file)) else { return Ok(None) };
    let stored = renditions::of_set(&mut conn, source.id).await?;
    drop(conn);
    let now = app.now();
    let attempt = transact!(app.db(), tx => {
        media_sets::begin(tx, &set, &app.claimant().node, now).await
    })?;
    Ok(attempt.map(|attempt| (MediaSet { attempt, ..set }, source.clone(), stored)))
}

async fn put_copies(
    app: &App,
    set: &MediaSet,
    stored: &[StoredRendition],
) -> Result<Vec<NewRendition>, PublishError> {
    let mut rows = Vec::with_capacity(stored.len());
    for rendition in stored {
        let plan = &rendition.plan;
        let to = keys::rendition(set.video_uuid, set.generation, &plan.file);
        app.store().copy(&Key::parse(&rendition.storage_key)?, &Key::parse(&to)?).await?;
        rows.push(NewRendition::new(
            plan,
            &rendition.index,
            u64::try_from(rendition.size_bytes).unwrap_or_default(),
            to,
        ));
    }
    Ok(rows)
}
