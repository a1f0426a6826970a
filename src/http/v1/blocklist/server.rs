//! `/api/v1/server/blocklist/{accounts,servers}`: whom nobody here is to see.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{BlockAccount, BlockServer, listed};
use crate::app::App;
use crate::db::moderation::blocks::BlockFilter;
use crate::domain::moderation::Scope;
use crate::http::extract::{ApiJson, ApiPath};
use crate::http::v1::wire::Site;
use crate::http::v1::wire::block::{AccountBlock, ServerBlock};
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::http::{Problem, Session};
use crate::moderation::blocklists::instance;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(accounts, block_account))
        .routes(routes!(lift_account))
        .routes(routes!(servers, block_server))
        .routes(routes!(lift_server))
}

/// Accounts whose texts the instance refuses, hidden or not: for administrators and moderators.
#[utoipa::path(get, path = "/api/v1/server/blocklist/accounts",
    operation_id = "getServerBlockedAccounts", tag = "Server Blocklist",
    security(("OAuth2" = [])), params(PageParams),
    responses((status = 200, body = Page<AccountBlock>), (status = 400), (status = 401),
        (status = 403)))]
async fn accounts(
    State(app): State<App>,
    Session(who): Session,
    paging: Paging,
) -> Result<Json<Page<AccountBlock>>, Problem> {
    let filter = BlockFilter {
        scope: Some(Scope::Instance),
        listed: listed(&paging)?,
        ..BlockFilter::default()
    };
    let (total, found) = instance::page(&app, &who, &filter, paging.window).await?;
    let site = Site::of(&app);
    let data = found.iter().map(|blocked| AccountBlock::blocked(&site, blocked)).collect();
    Ok(Json(Page { total, data }))
}

/// Blocks an account on the whole instance: what it has published is shown to nobody, and what it
/// writes is refused.
#[utoipa::path(post, path = "/api/v1/server/blocklist/accounts",
    operation_id = "blockAccountByServer", tag = "Server Blocklist", security(("OAuth2" = [])),
    request_body = BlockAccount,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "Those who moderate are not blocked")))]
async fn block_account(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<BlockAccount>,
) -> Result<StatusCode, Problem> {
    let reason = body.reason.as_deref();
    instance::block_account(&app, &who, &body.account_name, reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lifts every block of an account on the whole instance, time-outs included.
#[utoipa::path(delete, path = "/api/v1/server/blocklist/accounts/{accountName}",
    operation_id = "unblockAccountByServer", tag = "Server Blocklist",
    security(("OAuth2" = [])),
    params(("accountName" = String, Path, description = "`name`, or `name@host`")),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn lift_account(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
) -> Result<StatusCode, Problem> {
    instance::lift_account(&app, &who, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Servers that the instance blocks: for administrators and moderators.
#[utoipa::path(get, path = "/api/v1/server/blocklist/servers",
    operation_id = "getServerBlockedServers", tag = "Server Blocklist",
    security(("OAuth2" = [])), params(PageParams),
    responses((status = 200, body = Page<ServerBlock>), (status = 400), (status = 401),
        (status = 403)))]
async fn servers(
    State(app): State<App>,
    Session(who): Session,
    paging: Paging,
) -> Result<Json<Page<ServerBlock>>, Problem> {
    let (total, found) = instance::servers(&app, &who, &listed(&paging)?, paging.window).await?;
    let site = Site::of(&app);
    let data = found.iter().map(|blocked| ServerBlock::blocked(&site, blocked)).collect();
    Ok(Json(Page { total, data }))
}

/// Blocks a server: nothing of whoever is there is shown or taken. Its subdomains are servers of
/// their own.
#[utoipa::path(post, path = "/api/v1/server/blocklist/servers",
    operation_id = "blockServerByServer", tag = "Server Blocklist", security(("OAuth2" = [])),
    request_body = BlockServer,
    responses((status = 204), (status = 400), (status = 401), (status = 403),
        (status = 409, description = "It is this server")))]
async fn block_server(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<BlockServer>,
) -> Result<StatusCode, Problem> {
    instance::block_server(&app, &who, &body.host, body.reason.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lifts the block of a server.
#[utoipa::path(delete, path = "/api/v1/server/blocklist/servers/{host}",
    operation_id = "unblockServerByServer", tag = "Server Blocklist", security(("OAuth2" = [])),
    params(("host" = String, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409)))]
async fn lift_server(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(host): ApiPath<String>,
) -> Result<StatusCode, Problem> {
    instance::lift_server(&app, &who, &host).await?;
    Ok(StatusCode::NO_CONTENT)
}
