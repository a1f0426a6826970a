//! Where do chosen pictures go before their video exists? Into storage, with a deletion queued
//! beforehand that comes to nothing once a row names them: a server killed in between leaves no
//! orphan.

use std::time::Duration;

use farandole_storage::Key;
use uuid::Uuid;

use super::UploadError;
use crate::app::App;
use crate::db::jobs;
use crate::db::videos::images::NewImage;
use crate::domain::{Job, keys};
use crate::transact;
use crate::videos::picture::{Picture, Pictures};

/// Far longer than an upload takes from here to its transaction.
const GRACE: Duration = Duration::from_secs(3600);

/// Stores both sizes for the video `uuid`; the rows are the caller's to write.
///
/// # Errors
/// The store's, the database's.
pub(in crate::videos) async fn store(
    app: &App,
    uuid: Uuid,
    pictures: Pictures,
) -> Result<Vec<NewImage>, UploadError> {
    let Pictures { thumbnail, preview } = pictures;
    let images = [("thumbnail", thumbnail), ("preview", preview)].map(|(kind, picture)| {
        let file = format!("{}.jpg", app.new_uuid());
        let storage_key = keys::image(uuid, &file);
        (row(kind, &picture, file, storage_key), picture.jpeg)
    });
    let now = app.now();
    transact!(app.db(), tx => {
        for (image, _) in &images {
            let job = Job::DeleteObjects { prefix: image.storage_key.clone() };
            jobs::enqueue(tx, &job, now.plus(GRACE), None, now).await?;
        }
        Ok::<_, UploadError>(())
    })?;
    let mut stored = Vec::with_capacity(images.len());
    for (image, jpeg) in images {
        app.store().put_bytes(&Key::parse(&image.storage_key)?, jpeg).await?;
        stored.push(image);
    }
    Ok(stored)
}

fn row(kind: &'static str, picture: &Picture, file: String, storage_key: String) -> NewImage {
    NewImage {
        kind,
        chosen: true,
        file,
        storage_key,
        width: i64::from(picture.width),
        height: i64::from(picture.height),
        tiles: None,
    }
}
