//! `/api/v1/moderation/subscriptions…` and `…/lists/{id}/published`: lists that follow an address,
//! and those that others follow.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::scope::ScopeQuery;
use crate::app::App;
use crate::db::moderation::subscriptions::SubscriptionRow;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath, ApiQuery};
use crate::http::session::Session;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::moderation::subscriptions::{self, NewSubscription};

/// Base64 of the Ed25519 signature over the bytes of the body.
const SIGNATURE: &str = "x-farandole-signature";
/// Base64 of the key it is made with.
const KEY: &str = "x-farandole-public-key";

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(remove))
        .routes(routes!(difference))
        .routes(routes!(approve))
        .routes(routes!(dismiss))
        .routes(routes!(published))
}

/// A list that follows an address.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WordListSubscription)]
struct SubscriptionJson {
    id: i64,
    list_id: i64,
    name: String,
    url: String,
    /// Base64 of the Ed25519 key that signs it; null: every change is approved by a human.
    public_key: Option<String>,
    /// Signed changes take effect without approval.
    automatic: bool,
    /// `waiting`, `fetched`, `failed` or `pending`: something new waits for approval.
    state: &'static str,
    error: Option<String>,
    imported_words_count: i64,
    /// RFC 3339.
    last_sync_at: Option<String>,
}

impl From<&SubscriptionRow> for SubscriptionJson {
    fn from(row: &SubscriptionRow) -> Self {
        let states = ["waiting", "fetched", "failed", "pending"];
        let at = usize::try_from(row.state.id() - 1).unwrap_or(0);
        Self {
            id: row.id,
            list_id: row.list_id,
            name: row.name.clone(),
            url: row.url.clone(),
            public_key: row.public_key.clone(),
            automatic: row.automatic,
            state: states.get(at).copied().unwrap_or("waiting"),
            error: row.error.clone(),
            imported_words_count: row.imported,
            last_sync_at: row.synced_at.map(|at| at.rfc3339()),
        }
    }
}

/// What is to be followed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewWordListSubscription)]
struct SubscriptionBody {
    url: String,
    /// Name of the list; the host when not said.
    name: Option<String>,
    /// What the list does; hold when not said.
    action: Option<String>,
    /// Base64 of the Ed25519 key that signs it.
    public_key: Option<String>,
    /// Signed changes take effect without approval.
    automatic: Option<bool>,
}

/// Lists the subscriptions of a scope.
#[utoipa::path(get, path = "/api/v1/moderation/subscriptions",
    operation_id = "listWordListSubscriptions", tag = "Moderation", security(("OAuth2" = [])),
    params(ScopeQuery, PageParams),
    responses((status = 200, body = Page<SubscriptionJson>), (status = 400), (status = 401),
        (status = 403), (status = 404)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(scope): ApiQuery<ScopeQuery>,
    paging: Paging,
) -> Result<Json<Page<SubscriptionJson>>, Problem> {
    let scope = scope.find(&app, &who).await?;
    let (total, rows) = subscriptions::page(&app, &who, scope, paging.window).await?;
    Ok(Json(Page { total, data: rows.iter().map(Into::into).collect() }))
}

/// Makes a list that follows an address. What comes from there waits for approval.
#[utoipa::path(post, path = "/api/v1/moderation/subscriptions",
    operation_id = "subscribeToWordList", tag = "Moderation", security(("OAuth2" = [])),
    params(ScopeQuery), request_body = SubscriptionBody,
    responses((status = 200, body = SubscriptionJson), (status = 400), (status = 401),
        (status = 403), (status = 404), (status = 409, description = "It is followed already")))]
async fn add(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(scope): ApiQuery<ScopeQuery>,
    ApiJson(body): ApiJson<SubscriptionBody>,
) -> Result<Json<SubscriptionJson>, Problem> {
    let scope = scope.find(&app, &who).await?;
    let new = NewSubscription {
        url: body.url,
        name: body.name,
        action: body.action,
        public_key: body.public_key,
        automatic: body.automatic == Some(true),
    };
    Ok(Json((&subscriptions::add(&app, &who, scope, &new).await?).into()))
}

/// Ends a subscription. The list stays, with what it has.
#[utoipa::path(delete, path = "/api/v1/moderation/subscriptions/{id}",
    operation_id = "unsubscribeFromWordList", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn remove(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    subscriptions::remove(&app, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What would change.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WordListDifference)]
struct DifferenceJson {
    /// Entries that would come, the first 500.
    added: Vec<String>,
    added_count: usize,
    /// Entries that would go, the first 500.
    removed: Vec<String>,
    removed_count: usize,
}

/// Shows what would change if what waits were approved.
#[utoipa::path(get, path = "/api/v1/moderation/subscriptions/{id}/difference",
    operation_id = "getWordListDifference", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)),
    responses((status = 200, body = DifferenceJson), (status = 400), (status = 401),
        (status = 403), (status = 404), (status = 409, description = "Nothing waits")))]
async fn difference(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<Json<DifferenceJson>, Problem> {
    let found = subscriptions::difference(&app, &who, id).await?;
    Ok(Json(DifferenceJson {
        added: found.added,
        added_count: found.counts.0,
        removed: found.removed,
        removed_count: found.counts.1,
    }))
}

/// Lets what waits take effect.
#[utoipa::path(post, path = "/api/v1/moderation/subscriptions/{id}/approve",
    operation_id = "approveWordListUpdate", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "Nothing waits")))]
async fn approve(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    subscriptions::answer(&app, &who, id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Drops what waits; it is asked about again when it changes.
#[utoipa::path(post, path = "/api/v1/moderation/subscriptions/{id}/dismiss",
    operation_id = "dismissWordListUpdate", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "Nothing waits")))]
async fn dismiss(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    subscriptions::answer(&app, &who, id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a published list to everybody, with its signature in `x-farandole-signature` and the key
/// in `x-farandole-public-key`.
#[utoipa::path(get, path = "/api/v1/moderation/lists/{id}/published",
    operation_id = "getPublishedWordList", tag = "Moderation", params(("id" = i64, Path)),
    responses((status = 200, description = "The list as JSON"), (status = 304), (status = 400),
        (status = 404, description = "There is no such list, or it is not published")))]
async fn published(
    State(app): State<App>,
    ApiPath(id): ApiPath<i64>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let list = subscriptions::published(&app, id).await?;
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known == Some(list.etag.as_str()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, list.etag)]).into_response());
    }
    let headers = [
        (header::CONTENT_TYPE.as_str(), "application/json".to_owned()),
        (header::ETAG.as_str(), list.etag),
        (SIGNATURE, list.signature),
        (KEY, list.public_key),
    ];
    Ok((headers, list.body).into_response())
}
