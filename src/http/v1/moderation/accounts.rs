//! `/api/v1/moderation/accounts/{name}…`: everything moderators should know of an account, and
//! decisions on everything it commented.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::scope::account;
use super::wire::{BatchJson, RevisionJson, VideoJson};
use crate::app::App;
use crate::db::moderation::authors::{OwnVideo, TextFilter};
use crate::db::revisions::SubjectKind;
use crate::db::users::UserRow;
use crate::domain::ShortUuid;
use crate::domain::moderation::RevisionState;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath, ApiQuery};
use crate::http::session::Session;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::account::Account;
use crate::http::v1::wire::channel::VideoChannel;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::http::v1::wire::user::RoleLabel;
use crate::moderation::bulk::{self, Fate, Wanted};
use crate::moderation::review::{self, Block, Review};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(one))
        .routes(routes!(texts))
        .routes(routes!(videos))
        .routes(routes!(decide))
}

/// Who signs in to an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationUser)]
struct UserJson {
    /// `users.id`.
    id: i64,
    role: RoleLabel,
    /// May not sign in.
    blocked: bool,
    blocked_reason: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    last_login_date: Option<String>,
}

impl From<&UserRow> for UserJson {
    fn from(row: &UserRow) -> Self {
        Self {
            id: row.id,
            role: row.role.into(),
            blocked: row.blocked,
            blocked_reason: row.blocked_reason.clone(),
            created_at: row.created_at.rfc3339(),
            last_login_date: row.last_login_at.map(|at| at.rfc3339()),
        }
    }
}

/// Where texts of an account are refused.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationAuthorBlock)]
struct BlockJson {
    id: i64,
    /// `instance`, `channel` or `account`.
    scope: &'static str,
    channel: Option<VideoChannel>,
    /// RFC 3339; null: for good.
    until: Option<String>,
    /// Who did it; null: the server by its rules.
    by: Option<Account>,
    /// RFC 3339.
    created_at: String,
}

impl BlockJson {
    fn new(site: &Site, block: &Block) -> Self {
        Self {
            id: block.row.id,
            scope: block.row.scope.name(),
            channel: block.channel.as_ref().map(|row| VideoChannel::new(site, row, None)),
            until: block.row.until.map(|at| at.rfc3339()),
            by: block.by.as_ref().map(|row| Account::new(site, row)),
            created_at: block.row.created_at.rfc3339(),
        }
    }
}

/// What is known of an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationAccount)]
struct ReviewJson {
    account: Account,
    /// Null for accounts of other servers.
    user: Option<UserJson>,
    channels: Vec<VideoChannel>,
    /// How many are `shown`, `held`, `rejected`, `deleted`.
    comments: BTreeMap<String, i64>,
    /// Also those that nobody else sees.
    videos: i64,
    /// How many it filed are `pending`, `rejected`, `accepted`.
    reports_by: BTreeMap<String, i64>,
    /// How many against it are `pending`, `rejected`, `accepted`.
    reports_against: BTreeMap<String, i64>,
    /// Notes of moderators.
    notes: i64,
    blocks: Vec<BlockJson>,
    /// The latest decisions on everything it commented.
    batches: Vec<BatchJson>,
}

impl ReviewJson {
    fn new(site: &Site, review: Review) -> Self {
        Self {
            account: Account::new(site, &review.subject.account),
            user: review.subject.user.as_ref().map(Into::into),
            channels: review.channels.iter().map(|r| VideoChannel::new(site, r, None)).collect(),
            comments: review.comments.into_iter().collect(),
            videos: review.videos,
            reports_by: review.reports_by.into_iter().collect(),
            reports_against: review.reports_against.into_iter().collect(),
            notes: review.notes,
            blocks: review.blocks.iter().map(|block| BlockJson::new(site, block)).collect(),
            batches: review.batches.iter().map(Into::into).collect(),
        }
    }
}

/// Shows what is known of an account: for moderators of the instance.
#[utoipa::path(get, path = "/api/v1/moderation/accounts/{name}",
    operation_id = "getModerationAccount", tag = "Moderation", security(("OAuth2" = [])),
    params(("name" = String, Path)),
    responses((status = 200, body = ReviewJson), (status = 401), (status = 403), (status = 404)))]
async fn one(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
) -> Result<Json<ReviewJson>, Problem> {
    let id = account(&app, &name).await?;
    let found = review::review(&app, &who, id).await?;
    Ok(Json(ReviewJson::new(&Site::of(&app), found)))
}

/// Which texts are listed.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct TextQuery {
    /// `shown`, `held`, `rejected` or `superseded`.
    state: Option<String>,
    /// `comment`, `video`, `caption`, `account` or `channel`.
    kind: Option<String>,
}

impl TextQuery {
    fn checked(self, search: Option<String>) -> Result<TextFilter, Problem> {
        let state = self.state.filter(|name| !name.is_empty()).map(|name| {
            let problem = "Should be shown, held, rejected or superseded.";
            RevisionState::parse(&name).ok_or_else(|| Problem::invalid_param("state", problem))
        });
        let kind = self.kind.filter(|name| !name.is_empty()).map(|name| {
            let problem = "Should be comment, video, caption, account or channel.";
            SubjectKind::parse(&name).ok_or_else(|| Problem::invalid_param("kind", problem))
        });
        Ok(TextFilter { state: state.transpose()?, kind: kind.transpose()?, search })
    }
}

