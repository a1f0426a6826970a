//! Lists as files, and tried on a text: `…/import`, `…/export`, `…/test`.

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::wire::utf16;
use crate::app::App;
use crate::domain::moderation::Format;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath, ApiQuery};
use crate::http::session::Session;
use crate::moderation::lists::exchange;
use crate::moderation::lists::trial::{self, Draft};

/// The longest file of a list, as JSON text with its escapes.
const BODY: usize = 40 * 1024 * 1024;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(import))
        .routes(routes!(test))
        .layer(DefaultBodyLimit::max(BODY))
        .routes(routes!(export))
}

/// A file.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = WordListFile)]
struct ImportBody {
    /// `text`, `csv` or `json`.
    format: String,
    data: String,
    /// The list then holds nothing else.
    replace: Option<bool>,
}

/// What came in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WordListImported)]
struct ImportedJson {
    /// Entries that the list had not.
    added: u64,
    /// Entries in the file.
    entries: usize,
    /// Exceptions in the file.
    exceptions: usize,
}

/// Reads a file into a list. A bad line is named, and then nothing is changed.
#[utoipa::path(post, path = "/api/v1/moderation/lists/{id}/import",
    operation_id = "importWordList", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)), request_body = ImportBody,
    responses((status = 200, body = ImportedJson), (status = 400), (status = 401), (status = 403),
        (status = 404), (status = 409, description = "The list would be too long")))]
async fn import(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    ApiJson(body): ApiJson<ImportBody>,
) -> Result<Json<ImportedJson>, Problem> {
    let format = exchange::format(&body.format)?;
    let replace = body.replace == Some(true);
    let done = exchange::import(&app, &who, id, format, body.data, replace).await?;
    Ok(Json(ImportedJson { added: done.added, entries: done.read, exceptions: done.exceptions }))
}

/// How a list is written.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// `text`, `csv` or `json` (as long as nothing else is said).
    format: Option<String>,
}

/// Gives a list as a file.
#[utoipa::path(get, path = "/api/v1/moderation/lists/{id}/export",
    operation_id = "exportWordList", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path), ExportQuery),
    responses((status = 200, content((String = "text/plain"), (String = "text/csv"),
            (String = "application/json"))),
        (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn export(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    ApiQuery(query): ApiQuery<ExportQuery>,
) -> Result<Response, Problem> {
    let format = exchange::format(query.format.as_deref().unwrap_or("json"))?;
    let file = exchange::export(&app, &who, id, format).await?;
    let (kind, end) = match format.name() {
        "csv" => ("text/csv; charset=utf-8", "csv"),
        "json" => ("application/json", "json"),
        _ => ("text/plain; charset=utf-8", "txt"),
    };
    let disposition = format!("attachment; filename=\"list-{id}.{end}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, file).into_response())
}

/// A text to try a list on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WordListTest)]
struct TestBody {
    text: String,
    /// `markdown` (as comments are), `plain` or `html`.
    format: Option<String>,
    list_id: Option<i64>,
    #[schema(value_type = Option<Object>)]
    draft: Option<Draft>,
}

/// A place in a text.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WordListHit)]
struct HitJson {
    /// First UTF-16 unit.
    start: usize,
    /// UTF-16 unit behind the last.
    end: usize,
    /// The words there.
    matched: String,
    /// The entry as written.
    entry: String,
    entry_id: u64,
    /// Null for a draft.
    list_id: Option<i64>,
}

/// What a list finds in a text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WordListTested)]
struct TestedJson {
    /// `show`, `hold` or `reject`.
    verdict: String,
    hits: Vec<HitJson>,
}

/// Tries a list, or one that is not kept yet, on a text. Nothing is changed.
#[utoipa::path(post, path = "/api/v1/moderation/lists/test", operation_id = "testWordList",
    tag = "Moderation", security(("OAuth2" = [])), request_body = TestBody,
    responses((status = 200, body = TestedJson), (status = 400), (status = 401), (status = 403),
        (status = 404)))]
async fn test(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<TestBody>,
) -> Result<Json<TestedJson>, Problem> {
    let format = Format::parse(body.format.as_deref().unwrap_or("markdown"))
        .ok_or_else(|| Problem::invalid_param("format", "Should be markdown, plain or html."))?;
    let text = body.text;
    let draft = body.draft.as_ref();
    let tested = trial::test(&app, &who, body.list_id, draft, text.clone(), format).await?;
    let hits = tested.hits.iter().map(|hit| HitJson {
        start: utf16(&text, hit.start),
        end: utf16(&text, hit.end),
        matched: text.get(hit.start..hit.end).unwrap_or_default().to_owned(),
        entry: tested.entries.get(&hit.entry_id).cloned().unwrap_or_default(),
        entry_id: hit.entry_id,
        list_id: body.list_id.filter(|_| draft.is_none()),
    });
    Ok(Json(TestedJson { verdict: tested.verdict.name().to_owned(), hits: hits.collect() }))
}
