//! `/api/v1/users/me/blocklist/{accounts,servers}`: whom the one who asks does not want to see.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{BlockAccount, BlockServer, listed};
use crate::app::App;
use crate::http::extract::{ApiJson, ApiPath};
use crate::http::v1::wire::Site;
use crate::http::v1::wire::block::{AccountBlock, ServerBlock};
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::http::{Problem, Session};
use crate::moderation::blocklists::mutes;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(accounts, mute_account))
        .routes(routes!(unmute_account))
        .routes(routes!(servers, mute_server))
        .routes(routes!(unmute_server))
}

/// Accounts that the one who asks muted.
#[utoipa::path(get, path = "/api/v1/users/me/blocklist/accounts",
    operation_id = "getMyBlockedAccounts", tag = "Account Blocklist",
    security(("OAuth2" = [])), params(PageParams),
    responses((status = 200, body = Page<AccountBlock>), (status = 400), (status = 401)))]
async fn accounts(
    State(app): State<App>,
    Session(who): Session,
    paging: Paging,
) -> Result<Json<Page<AccountBlock>>, Problem> {
    let (total, found) = mutes::accounts(&app, &who, &listed(&paging)?, paging.window).await?;
    let (site, owner) = (Site::of(&app), mutes::owner(&app, &who).await?);
    let data = found.iter().map(|muted| AccountBlock::muted(&site, &owner, muted)).collect();
    Ok(Json(Page { total, data }))
}

/// Mutes an account: the one who asks does not see its comments, videos in lists and
/// notifications, and it does not comment on their videos any more.
#[utoipa::path(post, path = "/api/v1/users/me/blocklist/accounts", operation_id = "blockAccount",
    tag = "Account Blocklist", security(("OAuth2" = [])), request_body = BlockAccount,
    responses((status = 204), (status = 400), (status = 401), (status = 404),
        (status = 409, description = "It is one's own account, or the list is full")))]
async fn mute_account(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<BlockAccount>,
) -> Result<StatusCode, Problem> {
    mutes::mute_account(&app, &who, &body.account_name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The one who asks sees an account again.
#[utoipa::path(delete, path = "/api/v1/users/me/blocklist/accounts/{accountName}",
    operation_id = "unblockAccount", tag = "Account Blocklist", security(("OAuth2" = [])),
    params(("accountName" = String, Path, description = "`name`, or `name@host`")),
    responses((status = 204), (status = 400), (status = 401), (status = 404)))]
async fn unmute_account(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
) -> Result<StatusCode, Problem> {
    mutes::unmute_account(&app, &who, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Servers that the one who asks muted.
#[utoipa::path(get, path = "/api/v1/users/me/blocklist/servers",
    operation_id = "getMyBlockedServers", tag = "Account Blocklist",
    security(("OAuth2" = [])), params(PageParams),
    responses((status = 200, body = Page<ServerBlock>), (status = 400), (status = 401)))]
async fn servers(
    State(app): State<App>,
    Session(who): Session,
    paging: Paging,
) -> Result<Json<Page<ServerBlock>>, Problem> {
    let (total, found) = mutes::servers(&app, &who, &listed(&paging)?, paging.window).await?;
    let (site, owner) = (Site::of(&app), mutes::owner(&app, &who).await?);
    let data = found.iter().map(|muted| ServerBlock::muted(&site, &owner, muted)).collect();
    Ok(Json(Page { total, data }))
}

/// Mutes a server: the one who asks sees nothing of whoever is there.
#[utoipa::path(post, path = "/api/v1/users/me/blocklist/servers", operation_id = "blockServer",
    tag = "Account Blocklist", security(("OAuth2" = [])), request_body = BlockServer,
    responses((status = 204), (status = 400), (status = 401),
        (status = 409, description = "It is this server, or the list is full")))]
async fn mute_server(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<BlockServer>,
) -> Result<StatusCode, Problem> {
    mutes::mute_server(&app, &who, &body.host).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The one who asks sees what is on a server again.
#[utoipa::path(delete, path = "/api/v1/users/me/blocklist/servers/{host}",
    operation_id = "unblockServer", tag = "Account Blocklist", security(("OAuth2" = [])),
    params(("host" = String, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 404), (status = 409)))]
async fn unmute_server(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(host): ApiPath<String>,
) -> Result<StatusCode, Problem> {
    mutes::unmute_server(&app, &who, &host).await?;
    Ok(StatusCode::NO_CONTENT)
}
