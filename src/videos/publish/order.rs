//! What is the worker told to make? The operator's settings as a work order.

use std::path::{Path, PathBuf};
use std::time::Duration;

use farandole_storage::Key;
use farandole_transcoder::spec::{ImageSettings, LadderSettings, Limits, WorkOrder};
use tokio_util::sync::CancellationToken;

use super::{PublishError, scratch, source};
use crate::app::App;
use crate::config::Transcoding;
use crate::db::videos::images;
use crate::db::videos::media_sets::MediaSet;

pub(super) async fn make(
    app: &App,
    set: &MediaSet,
    source: &Path,
    folder: &scratch::Folder,
) -> Result<WorkOrder, PublishError> {
    let settings = &app.config().transcoding;
    Ok(WorkOrder {
        source: source.to_owned(),
        // Every run gets its own part of the attempt's folder.
        out_dir: PathBuf::new(),
        ladder: ladder(settings),
        images: Some(ImageSettings::default()),
        still: still(app, set, folder).await?,
        limits: limits(settings),
    })
}

/// The picture its owner chose, to be shown under sound without video.
async fn still(
    app: &App,
    set: &MediaSet,
    folder: &scratch::Folder,
) -> Result<Option<PathBuf>, PublishError> {
    let mut conn = app.db().read().await?;
    let Some(key) = images::chosen_key(&mut conn, set.video_id).await? else { return Ok(None) };
    drop(conn);
    let copy = folder.file("still");
    let fetched = source::stored(app, &Key::parse(&key)?, &copy, &CancellationToken::new()).await;
    // A lost picture is no reason to refuse the sound.
    Ok(fetched.ok())
}

fn ladder(settings: &Transcoding) -> LadderSettings {
    LadderSettings {
        resolutions: settings.resolutions.clone(),
        audio_only: settings.audio_only,
        max_fps: settings.max_fps,
        remux: settings.remux,
        preset: settings.preset.clone(),
        crf: settings.crf,
        bitrate_factor: settings.bitrate_factor,
        ..LadderSettings::default()
    }
}

fn limits(settings: &Transcoding) -> Limits {
    Limits {
        threads: settings.threads,
        nice: i32::try_from(settings.nice).unwrap_or(19),
        max_wall: Duration::from_secs(u64::from(settings.max_hours) * 3600),
        max_memory_bytes: settings.max_memory_bytes,
        max_output_bytes: settings.max_output_bytes,
        ..Limits::default()
    }
}

/// Limits for looking at a file during its upload: somebody waits for the answer.
#[must_use]
pub fn probe_limits(settings: &Transcoding) -> Limits {
    Limits { max_wall: Duration::from_secs(60), ..limits(settings) }
}
