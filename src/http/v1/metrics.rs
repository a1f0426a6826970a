//! `POST /api/v1/metrics/playback`: what players report of how they got what they played.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::extract::{ApiJson, ClientAddress};
use crate::http::v1::videos::video_ref;
use crate::http::{Asker, Problem};
use crate::videos::playback::{self, Shared};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(playback_metrics))
}

/// A number, UUID or short UUID.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
enum VideoId {
    Number(i64),
    Text(String),
}

/// PeerTube's `PlaybackMetricCreate`; byte counts are since the player's last report. What is said
/// of errors, peers and resolutions is not kept, and what came over HTTP is counted by the server.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "fields that PeerTube's players must send, read to be checked")]
struct PlaybackMetricCreate {
    /// `p2p-media-loader` or `web-video`.
    player_mode: String,
    resolution: Option<f64>,
    fps: Option<f64>,
    p2p_enabled: bool,
    p2p_peers: Option<f64>,
    resolution_changes: f64,
    buffer_stalled: Option<f64>,
    errors: f64,
    #[serde(rename = "downloadedBytesP2P")]
    downloaded_bytes_p2p: f64,
    #[serde(rename = "downloadedBytesHTTP")]
    downloaded_bytes_http: f64,
    #[serde(rename = "uploadedBytesP2P")]
    uploaded_bytes_p2p: f64,
    video_id: VideoId,
}

/// Hears what a player shared since its last report. It is believed within reason.
#[utoipa::path(
    post,
    path = "/api/v1/metrics/playback",
    tag = "Stats",
    request_body = PlaybackMetricCreate,
    responses(
        (status = 204, description = "Heard"),
        (status = 400, description = "A field does not fit"),
        (status = 401, description = "Only for people who are signed in"),
        (status = 403, description = "Not for this person, or a password is missing or wrong"),
        (status = 404, description = "No such video"),
        (status = 429, description = "Too many wrong passwords from this address"),
    )
)]
async fn playback_metrics(
    State(app): State<App>,
    asker: Asker,
    ClientAddress(from): ClientAddress,
    ApiJson(body): ApiJson<PlaybackMetricCreate>,
) -> Result<StatusCode, Problem> {
    if !matches!(body.player_mode.as_str(), "p2p-media-loader" | "web-video") {
        let wanted = "Should be p2p-media-loader or web-video.";
        return Err(Problem::invalid_param("playerMode", wanted));
    }
    let said = Shared {
        down_bytes: bytes("downloadedBytesP2P", body.downloaded_bytes_p2p)?,
        up_bytes: bytes("uploadedBytesP2P", body.uploaded_bytes_p2p)?,
    };
    bytes("downloadedBytesHTTP", body.downloaded_bytes_http)?;
    let video = match body.video_id {
        VideoId::Number(id) => video_ref(&id.to_string()),
        VideoId::Text(text) => video_ref(&text),
    };
    let video = video.map_err(|_| {
        let wanted = "Should be a valid id: a number, a UUID or a short UUID.";
        Problem::invalid_param("videoId", wanted)
    })?;
    playback::hear(&app, video, &asker.presented(), from, said).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn bytes(param: &'static str, said: f64) -> Result<u64, Problem> {
    if said.is_finite() && said >= 0.0 {
        // Saturates, and is then cut to what can be believed.
        Ok(said as u64)
    } else {
        Err(Problem::invalid_param(param, "Should be a number of bytes."))
    }
}
