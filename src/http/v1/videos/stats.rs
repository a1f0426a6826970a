//! `GET /api/v1/videos/{id}/stats/traffic`: how many bytes the server sent of a video, and how many
//! viewers sent each other.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::video_ref;
use crate::app::App;
use crate::http::extract::ApiPath;
use crate::http::v1::wire::traffic::VideoTraffic;
use crate::http::{Problem, Session};
use crate::videos::traffic;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(video_traffic))
}

/// What went of a video, for its owner and for moderators.
#[utoipa::path(
    get,
    path = "/api/v1/videos/{id}/stats/traffic",
    operation_id = "getVideoTraffic",
    tag = "Stats",
    security(("OAuth2" = [])),
    params(("id" = String, Path, description = "Number, UUID or short UUID")),
    responses(
        (status = 200, body = VideoTraffic),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Somebody else's video"),
        (status = 404, description = "No such video"),
    )
)]
async fn video_traffic(
    State(app): State<App>,
    Session(viewer): Session,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<VideoTraffic>, Problem> {
    Ok(Json(traffic::of_video(&app, &viewer, video_ref(&id)?).await?.into()))
}
