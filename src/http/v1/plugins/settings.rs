//! `GET /api/v1/plugins/{npmName}/registered-settings` and `…/public-settings`, `PUT …/settings`:
//! a plugin's settings, as PeerTube's clients draw and save them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use farandole_plugins::manifest::{Kind, Setting};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath};
use crate::http::session::Session;
use crate::moderation::plugins;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(registered)).routes(routes!(public)).routes(routes!(save))
}

/// PeerTube's `RegisteredServerSettings`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Registered {
    registered_settings: Vec<FormField>,
}

/// A field of the form.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct FormField {
    name: String,
    label: String,
    /// PeerTube's `input`, `input-textarea`, `input-checkbox`, `input-password`, `select`, and
    /// Farandole's `input-number`, `input-list`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Plain text, despite PeerTube's name.
    #[serde(rename = "descriptionHTML")]
    description: String,
    #[schema(value_type = Object)]
    default: Value,
    /// For `select`.
    #[schema(value_type = Vec<Object>)]
    options: Vec<Value>,
    minimum: Option<f64>,
    maximum: Option<f64>,
    required: bool,
    /// Never public: no setting of a plugin is.
    private: bool,
}

fn field(name: &str, setting: &Setting, required: bool) -> FormField {
    let kind = match setting.kind {
        Kind::Boolean => "input-checkbox",
        Kind::Integer | Kind::Number => "input-number",
        Kind::Array => "input-list",
        Kind::String if setting.write_only => "input-password",
        Kind::String if !setting.choices.is_empty() => "select",
        Kind::String if setting.multiline => "input-textarea",
        Kind::String => "input",
    };
    let choice = |value: &String| json!({ "value": value, "label": value });
    FormField {
        name: name.to_owned(),
        label: setting.title.clone(),
        kind,
        description: escaped(&setting.description),
        default: setting.default.clone().unwrap_or(Value::Null),
        options: setting.choices.iter().map(choice).collect(),
        minimum: setting.minimum,
        maximum: setting.maximum,
        required,
        private: true,
    }
}

/// PeerTube's clients take the description for HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Tells which settings a plugin has.
#[utoipa::path(get, path = "/api/v1/plugins/{npmName}/registered-settings", tag = "Plugins",
    params(("npmName" = String, Path, description = "Name of the plugin")),
    responses((status = 200, body = Registered), (status = 401), (status = 403), (status = 404)))]
async fn registered(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
) -> Result<Json<Registered>, Problem> {
    let plugin = plugins::one(&app, &who, &name).await?;
    let schema = &plugin.manifest.configuration;
    let fields = schema.properties.iter();
    let registered_settings =
        fields.map(|(name, one)| field(name, one, schema.required.contains(name))).collect();
    Ok(Json(Registered { registered_settings }))
}

/// Tells nothing: settings of plugins are for administrators.
#[utoipa::path(get, path = "/api/v1/plugins/{npmName}/public-settings", tag = "Plugins",
    params(("npmName" = String, Path, description = "Name of the plugin")),
    responses((status = 200, body = Object)))]
async fn public() -> Json<Value> {
    // The same for every name: which plugins are installed is nobody's business.
    Json(json!({ "publicSettings": {} }))
}

/// New settings.
#[derive(Debug, Deserialize, ToSchema)]
struct SettingsBody {
    /// By name; `null` takes one away. Secrets that are not sent stay.
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
}

/// Saves a plugin's settings.
#[utoipa::path(put, path = "/api/v1/plugins/{npmName}/settings", tag = "Plugins",
    params(("npmName" = String, Path, description = "Name of the plugin")),
    request_body = SettingsBody,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn save(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
    ApiJson(body): ApiJson<SettingsBody>,
) -> Result<StatusCode, Problem> {
    plugins::set_settings(&app, &who, &name, body.settings).await?;
    Ok(StatusCode::NO_CONTENT)
}
