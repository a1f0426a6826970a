//! `/api/v1/videos/{id}/chapters`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::video_ref;
use crate::app::App;
use crate::http::extract::{ApiJson, ApiPath};
use crate::http::v1::wire::video_parts::{ShownChapters, VideoChapters};
use crate::http::{Asker, Problem, Session};
use crate::videos::chapters;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, replace))
}

/// The chapters of a video.
#[utoipa::path(
    get,
    path = "/api/v1/videos/{id}/chapters",
    operation_id = "getVideoChapters",
    tag = "Video Chapters",
    params(
        ("id" = String, Path, description = "Number, UUID or short UUID"),
        ("x-peertube-video-password" = Option<String>, Header, description = "Its password"),
    ),
    responses(
        (status = 200, body = ShownChapters),
        (status = 401, description = "Only for people who are signed in"),
        (status = 403, description = "Not for this person, or a password is missing or wrong"),
        (status = 404, description = "No such video"),
        (status = 429, description = "Too many wrong passwords from this address"),
    )
)]
async fn list(
    State(app): State<App>,
    ApiPath(id): ApiPath<String>,
    asker: Asker,
) -> Result<Json<ShownChapters>, Problem> {
    let found = chapters::list(&app, video_ref(&id)?, &asker.presented()).await?;
    Ok(Json(found.into()))
}

/// Puts chapters in the place of a video's chapters. Those that wait for a moderator leave those
/// before in their place.
#[utoipa::path(
    put,
    path = "/api/v1/videos/{id}/chapters",
    operation_id = "replaceVideoChapters",
    tag = "Video Chapters",
    security(("OAuth2" = [])),
    params(("id" = String, Path, description = "Number, UUID or short UUID")),
    request_body = VideoChapters,
    responses(
        (status = 204, description = "Taken"),
        (status = 400, description = "A chapter does not fit"),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Somebody else's video"),
        (status = 404, description = "No such video"),
    )
)]
async fn replace(
    State(app): State<App>,
    Session(viewer): Session,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<VideoChapters>,
) -> Result<StatusCode, Problem> {
    let wanted = body.chapters.into_iter().map(Into::into).collect();
    chapters::replace(&app, &viewer, video_ref(&id)?, wanted).await?;
    Ok(StatusCode::NO_CONTENT)
}
