//! Blocklists as files: `…/blocklist/import` and `…/blocklist/export`, one's own and the
//! instance's.

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::domain::Principal;
use crate::domain::blocklist::Format;
use crate::http::extract::{ApiJson, ApiQuery};
use crate::http::v1::wire::block::BlocklistImported;
use crate::http::{Problem, Session};
use crate::moderation::blocklists::transfer::{self, Whose};

/// The longest file, as JSON text with its escapes.
const BODY: usize = 6 * 1024 * 1024;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(import_mine))
        .routes(routes!(import_server))
        .layer(DefaultBodyLimit::max(BODY))
        .routes(routes!(export_mine))
        .routes(routes!(export_server))
}

/// A file.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = BlocklistFile)]
struct ImportBody {
    /// `json`, `csv`, `mastodon-accounts` or `mastodon-servers`; left out, it shows itself.
    format: Option<String>,
    /// 2 MiB and 20,000 entries at most.
    data: String,
}

/// How a list is written.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// `json` (as long as nothing else is said), `csv`, `mastodon-accounts` or
    /// `mastodon-servers`.
    format: Option<String>,
}

fn format(name: Option<&str>) -> Result<Option<Format>, Problem> {
    let problem = "Should be json, csv, mastodon-accounts or mastodon-servers.";
    let known = |name| Format::parse(name).ok_or_else(|| Problem::invalid_param("format", problem));
    name.map(known).transpose()
}

/// Reads a file into the list of the one who asks. What cannot be taken is named.
#[utoipa::path(post, path = "/api/v1/users/me/blocklist/import",
    operation_id = "importMyBlocklist", tag = "Account Blocklist", security(("OAuth2" = [])),
    request_body = ImportBody,
    responses((status = 200, body = BlocklistImported), (status = 400), (status = 401),
        (status = 409, description = "The list would be too long")))]
async fn import_mine(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<ImportBody>,
) -> Result<Json<BlocklistImported>, Problem> {
    import(&app, &who, Whose::Mine, &body).await
}

/// Reads a file into the instance's list: for administrators and moderators.
#[utoipa::path(post, path = "/api/v1/server/blocklist/import",
    operation_id = "importServerBlocklist", tag = "Server Blocklist", security(("OAuth2" = [])),
    request_body = ImportBody,
    responses((status = 200, body = BlocklistImported), (status = 400), (status = 401),
        (status = 403)))]
async fn import_server(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<ImportBody>,
) -> Result<Json<BlocklistImported>, Problem> {
    import(&app, &who, Whose::Instance, &body).await
}

async fn import(
    app: &App,
    who: &Principal,
    whose: Whose,
    body: &ImportBody,
) -> Result<Json<BlocklistImported>, Problem> {
    let format = format(body.format.as_deref())?;
    let done = transfer::import(app, who, whose, format, &body.data).await?;
    Ok(Json(done.into()))
}

/// Gives the list of the one who asks as a file.
#[utoipa::path(get, path = "/api/v1/users/me/blocklist/export",
    operation_id = "exportMyBlocklist", tag = "Account Blocklist", security(("OAuth2" = [])),
    params(ExportQuery),
    responses((status = 200, content((String = "application/json"), (String = "text/csv"))),
        (status = 400), (status = 401)))]
async fn export_mine(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(query): ApiQuery<ExportQuery>,
) -> Result<Response, Problem> {
    export(&app, &who, Whose::Mine, &query).await
}

/// Gives the instance's list as a file: for administrators and moderators.
#[utoipa::path(get, path = "/api/v1/server/blocklist/export",
    operation_id = "exportServerBlocklist", tag = "Server Blocklist", security(("OAuth2" = [])),
    params(ExportQuery),
    responses((status = 200, content((String = "application/json"), (String = "text/csv"))),
        (status = 400), (status = 401), (status = 403)))]
async fn export_server(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(query): ApiQuery<ExportQuery>,
) -> Result<Response, Problem> {
    export(&app, &who, Whose::Instance, &query).await
}

async fn export(
    app: &App,
    who: &Principal,
    whose: Whose,
    query: &ExportQuery,
) -> Result<Response, Problem> {
    let format = format(query.format.as_deref())?.unwrap_or(Format::Json);
    let file = transfer::export(app, who, whose, format).await?;
    let (kind, end) = match format {
        Format::Json => ("application/json", "json"),
        _ => ("text/csv; charset=utf-8", "csv"),
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"blocklist.{end}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, file).into_response())
}
