//! `/api/v1/moderation/previews…` and `…/lists/{id}/apply`: lists tried on what was written lately,
//! and applied to it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::scope::ScopeQuery;
use super::wire::{BatchJson, eta_seconds, utf16};
use crate::app::App;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath, ApiQuery};
use crate::http::session::Session;
use crate::moderation::apply;
use crate::moderation::lists::trial::Draft;
use crate::moderation::previews::{self, Found};

/// The longest draft, as JSON text with its escapes.
const BODY: usize = 40 * 1024 * 1024;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(begin))
        .layer(DefaultBodyLimit::max(BODY))
        .routes(routes!(get, delete))
        .routes(routes!(fine))
        .routes(routes!(apply_list))
}

/// What is to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewWordListPreview)]
struct PreviewBody {
    list_id: Option<i64>,
    /// A list that is not kept, or, with `listId`, how that list would be.
    #[schema(value_type = Option<Object>)]
    draft: Option<Draft>,
    /// Text written in this many days.
    days: u32,
}

/// A trial that began.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WordListPreviewId)]
struct BegunJson {
    id: i64,
}

/// Begins to try a list on what was written lately.
#[utoipa::path(post, path = "/api/v1/moderation/previews", operation_id = "previewWordList",
    tag = "Moderation", security(("OAuth2" = [])), params(ScopeQuery), request_body = PreviewBody,
    responses((status = 200, body = BegunJson), (status = 400), (status = 401), (status = 403),
        (status = 404), (status = 409, description = "Too many run already")))]
async fn begin(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(scope): ApiQuery<ScopeQuery>,
    ApiJson(body): ApiJson<PreviewBody>,
) -> Result<Json<BegunJson>, Problem> {
    let scope = scope.find(&app, &who).await?;
    let draft = body.draft.as_ref();
    let id = previews::begin(&app, &who, scope, body.list_id, draft, body.days).await?;
    Ok(Json(BegunJson { id }))
}

/// A place in a sample.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WordListSampleSpan)]
struct PlaceJson {
    /// First UTF-16 unit.
    start: usize,
    /// UTF-16 unit behind the last.
    end: usize,
}

/// A text in which a list would find something.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WordListSample)]
struct SampleJson {
    revision_id: i64,
    surface: String,
    text: String,
    spans: Vec<PlaceJson>,
    author: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// Somebody said that it was fine.
    fine: bool,
}

impl From<&Found> for SampleJson {
    fn from(found: &Found) -> Self {
        let text = &found.revision.text;
        let spans = found
            .sample
            .hits
            .iter()
            .map(|(start, end)| PlaceJson { start: utf16(text, *start), end: utf16(text, *end) });
        Self {
            revision_id: found.sample.revision_id,
            surface: found.sample.surface.clone(),
            spans: spans.collect(),
            text: text.clone(),
            author: found.author.clone(),
            created_at: found.revision.created_at.rfc3339(),
            fine: found.sample.fine,
        }
    }
}

/// How far a trial is, and what was found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WordListPreview)]
struct PreviewJson {
    id: i64,
    list_id: Option<i64>,
    /// A plugin is tried, not a list.
    of_plugin: bool,
    /// `running`, `done` or `failed`.
    state: String,
    /// Texts looked at.
    examined: i64,
    /// Texts to look at.
    total: i64,
    /// Texts that something was found in.
    hits: i64,
    by_surface: BTreeMap<String, i64>,
    by_language: BTreeMap<String, i64>,
    samples: Vec<SampleJson>,
    /// Seconds that it will take still, as far as can be said.
    eta_seconds: Option<i64>,
    error: Option<String>,
}

/// Shows how far a trial is, and what was found.
#[utoipa::path(get, path = "/api/v1/moderation/previews/{id}",
    operation_id = "getWordListPreview", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)),
    responses((status = 200, body = PreviewJson), (status = 400), (status = 401), (status = 403),
        (status = 404)))]
async fn get(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<Json<PreviewJson>, Problem> {
    let row = previews::find(&app, &who, id).await?;
    let samples = previews::samples(&app, id).await?;
    let taken_ms = row.updated_at.0 - row.created_at.0;
    let eta = eta_seconds(row.examined, row.total, taken_ms).filter(|_| row.state == "running");
    Ok(Json(PreviewJson {
        id,
        list_id: row.list_id,
        of_plugin: row.plugin_id.is_some(),
        state: row.state,
        examined: row.examined,
        total: row.total,
        hits: row.hits,
        by_surface: row.by_surface,
        by_language: row.by_language,
        samples: samples.iter().map(Into::into).collect(),
        eta_seconds: eta,
        error: row.error,
    }))
}

/// Ends and removes a trial.
#[utoipa::path(delete, path = "/api/v1/moderation/previews/{id}",
    operation_id = "removeWordListPreview", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn delete(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    previews::remove(&app, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A sample that was fine.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WordListFine)]
struct FineBody {
    revision_id: i64,
}

/// Exceptions that were made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WordListFineExceptions)]
struct FineJson {
    exceptions: Vec<String>,
}

/// Says that a sample was fine: the words there become exceptions of the list, or of the draft.
#[utoipa::path(post, path = "/api/v1/moderation/previews/{id}/fine",
    operation_id = "markWordListSampleFine", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)), request_body = FineBody,
    responses((status = 200, body = FineJson), (status = 400), (status = 401), (status = 403),
        (status = 404), (status = 409, description = "Nothing around tells it apart")))]
async fn fine(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    ApiJson(body): ApiJson<FineBody>,
) -> Result<Json<FineJson>, Problem> {
    let exceptions = previews::fine(&app, &who, id, body.revision_id).await?;
    Ok(Json(FineJson { exceptions }))
}

/// To how much text a list is applied.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = WordListApply)]
struct ApplyBody {
    /// Text written in this many days.
    days: u32,
}

/// Applies a list to what was written before it, in the background. One call undoes it.
#[utoipa::path(post, path = "/api/v1/moderation/lists/{id}/apply",
    operation_id = "applyWordList", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)), request_body = ApplyBody,
    responses((status = 202, body = BatchJson), (status = 400), (status = 401), (status = 403),
        (status = 404), (status = 409, description = "The list is empty or only tags")))]
async fn apply_list(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    ApiJson(body): ApiJson<ApplyBody>,
) -> Result<(StatusCode, Json<BatchJson>), Problem> {
    let batch = apply::begin(&app, &who, id, body.days).await?;
    Ok((StatusCode::ACCEPTED, Json((&batch).into())))
}
