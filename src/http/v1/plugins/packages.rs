//! `POST /api/v1/plugins/packages`: a package as a file; `…/packages/fetch`: one from an address
//! or the server's folder.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use farandole_plugins::manifest::Change;
use farandole_plugins::{MAX_PACKAGE_BYTES, Package};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::collection::PackageOrigin;
use crate::app::App;
use crate::domain::Principal;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiQuery};
use crate::http::session::Session;
use crate::moderation::plugins::{self, PluginError};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(upload))
        .layer(DefaultBodyLimit::max(MAX_PACKAGE_BYTES + 1))
        .merge(OpenApiRouter::new().routes(routes!(fetch)))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct UploadQuery {
    /// Only says what would change.
    dry_run: Option<bool>,
    /// The SHA-256 that the file must have, hexadecimal.
    sha256: Option<String>,
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct FetchQuery {
    /// Only says what would change.
    dry_run: Option<bool>,
}

/// What a package is, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Uploaded {
    name: String,
    version: String,
    title: String,
    /// Hexadecimal.
    sha256: String,
    /// What it asks leave for; nothing of it is granted by being installed.
    permissions: Vec<String>,
    /// How much it asks to keep.
    store_bytes: u64,
    /// How an update's permissions differ; null for a plugin that was not there.
    change: Option<PermissionChange>,
}

/// How permissions differ.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PermissionChange {
    /// Asked for now, not before.
    added: Vec<String>,
    /// Asked for before, not now.
    removed: Vec<String>,
    store_bytes_before: u64,
    store_bytes_after: u64,
}

impl From<Change> for PermissionChange {
    fn from(change: Change) -> Self {
        Self {
            added: change.added.iter().map(ToString::to_string).collect(),
            removed: change.removed.iter().map(ToString::to_string).collect(),
            store_bytes_before: change.store_bytes_before,
            store_bytes_after: change.store_bytes_after,
        }
    }
}

/// Installs a package, switched off and without grants, or puts a new version in place of an
/// installed plugin, which gains no permission by that.
#[utoipa::path(post, path = "/api/v1/plugins/packages", tag = "Plugins", params(UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/wasm"),
    responses((status = 200, body = Uploaded), (status = 400), (status = 401), (status = 403),
        (status = 413)))]
async fn upload(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(query): ApiQuery<UploadQuery>,
    body: Bytes,
) -> Result<Json<Uploaded>, Problem> {
    if !who.role.administers() {
        return Err(PluginError::Forbidden("Only administrators manage plugins.").into());
    }
    let package = match &query.sha256 {
        Some(sha256) => Package::read_checked(body.to_vec(), sha256),
        None => Package::read(body.to_vec()),
    };
    let package = package.map_err(PluginError::from)?;
    put(&app, &who, package, query.dry_run).await
}

/// Gets a package from an address, or from the server's folder, and does with it what an upload
/// does.
#[utoipa::path(post, path = "/api/v1/plugins/packages/fetch", operation_id = "fetchPlugin",
    tag = "Plugins", params(FetchQuery), request_body = PackageOrigin,
    responses((status = 200, body = Uploaded), (status = 400), (status = 401), (status = 403)))]
async fn fetch(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(query): ApiQuery<FetchQuery>,
    ApiJson(body): ApiJson<PackageOrigin>,
) -> Result<Json<Uploaded>, Problem> {
    let package = plugins::fetch(&app, &who, &body.origin()?).await?;
    put(&app, &who, package, query.dry_run).await
}

async fn put(
    app: &App,
    who: &Principal,
    package: Package,
    dry_run: Option<bool>,
) -> Result<Json<Uploaded>, Problem> {
    let (manifest, sha256) = (package.manifest().clone(), package.sha256());
    let only_look = dry_run.unwrap_or(false);
    let (name, change) = plugins::install(app, who, package, only_look).await?;
    Ok(Json(Uploaded {
        name,
        version: manifest.version,
        title: manifest.title,
        sha256,
        permissions: manifest.permissions.list().iter().map(ToString::to_string).collect(),
        store_bytes: manifest.permissions.store_bytes,
        change: change.map(Into::into),
    }))
}
