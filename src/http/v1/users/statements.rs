//! `GET /api/v1/users/me/statements`: what restricts me, and why.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::pages::visitor::Visitor;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::http::v1::wire::statement::StatementJson;
use crate::http::{Problem, Session};
use crate::moderation::statements;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Statements of reasons to oneself, latest first.
#[utoipa::path(get, path = "/api/v1/users/me/statements", operation_id = "listMyStatements",
    tag = "Moderation", security(("OAuth2" = [])), params(PageParams),
    responses((status = 200, body = Page<StatementJson>), (status = 400), (status = 401)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    visitor: Visitor,
    paging: Paging,
) -> Result<Json<Page<StatementJson>>, Problem> {
    let (total, told) = statements::mine(&app, &who, paging.window).await?;
    let now = app.now();
    let data = told.iter().map(|one| StatementJson::new(one, visitor.language, now)).collect();
    Ok(Json(Page { total, data }))
}
