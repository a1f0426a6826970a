//! `/api/v1/accounts/…`: who is here, for everybody.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::video_channels::ORDERS as CHANNEL_ORDERS;
use crate::accounts::{channels, profiles};
use crate::app::App;
use crate::db::accounts::AccountOrder;
use crate::db::channels::ChannelOrder;
use crate::domain::Order;
use crate::http::Problem;
use crate::http::extract::ApiPath;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::account::Account;
use crate::http::v1::wire::channel::VideoChannel;
use crate::http::v1::wire::page::{Page, PageParams, Paging};

const ORDERS: [(&str, AccountOrder); 3] = [
    ("createdAt", AccountOrder::CreatedAt),
    ("name", AccountOrder::Name),
    ("followersCount", AccountOrder::Followers),
];

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get)).routes(routes!(list_channels))
}

/// Lists accounts.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "Accounts", params(PageParams),
    responses((status = 200, body = Page<Account>), (status = 400)))]
async fn list(State(app): State<App>, paging: Paging) -> Result<Json<Page<Account>>, Problem> {
    let order = paging.order(&ORDERS, Order::descending(AccountOrder::CreatedAt))?;
    let (total, found) = profiles::list(&app, order, paging.window).await?;
    let site = Site::of(&app);
    Ok(Json(Page { total, data: found.iter().map(|it| Account::new(&site, it)).collect() }))
}

/// Gives an account.
#[utoipa::path(get, path = "/api/v1/accounts/{name}", tag = "Accounts",
    params(("name" = String, Path, description = "`name`, or `name@host`")),
    responses((status = 200, body = Account), (status = 404)))]
async fn get(
    State(app): State<App>,
    ApiPath(name): ApiPath<String>,
) -> Result<Json<Account>, Problem> {
    let account = profiles::find(&app, &name).await?;
    Ok(Json(Account::new(&Site::of(&app), &account)))
}

/// Lists the channels of an account.
#[utoipa::path(get, path = "/api/v1/accounts/{name}/video-channels", tag = "Accounts",
    params(("name" = String, Path), PageParams),
    responses((status = 200, body = Page<VideoChannel>), (status = 400), (status = 404)))]
async fn list_channels(
    State(app): State<App>,
    ApiPath(name): ApiPath<String>,
    paging: Paging,
) -> Result<Json<Page<VideoChannel>>, Problem> {
    let order = paging.order(&CHANNEL_ORDERS, Order::descending(ChannelOrder::CreatedAt))?;
    let search = paging.search.as_deref();
    let (total, found) = channels::list(&app, Some(&name), search, order, paging.window).await?;
    let site = Site::of(&app);
    let data = found.iter().map(|it| VideoChannel::new(&site, &it.channel, Some(&it.owner)));
    Ok(Json(Page { total, data: data.collect() }))
}
