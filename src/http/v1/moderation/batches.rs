//! `/api/v1/moderation/batches…`: what was decided together, how far it is, and undoing it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::scope::ScopeQuery;
use super::wire::BatchJson;
use crate::app::App;
use crate::http::Problem;
use crate::http::extract::{ApiPath, ApiQuery};
use crate::http::session::Session;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::moderation::undo;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one)).routes(routes!(undo_all))
}

/// Lists batches, newest first.
#[utoipa::path(get, path = "/api/v1/moderation/batches", operation_id = "listModerationBatches",
    tag = "Moderation", security(("OAuth2" = [])), params(ScopeQuery, PageParams),
    responses((status = 200, body = Page<BatchJson>), (status = 400), (status = 401),
        (status = 403), (status = 404)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(scope): ApiQuery<ScopeQuery>,
    paging: Paging,
) -> Result<Json<Page<BatchJson>>, Problem> {
    let scope = scope.find(&app, &who).await?;
    let (total, rows) = undo::page(&app, &who, scope, paging.window).await?;
    Ok(Json(Page { total, data: rows.iter().map(Into::into).collect() }))
}

/// Shows how far a batch is.
#[utoipa::path(get, path = "/api/v1/moderation/batches/{id}", operation_id = "getModerationBatch",
    tag = "Moderation", security(("OAuth2" = [])), params(("id" = i64, Path)),
    responses((status = 200, body = BatchJson), (status = 400), (status = 401), (status = 403),
        (status = 404)))]
async fn one(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<Json<BatchJson>, Problem> {
    Ok(Json((&undo::find(&app, &who, id).await?).into()))
}

/// Undoes a batch: everything is as it was before it, unless its author wrote something else
/// since. Large ones are undone in the background.
#[utoipa::path(post, path = "/api/v1/moderation/batches/{id}/undo",
    operation_id = "undoModerationBatch", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)),
    responses((status = 202, body = BatchJson, description = "Undone, or being undone"),
        (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "It was undone before")))]
async fn undo_all(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<(StatusCode, Json<BatchJson>), Problem> {
    let batch = undo::undo(&app, &who, id).await?;
    Ok((StatusCode::ACCEPTED, Json((&batch).into())))
}
