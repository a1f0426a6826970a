//! What is left over from uploads? Those whose last byte came as the server was stopped or the
//! connection broke become videos, those that expired go, and so do scratch files no row names.

use std::collections::HashSet;
use std::fs::Metadata;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::in_hand::InHand;
use super::{finish, forget, path, picture_path, received, size};
use crate::app::App;
use crate::db::uploads::{self, Upload};
use crate::db::videos::holders;
use crate::videos::receive;
use crate::videos::upload::UploadError;

/// A file without a row is left alone for so long: its row may be about to be written.
const YOUNG: Duration = Duration::from_secs(3600);

/// Finishes what is here whole though its client never asked again, removes this node's expired
/// uploads and the scratch files nobody names.
///
/// # Errors
/// The database's, the disk's.
pub async fn sweep(app: &App) -> Result<(), UploadError> {
    for id in uploads::open_on(&mut app.db().read().await?, &app.claimant().node).await? {
        finish_unasked(app, &id).await?;
    }
    expire(app).await?;
    orphans(app).await
}

/// Finishes an upload whose bytes are all here and that nobody has in hand. What is refused waits
/// for its client, who hears why, or for its end.
async fn finish_unasked(app: &App, id: &str) -> Result<(), UploadError> {
    // Looked at before it is taken in hand: a client that sends meanwhile need not be told to wait.
    if whole(app, id).await?.is_none() {
        return Ok(());
    }
    let Ok(hold) = app.room::<InHand>().take(id) else { return Ok(()) };
    let Some(upload) = whole(app, id).await? else { return Ok(()) };
    let now = app.now();
    let mut conn = app.db().read().await?;
    let Some(by) = holders::of_user(&mut conn, upload.user_id, now).await? else { return Ok(()) };
    drop(conn);
    match finish::run(app, &by, upload, hold).await {
        Ok(_) => tracing::info!(upload.id = id, "an upload was finished without its client"),
        Err(error) => {
            tracing::info!(upload.id = id, error = %error, "a whole upload was not finished");
        }
    }
    Ok(())
}

/// An open upload whose bytes are all here.
async fn whole(app: &App, id: &str) -> Result<Option<Upload>, UploadError> {
    let mut conn = app.db().read().await?;
    let upload = uploads::by_id(&mut conn, id).await?;
    let open = upload.filter(|it| it.result.is_none() && it.expires_at > app.now());
    let Some(upload) = open else { return Ok(None) };
    Ok((received(app, &upload)? >= size(&upload)).then_some(upload))
}

async fn expire(app: &App) -> Result<(), UploadError> {
    let now = app.now();
    let expired = uploads::expired(&mut app.db().read().await?, &app.claimant().node, now).await?;
    for id in expired {
        // Whoever sends one chunk for a whole day holds it, and makes it young again at its end.
        let Ok(_hold) = app.room::<InHand>().take(&id) else { continue };
        let upload = uploads::by_id(&mut app.db().read().await?, &id).await?;
        if let Some(upload) = upload.filter(|upload| upload.expires_at <= now) {
            forget(app, &upload).await?;
            tracing::info!(upload.id = id, "an upload expired");
        }
    }
    Ok(())
}

/// Old files of the folder that belong to no open upload and no video.
async fn orphans(app: &App) -> Result<(), UploadError> {
    let Ok(entries) = std::fs::read_dir(receive::folder(app)) else { return Ok(()) };
    // Listed before the rows are read: a file that comes later is not looked at.
    let old: Vec<_> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.metadata().is_ok_and(|meta| meta.is_file() && is_old(&meta)))
        .map(|entry| entry.path())
        .collect();
    if old.is_empty() {
        return Ok(());
    }
    let node = &app.claimant().node;
    let mut conn = app.db().read().await?;
    let mut named = HashSet::new();
    for id in uploads::open_on(&mut conn, node).await? {
        named.insert(path(app, &id));
        named.insert(picture_path(app, &id));
    }
    named.extend(uploads::scratch_in_use(&mut conn, node).await?.into_iter().map(PathBuf::from));
    // By name alone: the data folder may be written in another way than when the row was made.
    let names: HashSet<_> = named.iter().filter_map(|path| path.file_name()).collect();
    for file in old.iter().filter(|file| file.file_name().is_none_or(|name| !names.contains(name)))
    {
        match std::fs::remove_file(file) {
            Ok(()) => tracing::info!(file = %file.display(), "a left-over upload was removed"),
            Err(error) => tracing::warn!(error = %error, "a left-over upload was not removed"),
        }
    }
    Ok(())
}

fn is_old(meta: &Metadata) -> bool {
    let age = meta.modified().ok().and_then(|at| SystemTime::now().duration_since(at).ok());
    age.is_some_and(|age| age > YOUNG)
}
