//! `/api/v1/moderation/answers…`: what moderators keep ready to write.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::scope::ScopeQuery;
use crate::app::App;
use crate::db::moderation::answers::AnswerRow;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath, ApiQuery};
use crate::http::session::Session;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::moderation::answers;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(change, remove))
}

/// An answer that is kept.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationAnswer)]
struct AnswerJson {
    id: i64,
    /// What it is chosen by.
    title: String,
    /// What is written.
    text: String,
    /// `instance` or `channel`.
    scope: &'static str,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    updated_at: String,
}

impl From<&AnswerRow> for AnswerJson {
    fn from(row: &AnswerRow) -> Self {
        Self {
            id: row.id,
            title: row.title.clone(),
            text: row.text.clone(),
            scope: row.scope.name(),
            created_at: row.created_at.rfc3339(),
            updated_at: row.updated_at.rfc3339(),
        }
    }
}

/// Lists the answers that moderators of a scope choose from, by title. A channel's moderators also
/// have those of the instance.
#[utoipa::path(get, path = "/api/v1/moderation/answers", operation_id = "listModerationAnswers",
    tag = "Moderation", security(("OAuth2" = [])), params(ScopeQuery, PageParams),
    responses((status = 200, body = Page<AnswerJson>), (status = 400), (status = 401),
        (status = 403), (status = 404)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(scope): ApiQuery<ScopeQuery>,
    paging: Paging,
) -> Result<Json<Page<AnswerJson>>, Problem> {
    let scope = scope.find(&app, &who).await?;
    let (total, rows) = answers::page(&app, &who, scope, paging.window).await?;
    Ok(Json(Page { total, data: rows.iter().map(Into::into).collect() }))
}

/// An answer to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewModerationAnswer)]
struct NewAnswer {
    /// 1 to 100 characters.
    title: String,
    /// 1 to 1,000 characters.
    text: String,
}

/// Keeps an answer.
#[utoipa::path(post, path = "/api/v1/moderation/answers", operation_id = "addModerationAnswer",
    tag = "Moderation", security(("OAuth2" = [])), params(ScopeQuery), request_body = NewAnswer,
    responses((status = 200, body = AnswerJson), (status = 400), (status = 401), (status = 403),
        (status = 404), (status = 409, description = "There are very many")))]
async fn add(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(scope): ApiQuery<ScopeQuery>,
    ApiJson(body): ApiJson<NewAnswer>,
) -> Result<Json<AnswerJson>, Problem> {
    let scope = scope.find(&app, &who).await?;
    Ok(Json((&answers::add(&app, &who, scope, &body.title, &body.text).await?).into()))
}

/// What changes of an answer. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = ModerationAnswerChange)]
struct AnswerChange {
    /// 1 to 100 characters.
    title: Option<String>,
    /// 1 to 1,000 characters.
    text: Option<String>,
}

/// Changes an answer.
#[utoipa::path(put, path = "/api/v1/moderation/answers/{id}",
    operation_id = "changeModerationAnswer", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)), request_body = AnswerChange,
    responses((status = 200, body = AnswerJson), (status = 400), (status = 401), (status = 403),
        (status = 404)))]
async fn change(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    ApiJson(body): ApiJson<AnswerChange>,
) -> Result<Json<AnswerJson>, Problem> {
    let (title, text) = (body.title.as_deref(), body.text.as_deref());
    Ok(Json((&answers::change(&app, &who, id, title, text).await?).into()))
}

/// Removes an answer.
#[utoipa::path(delete, path = "/api/v1/moderation/answers/{id}",
    operation_id = "removeModerationAnswer", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn remove(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    answers::remove(&app, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
