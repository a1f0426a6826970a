//! `GET` and `POST /api/v1/abuses`, `GET /api/v1/users/me/abuses`.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::db::abuses::{AbuseFilter, AbuseOrder, Said};
use crate::domain::abuse::{AbuseKind, AbuseState, PREDEFINED_REASONS};
use crate::domain::{Order, VideoRef};
use crate::http::extract::{ApiJson, ApiQuery};
use crate::http::v1::moderation::actor;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::abuse::Abuse;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::http::{Asker, Problem, Session};
use crate::moderation::reports::{self, Report, Reported};
use crate::videos::access;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, file)).routes(routes!(mine))
}

const ORDERS: &[(&str, AbuseOrder)] =
    &[("id", AbuseOrder::Id), ("createdAt", AbuseOrder::CreatedAt), ("state", AbuseOrder::State)];

/// What the list is narrowed to.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
struct AbuseQuery {
    /// This report.
    id: Option<i64>,
    /// 1 pending, 2 rejected, 3 accepted.
    state: Option<i64>,
    /// One of PeerTube's predefined reasons.
    predefined_reason: Option<String>,
    /// `video`, `comment` or `account`.
    filter: Option<String>,
    /// `deleted`: only of videos that are gone; `blacklisted`: only of blocked ones.
    video_is: Option<String>,
    /// Part of the reporter's name.
    search_reporter: Option<String>,
    /// Part of the name of who is behind what is reported.
    search_reportee: Option<String>,
    /// Part of the video's title.
    search_video: Option<String>,
    /// Part of the channel's display name.
    search_video_channel: Option<String>,
    /// Handle of who filed it (ours).
    reporter: Option<String>,
    /// Handle of who is behind what is reported (ours).
    reportee: Option<String>,
    /// `me`: those I work on; `none`: those nobody works on (ours).
    assigned: Option<String>,
}

impl AbuseQuery {
    fn checked(self, search: Option<String>) -> Result<AbuseFilter, Problem> {
        let state = self.state.map(AbuseState::try_from).transpose();
        let state = state.map_err(|_| Problem::invalid_param("state", "Should be 1, 2 or 3."))?;
        let kind = self.filter.filter(|word| !word.is_empty());
        let kind = kind.map(|word| {
            AbuseKind::of(&word).ok_or_else(|| {
                Problem::invalid_param("filter", "Should be video, comment or account.")
            })
        });
        let predefined = self.predefined_reason.filter(|word| !word.is_empty());
        if predefined.as_ref().is_some_and(|word| !PREDEFINED_REASONS.contains(&word.as_str())) {
            return Err(Problem::invalid_param("predefinedReason", "There is no such reason."));
        }
        let (video_deleted, video_blocked) = match self.video_is.as_deref() {
            None | Some("") => (false, false),
            Some("deleted") => (true, false),
            Some("blacklisted") => (false, true),
            Some(_) => {
                let problem = "Should be deleted or blacklisted.";
                return Err(Problem::invalid_param("videoIs", problem));
            }
        };
        let part = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Ok(AbuseFilter {
            id: self.id,
            reporter_actor_id: None,
            flagged_actor_id: None,
            assignee_id: None,
            state,
            kind: kind.transpose()?,
            predefined,
            search,
            reporter: part(self.search_reporter),
            reportee: part(self.search_reportee),
            video: part(self.search_video),
            channel: part(self.search_video_channel),
            video_deleted,
            video_blocked,
        })
    }
}

/// Reports of everybody: for administrators and moderators.
#[utoipa::path(get, path = "/api/v1/abuses", operation_id = "getAbuses", tag = "Abuses",
    security(("OAuth2" = [])), params(PageParams, AbuseQuery),
    responses((status = 200, body = Page<Abuse>), (status = 400), (status = 401),
        (status = 403)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    paging: Paging,
    ApiQuery(query): ApiQuery<AbuseQuery>,
) -> Result<Json<Page<Abuse>>, Problem> {
    let order = paging.order(ORDERS, Order::descending(AbuseOrder::CreatedAt))?;
    let assignee_id = match query.assigned.as_deref() {
        None | Some("") => None,
        Some("me") => Some(who.actor_id),
        Some("none") => Some(0),
        Some(_) => return Err(Problem::invalid_param("assigned", "Should be me or none.")),
    };
    let reporter_actor_id = actor(&app, query.reporter.as_deref()).await?;
    let flagged_actor_id = actor(&app, query.reportee.as_deref()).await?;
    let filter = AbuseFilter {
        reporter_actor_id,
        flagged_actor_id,
        assignee_id,
        ..query.checked(paging.search)?
    };
    let found = reports::list(&app, &who, &filter, order, paging.window).await?;
    Ok(Json(shown(&app, &found, true)))
}

