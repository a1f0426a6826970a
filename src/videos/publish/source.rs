//! From which file does the worker read? The upload in scratch, the stored original, or a
//! downloaded copy of it when the store has no files of its own.

use std::path::{Path, PathBuf};

use farandole_storage::{Key, StoreError};
use futures::TryStreamExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio_util::sync::CancellationToken;

use super::{PublishError, original, scratch};
use crate::app::App;
use crate::db::videos::originals::{Location, Original};

/// The path of an uploaded file on this node.
pub(super) async fn fetch(
    app: &App,
    original: &Original,
    folder: &scratch::Folder,
    cancel: &CancellationToken,
) -> Result<PathBuf, PublishError> {
    match &original.location {
        Location::Scratch { node, .. } if *node != app.claimant().node => {
            Err(PublishError::Later(format!("the uploaded file is on the node {node}")))
        }
        Location::Scratch { path, .. } => {
            match Path::new(path).canonicalize() {
                Ok(path) => Ok(path),
                // It may be on its way into storage at this moment.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    let key = original::key(original)?;
                    stored(app, &key, &folder.file("source"), cancel).await
                }
                Err(error) => Err(error.into()),
            }
        }
        Location::Stored { key } => {
            let key = Key::parse(key)?;
            stored(app, &key, &folder.file("source"), cancel).await
        }
        Location::Dropped => Err(PublishError::Refused(
            "This server did not keep the uploaded file. Upload it again to have it processed."
                .to_owned(),
        )),
    }
}

/// The path of a stored object: its own, or `copy` after downloading.
pub(super) async fn stored(
    app: &App,
    key: &Key,
    copy: &Path,
    cancel: &CancellationToken,
) -> Result<PathBuf, PublishError> {
    if let Some(path) = app.store().local_path(key) {
        return path.canonicalize().map_err(|_| lost());
    }
    let Some(stat) = app.store().stat(key).await? else { return Err(lost()) };
    let download = async {
        let mut bytes = app.store().get_range(key, 0..stat.size_bytes).await?;
        let mut file = tokio::fs::File::create(copy).await?;
        while let Some(chunk) = bytes.try_next().await? {
            file.write_all(&chunk).await?;
        }
        file.flush().await?;
        Ok::<_, PublishError>(copy.to_owned())
    };
    tokio::select! {
        () = cancel.cancelled() => Err(PublishError::Interrupted),
        path = download => match path {
            Err(PublishError::Store(StoreError::NotFound { .. })) => Err(lost()),
            other => other,
        },
    }
}

fn lost() -> PublishError {
    PublishError::Refused(
        "The uploaded file is no longer on the server. Upload it again to have it processed."
            .to_owned(),
    )
}
