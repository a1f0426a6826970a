//! `POST /api/v1/moderation/decisions…`: release or refuse, and what authors say against it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath};
use crate::http::session::Session;
use crate::moderation::decide::{self, Decision, Verdicts};
use crate::moderation::queue;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(decide)).routes(routes!(contest))
}

/// A decision on items.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DecisionBody {
    /// At most 1,000.
    ids: Vec<i64>,
    /// `release` or `reject`.
    decision: String,
    /// For moderators.
    note: Option<String>,
    /// For the authors.
    answer: Option<String>,
    /// Refuse what their authors write from now on.
    block_author: Option<bool>,
}

/// An item that was not decided.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ModerationFailure)]
struct FailedJson {
    id: i64,
    reason: String,
}

/// What came of a decision.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationOutcome)]
struct OutcomeJson {
    /// What undoes it.
    batch_id: i64,
    /// Items that were decided.
    done: usize,
    failed: Vec<FailedJson>,
}

/// Decides on items. Those that cannot be decided are named, the others are decided all the same.
#[utoipa::path(post, path = "/api/v1/moderation/decisions", operation_id = "decideModerationItems",
    tag = "Moderation", security(("OAuth2" = [])), request_body = DecisionBody,
    responses((status = 200, body = OutcomeJson), (status = 400), (status = 401), (status = 403)))]
async fn decide(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<DecisionBody>,
) -> Result<Json<OutcomeJson>, Problem> {
    let decision = match body.decision.as_str() {
        "release" => Decision::Release,
        "reject" => Decision::Reject,
        _ => return Err(Problem::invalid_param("decision", "Should be release or reject.")),
    };
    let mut ids = body.ids;
    ids.sort_unstable();
    ids.dedup();
    let verdicts = Verdicts {
        ids,
        decision,
        note: body.note,
        answer: body.answer,
        block_author: body.block_author == Some(true),
    };
    let outcome = decide::decide(&app, &who, &verdicts).await?;
    let failed = outcome.failed.into_iter();
    Ok(Json(OutcomeJson {
        batch_id: outcome.batch_id,
        done: outcome.done,
        failed: failed.map(|(id, why)| FailedJson { id, reason: why.to_owned() }).collect(),
    }))
}

/// What an author says.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ModerationContestBody)]
struct ContestBody {
    /// 1 to 2,000 characters.
    text: String,
}

/// Asks for another look at a decision on one's own text: once.
#[utoipa::path(post, path = "/api/v1/moderation/decisions/{id}/contest",
    operation_id = "contestModerationDecision", tag = "Moderation", security(("OAuth2" = [])),
    params(("id" = i64, Path)), request_body = ContestBody,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "It was contested before, or is public")))]
async fn contest(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    ApiJson(body): ApiJson<ContestBody>,
) -> Result<StatusCode, Problem> {
    queue::contest(&app, &who, id, &body.text).await?;
    Ok(StatusCode::NO_CONTENT)
}
