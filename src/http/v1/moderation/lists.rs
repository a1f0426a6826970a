//! `/api/v1/moderation/lists…`: lists of watched words.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::scope::ScopeQuery;
use crate::app::App;
use crate::db::moderation::lists::ListRow;
use crate::domain::Millis;
use crate::domain::moderation::{Action, Surface};
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath, ApiQuery, said};
use crate::http::session::Session;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::moderation::lists::{self, ListChanges};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(get, put, delete))
}

/// A list of watched words.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WordList)]
pub(super) struct ListJson {
    id: i64,
    name: String,
    /// `instance`, `channel` or `account`.
    scope: String,
    /// `channels.id` or `accounts.id`; 0 for the instance.
    scope_id: i64,
    language: Option<String>,
    /// Evasions that are seen through.
    options: Vec<String>,
    /// `tag`, `hold`, `reject`, `block-author` or `time-out`.
    action: String,
    time_out_minutes: Option<u32>,
    /// Empty: everywhere (lists of channels and accounts: comments).
    surfaces: Vec<String>,
    /// RFC 3339.
    expires_at: Option<String>,
    enabled: bool,
    published: bool,
    version: i64,
    entry_count: i64,
    subscription_url: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    updated_at: String,
}

impl From<&ListRow> for ListJson {
    fn from(row: &ListRow) -> Self {
        let texts = &row.texts;
        let minutes = match texts.action {
            Action::TimeOut { minutes } => Some(minutes),
            _ => None,
        };
        Self {
            id: row.id,
            name: texts.name.clone(),
            scope: row.scope.name().to_owned(),
            scope_id: row.scope.id(),
            language: texts.language.clone(),
            options: lists::option_names(texts),
            action: texts.action.name().to_owned(),
            time_out_minutes: minutes,
            surfaces: texts.surfaces.iter().map(|s| Surface::name(*s).to_owned()).collect(),
            expires_at: texts.expires_at.map(|at| at.rfc3339()),
            enabled: texts.enabled,
            published: texts.published,
            version: row.version,
            entry_count: row.entry_count,
            subscription_url: row.subscription_url.clone(),
            created_at: row.created_at.rfc3339(),
            updated_at: row.updated_at.rfc3339(),
        }
    }
}

/// Names as an array, or, as `serde` writes options, an object of booleans.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Names {
    Array(Vec<String>),
    Flags(std::collections::BTreeMap<String, bool>),
}

fn names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    let names = Option::<Names>::deserialize(deserializer)?;
    Ok(names.map(|names| match names {
        Names::Array(names) => names,
        Names::Flags(flags) => {
            flags.into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect()
        }
    }))
}

/// What is said of a list; what is not said stays, or is as usual for a new one.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WordListChanges)]
pub(super) struct ListBody {
    name: Option<String>,
    /// For a new list: `instance`, `channel` or `account`; as in the query.
    scope: Option<String>,
    /// For a new list: handle of the channel.
    channel: Option<String>,
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<String>>,
    /// Among `confusables`, `leet`, `separators`, `repeats`, `bidi`.
    #[serde(default, deserialize_with = "names")]
    #[schema(value_type = Option<Vec<String>>)]
    options: Option<Vec<String>>,
    action: Option<String>,
    time_out_minutes: Option<u32>,
    surfaces: Option<Vec<String>>,
    enabled: Option<bool>,
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    expires_at: Option<Option<String>>,
    published: Option<bool>,
}

/// A moment in RFC 3339.
pub(super) fn moment(param: &'static str, text: &str) -> Result<Millis, Problem> {
    let problem = "Should be a moment, such as 2027-01-31T12:00:00Z.";
    Millis::parse(text).map_err(|_| Problem::invalid_param(param, problem))
}

impl ListBody {
    pub(super) fn changes(self) -> Result<ListChanges, Problem> {
        let expires_at = match self.expires_at {
            None => None,
            Some(None) => Some(None),
            Some(Some(text)) => Some(Some(moment("expiresAt", &text)?)),
        };
        Ok(ListChanges {
            name: self.name,
            language: self.language,
            options: self.options,
            action: self.action,
            time_out_minutes: self.time_out_minutes,
            surfaces: self.surfaces,
            enabled: self.enabled,
            expires_at,
            published: self.published,
        })
    }
}

/// Lists the lists of a scope by name.
#[utoipa::path(get, path = "/api/v1/moderation/lists", operation_id = "listWordLists",
    tag = "Moderation", security(("OAuth2" = [])), params(ScopeQuery, PageParams),
    responses((status = 200, body = Page<ListJson>), (status = 400), (status = 401),
        (status = 403), (status = 404)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(scope): ApiQuery<ScopeQuery>,
    paging: Paging,
) -> Result<Json<Page<ListJson>>, Problem> {
    let scope = scope.find(&app, &who).await?;
    let search = paging.search.as_deref();
    let (total, rows) = lists::page(&app, &who, scope, search, paging.window).await?;
    Ok(Json(Page { total, data: rows.iter().map(Into::into).collect() }))
}

/// Makes an empty list, switched on unless said otherwise.
#[utoipa::path(post, path = "/api/v1/moderation/lists", operation_id = "addWordList",
    tag = "Moderation", security(("OAuth2" = [])), params(ScopeQuery), request_body = ListBody,
    responses((status = 200, body = ListJson), (status = 400), (status = 401), (status = 403),
        (status = 404), (status = 409, description = "There is a list of that name already")))]
async fn add(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(query): ApiQuery<ScopeQuery>,
    ApiJson(mut body): ApiJson<ListBody>,
) -> Result<Json<ListJson>, Problem> {
    let scope = match body.scope.is_some() || body.channel.is_some() {
        true => ScopeQuery::said(body.scope.take(), body.channel.take(), None),
        false => query,
    };
    let scope = scope.find(&app, &who).await?;
    let id = lists::add(&app, &who, scope, &body.changes()?).await?;
    Ok(Json((&lists::find(&app, &who, id).await?).into()))
}

/// Shows a list.
#[utoipa::path(get, path = "/api/v1/moderation/lists/{id}", operation_id = "getWordList",
    tag = "Moderation", security(("OAuth2" = [])), params(("id" = i64, Path)),
    responses((status = 200, body = ListJson), (status = 400), (status = 401), (status = 403),
        (status = 404)))]
async fn get(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<Json<ListJson>, Problem> {
    Ok(Json((&lists::find(&app, &who, id).await?).into()))
}

/// Changes what is said of a list; its version goes up.
#[utoipa::path(put, path = "/api/v1/moderation/lists/{id}", operation_id = "changeWordList",
    tag = "Moderation", security(("OAuth2" = [])), params(("id" = i64, Path)),
    request_body = ListBody,
    responses((status = 200, body = ListJson), (status = 400), (status = 401), (status = 403),
        (status = 404), (status = 409)))]
async fn put(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    ApiJson(body): ApiJson<ListBody>,
) -> Result<Json<ListJson>, Problem> {
    let list = lists::change(&app, &who, id, &body.changes()?).await?;
    Ok(Json((&list).into()))
}

/// Removes a list. What it did stays as it is.
#[utoipa::path(delete, path = "/api/v1/moderation/lists/{id}", operation_id = "removeWordList",
    tag = "Moderation", security(("OAuth2" = [])), params(("id" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn delete(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    lists::remove(&app, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
