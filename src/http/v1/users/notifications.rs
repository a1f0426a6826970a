//! `/api/v1/users/me/notifications` and `/notification-settings`: what one is told.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::db::notifications::Filter;
use crate::domain::Order;
use crate::http::extract::{ApiJson, ApiQuery};
use crate::http::v1::wire::Site;
use crate::http::v1::wire::notification::Notification;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::http::{Problem, Session};
use crate::notify::read;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(mark))
        .routes(routes!(mark_all))
        .routes(routes!(get_settings, put_settings))
}

/// Which notifications.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Only those not seen yet (`true`), or only those seen (`false`).
    unread: Option<String>,
    /// Only of these types.
    #[serde(alias = "typeOneOf[]")]
    #[param(value_type = Vec<i64>)]
    type_one_of: Vec<String>,
}

impl Wanted {
    fn filter(&self) -> Result<Filter, Problem> {
        let unread = match self.unread.as_deref() {
            None | Some("") => None,
            Some("true" | "1") => Some(true),
            Some("false" | "0") => Some(false),
            Some(_) => return Err(Problem::invalid_param("unread", "Should be true or false.")),
        };
        let number = |text: &String| {
            let odd = |_| Problem::invalid_param("typeOneOf", "Should be numbers of types.");
            text.parse().map_err(odd)
        };
        Ok(Filter { unread, kinds: self.type_one_of.iter().map(number).collect::<Result<_, _>>()? })
    }
}

/// What one was told, latest first.
#[utoipa::path(get, path = "/api/v1/users/me/notifications", tag = "My Notifications",
    params(PageParams, Wanted), security(("OAuth2" = [])),
    responses((status = 200, body = Page<Notification>), (status = 400), (status = 401)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    paging: Paging,
    ApiQuery(wanted): ApiQuery<Wanted>,
) -> Result<Json<Page<Notification>>, Problem> {
    let order = paging.order(&[("createdAt", ())], Order::descending(()))?;
    let filter = wanted.filter()?;
    let (total, told) = read::list(&app, &who, &filter, order, paging.window).await?;
    let site = Site::of(&app);
    let data = told.iter().map(|told| Notification::new(&site, told)).collect();
    Ok(Json(Page { total, data }))
}

/// What was seen.
#[derive(Debug, Deserialize, ToSchema)]
struct Seen {
    /// `id`s of notifications, at most 1,000. Those of others are left alone.
    ids: Vec<i64>,
}

/// Marks some of one's notifications as seen.
#[utoipa::path(post, path = "/api/v1/users/me/notifications/read", tag = "My Notifications",
    request_body = Seen, security(("OAuth2" = [])),
    responses((status = 204), (status = 400), (status = 401)))]
async fn mark(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(seen): ApiJson<Seen>,
) -> Result<StatusCode, Problem> {
    read::mark(&app, &who, &seen.ids).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Marks all of one's notifications as seen.
#[utoipa::path(post, path = "/api/v1/users/me/notifications/read-all", tag = "My Notifications",
    security(("OAuth2" = [])), responses((status = 204), (status = 401)))]
async fn mark_all(State(app): State<App>, Session(who): Session) -> Result<StatusCode, Problem> {
    read::mark_all(&app, &who).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What one wants to be told: for every kind 0 nothing, 1 in the site, 2 by mail, 3 both.
#[utoipa::path(get, path = "/api/v1/users/me/notification-settings", tag = "My Notifications",
    security(("OAuth2" = [])), responses((status = 200, body = Object), (status = 401)))]
async fn get_settings(
    State(app): State<App>,
    Session(who): Session,
) -> Result<Json<Map<String, Value>>, Problem> {
    Ok(Json(read::settings(&app, who.user_id).await?.json().clone()))
}

/// Changes what one wants to be told. A kind that is not named stays; bits of mail are kept until
/// mail is sent.
#[utoipa::path(put, path = "/api/v1/users/me/notification-settings", tag = "My Notifications",
    request_body = Object, security(("OAuth2" = [])),
    responses((status = 204), (status = 400, description = "An unknown kind, or none of 0 to 3"),
        (status = 401)))]
async fn put_settings(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(changes): ApiJson<Map<String, Value>>,
) -> Result<StatusCode, Problem> {
    read::set(&app, &who, &changes).await?;
    Ok(StatusCode::NO_CONTENT)
}
