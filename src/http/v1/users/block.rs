//! `POST /api/v1/users/{id}/block` and `…/unblock`: who may sign in.

use axum::extract::State;
use axum::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::manage;
use crate::app::App;
use crate::http::Problem;
use crate::http::extract::ApiPath;
use crate::http::session::Session;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(block)).routes(routes!(unblock))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
struct BlockUser {
    /// Told to the user when they try to sign in, and shown to administrators and moderators.
    reason: Option<String>,
}

/// Keeps a user from signing in and ends their sessions. The body may be left out.
#[utoipa::path(post, path = "/api/v1/users/{id}/block", tag = "Users", params(("id" = i64, Path)),
    request_body = BlockUser,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn block(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let body: BlockUser = if body.is_empty() {
        BlockUser::default()
    } else {
        serde_json::from_slice(&body).map_err(|error| Problem::bad_request(error.to_string()))?
    };
    let reason = body.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    manage::block(&app, &who, id, reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a blocked user sign in again.
#[utoipa::path(post, path = "/api/v1/users/{id}/unblock", tag = "Users",
    params(("id" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn unblock(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    manage::unblock(&app, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
