//! `GET /api/v1/moderation/queue…`: what waits for a human, and what is around it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::scope::{ScopeQuery, account};
use super::wire::{ItemJson, RevisionJson};
use crate::app::App;
use crate::db::moderation::items::ItemFilter;
use crate::db::revisions::SubjectKind;
use crate::domain::Order;
use crate::http::Problem;
use crate::http::extract::{ApiPath, ApiQuery};
use crate::http::session::Session;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::account::Account;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::moderation::queue;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(context)).routes(routes!(take, give))
}

/// Which items are listed.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct QueueQuery {
    /// `comment`, `video`, `caption`, `account` or `channel`.
    kind: Option<String>,
    /// `me`: those I work on; `none`: those nobody works on.
    assigned: Option<String>,
    /// Handle of an author.
    author: Option<String>,
    /// Only contested ones.
    contested: Option<bool>,
}

/// Lists what waits for a human, longest waiting first.
#[utoipa::path(get, path = "/api/v1/moderation/queue", operation_id = "listModerationQueue",
    tag = "Moderation", security(("OAuth2" = [])), params(ScopeQuery, QueueQuery, PageParams),
    responses((status = 200, body = Page<ItemJson>), (status = 400), (status = 401),
        (status = 403), (status = 404)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(scope): ApiQuery<ScopeQuery>,
    ApiQuery(query): ApiQuery<QueueQuery>,
    paging: Paging,
) -> Result<Json<Page<ItemJson>>, Problem> {
    let order = paging.order(&[("heldAt", ())], Order::ascending(()))?;
    let kind = query.kind.as_deref().map(|name| {
        let problem = "Should be comment, video, caption, account or channel.";
        SubjectKind::parse(name).ok_or_else(|| Problem::invalid_param("kind", problem))
    });
    let assignee_id = match query.assigned.as_deref() {
        None => None,
        Some("me") => Some(who.actor_id),
        Some("none") => Some(0),
        Some(_) => return Err(Problem::invalid_param("assigned", "Should be me or none.")),
    };
    let scope = scope.find(&app, &who).await?;
    let author_id = match query.author.as_deref() {
        None => None,
        Some(handle) => {
            let id = account(&app, handle).await?;
            let mut conn = app.db().read().await?;
            let found = crate::db::accounts::by_id(&mut conn, id).await?;
            found.map(|account| account.actor.id)
        }
    };
    let filter = ItemFilter {
        channel_id: None,
        kind: kind.transpose()?,
        assignee_id,
        author_id,
        contested: query.contested == Some(true),
        search: paging.search.clone(),
        descending: order.descending,
    };
    let (total, shown) = queue::page(&app, &who, scope, filter, paging.window).await?;
    let site = Site::of(&app);
    Ok(Json(Page { total, data: shown.iter().map(|one| ItemJson::new(&site, one)).collect() }))
}

/// A comment near the one that waits.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationThreadComment)]
struct ThreadJson {
    id: i64,
    in_reply_to_comment_id: Option<i64>,
    account: Option<Account>,
    text: String,
    /// `shown`, `held`, `rejected` or `deleted`.
    state: String,
    /// RFC 3339.
    created_at: String,
}

/// What is around an item.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationItemContext)]
struct ContextJson {
    item: ItemJson,
    /// The conversation, oldest first.
    thread: Vec<ThreadJson>,
    /// Versions of the same text, newest first.
    history: Vec<RevisionJson>,
    /// What its author wrote lately, newest first.
    author_items: Vec<RevisionJson>,
    /// How many of the author's texts are `open`, `released`, `rejected`, `gone`.
    author_counts: std::collections::BTreeMap<String, i64>,
}

/// Shows what is around an item: its conversation, earlier versions, what its author wrote.
#[utoipa::path(get, path = "/api/v1/moderation/queue/{id}/context",
    operation_id = "getModerationItemContext", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)),
    responses((status = 200, body = ContextJson), (status = 400), (status = 401), (status = 403),
        (status = 404)))]
async fn context(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<Json<ContextJson>, Problem> {
    let context = queue::context(&app, &who, id).await?;
    let site = Site::of(&app);
    let thread = context.thread.iter().map(|one| ThreadJson {
        id: one.id,
        in_reply_to_comment_id: one.parent_id,
        account: context.people.get(&one.actor_id).map(|row| Account::new(&site, row)),
        text: one.text.clone(),
        state: one.state.clone(),
        created_at: one.created_at.rfc3339(),
    });
    Ok(Json(ContextJson {
        item: ItemJson::new(&site, &context.shown),
        thread: thread.collect(),
        history: context.history.iter().map(Into::into).collect(),
        author_items: context.others.iter().map(Into::into).collect(),
        author_counts: context.counts.into_iter().collect(),
    }))
}

/// Takes an item: nobody else decides on it for a while.
#[utoipa::path(put, path = "/api/v1/moderation/queue/{id}/assignment",
    operation_id = "takeModerationItem", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "Somebody else works on it, or it was decided")))]
async fn take(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    queue::assign(&app, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives an item back.
#[utoipa::path(delete, path = "/api/v1/moderation/queue/{id}/assignment",
    operation_id = "giveModerationItemBack", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn give(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    queue::unassign(&app, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
