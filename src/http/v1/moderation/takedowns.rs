//! `/api/v1/moderation/takedowns`: what was taken down, and is kept as evidence for a while.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::db::moderation::takedowns::TakedownRow;
use crate::db::revisions::SubjectKind;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath};
use crate::http::session::Session;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::account::Account;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::http::v1::wire::statement::WhyBody;
use crate::moderation::takedowns::{self, NewOrder, Shown};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, take_down)).routes(routes!(restore))
}

/// What was taken down.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Takedown)]
struct TakedownJson {
    id: i64,
    /// `video` or `comment`.
    kind: &'static str,
    /// Id of the video or comment.
    subject_id: i64,
    /// Its title, or the start of its text; empty once it is forgotten.
    label: String,
    /// Whose it was.
    account: Option<Account>,
    /// Who took it down.
    by: Option<Account>,
    /// `rules`, `law` or `other`.
    ground: String,
    /// What whom it concerns was told.
    reason: String,
    /// Number of an order or a letter.
    reference: Option<String>,
    /// `standing`, `restored`, `removed` (by its owner, or because its time was over).
    state: &'static str,
    /// It is contested: a moderator answers in the queue.
    contested: bool,
    /// What it was; null once it is forgotten.
    evidence: Option<Value>,
    /// RFC 3339.
    created_at: String,
    /// When it is removed for good, RFC 3339.
    keep_until: String,
}

fn state(row: &TakedownRow) -> &'static str {
    match row.item_state.as_deref() {
        Some("released") => "restored",
        Some("rejected") => "standing",
        _ => "removed",
    }
}

impl TakedownJson {
    fn new(site: &Site, shown: &Shown) -> Self {
        let row = &shown.row;
        Self {
            id: row.id,
            kind: row.subject.0.name(),
            subject_id: row.subject.1,
            label: row.label.clone(),
            account: shown.account.as_ref().map(|account| Account::new(site, account)),
            by: shown.by.as_ref().map(|account| Account::new(site, account)),
            ground: row.ground.clone(),
            reason: row.reason.clone(),
            reference: row.reference.clone(),
            state: state(row),
            contested: row.contested,
            evidence: row.evidence.as_deref().and_then(|json| serde_json::from_str(json).ok()),
            created_at: row.created_at.rfc3339(),
            keep_until: row.keep_until.rfc3339(),
        }
    }
}

/// Lists what was taken down, latest first, with the evidence: for administrators and moderators.
#[utoipa::path(get, path = "/api/v1/moderation/takedowns", operation_id = "listTakedowns",
    tag = "Moderation", security(("OAuth2" = [])), params(PageParams),
    responses((status = 200, body = Page<TakedownJson>), (status = 400), (status = 401),
        (status = 403)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    paging: Paging,
) -> Result<Json<Page<TakedownJson>>, Problem> {
    let search = paging.search.as_deref();
    let (total, shown) = takedowns::page(&app, &who, search, paging.window).await?;
    let site = Site::of(&app);
    Ok(Json(Page { total, data: shown.iter().map(|one| TakedownJson::new(&site, one)).collect() }))
}

/// What is to be taken down.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewTakedown)]
struct NewTakedown {
    /// `video` or `comment`.
    kind: String,
    /// Id of the video or comment.
    id: i64,
    /// For whom it concerns, 1 to 2,000 characters.
    reason: String,
    /// `rules`, `law` or `other`; `law` when left out.
    ground: Option<String>,
    /// Number of an order or a letter, for moderators; at most 200 characters.
    reference: Option<String>,
}

/// The takedown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TakedownMade)]
struct Made {
    id: i64,
}

/// Takes a video or comment down: nobody but its owner and moderators sees it any more. It is kept
/// as evidence for `moderation.takedown_days`, can be restored for as long, then it is removed for
/// good.
#[utoipa::path(post, path = "/api/v1/moderation/takedowns", operation_id = "takeDown",
    tag = "Moderation", security(("OAuth2" = [])), request_body = NewTakedown,
    responses((status = 200, body = Made), (status = 400), (status = 401), (status = 403),
        (status = 404), (status = 409, description = "It is not public")))]
async fn take_down(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<NewTakedown>,
) -> Result<Json<Made>, Problem> {
    let kind = match SubjectKind::parse(&body.kind) {
        Some(kind @ (SubjectKind::Comment | SubjectKind::Video)) => kind,
        _ => return Err(Problem::invalid_param("kind", "Should be video or comment.")),
    };
    let ground = body.ground.unwrap_or_else(|| "law".to_owned());
    let why = WhyBody { reason: Some(body.reason), ground: Some(ground) }.why()?;
    let reference = body.reference.map(|text| text.trim().to_owned());
    let reference = reference.filter(|text| !text.is_empty());
    let order = NewOrder { subject: (kind, body.id), why, reference };
    Ok(Json(Made { id: takedowns::take_down(&app, &who, &order).await? }))
}

/// Shows again what was taken down.
#[utoipa::path(post, path = "/api/v1/moderation/takedowns/{id}/restore",
    operation_id = "restoreTakedown", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "It is gone, or was restored before")))]
async fn restore(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    takedowns::restore(&app, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
