//! Which stored objects belong to nobody? Deletes what no row names: after a set retired, after a
//! video went, and what a killed server left behind.

use std::time::Duration;

use farandole_storage::Key;
use futures::TryStreamExt as _;

use super::PublishError;
use crate::app::App;
use crate::db::videos::media_sets::{self, MediaSet};
use crate::db::videos::objects;

/// Top folders whose objects are all named by rows.
const SWEPT: [&str; 6] = ["originals", "hls", "images", "storyboards", "captions", "actor-images"];
/// Younger objects may be on their way to a row.
const MIN_AGE: Duration = Duration::from_secs(24 * 3600);

/// Deletes every object below this key, or the object itself, as far as no row names them.
///
/// # Errors
/// The store's and the database's; what is left is deleted by the next try.
pub async fn delete_objects(app: &App, prefix: &str) -> Result<(), PublishError> {
    let prefix = Key::parse(prefix.trim_end_matches('/'))?;
    let mut found = app.store().list(Some(&prefix));
    let mut folder = false;
    while let Some((key, _)) = found.try_next().await? {
        folder = true;
        delete_unnamed(app, &key).await?;
    }
    // Some services refuse to delete what other keys have as their folder.
    if !folder {
        delete_unnamed(app, &prefix).await?;
    }
    Ok(())
}

/// Deletes old objects of videos that no row names. Gives how many there were.
///
/// # Errors
/// The store's and the database's.
pub async fn sweep_objects(app: &App) -> Result<u64, PublishError> {
    let mut deleted = 0;
    for folder in SWEPT {
        let mut found = app.store().list(Some(&Key::parse(folder)?));
        while let Some((key, stat)) = found.try_next().await? {
            // Files carry the machine's time, not a test's.
            let old = stat.modified.elapsed().is_ok_and(|age| age >= MIN_AGE);
            if old && delete_unnamed(app, &key).await? {
                deleted += 1;
            }
        }
    }
    if deleted > 0 {
        tracing::info!(objects = deleted, "stored objects that belonged to nobody were deleted");
    }
    Ok(deleted)
}

async fn delete_unnamed(app: &App, key: &Key) -> Result<bool, PublishError> {
    let mut conn = app.db().read().await?;
    if objects::is_named(&mut conn, key.as_str()).await? {
        return Ok(false);
    }
    drop(conn);
    app.store().delete(key).await?;
    Ok(true)
}

/// Deletes what a run put into storage for nothing: its video went, or its set was retired. When
/// another node makes the same set meanwhile, the objects are that node's and stay.
pub(super) async fn discard(
    app: &App,
    set: &MediaSet,
    keys: impl Iterator<Item = String> + Send,
) -> Result<(), PublishError> {
    let mut conn = app.db().read().await?;
    let now = media_sets::by_id(&mut conn, set.id).await?;
    drop(conn);
    if now.is_some_and(|now| now.attempt != set.attempt) {
        return Ok(());
    }
    for key in keys {
        delete_unnamed(app, &Key::parse(&key)?).await?;
    }
    Ok(())
}
