//! `GET /api/v1/plugins/{name}/logs`: what a plugin said, and how it failed.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::db::plugins::log::LogRow;
use crate::http::Problem;
use crate::http::extract::{ApiPath, ApiQuery};
use crate::http::session::Session;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::moderation::plugins;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(logs))
}

/// Which lines.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct LogsQuery {
    /// Only those about failures.
    failures: Option<bool>,
}

/// A line.
#[derive(Debug, Serialize, ToSchema)]
struct Line {
    id: i64,
    at: String,
    /// debug, info, warn or error.
    level: String,
    /// The kind of failure: fuel, time, memory, trap, often, forbidden, reported, silent, long or
    /// lie.
    kind: Option<String>,
    line: String,
}

impl From<LogRow> for Line {
    fn from(row: LogRow) -> Self {
        let at = row.at.rfc3339();
        Self { id: row.id, at, level: row.level, kind: row.kind, line: row.line }
    }
}

/// Shows a plugin's log, newest first.
#[utoipa::path(get, path = "/api/v1/plugins/{name}/logs", tag = "Plugins",
    params(("name" = String, Path, description = "Name of the plugin"), LogsQuery, PageParams),
    responses((status = 200, body = Page<Line>), (status = 401), (status = 403), (status = 404)))]
async fn logs(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
    ApiQuery(query): ApiQuery<LogsQuery>,
    paging: Paging,
) -> Result<Json<Page<Line>>, Problem> {
    let failures = query.failures.unwrap_or(false);
    let (total, rows) = plugins::logs(&app, &who, &name, failures, paging.window).await?;
    Ok(Json(Page { total, data: rows.into_iter().map(Line::from).collect() }))
}
