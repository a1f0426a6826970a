//! `/api/v1/moderation/lists/{id}/entries…` and `…/exceptions…`: the words of a list.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::lists::moment;
use crate::app::App;
use crate::db::moderation::entries::{EntryRow, ExceptionRow, NewEntry};
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath};
use crate::http::session::Session;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::moderation::lists::words;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(put, delete))
        .routes(routes!(exceptions, except))
        .routes(routes!(unexcept))
}

/// An entry of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WordEntry)]
struct EntryJson {
    id: i64,
    /// `whole_word`, `prefix`, `substring`, `phrase` or `regex`.
    mode: String,
    text: String,
    language: Option<String>,
    note: Option<String>,
    /// RFC 3339.
    expires_at: Option<String>,
    /// It came by subscription.
    subscribed: bool,
    enabled: bool,
    /// RFC 3339.
    created_at: String,
}

impl From<&EntryRow> for EntryJson {
    fn from(row: &EntryRow) -> Self {
        let entry = &row.entry;
        Self {
            id: row.id,
            mode: entry.mode.clone(),
            text: entry.text.clone(),
            language: entry.language.clone(),
            note: entry.note.clone(),
            expires_at: entry.expires_at.map(|at| at.rfc3339()),
            subscribed: row.subscribed,
            enabled: !row.switched_off,
            created_at: row.created_at.rfc3339(),
        }
    }
}

/// An entry as somebody writes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewWordEntry)]
pub(super) struct EntryBody {
    text: String,
    /// `whole_word` when not said.
    mode: Option<String>,
    language: Option<String>,
    note: Option<String>,
    expires_at: Option<String>,
    enabled: Option<bool>,
}

impl EntryBody {
    pub(super) fn read(self) -> Result<NewEntry, Problem> {
        Ok(NewEntry {
            mode: self.mode.unwrap_or_else(|| "whole_word".to_owned()),
            text: self.text,
            language: self.language,
            note: self.note,
            expires_at: self.expires_at.map(|text| moment("expiresAt", &text)).transpose()?,
        })
    }
}

/// Lists the entries of a list, newest first.
#[utoipa::path(get, path = "/api/v1/moderation/lists/{id}/entries",
    operation_id = "listWordEntries", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path), PageParams),
    responses((status = 200, body = Page<EntryJson>), (status = 400), (status = 401),
        (status = 403), (status = 404)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    paging: Paging,
) -> Result<Json<Page<EntryJson>>, Problem> {
    let search = paging.search.as_deref();
    let (total, rows) = words::page(&app, &who, id, search, paging.window).await?;
    Ok(Json(Page { total, data: rows.iter().map(Into::into).collect() }))
}

/// Adds an entry.
#[utoipa::path(post, path = "/api/v1/moderation/lists/{id}/entries",
    operation_id = "addWordEntry", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)), request_body = EntryBody,
    responses((status = 200, body = EntryJson), (status = 400), (status = 401), (status = 403),
        (status = 404), (status = 409, description = "The list has it already, or is full")))]
async fn add(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    ApiJson(body): ApiJson<EntryBody>,
) -> Result<Json<EntryJson>, Problem> {
    Ok(Json((&words::add(&app, &who, id, &body.read()?).await?).into()))
}

/// Changes an entry. One that came by subscription can only be switched off and on.
#[utoipa::path(put, path = "/api/v1/moderation/lists/{id}/entries/{entryId}",
    operation_id = "changeWordEntry", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path), ("entryId" = i64, Path)), request_body = EntryBody,
    responses((status = 200, body = EntryJson), (status = 400), (status = 401), (status = 403),
        (status = 404), (status = 409)))]
async fn put(
    State(app): State<App>,
    Session(who): Session,
    ApiPath((id, entry)): ApiPath<(i64, i64)>,
    ApiJson(body): ApiJson<EntryBody>,
) -> Result<Json<EntryJson>, Problem> {
    let off = body.enabled == Some(false);
    let row = words::change(&app, &who, id, entry, &body.read()?, off).await?;
    Ok(Json((&row).into()))
}

/// Takes an entry out.
#[utoipa::path(delete, path = "/api/v1/moderation/lists/{id}/entries/{entryId}",
    operation_id = "removeWordEntry", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path), ("entryId" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn delete(
    State(app): State<App>,
    Session(who): Session,
    ApiPath((id, entry)): ApiPath<(i64, i64)>,
) -> Result<StatusCode, Problem> {
    words::remove(&app, &who, id, entry).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Words that a list must not find.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WordException)]
pub(super) struct ExceptionJson {
    id: i64,
    text: String,
    note: Option<String>,
    /// RFC 3339.
    created_at: String,
}

impl From<&ExceptionRow> for ExceptionJson {
    fn from(row: &ExceptionRow) -> Self {
        Self {
            id: row.id,
            text: row.text.clone(),
            note: row.note.clone(),
            created_at: row.created_at.rfc3339(),
        }
    }
}

fn page_of(rows: &[ExceptionRow]) -> Json<Page<ExceptionJson>> {
    let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    Json(Page { total, data: rows.iter().map(Into::into).collect() })
}

/// Exceptions about to be.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewWordExceptions)]
struct ExceptionBody {
    text: Option<String>,
    texts: Option<Vec<String>>,
    note: Option<String>,
}

/// Lists all exceptions of a list, oldest first.
#[utoipa::path(get, path = "/api/v1/moderation/lists/{id}/exceptions",
    operation_id = "listWordExceptions", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)),
    responses((status = 200, body = Page<ExceptionJson>), (status = 400), (status = 401),
        (status = 403), (status = 404)))]
async fn exceptions(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<Json<Page<ExceptionJson>>, Problem> {
    Ok(page_of(&words::exceptions(&app, &who, id).await?))
}

/// Adds exceptions, and gives all of the list.
#[utoipa::path(post, path = "/api/v1/moderation/lists/{id}/exceptions",
    operation_id = "addWordExceptions", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)), request_body = ExceptionBody,
    responses((status = 200, body = Page<ExceptionJson>), (status = 400), (status = 401),
        (status = 403), (status = 404), (status = 409)))]
async fn except(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    ApiJson(body): ApiJson<ExceptionBody>,
) -> Result<Json<Page<ExceptionJson>>, Problem> {
    let texts: Vec<String> = body.texts.into_iter().flatten().chain(body.text).collect();
    if texts.is_empty() {
        return Err(Problem::invalid_param("text", "Should be the words not to be found."));
    }
    let rows = words::except(&app, &who, id, &texts, body.note.as_deref()).await?;
    Ok(page_of(&rows))
}

/// Takes an exception out.
#[utoipa::path(delete, path = "/api/v1/moderation/lists/{id}/exceptions/{exceptionId}",
    operation_id = "removeWordException", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path), ("exceptionId" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn unexcept(
    State(app): State<App>,
    Session(who): Session,
    ApiPath((id, exception)): ApiPath<(i64, i64)>,
) -> Result<StatusCode, Problem> {
    words::unexcept(&app, &who, id, exception).await?;
    Ok(StatusCode::NO_CONTENT)
}
