//! How do finished files become the video? Whole into storage, then one transaction.

use std::path::Path;
use std::time::Duration;

use farandole_storage::Key;
use farandole_transcoder::conversation::{Image, Outcome};
use farandole_transcoder::playlist::Rendition;
use farandole_transcoder::spec::{ImageKind, Probe, RenditionPlan};

use super::{PublishError, objects};
use crate::app::App;
use crate::db::DbError;
use crate::db::videos::images::{self, NewImage, TileRow};
use crate::db::videos::media_sets::{self, MediaSet, Probed};
use crate::db::videos::renditions::NewRendition;
use crate::db::videos::swarms;
use crate::domain::keys;
use crate::transact;
use crate::videos::growing::GrowingSet;
use crate::videos::swarms::of_renditions;

/// The length that was made differs by this much before it is believed over the probe.
const NOTABLE: Duration = Duration::from_secs(1);

/// Puts the files of a finished run into storage and switches the video to them.
pub(super) async fn adopt(
    app: &App,
    set: &MediaSet,
    growing: &GrowingSet,
    dir: &Path,
    outcome: Outcome,
) -> Result<(), PublishError> {
    let put = put_files(app, set, dir, &outcome);
    let (renditions, images) = tokio::select! {
        () = growing.cancel.cancelled() => return Err(PublishError::Interrupted),
        put = put => put?,
    };
    let top = outcome.renditions.iter().map(|made| &made.plan).find(|plan| plan.has_video);
    let figures = outcome.probe.as_ref().map(|probe| figures(probe, top, Some(outcome.duration)));
    let target = i64::from(outcome.target_duration_s);
    let made: Vec<_> = outcome
        .renditions
        .iter()
        .map(|made| Rendition { plan: &made.plan, index: &made.index })
        .collect();
    let named = of_renditions(app, set.video_uuid, set.generation, &made);
    let now = app.now();
    let switched = transact!(app.db(), tx => {
        let switched =
            media_sets::complete(tx, set, target, &renditions, figures.as_ref(), now).await?;
        if switched {
            swarms::put(tx, set.id, &named).await?;
            for image in &images {
                images::put(tx, set.video_uuid, image, now).await?;
            }
        }
        Ok::<_, DbError>(switched)
    })?;
    app.wake_jobs();
    for message in &outcome.warnings {
        tracing::warn!(
            video.id = set.video_id,
            media_set.id = set.id,
            "transcoded, but: {message}"
        );
    }
    if switched {
        tracing::info!(video.id = set.video_id, media_set.id = set.id, "a video was published");
        return Ok(());
    }
    let keys = renditions.iter().map(|rendition| rendition.storage_key.clone());
    let images = images.iter().map(|image| image.storage_key.clone());
    objects::discard(app, set, keys.chain(images)).await
}

async fn put_files(
    app: &App,
    set: &MediaSet,
    dir: &Path,
    outcome: &Outcome,
) -> Result<(Vec<NewRendition>, Vec<NewImage>), PublishError> {
    let mut renditions = Vec::with_capacity(outcome.renditions.len());
    for made in &outcome.renditions {
        let text = keys::rendition(set.video_uuid, set.generation, &made.plan.file);
        app.store().put_finished_file(&Key::parse(&text)?, &dir.join(&made.plan.file)).await?;
        renditions.push(NewRendition::new(&made.plan, &made.index, made.size_bytes, text));
    }
    let mut images = Vec::with_capacity(outcome.images.len());
    for image in &outcome.images {
        images.push(put_image(app, set, dir, image).await?);
    }
    Ok((renditions, images))
}

/// Puts one picture into storage and gives its row.
pub(super) async fn put_image(
    app: &App,
    set: &MediaSet,
    dir: &Path,
    image: &Image,
) -> Result<NewImage, PublishError> {
    let row = image_row(set, image);
    let key = Key::parse(&row.storage_key)?;
    app.store().put_finished_file(&key, &dir.join(&image.file)).await?;
    Ok(row)
}

/// Names follow from the generation, so a second run replaces the pictures of the first.
fn image_row(set: &MediaSet, image: &Image) -> NewImage {
    let kind = match image.kind {
        ImageKind::Thumbnail => "thumbnail",
        ImageKind::Preview => "preview",
        ImageKind::Storyboard => "storyboard",
    };
    let file = format!("{}-{kind}.jpg", set.generation);
    let storage_key = match image.kind {
        ImageKind::Storyboard => keys::storyboard(set.video_uuid, &file),
        ImageKind::Thumbnail | ImageKind::Preview => keys::image(set.video_uuid, &file),
    };
    let tiles = image.tiles.map(|tiles| TileRow {
        width: tiles.width.into(),
        height: tiles.height.into(),
        seconds: tiles.seconds.into(),
        count: tiles.count.into(),
    });
    let (width, height) = (image.width.into(), image.height.into());
    NewImage { kind, chosen: false, file, storage_key, width, height, tiles }
}

/// What the API says of the video: from the probe, from what is shown with mere sound, and from
/// what came out where that is notably shorter or longer.
pub(super) fn figures(
    probe: &Probe,
    shown: Option<&RenditionPlan>,
    made: Option<Duration>,
) -> Probed {
    let size = probe
        .video
        .as_ref()
        .map(|video| (video.display_width, video.display_height))
        .or_else(|| shown.map(|plan| (plan.width, plan.height)));
    let aspect = size.filter(|(_, height)| *height > 0).map(|(width, height)| {
        let (width, height) = (u64::from(width), u64::from(height));
        (width * 1_000_000 + height / 2) / height
    });
    let duration = made.filter(|made| made.abs_diff(probe.duration) >= NOTABLE);
    let duration = duration.unwrap_or(probe.duration);
    Probed {
        duration_ms: i64::try_from(duration.as_millis()).unwrap_or(i64::MAX),
        aspect_ratio_millionths: aspect.and_then(|aspect| i64::try_from(aspect).ok()),
        json: serde_json::json!(probe).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(seconds: u64) -> Probe {
        Probe {
            container: "mp4".to_owned(),
            duration: Duration::from_secs(seconds),
            bitrate_bps: None,
            size_bytes: 1,
            video: None,
            audio: Vec::new(),
            subtitles: Vec::new(),
            cover_stream: None,
        }
    }

    #[test]
    fn a_truncated_file_tells_the_length_that_came_out() {
        let told = |made| figures(&sound(10), None, Some(made)).duration_ms;
        assert_eq!(told(Duration::from_millis(9_960)), 10_000);
        assert_eq!(told(Duration::from_secs(6)), 6_000);
    }

    #[test]
    fn sound_alone_has_no_shape_until_something_is_shown_with_it() {
        assert_eq!(figures(&sound(1), None, None).aspect_ratio_millionths, None);
    }
}
