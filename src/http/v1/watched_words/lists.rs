//! `/api/v1/watched-words/{server|accounts/…}/lists…`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::domain::Principal;
use crate::domain::moderation::Scope;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath};
use crate::http::session::Session;
use crate::http::v1::moderation::account;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::moderation::lists::peertube::{self, WithWords};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(of_server, add_to_server))
        .routes(routes!(change_of_server, remove_from_server))
        .routes(routes!(of_account, add_to_account))
        .routes(routes!(change_of_account, remove_from_account))
}

/// PeerTube's `WatchedWordsLists`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WatchedWordsLists {
    id: i64,
    list_name: String,
    words: Vec<String>,
    /// Address it follows.
    subscription_url: Option<String>,
    /// RFC 3339.
    updated_at: String,
    /// RFC 3339.
    created_at: String,
}

impl From<WithWords> for WatchedWordsLists {
    fn from(found: WithWords) -> Self {
        let list = found.list;
        Self {
            id: list.id,
            list_name: list.texts.name,
            words: found.words,
            subscription_url: list.subscription_url,
            updated_at: list.updated_at.rfc3339(),
            created_at: list.created_at.rfc3339(),
        }
    }
}

/// A list in PeerTube's way.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WatchedWordsBody {
    /// 1 to 100 characters; needed for a new list.
    list_name: Option<String>,
    /// 1 to 10,000; needed for a new list.
    words: Option<Vec<String>>,
}

#[derive(Debug, Serialize, ToSchema)]
struct WatchedWordsId {
    id: i64,
}

/// A list that was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WatchedWordsMade {
    watched_words_list: WatchedWordsId,
}

async fn page(
    app: &App,
    who: &Principal,
    scope: Scope,
    paging: &Paging,
) -> Result<Json<Page<WatchedWordsLists>>, Problem> {
    let search = paging.search.as_deref();
    let (total, rows) = peertube::page(app, who, scope, search, paging.window).await?;
    Ok(Json(Page { total, data: rows.into_iter().map(Into::into).collect() }))
}

async fn make(
    app: &App,
    who: &Principal,
    scope: Scope,
    body: WatchedWordsBody,
) -> Result<Json<WatchedWordsMade>, Problem> {
    let name = body.list_name.unwrap_or_default();
    let id = peertube::add(app, who, scope, &name, &body.words.unwrap_or_default()).await?;
    Ok(Json(WatchedWordsMade { watched_words_list: WatchedWordsId { id } }))
}

async fn change(
    app: &App,
    who: &Principal,
    scope: Scope,
    id: i64,
    body: &WatchedWordsBody,
) -> Result<StatusCode, Problem> {
    let (name, words) = (body.list_name.as_deref(), body.words.as_deref());
    peertube::change(app, who, scope, id, name, words).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the instance's lists with their words.
#[utoipa::path(get, path = "/api/v1/watched-words/server/lists",
    operation_id = "listServerWatchedWords", tag = "Watched Words", security(("OAuth2" = [])),
    params(PageParams),
    responses((status = 200, body = Page<WatchedWordsLists>), (status = 400), (status = 401),
        (status = 403)))]
async fn of_server(
    State(app): State<App>,
    Session(who): Session,
    paging: Paging,
) -> Result<Json<Page<WatchedWordsLists>>, Problem> {
    page(&app, &who, Scope::Instance, &paging).await
}

/// Makes a list of the instance, which tags what it finds.
#[utoipa::path(post, path = "/api/v1/watched-words/server/lists",
    operation_id = "addServerWatchedWords", tag = "Watched Words", security(("OAuth2" = [])),
    request_body = WatchedWordsBody,
    responses((status = 200, body = WatchedWordsMade), (status = 400), (status = 401),
        (status = 403), (status = 409, description = "There is a list of that name already")))]
async fn add_to_server(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<WatchedWordsBody>,
) -> Result<Json<WatchedWordsMade>, Problem> {
    make(&app, &who, Scope::Instance, body).await
}

/// Changes a list of the instance.
#[utoipa::path(put, path = "/api/v1/watched-words/server/lists/{listId}",
    operation_id = "changeServerWatchedWords", tag = "Watched Words", security(("OAuth2" = [])),
    params(("listId" = i64, Path)), request_body = WatchedWordsBody,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409)))]
async fn change_of_server(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    ApiJson(body): ApiJson<WatchedWordsBody>,
) -> Result<StatusCode, Problem> {
    change(&app, &who, Scope::Instance, id, &body).await
}

/// Removes a list of the instance.
#[utoipa::path(delete, path = "/api/v1/watched-words/server/lists/{listId}",
    operation_id = "removeServerWatchedWords", tag = "Watched Words", security(("OAuth2" = [])),
    params(("listId" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn remove_from_server(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    peertube::remove(&app, &who, Scope::Instance, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists an account's lists with their words.
#[utoipa::path(get, path = "/api/v1/watched-words/accounts/{accountName}/lists",
    operation_id = "listAccountWatchedWords", tag = "Watched Words", security(("OAuth2" = [])),
    params(("accountName" = String, Path), PageParams),
    responses((status = 200, body = Page<WatchedWordsLists>), (status = 400), (status = 401),
        (status = 403), (status = 404)))]
async fn of_account(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
    paging: Paging,
) -> Result<Json<Page<WatchedWordsLists>>, Problem> {
    let scope = Scope::Account(account(&app, &name).await?);
    page(&app, &who, scope, &paging).await
}

/// Makes a list of an account, for comments on its videos. It tags what it finds.
#[utoipa::path(post, path = "/api/v1/watched-words/accounts/{accountName}/lists",
    operation_id = "addAccountWatchedWords", tag = "Watched Words", security(("OAuth2" = [])),
    params(("accountName" = String, Path)), request_body = WatchedWordsBody,
    responses((status = 200, body = WatchedWordsMade), (status = 400), (status = 401),
        (status = 403), (status = 404), (status = 409)))]
async fn add_to_account(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
    ApiJson(body): ApiJson<WatchedWordsBody>,
) -> Result<Json<WatchedWordsMade>, Problem> {
    let scope = Scope::Account(account(&app, &name).await?);
    make(&app, &who, scope, body).await
}

/// Changes a list of an account.
#[utoipa::path(put, path = "/api/v1/watched-words/accounts/{accountName}/lists/{listId}",
    operation_id = "changeAccountWatchedWords", tag = "Watched Words", security(("OAuth2" = [])),
    params(("accountName" = String, Path), ("listId" = i64, Path)),
    request_body = WatchedWordsBody,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409)))]
async fn change_of_account(
    State(app): State<App>,
    Session(who): Session,
    ApiPath((name, id)): ApiPath<(String, i64)>,
    ApiJson(body): ApiJson<WatchedWordsBody>,
) -> Result<StatusCode, Problem> {
    let scope = Scope::Account(account(&app, &name).await?);
    change(&app, &who, scope, id, &body).await
}

/// Removes a list of an account.
#[utoipa::path(delete, path = "/api/v1/watched-words/accounts/{accountName}/lists/{listId}",
    operation_id = "removeAccountWatchedWords", tag = "Watched Words", security(("OAuth2" = [])),
    params(("accountName" = String, Path), ("listId" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn remove_from_account(
    State(app): State<App>,
    Session(who): Session,
    ApiPath((name, id)): ApiPath<(String, i64)>,
) -> Result<StatusCode, Problem> {
    let scope = Scope::Account(account(&app, &name).await?);
    peertube::remove(&app, &who, scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
