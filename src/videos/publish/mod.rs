//! How does an uploaded file become a published video? One worker run per media set: its events
//! feed the growing registry and the video's row, its finished files go to storage whole, and one
//! transaction switches the video over.
//!
//! Killed at any moment, the job runs again into a new attempt folder; keys in storage follow
//! from the generation, so the second run replaces what the first one put and nothing doubles.

mod adopt;
mod copy;
mod failed;
mod notes;
mod objects;
mod order;
mod original;
mod scratch;
mod source;
mod status;
mod sweep;

use farandole_storage::StoreError;
use farandole_transcoder::spec::FailureKind;
use farandole_transcoder::worker::WorkError;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::db::videos::media_sets::{self, MediaSet, SetState};
use crate::db::videos::originals;
use crate::db::{DbError, Faulty};
use crate::transact;
use crate::videos::growing::{Growing, GrowingSet};

pub use copy::copy;
pub use failed::{RetryError, abandon, retry};
pub use objects::{delete_objects, sweep_objects};
pub use order::probe_limits;
pub use original::store_original;
pub use status::{Status, status};
pub use sweep::sweep;

/// Why a video was not published, or something beside it was not done.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The server stops or somebody else has the work.
    #[error("interrupted")]
    Interrupted,
    /// Something outside the media was away, slow or full.
    #[error("{0}")]
    Later(String),
    /// No further try will help; the video says so already.
    #[error("{0}")]
    Refused(String),
    /// The database's.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The scratch folder's.
    #[error("the scratch folder failed: {0}")]
    Scratch(#[from] std::io::Error),
}

impl Faulty for PublishError {
    fn db_error(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

/// Makes the renditions of a media set and publishes its video. Does nothing when that is done
/// already or the video is gone.
///
/// # Errors
/// [`PublishError`]; after `Refused` the set has failed and the video shows why.
pub async fn transcode(
    app: &App,
    media_set_id: i64,
    interrupted: &CancellationToken,
) -> Result<(), PublishError> {
    let Some((set, original, replaces)) = begin(app, media_set_id).await? else { return Ok(()) };
    let cancel = interrupted.child_token();
    let growing = GrowingSet::new(set.id, set.video_id, set.generation, replaces, cancel);
    // The registry first: a sweep removes the folders of sets it does not know.
    let entry = Growing::of(app).enter(growing);
    let folder = scratch::Folder::make(app, set.id, set.attempt)?;
    let outcome = run(app, &set, &original, &entry.set, &folder).await;
    let outcome = match outcome {
        Err(PublishError::Refused(reason)) => {
            let now = app.now();
            transact!(app.db(), tx => { media_sets::fail(tx, &set, &reason, now).await })?;
            app.wake_jobs();
            Err(PublishError::Refused(reason))
        }
        other => other,
    };
    // The registry first: who finds no set there any more asks the database, not the folder.
    drop(entry);
    drop(folder);
    outcome
}

/// Takes the set in hand, unless there is nothing left to do.
async fn begin(
    app: &App,
    media_set_id: i64,
) -> Result<Option<(MediaSet, originals::Original, bool)>, PublishError> {
    let mut conn = app.db().read().await?;
    let Some(set) = media_sets::by_id(&mut conn, media_set_id).await? else { return Ok(None) };
    let original = match set.original_id {
        Some(id) => originals::by_id(&mut conn, id).await?,
        None => None,
    };
    let replaces = media_sets::complete_of_video(&mut conn, set.video_id).await?.is_some();
    drop(conn);
    let Some(original) = original else { return Ok(None) };
    let now = app.now();
    let attempt = transact!(app.db(), tx => {
        media_sets::begin(tx, &set, &app.claimant().node, now).await
    })?;
    let state = SetState::Growing;
    Ok(attempt.map(|attempt| (MediaSet { attempt, state, ..set }, original, replaces)))
}

async fn run(
    app: &App,
    set: &MediaSet,
    original: &originals::Original,
    growing: &GrowingSet,
    folder: &scratch::Folder,
) -> Result<(), PublishError> {
    let source = source::fetch(app, original, folder, &growing.cancel).await?;
    let order = order::make(app, set, &source, folder).await?;
    let (tell, told) = mpsc::unbounded_channel();
    let work = app.worker().run_with_retry(
        &order,
        |part| {
            let dir = folder.part(part)?;
            growing.begin(dir.clone());
            Ok(dir)
        },
        move |_, event| {
            growing.hear(event);
            notes::pass_on(&tell, event);
        },
        &growing.cancel,
    );
    let write = notes::write(app, set, growing, told);
    let (worked, ()) = tokio::join!(work, write);
    match worked {
        Ok((dir, outcome)) => adopt::adopt(app, set, growing, &dir, outcome).await,
        Err(error) => Err(explain(app, set, error)),
    }
}

/// What a worker's failure means for the job. Causes go to the log here, once.
fn explain(app: &App, set: &MediaSet, error: WorkError) -> PublishError {
    if error.kind == FailureKind::Cancelled {
        return PublishError::Interrupted;
    }
    tracing::warn!(
        video.id = set.video_id,
        media_set.id = set.id,
        kind = ?error.kind,
        cause = error.cause,
        "a video could not be transcoded: {}",
        error.message
    );
    // A worker that died because the whole server is being stopped is nobody's failure.
    if app.stopping().is_cancelled() {
        return PublishError::Interrupted;
    }
    match error.kind {
        FailureKind::DiskFull => PublishError::Later(error.message),
        _ => PublishError::Refused(error.message),
    }
}
