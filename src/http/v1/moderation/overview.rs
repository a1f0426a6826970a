//! `GET /api/v1/moderation/overview`: what waits, of every kind, in one answer.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::scope::ScopeQuery;
use super::wire::VideoJson;
use crate::app::App;
use crate::db::registrations::RegistrationRow;
use crate::domain::moderation::Source;
use crate::http::Problem;
use crate::http::extract::ApiQuery;
use crate::http::session::Session;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::account::Account;
use crate::http::v1::wire::page::{PageParams, Paging};
use crate::moderation::overview::{self, Heap, Waiting};
use crate::moderation::queue::Shown;
use crate::moderation::reports::Report;

/// Characters of a text that are shown.
const EXCERPT: usize = 200;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show))
}

/// How much of one kind waits.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationHeap)]
struct HeapJson {
    /// `text`, `report`, `video` or `registration`.
    kind: &'static str,
    waiting: i64,
    /// Those the one who asks works on.
    mine: i64,
    /// Those that their authors contest.
    contested: i64,
    /// RFC 3339: since when the oldest waits.
    oldest_at: Option<String>,
}

impl From<&Heap> for HeapJson {
    fn from(heap: &Heap) -> Self {
        Self {
            kind: heap.kind,
            waiting: heap.waiting,
            mine: heap.mine,
            contested: heap.contested,
            oldest_at: heap.oldest.map(|at| at.rfc3339()),
        }
    }
}

/// Something that waits, in short.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationWaiting)]
struct WaitingJson {
    /// `text`, `report`, `video` or `registration`.
    kind: &'static str,
    /// Of the item, report, video or request.
    id: i64,
    /// Where a text stands (`comment`, `video-title`…), or what is reported (`video`, `comment`,
    /// `account`).
    what: String,
    /// The beginning of the text, or of the words of who reports, or asks for an account.
    words: String,
    /// A rule minds the words: they are covered until somebody wants to read them.
    sensitive: bool,
    contested: bool,
    /// Who wrote it, or is behind what is reported.
    account: Option<Account>,
    video: Option<VideoJson>,
    assignee: Option<Account>,
    /// RFC 3339.
    since: String,
}

impl WaitingJson {
    fn new(site: &Site, one: &Waiting) -> Self {
        match one {
            Waiting::Text(shown) => Self::text(site, shown),
            Waiting::Report(report) => Self::report(site, report),
            Waiting::Video(video, owner) => Self {
                kind: "video",
                id: video.video.id,
                what: "video".to_owned(),
                words: video.video.name.clone(),
                sensitive: false,
                contested: false,
                account: owner.as_ref().map(|row| Account::new(site, row)),
                video: Some((&video.video).into()),
                assignee: None,
                since: video.since.rfc3339(),
            },
            Waiting::Registration(row) => Self::registration(row),
        }
    }

    fn text(site: &Site, shown: &Shown) -> Self {
        let minds = |source| matches!(source, Source::WatchedWords | Source::Plugin);
        let contested = shown.item.contest.is_some();
        Self {
            kind: "text",
            id: shown.item.id,
            what: shown.item.surface.clone(),
            words: shown.text.chars().take(EXCERPT).collect(),
            sensitive: contested || shown.audit.reasons.iter().any(|one| minds(one.source)),
            contested,
            account: shown.author.as_ref().map(|row| Account::new(site, row)),
            video: shown.video.as_ref().map(Into::into),
            assignee: shown.assignee.as_ref().map(|row| Account::new(site, row)),
            since: shown.item.held_at.rfc3339(),
        }
    }

    fn registration(row: &RegistrationRow) -> Self {
        let words = format!("{}: {}", row.username, row.reason);
        Self {
            kind: "registration",
            id: row.id,
            what: "registration".to_owned(),
            words: words.chars().take(EXCERPT).collect(),
            sensitive: !row.remarks.is_empty(),
            contested: false,
            account: None,
            video: None,
            assignee: None,
            since: row.created_at.rfc3339(),
        }
    }

    fn report(site: &Site, report: &Report) -> Self {
        Self {
            kind: "report",
            id: report.abuse.id,
            what: report.abuse.kind.name().to_owned(),
            words: report.abuse.said.reason.chars().take(EXCERPT).collect(),
            sensitive: false,
            contested: false,
            account: report.flagged.as_ref().map(|row| Account::new(site, row)),
            video: None,
            assignee: report.assignee.as_ref().map(|row| Account::new(site, row)),
            since: report.abuse.created_at.rfc3339(),
        }
    }
}

/// What waits.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationOverview)]
struct OverviewJson {
    kinds: Vec<HeapJson>,
    /// What has waited longest, of all kinds together.
    next: Vec<WaitingJson>,
}

/// Shows how much of each kind waits, and the `count` things that have waited longest.
#[utoipa::path(get, path = "/api/v1/moderation/overview", operation_id = "getModerationOverview",
    tag = "Moderation", security(("OAuth2" = [])), params(ScopeQuery, PageParams),
    responses((status = 200, body = OverviewJson), (status = 400), (status = 401), (status = 403),
        (status = 404)))]
async fn show(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(scope): ApiQuery<ScopeQuery>,
    paging: Paging,
) -> Result<Json<OverviewJson>, Problem> {
    let scope = scope.find(&app, &who).await?;
    let (heaps, next) = overview::overview(&app, &who, scope, paging.window.count).await?;
    let site = Site::of(&app);
    Ok(Json(OverviewJson {
        kinds: heaps.iter().map(Into::into).collect(),
        next: next.iter().map(|one| WaitingJson::new(&site, one)).collect(),
    }))
}
