//! `PUT /api/v1/plugins/{name}/grants`, `…/enabled`, `…/channels` and `/api/v1/plugins/order`:
//! what an administrator decides.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath};
use crate::http::session::Session;
use crate::moderation::plugins;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(grants))
        .routes(routes!(enabled))
        .routes(routes!(channels))
        .routes(routes!(order))
}

/// What is granted.
#[derive(Debug, Deserialize, ToSchema)]
struct GrantsBody {
    /// Permissions that the plugin asks for: `config`, `store`, `http:HOST`, `author`, `log`,
    /// `tag`, `hold`, `reject`, `notify`. What is not named is taken back.
    grants: Vec<String>,
}

/// Grants exactly these permissions.
#[utoipa::path(put, path = "/api/v1/plugins/{name}/grants", tag = "Plugins",
    params(("name" = String, Path, description = "Name of the plugin")),
    request_body = GrantsBody,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn grants(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
    ApiJson(body): ApiJson<GrantsBody>,
) -> Result<StatusCode, Problem> {
    plugins::set_grants(&app, &who, &name, &body.grants).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// On or off.
#[derive(Debug, Deserialize, ToSchema)]
struct EnabledBody {
    /// Whether it is called.
    enabled: bool,
}

/// Switches a plugin on or off.
#[utoipa::path(put, path = "/api/v1/plugins/{name}/enabled", tag = "Plugins",
    params(("name" = String, Path, description = "Name of the plugin")),
    request_body = EnabledBody,
    responses((status = 204), (status = 400, description = "It cannot run as it is set up"),
        (status = 401), (status = 403), (status = 404)))]
async fn enabled(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
    ApiJson(body): ApiJson<EnabledBody>,
) -> Result<StatusCode, Problem> {
    plugins::set_enabled(&app, &who, &name, body.enabled).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// In which channels.
#[derive(Debug, Deserialize, ToSchema)]
struct ChannelsBody {
    /// In all channels but the named, rather than in the named only.
    everywhere: bool,
    /// Handles of channels here.
    channels: Vec<String>,
}

/// Says in which channels a plugin is called.
#[utoipa::path(put, path = "/api/v1/plugins/{name}/channels", tag = "Plugins",
    params(("name" = String, Path, description = "Name of the plugin")),
    request_body = ChannelsBody,
    responses((status = 204), (status = 401), (status = 403), (status = 404)))]
async fn channels(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
    ApiJson(body): ApiJson<ChannelsBody>,
) -> Result<StatusCode, Problem> {
    plugins::set_channels(&app, &who, &name, body.everywhere, &body.channels).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// In which order.
#[derive(Debug, Deserialize, ToSchema)]
struct OrderBody {
    /// Names of plugins; those that are not named come after them.
    names: Vec<String>,
}

/// Puts plugins into an order.
#[utoipa::path(put, path = "/api/v1/plugins/order", tag = "Plugins", request_body = OrderBody,
    responses((status = 204), (status = 400), (status = 401), (status = 403)))]
async fn order(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<OrderBody>,
) -> Result<StatusCode, Problem> {
    plugins::reorder(&app, &who, &body.names).await?;
    Ok(StatusCode::NO_CONTENT)
}
