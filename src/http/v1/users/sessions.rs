//! `/api/v1/users/{id}/token-sessions`: where is somebody signed in?

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::{grants, sessions};
use crate::app::App;
use crate::db::tokens::SessionRow;
use crate::http::Problem;
use crate::http::extract::ApiPath;
use crate::http::session::Session;
use crate::http::v1::wire::page::{Page, PageParams, Paging};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(revoke))
}

/// PeerTube's `TokenSession`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TokenSession {
    id: i64,
    /// The session that asks.
    current_session: bool,
    login_device: Option<String>,
    #[serde(rename = "loginIP")]
    login_ip: Option<String>,
    login_date: String,
    last_activity_device: Option<String>,
    #[serde(rename = "lastActivityIP")]
    last_activity_ip: Option<String>,
    last_activity_date: String,
    created_at: String,
}

impl TokenSession {
    fn new(session: SessionRow, current: i64) -> Self {
        Self {
            id: session.id,
            current_session: session.id == current,
            login_device: session.login.device,
            login_ip: session.login.address,
            login_date: session.login_at.rfc3339(),
            last_activity_device: session.last_used.device,
            last_activity_ip: session.last_used.address,
            last_activity_date: session.last_used_at.rfc3339(),
            created_at: session.created_at.rfc3339(),
        }
    }
}

/// Lists the sessions of a user: one's own, or anybody's for administrators.
#[utoipa::path(get, path = "/api/v1/users/{id}/token-sessions", tag = "Session",
    params(("id" = i64, Path), PageParams),
    responses((status = 200, body = Page<TokenSession>),
        (status = 403, description = "Somebody else's"), (status = 404)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    paging: Paging,
) -> Result<Json<Page<TokenSession>>, Problem> {
    let (total, rows) = sessions::list(&app, &who, id, paging.window).await?;
    let data = rows.into_iter().map(|row| TokenSession::new(row, who.session_id)).collect();
    Ok(Json(Page { total, data }))
}

/// Ends a session of a user.
#[utoipa::path(post, path = "/api/v1/users/{id}/token-sessions/{tokenSessionId}/revoke",
    tag = "Session", params(("id" = i64, Path), ("tokenSessionId" = i64, Path)),
    responses((status = 200), (status = 403, description = "Somebody else's"), (status = 404)))]
async fn revoke(
    State(app): State<App>,
    Session(who): Session,
    ApiPath((id, session_id)): ApiPath<(i64, i64)>,
) -> Result<Json<serde_json::Value>, Problem> {
    sessions::require_own(&app, &who, id).await?;
    grants::revoke(&app, id, session_id).await?;
    Ok(Json(serde_json::json!({ "success": true })))
}
