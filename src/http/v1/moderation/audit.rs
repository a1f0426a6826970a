//! `GET /api/v1/moderation/audit…`: what was judged and decided, to search and to take home.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::lists::moment;
use super::scope::{ScopeQuery, account};
use super::wire::{ReasonJson, SubjectJson};
use crate::app::App;
use crate::db::moderation::audit::{AuditFilter, AuditRow, Deed};
use crate::domain::Principal;
use crate::http::Problem;
use crate::http::extract::ApiQuery;
use crate::http::session::Session;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::moderation::log::{self, Entry};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(export))
}

/// What the log is searched for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// Handle of who did it.
    actor: Option<String>,
    /// Handle of who wrote it.
    author: Option<String>,
    /// A list by id.
    list: Option<i64>,
    /// A plugin by name.
    plugin: Option<String>,
    /// `judged`, `applied`, `released`, `rejected`, `undone`, `contested`, `list-changed`,
    /// `rule-changed`, `report-decided` or `withdrawn`.
    decision: Option<String>,
    /// RFC 3339.
    since: Option<String>,
    /// RFC 3339.
    until: Option<String>,
}

impl AuditQuery {
    async fn filter(self, app: &App, search: Option<String>) -> Result<AuditFilter, Problem> {
        let deed = self.decision.as_deref().map(|name| {
            let known = Deed::ALL.map(Deed::name).join(", ");
            let problem = format!("Should be among: {known}.");
            Deed::parse(name).ok_or_else(|| Problem::invalid_param("decision", &problem))
        });
        Ok(AuditFilter {
            channel_id: None,
            search,
            by: actor(app, self.actor.as_deref()).await?,
            author_id: actor(app, self.author.as_deref()).await?,
            list_id: self.list,
            plugin: self.plugin,
            deed: deed.transpose()?,
            since: self.since.map(|text| moment("since", &text)).transpose()?,
            until: self.until.map(|text| moment("until", &text)).transpose()?,
            before_id: None,
        })
    }
}

/// `actors.id` of a local account.
pub(in crate::http::v1) async fn actor(
    app: &App,
    handle: Option<&str>,
) -> Result<Option<i64>, Problem> {
    let Some(handle) = handle else { return Ok(None) };
    let id = account(app, handle).await?;
    let mut conn = app.db().read().await?;
    let found = crate::db::accounts::by_id(&mut conn, id).await?;
    Ok(found.map(|account| account.actor.id))
}

/// A row of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationAuditEntry)]
struct AuditJson {
    id: i64,
    /// RFC 3339.
    at: String,
    decision: String,
    subject: Option<SubjectJson>,
    field: Option<String>,
    surface: Option<String>,
    revision_id: Option<i64>,
    verdict: Option<String>,
    reasons: Vec<ReasonJson>,
    tags: Vec<String>,
    /// Name of who wrote it.
    author: Option<String>,
    /// Name of who did it; null: the server by its rules.
    actor: Option<String>,
    channel_id: Option<i64>,
    batch_id: Option<i64>,
    /// The row that a decision is about.
    of_id: Option<i64>,
    note: Option<String>,
    /// The text or change, in short.
    text: String,
}

impl From<&Entry> for AuditJson {
    fn from(entry: &Entry) -> Self {
        let row: &AuditRow = &entry.row;
        Self {
            id: row.id,
            at: row.at.rfc3339(),
            decision: row.deed.clone(),
            subject: row.subject.map(Into::into),
            field: row.field.clone(),
            surface: row.surface.clone(),
            revision_id: row.revision_id,
            verdict: row.verdict.map(|verdict| verdict.name().to_owned()),
            reasons: row.reasons.iter().map(Into::into).collect(),
            tags: row.tags.clone(),
            author: entry.author.clone(),
            actor: entry.by.clone(),
            channel_id: row.channel_id,
            batch_id: row.batch_id,
            of_id: row.of_id,
            note: row.note.clone(),
            text: row.excerpt.clone(),
        }
    }
}

/// Searches the audit log, newest first.
#[utoipa::path(get, path = "/api/v1/moderation/audit", operation_id = "searchModerationAudit",
    tag = "Moderation", security(("OAuth2" = [])), params(ScopeQuery, AuditQuery, PageParams),
    responses((status = 200, body = Page<AuditJson>), (status = 400), (status = 401),
        (status = 403), (status = 404)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(scope): ApiQuery<ScopeQuery>,
    ApiQuery(query): ApiQuery<AuditQuery>,
    paging: Paging,
) -> Result<Json<Page<AuditJson>>, Problem> {
    let scope = scope.find(&app, &who).await?;
    let filter = query.filter(&app, paging.search.clone()).await?;
    let (total, entries) = log::page(&app, &who, scope, filter, paging.window).await?;
    Ok(Json(Page { total, data: entries.iter().map(Into::into).collect() }))
}

/// How an export is written.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// `json` (as long as nothing else is said) or `csv`.
    format: Option<String>,
}

