//! `GET /api/v1/plugins`, `…/available`, `…/{npmName}`, `POST …/install`, `…/update`,
//! `…/uninstall`: PeerTube's administration of plugins.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::wire::Plugin;
use crate::app::App;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath, ApiQuery};
use crate::http::session::Session;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::moderation::plugins::{self, Origin};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(available))
        .routes(routes!(install))
        .routes(routes!(update))
        .routes(routes!(uninstall))
        .routes(routes!(one))
}

/// Which plugins are listed.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct PluginsQuery {
    /// 1 for plugins; 2, themes, lists none.
    plugin_type: Option<i64>,
    /// Those that were uninstalled: none are remembered.
    uninstalled: Option<bool>,
}

/// Lists installed plugins in the order in which they are called.
#[utoipa::path(get, path = "/api/v1/plugins", operation_id = "getPlugins", tag = "Plugins",
    params(PluginsQuery, PageParams),
    responses((status = 200, body = Page<Plugin>), (status = 401), (status = 403)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(query): ApiQuery<PluginsQuery>,
    paging: Paging,
) -> Result<Json<Page<Plugin>>, Problem> {
    let (total, all) = plugins::list(&app, &who, paging.window).await?;
    if query.plugin_type.is_some_and(|kind| kind != 1) || query.uninstalled == Some(true) {
        return Ok(Json(Page { total: 0, data: Vec::new() }));
    }
    Ok(Json(Page { total, data: all.iter().map(Plugin::from).collect() }))
}

/// Lists nothing: this server asks no index for plugins.
#[utoipa::path(get, path = "/api/v1/plugins/available", operation_id = "getAvailablePlugins",
    tag = "Plugins", params(PageParams),
    responses((status = 200, body = Page<Plugin>), (status = 401), (status = 403)))]
async fn available(
    State(app): State<App>,
    Session(who): Session,
    paging: Paging,
) -> Result<Json<Page<Plugin>>, Problem> {
    plugins::list(&app, &who, paging.window).await?;
    Ok(Json(Page { total: 0, data: Vec::new() }))
}

/// Shows one plugin.
#[utoipa::path(get, path = "/api/v1/plugins/{npmName}", operation_id = "getPlugin",
    tag = "Plugins", params(("npmName" = String, Path, description = "Name of the plugin")),
    responses((status = 200, body = Plugin), (status = 401), (status = 403), (status = 404)))]
async fn one(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
) -> Result<Json<Plugin>, Problem> {
    Ok(Json(Plugin::from(&plugins::one(&app, &who, &name).await?)))
}

/// Where a package is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PackageOrigin {
    /// PeerTube's packages do not run here: 400.
    npm_name: Option<String>,
    /// Name of a file in the server's folder of plugins.
    path: Option<String>,
    /// Address of a package.
    url: Option<String>,
    /// The SHA-256 that it must have, hexadecimal; needed with `url`.
    sha256: Option<String>,
}

impl PackageOrigin {
    pub(super) fn origin(self) -> Result<Origin, Problem> {
        match (self.path, self.url, self.sha256) {
            (Some(path), None, _) => Ok(Origin::File(path)),
            (None, Some(url), Some(sha256)) => Ok(Origin::Url { url, sha256 }),
            (None, Some(_), None) => {
                Err(Problem::invalid_param("sha256", "Say which SHA-256 the file must have."))
            }
            _ if self.npm_name.is_some() => Err(Problem::invalid_param(
                "npmName",
                "Plugins of PeerTube do not run here. Give path, or url and sha256.",
            )),
            _ => Err(Problem::bad_request("Give path, or url and sha256.")),
        }
    }
}

/// Installs a plugin, switched off and without grants.
#[utoipa::path(post, path = "/api/v1/plugins/install", operation_id = "addPlugin",
    tag = "Plugins", request_body = PackageOrigin,
    responses((status = 204), (status = 400), (status = 401), (status = 403)))]
async fn install(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<PackageOrigin>,
) -> Result<StatusCode, Problem> {
    let package = plugins::fetch(&app, &who, &body.origin()?).await?;
    plugins::install(&app, &who, package, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a new version in place of an installed plugin. It gains no permission by that.
#[utoipa::path(post, path = "/api/v1/plugins/update", operation_id = "updatePlugin",
    tag = "Plugins", request_body = PackageOrigin,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn update(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<PackageOrigin>,
) -> Result<StatusCode, Problem> {
    let package = plugins::fetch(&app, &who, &body.origin()?).await?;
    plugins::one(&app, &who, &package.manifest().name).await?;
    plugins::install(&app, &who, package, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which plugin goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Uninstall {
    /// Name of the plugin.
    npm_name: String,
}

/// Removes a plugin with everything that it keeps.
#[utoipa::path(post, path = "/api/v1/plugins/uninstall", operation_id = "uninstallPlugin",
    tag = "Plugins", request_body = Uninstall,
    responses((status = 204), (status = 401), (status = 403), (status = 404)))]
async fn uninstall(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<Uninstall>,
) -> Result<StatusCode, Problem> {
    plugins::uninstall(&app, &who, &body.npm_name).await?;
    Ok(StatusCode::NO_CONTENT)
}
