//! `GET /api/v1/server/transparency`: what was moderated here, counted, for everybody.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::db::moderation::transparency::{Acts, Outcomes};
use crate::domain::Millis;
use crate::http::Problem;
use crate::http::extract::ApiQuery;
use crate::moderation::transparency::{self, Counted};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(report))
}

/// Which days.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct PeriodQuery {
    /// The first day, `2027-01-31`, UTC; when left out, 364 days before the last.
    since: Option<String>,
    /// The last day; today when left out.
    until: Option<String>,
}

/// Acts of one sort.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransparencyActs)]
struct ActsJson {
    /// `text-held`, `comment-removed`, `account-suspended` …
    act: String,
    /// `rules`, `law` or `other`.
    ground: String,
    /// Of automated acts: `watched-words`, `plugin`, `policy`, `tag` or `block`.
    rule: Option<String>,
    /// A rule found it, no human did.
    automated: bool,
    count: i64,
}

impl From<&Acts> for ActsJson {
    fn from(acts: &Acts) -> Self {
        Self {
            act: acts.act.clone(),
            ground: acts.ground.clone(),
            rule: Some(acts.rule.clone()).filter(|rule| !rule.is_empty()),
            automated: acts.automated,
            count: acts.count,
        }
    }
}

/// What humans decided, and how long it took.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TransparencyDecisions)]
struct DecisionsJson {
    /// Texts that were shown after all.
    released: i64,
    /// Texts that were not.
    refused: i64,
    /// Seconds that half of them took at most.
    median_seconds: Option<i64>,
    /// Seconds that nine of ten took at most.
    p90_seconds: Option<i64>,
    /// Texts that wait now.
    waiting: i64,
}

/// What was reported, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TransparencyReports)]
struct ReportsJson {
    filed: i64,
    /// By what was reported: `video`, `comment` or `account`.
    by_kind: BTreeMap<String, i64>,
    /// By PeerTube's predefined reasons; a report may have several, or none.
    by_reason: BTreeMap<String, i64>,
    accepted: i64,
    rejected: i64,
    /// Seconds that half of them took at most.
    median_seconds: Option<i64>,
    /// Seconds that nine of ten took at most.
    p90_seconds: Option<i64>,
    /// Reports that wait now.
    waiting: i64,
}

/// What people said against decisions.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TransparencyContests)]
struct ContestsJson {
    filed: i64,
    /// Decided anew for the author.
    reversed: i64,
    /// The decision stood.
    upheld: i64,
    /// Seconds that half of the answers took at most.
    median_seconds: Option<i64>,
    /// Seconds that nine of ten took at most.
    p90_seconds: Option<i64>,
}

/// What was moderated here in a period.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Transparency)]
struct ReportJson {
    /// The first day.
    since: String,
    /// The last day.
    until: String,
    /// When this was counted, RFC 3339.
    counted_at: String,
    /// Acts that restricted somebody.
    restrictions: i64,
    /// The same by sort.
    acts: Vec<ActsJson>,
    /// Takedowns of the period that were lifted again.
    takedowns_lifted: i64,
    decisions: DecisionsJson,
    reports: ReportsJson,
    contests: ContestsJson,
}

fn seconds(outcomes: &Outcomes) -> (Option<i64>, Option<i64>) {
    let whole = |ms: Option<i64>| ms.map(|ms| (ms + 500) / 1_000);
    (whole(outcomes.delay.median_ms), whole(outcomes.delay.p90_ms))
}

fn date(at: Millis) -> String {
    at.rfc3339().chars().take(10).collect()
}

impl From<&Counted> for ReportJson {
    fn from(counted: &Counted) -> Self {
        let counts = &counted.counts;
        let (decided, reported) = (seconds(&counts.decisions), seconds(&counts.reports_decided));
        let contested = seconds(&counts.contests_decided);
        Self {
            since: date(counted.period.since),
            until: date(Millis(counted.period.until.0 - 1)),
            counted_at: counted.at.rfc3339(),
            restrictions: counts.acts.iter().map(|acts| acts.count).sum(),
            acts: counts.acts.iter().map(Into::into).collect(),
            takedowns_lifted: counts.takedowns_lifted,
            decisions: DecisionsJson {
                released: counts.decisions.yes,
                refused: counts.decisions.no,
                median_seconds: decided.0,
                p90_seconds: decided.1,
                waiting: counts.waiting,
            },
            reports: ReportsJson {
                filed: counts.reports.values().sum(),
                by_kind: counts.reports.clone(),
                by_reason: counts.reasons.clone(),
                accepted: counts.reports_decided.yes,
                rejected: counts.reports_decided.no,
                median_seconds: reported.0,
                p90_seconds: reported.1,
                waiting: counts.reports_waiting,
            },
            contests: ContestsJson {
                filed: counts.contests,
                reversed: counts.contests_decided.yes,
                upheld: counts.contests_decided.no,
                median_seconds: contested.0,
                p90_seconds: contested.1,
            },
        }
    }
}

/// The day, counted from 1970.
fn day(param: &'static str, text: Option<&str>) -> Result<Option<i64>, Problem> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let problem = "Should be a day, such as 2027-01-31.";
    let at = text
        .parse::<jiff::civil::Date>()
        .and_then(|date| date.to_zoned(jiff::tz::TimeZone::UTC))
        .map_err(|_| Problem::invalid_param(param, problem))?;
    Ok(Some(at.timestamp().as_second().div_euclid(24 * 3_600)))
}

/// Counts what was moderated here: acts by sort, ground and rule, delays, reports, contests. Names
/// nobody. An answer may be five minutes old.
#[utoipa::path(get, path = "/api/v1/server/transparency", operation_id = "getTransparency",
    tag = "Stats", params(PeriodQuery),
    responses((status = 200, body = ReportJson),
        (status = 400, description = "No such day, or more than five years")))]
async fn report(
    State(app): State<App>,
    ApiQuery(query): ApiQuery<PeriodQuery>,
) -> Result<Json<ReportJson>, Problem> {
    let since = day("since", query.since.as_deref())?;
    let until = day("until", query.until.as_deref())?;
    let counted = transparency::of(&app, since, until).await?;
    Ok(Json(ReportJson::from(counted.as_ref())))
}