/// Gives the whole audit log, or what is searched for, as JSON or CSV.
#[utoipa::path(get, path = "/api/v1/moderation/audit/export",
    operation_id = "exportModerationAudit", tag = "Moderation", security(("OAuth2" = [])),
    params(ScopeQuery, AuditQuery, ExportQuery, PageParams),
    responses((status = 200, description = "The log, newest first", content(
            (Vec<AuditJson> = "application/json"), (String = "text/csv"))),
        (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn export(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(scope): ApiQuery<ScopeQuery>,
    ApiQuery(query): ApiQuery<AuditQuery>,
    ApiQuery(format): ApiQuery<ExportQuery>,
    paging: Paging,
) -> Result<Response, Problem> {
    let csv = match format.format.as_deref() {
        None | Some("json") => false,
        Some("csv") => true,
        Some(_) => return Err(Problem::invalid_param("format", "Should be json or csv.")),
    };
    let scope = scope.find(&app, &who).await?;
    let mut filter = query.filter(&app, paging.search.clone()).await?;
    // Asked once more by the pieces; here, so that a refusal is an answer of its own.
    let first = log::piece(&app, &who, scope, &filter).await?;
    let (kind, name) = match csv {
        true => ("text/csv; charset=utf-8; header=present", "audit.csv"),
        false => ("application/json", "audit.json"),
    };
    filter.before_id = first.last().map(|entry| entry.row.id);
    let head = written(&first, csv, true);
    let pieces = Pieces { app, who, scope, filter, csv, ended: first.is_empty() };
    let rest = futures::stream::unfold(pieces, next);
    let all = futures::StreamExt::chain(
        futures::stream::once(async move { Ok::<_, std::io::Error>(head) }),
        rest,
    );
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")];
    let mut response = (headers, Body::from_stream(all)).into_response();
    if let Ok(value) = disposition.parse() {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// What is still to be written.
struct Pieces {
    app: App,
    who: Principal,
    scope: crate::domain::moderation::Scope,
    filter: AuditFilter,
    csv: bool,
    ended: bool,
}

async fn next(mut left: Pieces) -> Option<(Result<String, std::io::Error>, Pieces)> {
    if left.ended && left.filter.before_id == Some(0) {
        return None;
    }
    if left.ended {
        left.filter.before_id = Some(0);
        let end = if left.csv { "" } else { "\n]\n" };
        return Some((Ok(end.to_owned()), left));
    }
    let piece = match log::piece(&left.app, &left.who, left.scope, &left.filter).await {
        Ok(piece) => piece,
        Err(error) => {
            left.ended = true;
            left.filter.before_id = Some(0);
            return Some((Err(std::io::Error::other(error)), left));
        }
    };
    match piece.last() {
        Some(last) => left.filter.before_id = Some(last.row.id),
        None => left.ended = true,
    }
    Some((Ok(written(&piece, left.csv, false)), left))
}

const COLUMNS: &str = "id,at,decision,verdict,subject,subjectId,field,surface,author,actor,\
    reasons,tags,channelId,batchId,ofId,note,text\r\n";

fn written(entries: &[Entry], csv: bool, first: bool) -> String {
    let mut out = match (first, csv) {
        (true, true) => COLUMNS.to_owned(),
        (true, false) => "[\n".to_owned(),
        (false, _) => String::new(),
    };
    for (number, entry) in entries.iter().enumerate() {
        if csv {
            out.push_str(&line(entry));
            continue;
        }
        if !(first && number == 0) {
            out.push_str(",\n");
        }
        out.push_str(&serde_json::to_string(&AuditJson::from(entry)).unwrap_or_default());
    }
    out
}

fn line(entry: &Entry) -> String {
    let row = &entry.row;
    let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    let reasons: Vec<String> = row
        .reasons
        .iter()
        .map(|reason| match &reason.matched {
            Some(matched) => format!("{}: {matched}", reason.label),
            None => reason.label.clone(),
        })
        .collect();
    let cells = [
        row.id.to_string(),
        row.at.rfc3339(),
        row.deed.clone(),
        row.verdict.map(|verdict| verdict.name().to_owned()).unwrap_or_default(),
        row.subject.map(|(kind, _)| kind.name().to_owned()).unwrap_or_default(),
        number(row.subject.map(|(_, id)| id)),
        row.field.clone().unwrap_or_default(),
        row.surface.clone().unwrap_or_default(),
        entry.author.clone().unwrap_or_default(),
        entry.by.clone().unwrap_or_default(),
        reasons.join("; "),
        row.tags.join("; "),
        number(row.channel_id),
        number(row.batch_id),
        number(row.of_id),
        row.note.clone().unwrap_or_default(),
        row.excerpt.clone(),
    ];
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell of RFC 4180. One that a spreadsheet would take for a formula gets an apostrophe.
fn quoted(cell: &str) -> String {
    let risky = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if risky { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_keeps_to_itself_and_is_no_formula() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("@SUM(A1,A2)"), "\"'@SUM(A1,A2)\"");
    }
}
