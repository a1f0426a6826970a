//! How far is a video, for its owner? What its newest media set says, in memory or in the
//! database.

use crate::app::App;
use crate::db::videos::media_sets::{self, SetState};
use crate::db::videos::{read, renditions};
use crate::domain::VideoRef;
use crate::videos::VideosError;
use crate::videos::growing::{Growing, Pace, Progress, RenditionProgress};

/// How far the making of a video is.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// Where its newest media set stands.
    pub state: SetState,
    /// Viewers can play something of it now.
    pub playable: bool,
    /// Why the last making failed, for people.
    pub error: Option<String>,
    /// Its renditions and how fast they are made.
    pub progress: Progress,
}

/// How far a video is. A set that another node makes shows without its renditions.
///
/// # Errors
/// [`VideosError::NotFound`], or the database's.
pub async fn status(app: &App, video_id: i64) -> Result<Status, VideosError> {
    let mut conn = app.db().read().await?;
    let video = read::find(&mut conn, VideoRef::Id(video_id)).await?;
    let video = video.ok_or(VideosError::NotFound)?;
    let sets = media_sets::of_video(&mut conn, video_id).await?;
    let served = sets.iter().find(|set| set.state == SetState::Complete);
    // A waiting copy of what is complete is no news for the owner.
    let newest = sets.iter().find(|set| set.original_id.is_some());
    let state = newest.map_or(SetState::Waiting, |set| set.state);
    let duration_ms = u64::try_from(video.duration_ms).unwrap_or_default();
    let growing = newest.and_then(|set| Growing::of(app).by_id(set.id));
    let progress = match (growing, served, state) {
        (Some(set), ..) => set.progress(),
        (None, Some(set), SetState::Complete) => {
            let stored = renditions::of_set(&mut conn, set.id).await?;
            complete(stored.iter().map(|rendition| &rendition.plan), duration_ms)
        }
        _ => Progress { duration_ms, ..Progress::default() },
    };
    Ok(Status {
        state,
        playable: served.is_some() || progress.playable,
        error: video.failure,
        progress,
    })
}

fn complete<'a>(
    plans: impl Iterator<Item = &'a farandole_transcoder::spec::RenditionPlan>,
    duration_ms: u64,
) -> Progress {
    Progress {
        playable: true,
        duration_ms,
        pace: Pace { position_ms: duration_ms, eta_ms: Some(0), ..Pace::default() },
        renditions: plans
            .map(|plan| RenditionProgress {
                label: plan.label.clone(),
                resolution: plan.resolution,
                percent: 100,
                done: true,
            })
            .collect(),
    }
}
