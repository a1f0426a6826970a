//! `/api/v1/watched-words/{server|accounts/…}/subscriptions…`, as PeerTube's clients know them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::db::moderation::subscriptions::SubscriptionRow;
use crate::domain::Principal;
use crate::domain::moderation::Scope;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath};
use crate::http::session::Session;
use crate::http::v1::moderation::account;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::moderation::subscriptions::{self, NewSubscription};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(of_server, add_to_server))
        .routes(routes!(remove_from_server))
        .routes(routes!(of_account, add_to_account))
        .routes(routes!(remove_from_account))
}

#[derive(Debug, Serialize, ToSchema)]
struct WatchedWordsSubscriptionState {
    id: i64,
    label: &'static str,
}

/// PeerTube's `WatchedWordsSubscription`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WatchedWordsSubscription {
    id: i64,
    name: String,
    url: String,
    imported_words_count: i64,
    /// RFC 3339.
    last_sync_at: Option<String>,
    state: WatchedWordsSubscriptionState,
    /// RFC 3339.
    updated_at: String,
    /// RFC 3339.
    created_at: String,
}

impl From<&SubscriptionRow> for WatchedWordsSubscription {
    fn from(row: &SubscriptionRow) -> Self {
        Self {
            id: row.id,
            name: row.name.clone(),
            url: row.url.clone(),
            imported_words_count: row.imported,
            last_sync_at: row.synced_at.map(|at| at.rfc3339()),
            state: WatchedWordsSubscriptionState { id: row.state.id(), label: row.state.label() },
            updated_at: row.updated_at.rfc3339(),
            created_at: row.created_at.rfc3339(),
        }
    }
}

/// What is to be followed.
#[derive(Debug, Deserialize, ToSchema)]
struct WatchedWordsAddress {
    url: String,
}

async fn page(
    app: &App,
    who: &Principal,
    scope: Scope,
    paging: &Paging,
) -> Result<Json<Page<WatchedWordsSubscription>>, Problem> {
    let (total, rows) = subscriptions::page(app, who, scope, paging.window).await?;
    Ok(Json(Page { total, data: rows.iter().map(Into::into).collect() }))
}

async fn follow(
    app: &App,
    who: &Principal,
    scope: Scope,
    url: String,
) -> Result<Json<WatchedWordsSubscription>, Problem> {
    let action = Some("tag".to_owned());
    let new = NewSubscription { url, action, ..NewSubscription::default() };
    Ok(Json((&subscriptions::add(app, who, scope, &new).await?).into()))
}

async fn end(app: &App, who: &Principal, scope: Scope, id: i64) -> Result<StatusCode, Problem> {
    let row = subscriptions::find(app, who, id).await?;
    if row.scope != scope {
        return Err(Problem::not_found("There is no such subscription."));
    }
    subscriptions::remove(app, who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the instance's subscriptions.
#[utoipa::path(get, path = "/api/v1/watched-words/server/subscriptions",
    operation_id = "listServerWatchedWordsSubscriptions", tag = "Watched Words",
    security(("OAuth2" = [])), params(PageParams),
    responses((status = 200, body = Page<WatchedWordsSubscription>), (status = 400),
        (status = 401), (status = 403)))]
async fn of_server(
    State(app): State<App>,
    Session(who): Session,
    paging: Paging,
) -> Result<Json<Page<WatchedWordsSubscription>>, Problem> {
    page(&app, &who, Scope::Instance, &paging).await
}

/// Lets the instance follow a list, which tags what it finds once it is approved.
#[utoipa::path(post, path = "/api/v1/watched-words/server/subscriptions",
    operation_id = "addServerWatchedWordsSubscription", tag = "Watched Words",
    security(("OAuth2" = [])), request_body = WatchedWordsAddress,
    responses((status = 200, body = WatchedWordsSubscription), (status = 400), (status = 401),
        (status = 403), (status = 409, description = "It is followed already")))]
async fn add_to_server(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<WatchedWordsAddress>,
) -> Result<Json<WatchedWordsSubscription>, Problem> {
    follow(&app, &who, Scope::Instance, body.url).await
}

/// Ends a subscription of the instance.
#[utoipa::path(delete, path = "/api/v1/watched-words/server/subscriptions/{id}",
    operation_id = "removeServerWatchedWordsSubscription", tag = "Watched Words",
    security(("OAuth2" = [])), params(("id" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn remove_from_server(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    end(&app, &who, Scope::Instance, id).await
}

/// Lists an account's subscriptions.
#[utoipa::path(get, path = "/api/v1/watched-words/accounts/{accountName}/subscriptions",
    operation_id = "listAccountWatchedWordsSubscriptions", tag = "Watched Words",
    security(("OAuth2" = [])), params(("accountName" = String, Path), PageParams),
    responses((status = 200, body = Page<WatchedWordsSubscription>), (status = 400),
        (status = 401), (status = 403), (status = 404)))]
async fn of_account(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
    paging: Paging,
) -> Result<Json<Page<WatchedWordsSubscription>>, Problem> {
    let scope = Scope::Account(account(&app, &name).await?);
    page(&app, &who, scope, &paging).await
}

/// Lets an account follow a list, for comments on its videos.
#[utoipa::path(post, path = "/api/v1/watched-words/accounts/{accountName}/subscriptions",
    operation_id = "addAccountWatchedWordsSubscription", tag = "Watched Words",
    security(("OAuth2" = [])), params(("accountName" = String, Path)),
    request_body = WatchedWordsAddress,
    responses((status = 200, body = WatchedWordsSubscription), (status = 400), (status = 401),
        (status = 403), (status = 404), (status = 409)))]
async fn add_to_account(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
    ApiJson(body): ApiJson<WatchedWordsAddress>,
) -> Result<Json<WatchedWordsSubscription>, Problem> {
    let scope = Scope::Account(account(&app, &name).await?);
    follow(&app, &who, scope, body.url).await
}

/// Ends a subscription of an account.
#[utoipa::path(delete, path = "/api/v1/watched-words/accounts/{accountName}/subscriptions/{id}",
    operation_id = "removeAccountWatchedWordsSubscription", tag = "Watched Words",
    security(("OAuth2" = [])),
    params(("accountName" = String, Path), ("id" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn remove_from_account(
    State(app): State<App>,
    Session(who): Session,
    ApiPath((name, id)): ApiPath<(String, i64)>,
) -> Result<StatusCode, Problem> {
    let scope = Scope::Account(account(&app, &name).await?);
    end(&app, &who, scope, id).await
}