/// What the one who asks has reported.
#[utoipa::path(get, path = "/api/v1/users/me/abuses", operation_id = "getMyAbuses",
    tag = "Abuses", security(("OAuth2" = [])), params(PageParams, AbuseQuery),
    responses((status = 200, body = Page<Abuse>), (status = 400), (status = 401)))]
async fn mine(
    State(app): State<App>,
    Session(who): Session,
    paging: Paging,
    ApiQuery(query): ApiQuery<AbuseQuery>,
) -> Result<Json<Page<Abuse>>, Problem> {
    let order = paging.order(ORDERS, Order::descending(AbuseOrder::CreatedAt))?;
    let filter = query.checked(paging.search)?;
    let found = reports::mine(&app, &who, filter, order, paging.window).await?;
    Ok(Json(shown(&app, &found, false)))
}

fn shown(app: &App, (total, found): &(i64, Vec<Report>), to_moderator: bool) -> Page<Abuse> {
    let site = Site::of(app);
    let data = found.iter().map(|report| Abuse::new(&site, report, to_moderator)).collect();
    Page { total: *total, data }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ReportedVideo {
    id: i64,
    /// Seconds.
    start_at: Option<i64>,
    /// Seconds.
    end_at: Option<i64>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct ReportedThing {
    id: i64,
}

/// A report of one video, one comment or one account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewAbuse {
    /// 2 to 3000 characters.
    reason: String,
    #[serde(default)]
    predefined_reasons: Vec<String>,
    video: Option<ReportedVideo>,
    comment: Option<ReportedThing>,
    account: Option<ReportedThing>,
}

#[derive(Debug, Serialize, ToSchema)]
struct FiledAbuse {
    id: i64,
}

#[derive(Debug, Serialize, ToSchema)]
struct Filed {
    abuse: FiledAbuse,
}

/// Reports something to the moderators. Who reports the same thing twice, while the first report
/// waits, gets that one.
#[utoipa::path(post, path = "/api/v1/abuses", operation_id = "addAbuse", tag = "Abuses",
    security(("OAuth2" = [])), request_body = NewAbuse,
    params(("x-peertube-video-password" = Option<String>, Header, description = "The video's")),
    responses((status = 200, body = Filed), (status = 400), (status = 401),
        (status = 403, description = "What is reported is not for this person to see"),
        (status = 404), (status = 429, description = "Too many reports within an hour")))]
async fn file(
    State(app): State<App>,
    Session(who): Session,
    asker: Asker,
    ApiJson(body): ApiJson<NewAbuse>,
) -> Result<Json<Filed>, Problem> {
    let reported = match (&body.video, &body.comment, &body.account) {
        (Some(video), None, None) => Reported::Video(video.id),
        (None, Some(comment), None) => Reported::Comment(comment.id),
        (None, None, Some(account)) => Reported::Account(account.id),
        _ => return Err(Problem::bad_request("Name one video, one comment or one account.")),
    };
    let target = reports::target(&app, reported).await?;
    if let Some((id, _, _)) = &target.video {
        access::watch(&app, VideoRef::Id(*id), &asker.presented()).await?;
    }
    let said = Said {
        reason: body.reason.trim().to_owned(),
        predefined: body.predefined_reasons,
        start_at_s: body.video.as_ref().and_then(|video| video.start_at),
        end_at_s: body.video.as_ref().and_then(|video| video.end_at),
    };
    let id = reports::file(&app, &who, &target, &said).await?;
    Ok(Json(Filed { abuse: FiledAbuse { id } }))
}
