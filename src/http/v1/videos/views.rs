//! `POST /api/v1/videos/{id}/views`: what players report while somebody watches.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::video_ref;
use crate::app::App;
use crate::http::extract::{ApiJson, ApiPath, ClientAddress};
use crate::http::{Asker, Problem};
use crate::videos::views::{self, Report};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(view))
}

/// PeerTube's `UserViewingVideo`. What it says of the viewer's machine is not looked at.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserViewingVideo {
    /// Seconds from the beginning.
    current_time: f64,
    /// `seek` when the viewer jumped.
    view_event: Option<String>,
}

/// Hears where a player is. Ten seconds of watching count as a view.
#[utoipa::path(
    post,
    path = "/api/v1/videos/{id}/views",
    operation_id = "addView",
    tag = "Video",
    params(("id" = String, Path, description = "Number, UUID or short UUID")),
    request_body = UserViewingVideo,
    responses(
        (status = 204, description = "Heard"),
        (status = 400, description = "The position is outside of the video"),
        (status = 401, description = "Only for people who are signed in"),
        (status = 403, description = "Not for this person, or a password is missing or wrong"),
        (status = 404, description = "No such video"),
        (status = 429, description = "Too many wrong passwords from this address"),
    )
)]
async fn view(
    State(app): State<App>,
    ApiPath(id): ApiPath<String>,
    asker: Asker,
    ClientAddress(from): ClientAddress,
    ApiJson(body): ApiJson<UserViewingVideo>,
) -> Result<StatusCode, Problem> {
    let seeked = match body.view_event.as_deref() {
        None => false,
        Some("seek") => true,
        Some(_) => return Err(Problem::invalid_param("viewEvent", "Should be seek.")),
    };
    if !body.current_time.is_finite() {
        return Err(Problem::invalid_param("currentTime", "Should be seconds."));
    }
    // Saturates, and what is outside of the video is refused.
    let report = Report { position_s: body.current_time.floor() as i64, seeked };
    views::hear(&app, video_ref(&id)?, &asker.presented(), from, report).await?;
    Ok(StatusCode::NO_CONTENT)
}
