//! `/api/v1/abuses/{abuseId}/messages`: reporter and moderators write to each other.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::extract::{ApiJson, ApiPath};
use crate::http::v1::wire::Site;
use crate::http::v1::wire::abuse::AbuseMessage;
use crate::http::v1::wire::page::Page;
use crate::http::{Problem, Session};
use crate::moderation::reports;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, write)).routes(routes!(remove))
}

/// What was written about a report, oldest first: for its reporter and for moderators.
#[utoipa::path(get, path = "/api/v1/abuses/{abuseId}/messages", operation_id = "getAbuseMessages",
    tag = "Abuses", security(("OAuth2" = [])), params(("abuseId" = i64, Path)),
    responses((status = 200, body = Page<AbuseMessage>), (status = 400), (status = 401),
        (status = 403), (status = 404)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<Json<Page<AbuseMessage>>, Problem> {
    let found = reports::messages(&app, &who, id).await?;
    let site = Site::of(&app);
    let data: Vec<_> = found.iter().map(|message| AbuseMessage::new(&site, message)).collect();
    Ok(Json(Page { total: data.len().try_into().unwrap_or(i64::MAX), data }))
}

/// A message about a report.
#[derive(Debug, Deserialize, ToSchema)]
struct NewMessage {
    /// 2 to 3000 characters.
    message: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct WrittenMessage {
    id: i64,
}

/// What was written.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Written {
    abuse_message: WrittenMessage,
}

/// Writes to the moderators, or as one of them to the reporter.
#[utoipa::path(post, path = "/api/v1/abuses/{abuseId}/messages",
    operation_id = "addAbuseMessage", tag = "Abuses", security(("OAuth2" = [])),
    params(("abuseId" = i64, Path)), request_body = NewMessage,
    responses((status = 200, body = Written), (status = 400), (status = 401), (status = 403),
        (status = 404), (status = 409, description = "This conversation is full")))]
async fn write(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    ApiJson(body): ApiJson<NewMessage>,
) -> Result<Json<Written>, Problem> {
    let id = reports::write(&app, &who, id, &body.message).await?;
    Ok(Json(Written { abuse_message: WrittenMessage { id } }))
}

/// Removes a message: one's own, or any for moderators.
#[utoipa::path(delete, path = "/api/v1/abuses/{abuseId}/messages/{abuseMessageId}",
    operation_id = "deleteAbuseMessage", tag = "Abuses", security(("OAuth2" = [])),
    params(("abuseId" = i64, Path), ("abuseMessageId" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn remove(
    State(app): State<App>,
    Session(who): Session,
    ApiPath((id, message_id)): ApiPath<(i64, i64)>,
) -> Result<StatusCode, Problem> {
    reports::unwrite(&app, &who, id, message_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
