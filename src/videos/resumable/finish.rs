//! What does the last byte cause? The video is made (or its file replaced) in a task of its own,
//! so that a client that hangs up does not stop it; the answer is kept for when it asks again.

use tokio::sync::oneshot;

use super::in_hand::Hold;
use super::{Progress, forget, path, picture_path, size};
use crate::app::App;
use crate::auth::seal::{Purpose, Sealed, open};
use crate::db::uploads::{Target, Upload};
use crate::domain::Principal;
use crate::videos::metadata::VideoMetadata;
use crate::videos::picture::{self, Pictures};
use crate::videos::receive::ScratchFile;
use crate::videos::replace;
use crate::videos::upload::{Received, UploadError, Uploaded, create};

/// Finishes an upload whose bytes are all here.
pub(super) async fn run(
    app: &App,
    by: &Principal,
    upload: Upload,
    hold: Hold,
) -> Result<Uploaded, UploadError> {
    hold.finishing();
    let (answer, answered) = oneshot::channel();
    let (task_app, by) = (app.clone(), by.clone());
    app.spawn(async move {
        let outcome = finish(&task_app, &by, &upload).await;
        drop(hold);
        if let Err(Err(error)) = answer.send(outcome) {
            tracing::info!(error = %error, "an upload was refused after its client had left");
        }
    });
    answered.await.map_err(|_| UploadError::Interrupted)?
}

/// The answer that was given to the last byte.
pub(super) fn repeat(result: &str) -> Result<Progress, UploadError> {
    let uploaded = serde_json::from_str(result).map_err(std::io::Error::from)?;
    Ok(Progress::Done(uploaded))
}

async fn finish(app: &App, by: &Principal, upload: &Upload) -> Result<Uploaded, UploadError> {
    let received = Received {
        file: ScratchFile::at(path(app, &upload.id)),
        filename: upload.filename.clone(),
        size_bytes: size(upload),
    };
    let outcome = match upload.target {
        Target::Video => new_video(app, by, upload, &received).await,
        Target::Replacement(video_id) => {
            replace::run(app, by, video_id, &received, &upload.id).await
        }
    };
    // A row names it now, or the client may try again; only a hopeless file goes.
    received.file.keep();
    match &outcome {
        Ok(_) => drop(ScratchFile::at(picture_path(app, &upload.id))),
        Err(UploadError::Unplayable(_)) => forget(app, upload).await?,
        Err(_) => {}
    }
    outcome
}

async fn new_video(
    app: &App,
    by: &Principal,
    upload: &Upload,
    received: &Received,
) -> Result<Uploaded, UploadError> {
    let sealed = hex::decode(&upload.metadata).map_err(|_| Sealed)?;
    let json = open(app, Purpose::UploadMetadata, &sealed)?;
    let metadata: VideoMetadata = serde_json::from_slice(&json).map_err(std::io::Error::from)?;
    let pictures = chosen_pictures(app, &upload.id).await;
    create(app, by, received, &metadata, pictures, Some(&upload.id)).await
}

/// The picture that came when the upload was begun. It could be read then; should the disk have
/// lost it since, the video gets one of its own frames instead.
async fn chosen_pictures(app: &App, id: &str) -> Option<Pictures> {
    let file = tokio::fs::read(picture_path(app, id)).await.ok()?;
    picture::read(app, file.into()).await.ok()
}
