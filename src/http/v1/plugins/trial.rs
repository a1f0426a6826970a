//! `POST /api/v1/plugins/{name}/try` and `…/preview`: what would it say of these texts, and of what
//! was written lately?

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::domain::moderation::{Format, Surface};
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath};
use crate::http::session::Session;
use crate::moderation::plugins::{self, Trial, TrialText};
use crate::moderation::previews;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(attempt)).routes(routes!(preview))
}

/// What is tried.
#[derive(Debug, Deserialize, ToSchema)]
struct TryBody {
    /// At most 20 texts.
    texts: Vec<String>,
    /// Where they would stand; `comment` unless told.
    surface: Option<String>,
    /// `plain`, `markdown` (unless told) or `html`.
    format: Option<String>,
    /// Settings instead of the saved ones.
    #[schema(value_type = Option<Object>)]
    settings: Option<Map<String, Value>>,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
struct Tried {
    results: Vec<TriedText>,
}

/// What came of one text.
#[derive(Debug, Serialize, ToSchema)]
struct TriedText {
    /// show, tag, hold or reject; `hold` when the plugin failed.
    action: &'static str,
    reasons: Vec<TriedReason>,
    tags: Vec<String>,
    /// How the plugin failed.
    failure: Option<String>,
    /// How long it took, in microseconds.
    micros: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct TriedReason {
    text: String,
    span: Option<TriedSpan>,
}

/// A part of a text, in UTF-16 units.
#[derive(Debug, Serialize, ToSchema)]
struct TriedSpan {
    start: usize,
    end: usize,
}

impl From<Trial> for TriedText {
    fn from(trial: Trial) -> Self {
        let utf16 = |byte: u32| {
            let before = trial.text.get(..byte as usize).unwrap_or_default();
            before.encode_utf16().count()
        };
        match &trial.result {
            Err(failure) => Self {
                action: "hold",
                reasons: Vec::new(),
                tags: Vec::new(),
                failure: Some(failure.clone()),
                micros: trial.micros,
            },
            Ok(verdict) => Self {
                action: verdict.action.name(),
                reasons: verdict
                    .reasons
                    .iter()
                    .map(|reason| TriedReason {
                        text: reason.text.clone(),
                        span: reason.span.as_ref().map(|span| TriedSpan {
                            start: utf16(span.start),
                            end: utf16(span.end),
                        }),
                    })
                    .collect(),
                tags: verdict.tags.clone(),
                failure: None,
                micros: trial.micros,
            },
        }
    }
}

/// Lets a plugin judge texts, whether it is switched on or not. Nothing is kept of it.
#[utoipa::path(post, path = "/api/v1/plugins/{name}/try", tag = "Plugins",
    params(("name" = String, Path, description = "Name of the plugin")), request_body = TryBody,
    responses((status = 200, body = Tried), (status = 400), (status = 401), (status = 403),
        (status = 404)))]
async fn attempt(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
    ApiJson(body): ApiJson<TryBody>,
) -> Result<Json<Tried>, Problem> {
    let surface = Surface::parse(body.surface.as_deref().unwrap_or("comment"))
        .ok_or_else(|| Problem::invalid_param("surface", "There is no such surface."))?;
    let format = Format::parse(body.format.as_deref().unwrap_or("markdown"))
        .ok_or_else(|| Problem::invalid_param("format", "Should be plain, markdown or html."))?;
    let trial = TrialText { texts: body.texts, surface, format, settings: body.settings };
    let results = plugins::attempt(&app, &who, &name, trial).await?;
    Ok(Json(Tried { results: results.into_iter().map(TriedText::from).collect() }))
}

/// What is tried on what was written lately.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewPluginPreview)]
struct PreviewBody {
    /// Text written in this many days.
    days: u32,
    /// Settings instead of the saved ones.
    #[schema(value_type = Option<Object>)]
    settings: Option<Map<String, Value>>,
}

/// A trial that began.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PluginPreviewId)]
struct BegunJson {
    /// For `GET /api/v1/moderation/previews/{id}`.
    id: i64,
}

/// Begins to try a plugin on what was written lately, whether it is switched on or not.
#[utoipa::path(post, path = "/api/v1/plugins/{name}/preview", tag = "Plugins",
    operation_id = "previewPlugin",
    params(("name" = String, Path, description = "Name of the plugin")),
    request_body = PreviewBody,
    responses((status = 200, body = BegunJson), (status = 400), (status = 401), (status = 403),
        (status = 404), (status = 409, description = "Too many run already")))]
async fn preview(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
    ApiJson(body): ApiJson<PreviewBody>,
) -> Result<Json<BegunJson>, Problem> {
    let id = previews::begin_plugin(&app, &who, &name, body.settings, body.days).await?;
    Ok(Json(BegunJson { id }))
}
