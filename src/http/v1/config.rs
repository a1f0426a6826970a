//! `GET /api/v1/config` and `…/about`: what this instance is and can do.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::registrations;
use crate::app::App;
use crate::http::Problem;
use crate::http::v1::wire::config;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(server_config)).routes(routes!(about))
}

/// Gives PeerTube's `ServerConfig`.
#[utoipa::path(get, path = "/api/v1/config", tag = "Config",
    responses((status = 200, body = Object)))]
async fn server_config(State(app): State<App>) -> Result<Json<Value>, Problem> {
    Ok(Json(config::server_config(app.config(), registrations::room(&app).await?)))
}

/// Gives PeerTube's `ServerConfigAbout`.
#[utoipa::path(get, path = "/api/v1/config/about", tag = "Config",
    responses((status = 200, body = Object)))]
async fn about(State(app): State<App>) -> Json<Value> {
    Json(config::about(app.config()))
}
