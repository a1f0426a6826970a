//! `/api/v1/videos/{id}/transcoding`: how far it is (ours), and once more (PeerTube's).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::video_ref;
use crate::app::App;
use crate::http::extract::{ApiJson, ApiPath};
use crate::http::{Problem, Session};
use crate::videos::access;
use crate::videos::growing::Progress;
use crate::videos::publish::{self, Status};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read, create))
}

/// How far the making of a video is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Transcoding {
    /// `waiting`, `growing`, `complete` or `failed`.
    state: &'static str,
    /// Something of it can be played now.
    playable: bool,
    /// Why it failed, for people.
    error: Option<String>,
    /// Every planned rendition, the largest first; empty before the file was looked at.
    renditions: Vec<Rendition>,
    /// Media time that all renditions have reached, milliseconds.
    position_ms: u64,
    /// Length of the media, milliseconds.
    duration_ms: u64,
    /// Media time made per second.
    speed: f64,
    /// Frames made per second, all renditions together.
    fps: f64,
    /// Expected time left, milliseconds.
    eta_ms: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Rendition {
    /// Name for people.
    label: String,
    /// PeerTube's resolution id, 0 for sound alone.
    resolution: u32,
    /// Done, per cent.
    percent: u32,
    /// No more will come.
    done: bool,
}

impl From<Status> for Transcoding {
    fn from(status: Status) -> Self {
        let Progress { pace, duration_ms, renditions, .. } = status.progress;
        let renditions = renditions
            .into_iter()
            .map(|rendition| Rendition {
                label: rendition.label,
                resolution: rendition.resolution,
                percent: rendition.percent,
                done: rendition.done,
            })
            .collect();
        Self {
            state: status.state.name(),
            playable: status.playable,
            error: status.error,
            renditions,
            position_ms: pace.position_ms,
            duration_ms,
            speed: pace.speed,
            fps: pace.fps,
            eta_ms: pace.eta_ms,
        }
    }
}

/// How far a video is, for its owner and moderators.
#[utoipa::path(
    get,
    path = "/api/v1/videos/{id}/transcoding",
    operation_id = "getVideoTranscoding",
    tag = "Video Transcoding",
    params(("id" = String, Path, description = "Number, UUID or short UUID")),
    responses(
        (status = 200, body = Transcoding),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "Another user's video"),
        (status = 404, description = "No such video"),
    )
)]
async fn read(
    State(app): State<App>,
    ApiPath(id): ApiPath<String>,
    Session(by): Session,
) -> Result<Json<Transcoding>, Problem> {
    let guard = access::manage(&app, video_ref(&id)?, &by).await?;
    Ok(Json(publish::status(&app, guard.id).await?.into()))
}

/// PeerTube's body of a transcoding request.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TranscodingRequest {
    /// `hls`. `web-video` is refused: every rendition is one MP4 file anyway.
    transcoding_type: String,
    /// Accepted as PeerTube does. A making that runs is never doubled.
    #[serde(default, rename = "forceTranscoding")]
    _force_transcoding: bool,
}

/// Makes a video's renditions again from its original file, after a failure or new settings.
#[utoipa::path(
    post,
    path = "/api/v1/videos/{id}/transcoding",
    operation_id = "createVideoTranscoding",
    tag = "Video Transcoding",
    params(("id" = String, Path, description = "Number, UUID or short UUID")),
    request_body = TranscodingRequest,
    responses(
        (status = 204, description = "Queued"),
        (status = 400, description = "Not `hls`"),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "Another user's video"),
        (status = 404, description = "No such video"),
        (status = 409, description = "Being made already, or the original was not kept"),
    )
)]
async fn create(
    State(app): State<App>,
    ApiPath(id): ApiPath<String>,
    Session(by): Session,
    ApiJson(wanted): ApiJson<TranscodingRequest>,
) -> Result<StatusCode, Problem> {
    let guard = access::manage(&app, video_ref(&id)?, &by).await?;
    if wanted.transcoding_type != "hls" {
        return Err(Problem::invalid_param("transcodingType", "This server makes hls only."));
    }
    publish::retry(&app, guard.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
