//! `/api/v1/moderation/blocks`: whose texts are refused, where, until when and why.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::scope::ScopeQuery;
use super::wire::ReasonJson;
use crate::app::App;
use crate::db::moderation::blocks::BlockFilter;
use crate::domain::Millis;
use crate::http::Problem;
use crate::http::extract::{ApiPath, ApiQuery};
use crate::http::session::Session;
use crate::http::v1::blocklist::listed;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::account::Account;
use crate::http::v1::wire::channel::VideoChannelSummary;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::moderation::blocklists::instance::{self, Blocked};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(lift))
}

/// An author whose texts are refused.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuthorBlock)]
struct BlockJson {
    id: i64,
    account: Account,
    /// `instance`, `channel` or `account`: under whose videos.
    scope: &'static str,
    /// The channel, when it is about one.
    channel: Option<VideoChannelSummary>,
    /// RFC 3339; null: for good.
    until: Option<String>,
    /// What they have published is shown to nobody either.
    hides: bool,
    /// Why, as the account was told.
    reason: Option<String>,
    /// What led to it, when a list did.
    reasons: Vec<ReasonJson>,
    /// The beginning of the text that led to it, when one did.
    text: Option<String>,
    /// What moderators noted for each other with the decision.
    note: Option<String>,
    /// Who did it; null: the server by its rules.
    by: Option<Account>,
    /// RFC 3339.
    created_at: String,
}

impl BlockJson {
    fn new(site: &Site, blocked: &Blocked) -> Self {
        let block = &blocked.block;
        Self {
            id: block.id,
            account: Account::new(site, &blocked.account),
            scope: block.scope.name(),
            channel: blocked.channel.as_ref().map(|row| VideoChannelSummary::new(site, row)),
            until: block.until.map(Millis::rfc3339),
            hides: block.hides,
            reason: block.reason.clone(),
            reasons: blocked.reasons.iter().map(Into::into).collect(),
            text: blocked.text.clone(),
            note: blocked.note.clone(),
            by: blocked.by.as_ref().map(|by| Account::new(site, by)),
            created_at: block.created_at.rfc3339(),
        }
    }
}

/// How far the list goes.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Reach {
    /// Of every scope: for administrators and moderators.
    all: bool,
}

/// Lists blocks that are in force, of the instance unless something else is said.
#[utoipa::path(get, path = "/api/v1/moderation/blocks", operation_id = "listAuthorBlocks",
    tag = "Moderation", security(("OAuth2" = [])), params(ScopeQuery, Reach, PageParams),
    responses((status = 200, body = Page<BlockJson>), (status = 400), (status = 401),
        (status = 403), (status = 404)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(scope): ApiQuery<ScopeQuery>,
    ApiQuery(reach): ApiQuery<Reach>,
    paging: Paging,
) -> Result<Json<Page<BlockJson>>, Problem> {
    let scope = if reach.all { None } else { Some(scope.find(&app, &who).await?) };
    let filter = BlockFilter { scope, listed: listed(&paging)?, ..BlockFilter::default() };
    let (total, found) = instance::page(&app, &who, &filter, paging.window).await?;
    let site = Site::of(&app);
    let data = found.iter().map(|blocked| BlockJson::new(&site, blocked)).collect();
    Ok(Json(Page { total, data }))
}

/// Lifts one block, whatever made it.
#[utoipa::path(delete, path = "/api/v1/moderation/blocks/{id}", operation_id = "liftAuthorBlock",
    tag = "Moderation", security(("OAuth2" = [])), params(("id" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn lift(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    instance::lift(&app, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
