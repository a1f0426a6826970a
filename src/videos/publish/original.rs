//! What happens to the uploaded file once nobody reads it in scratch? It goes to storage, or is
//! dropped when the operator keeps none.

use std::path::Path;

use farandole_storage::{Key, StoreError};

use super::PublishError;
use crate::app::App;
use crate::db::videos::originals::{self, Location, Original};
use crate::domain::keys;
use crate::transact;

/// Moves an uploaded file out of this node's scratch. Does nothing while a worker may still read
/// it (the end of that work queues the job again), and keeps it there after a failure when the
/// operator keeps no originals, so that transcoding can be tried again.
///
/// # Errors
/// The store's and the database's.
pub async fn store_original(app: &App, original_id: i64) -> Result<(), PublishError> {
    let mut conn = app.db().read().await?;
    let Some(original) = originals::by_id(&mut conn, original_id).await? else { return Ok(()) };
    let Location::Scratch { node, path } = &original.location else { return Ok(()) };
    if *node != app.claimant().node || originals::in_use(&mut conn, original_id).await? {
        return Ok(());
    }
    let keep = app.config().uploads.keep_original;
    if !keep && !originals::is_made(&mut conn, original_id).await? {
        return Ok(());
    }
    drop(conn);
    let location = if keep { put(app, &original, path).await? } else { Location::Dropped };
    // Before the row says so: a server killed in between finds the stored object again by its
    // key, while a file that no row names would stay for ever.
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let moved = transact!(app.db(), tx => { originals::moved(tx, original_id, &location).await })?;
    if let (false, Location::Stored { key }) = (moved, &location) {
        app.store().delete(&Key::parse(key)?).await?;
    }
    Ok(())
}

async fn put(app: &App, original: &Original, path: &str) -> Result<Location, PublishError> {
    let key = key(original)?;
    match app.store().put_finished_file(&key, Path::new(path)).await {
        Ok(_) => {}
        Err(StoreError::NotFound { .. }) if app.store().stat(&key).await?.is_some() => {}
        Err(StoreError::NotFound { .. }) => {
            tracing::error!(video.id = original.video_id, "an uploaded file vanished from scratch");
            return Ok(Location::Dropped);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Location::Stored { key: key.to_string() })
}

/// Where an uploaded file is, or will be, in storage.
pub(super) fn key(original: &Original) -> Result<Key, StoreError> {
    let ending = extension(&original.filename);
    Key::parse(&keys::original(original.video_uuid, original.generation, &ending))
}

/// The ending of a file name as far as a storage key may hold it.
fn extension(filename: &str) -> String {
    let ending = Path::new(filename).extension().and_then(|ending| ending.to_str());
    ending
        .filter(|ending| (1..=8).contains(&ending.len()))
        .filter(|ending| ending.bytes().all(|b| b.is_ascii_alphanumeric()))
        .map_or_else(|| "bin".to_owned(), str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::extension;

    #[test]
    fn only_plain_endings_become_part_of_a_key() {
        assert_eq!(extension("My Film.MP4"), "mp4");
        assert_eq!(extension("film"), "bin");
        assert_eq!(extension("film.mp4/../x"), "bin");
        assert_eq!(extension("film.Ünicode"), "bin");
        assert_eq!(extension("film."), "bin");
    }
}
