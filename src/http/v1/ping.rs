//! `GET /api/v1/ping`: is this an instance that answers?

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(ping))
}

/// Answers `pong`.
#[utoipa::path(get, path = "/api/v1/ping", tag = "Server", responses((status = 200, body = String)))]
async fn ping() -> &'static str {
    "pong"
}