/// A version of a text of somebody.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationWritten)]
struct WrittenJson {
    #[serde(flatten)]
    revision: RevisionJson,
    /// Where that text stands: `comment`, `video-title`…
    surface: Option<&'static str>,
    /// The video it is about or below.
    video: Option<VideoJson>,
}

/// Lists every version of every text that an account wrote, newest first. A search looks through
/// the newest 20,000.
#[utoipa::path(get, path = "/api/v1/moderation/accounts/{name}/texts",
    operation_id = "listModerationAccountTexts", tag = "Moderation", security(("OAuth2" = [])),
    params(("name" = String, Path), TextQuery, PageParams),
    responses((status = 200, body = Page<WrittenJson>), (status = 400), (status = 401),
        (status = 403), (status = 404)))]
async fn texts(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
    ApiQuery(query): ApiQuery<TextQuery>,
    paging: Paging,
) -> Result<Json<Page<WrittenJson>>, Problem> {
    let id = account(&app, &name).await?;
    let filter = query.checked(paging.search)?;
    let (total, rows) = review::texts(&app, &who, id, &filter, paging.window).await?;
    let data = rows.iter().map(|(row, video)| WrittenJson {
        revision: row.into(),
        surface: row.place.as_ref().map(|place| place.surface.name()),
        video: video.as_ref().map(Into::into),
    });
    Ok(Json(Page { total, data: data.collect() }))
}

/// A video of somebody, in short.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationOwnVideo)]
struct OwnVideoJson {
    id: i64,
    uuid: String,
    #[serde(rename = "shortUUID")]
    short_uuid: String,
    name: String,
    /// PeerTube's number.
    privacy: i64,
    /// PeerTube's number.
    state: i64,
    /// A text of it waits for a human, or was refused.
    held: bool,
    /// It is in the blocklist, or waits there for a first look.
    blocked: bool,
    views: i64,
    comments: i64,
    /// RFC 3339.
    created_at: String,
}

impl From<&OwnVideo> for OwnVideoJson {
    fn from(row: &OwnVideo) -> Self {
        Self {
            id: row.id,
            uuid: row.uuid.to_string(),
            short_uuid: ShortUuid(row.uuid).to_string(),
            name: row.name.clone(),
            privacy: row.privacy,
            state: row.state,
            held: row.held,
            blocked: row.blocked,
            views: row.views,
            comments: row.comments,
            created_at: row.created_at.rfc3339(),
        }
    }
}

/// Lists all videos of an account, also those that nobody else sees, newest first.
#[utoipa::path(get, path = "/api/v1/moderation/accounts/{name}/videos",
    operation_id = "listModerationAccountVideos", tag = "Moderation", security(("OAuth2" = [])),
    params(("name" = String, Path), PageParams),
    responses((status = 200, body = Page<OwnVideoJson>), (status = 400), (status = 401),
        (status = 403), (status = 404)))]
async fn videos(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
    paging: Paging,
) -> Result<Json<Page<OwnVideoJson>>, Problem> {
    let id = account(&app, &name).await?;
    let (total, rows) = review::videos(&app, &who, id, paging.window).await?;
    Ok(Json(Page { total, data: rows.iter().map(Into::into).collect() }))
}

/// What is to become of somebody's comments.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ModerationAccountDecision)]
struct DecideBody {
    /// `hold`: public ones wait for a look; `reject`: public and waiting ones are refused;
    /// `release`: waiting ones are released.
    decision: String,
    /// Only those of the last so many days; all when not said.
    days: Option<u32>,
    /// For moderators.
    note: Option<String>,
    /// For the author.
    answer: Option<String>,
}

/// Decides on everything that an account commented, as one batch that can be undone. More than a
/// hundred comments are decided in the background.
#[utoipa::path(post, path = "/api/v1/moderation/accounts/{name}/comments",
    operation_id = "decideModerationAccountComments", tag = "Moderation",
    security(("OAuth2" = [])), params(("name" = String, Path)), request_body = DecideBody,
    responses((status = 202, body = BatchJson, description = "Decided, or being decided"),
        (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn decide(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
    ApiJson(body): ApiJson<DecideBody>,
) -> Result<(StatusCode, Json<BatchJson>), Problem> {
    let id = account(&app, &name).await?;
    let subject = review::subject(&app, &who, id).await?;
    let problem = "Should be hold, reject or release.";
    let fate = Fate::parse(&body.decision);
    let fate = fate.ok_or_else(|| Problem::invalid_param("decision", problem))?;
    let said = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let (note, answer) = (said(body.note), said(body.answer));
    let wanted = Wanted { fate, days: body.days, note, answer };
    let batch = bulk::begin(&app, &who, &subject, &wanted).await?;
    Ok((StatusCode::ACCEPTED, Json((&batch).into())))
}
