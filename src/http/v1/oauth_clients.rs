//! `GET /api/v1/oauth-clients/local`: how does a client name itself?

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::grants;
use crate::app::App;
use crate::http::Problem;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(local))
}

/// PeerTube's `OAuthClient`.
#[derive(Debug, Serialize, ToSchema)]
struct OAuthClient {
    /// 32 characters.
    client_id: String,
    /// 32 characters; public all the same.
    client_secret: String,
}

/// Gives what a client needs to ask for tokens.
#[utoipa::path(get, path = "/api/v1/oauth-clients/local", tag = "Session",
    responses((status = 200, body = OAuthClient)))]
async fn local(State(app): State<App>) -> Result<Json<OAuthClient>, Problem> {
    let client = grants::client(&app).await?;
    Ok(Json(OAuthClient { client_id: client.id, client_secret: client.secret }))
}
