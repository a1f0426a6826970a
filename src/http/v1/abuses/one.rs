//! `PUT` and `DELETE /api/v1/abuses/{abuseId}`, and `…/assignment`: who works on it.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::domain::abuse::AbuseState;
use crate::http::extract::{ApiJson, ApiPath, said};
use crate::http::{Problem, Session};
use crate::moderation::reports::{self, Decision};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(update, remove)).routes(routes!(take, give_back))
}

/// What becomes of a report. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
struct AbuseUpdate {
    /// 1 pending, 2 rejected, 3 accepted.
    state: Option<i64>,
    /// For moderators, 2 to 3000 characters; null takes it away.
    #[serde(deserialize_with = "said")]
    moderation_comment: Option<Option<String>>,
}

/// Decides about a report, or notes something beside it: for administrators and moderators.
#[utoipa::path(put, path = "/api/v1/abuses/{abuseId}", operation_id = "updateAbuse",
    tag = "Abuses", security(("OAuth2" = [])), params(("abuseId" = i64, Path)),
    request_body = AbuseUpdate,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "Somebody else works on it")))]
async fn update(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    ApiJson(body): ApiJson<AbuseUpdate>,
) -> Result<StatusCode, Problem> {
    let state = body.state.map(AbuseState::try_from).transpose();
    let state = state.map_err(|_| Problem::invalid_param("state", "Should be 1, 2 or 3."))?;
    let note = body.moderation_comment;
    let note = note.map(|text| text.map(|text| text.trim().to_owned()));
    reports::decide(&app, &who, id, &Decision { state, moderation_comment: note }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a report with its messages: for administrators and moderators.
#[utoipa::path(delete, path = "/api/v1/abuses/{abuseId}", operation_id = "deleteAbuse",
    tag = "Abuses", security(("OAuth2" = [])), params(("abuseId" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn remove(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    reports::remove(&app, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a report: nobody else decides on it for a while (ours).
#[utoipa::path(put, path = "/api/v1/abuses/{abuseId}/assignment", operation_id = "takeAbuse",
    tag = "Abuses", security(("OAuth2" = [])), params(("abuseId" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "Somebody else works on it, or it was decided")))]
async fn take(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    reports::take(&app, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a report back (ours).
#[utoipa::path(delete, path = "/api/v1/abuses/{abuseId}/assignment",
    operation_id = "giveAbuseBack", tag = "Abuses", security(("OAuth2" = [])),
    params(("abuseId" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn give_back(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    reports::give_back(&app, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
