//! `GET` and `POST /api/v1/users`: who is here, and one more.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::{Created, NewAccount, directory, manage};
use crate::app::App;
use crate::db::users_list::{UserFilter, UserOrder};
use crate::domain::{Order, Role};
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiQuery};
use crate::http::session::Session;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::http::v1::wire::user::User;

const ORDERS: [(&str, UserOrder); 5] = [
    ("id", UserOrder::Id),
    ("username", UserOrder::Username),
    ("createdAt", UserOrder::CreatedAt),
    ("role", UserOrder::Role),
    ("lastLoginDate", UserOrder::LastLogin),
];

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add))
}

/// Which users are listed.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct UsersQuery {
    /// Only blocked ones, or only those who are not.
    blocked: Option<bool>,
    /// Only of this role.
    role: Option<i64>,
}

pub(super) fn role(id: i64) -> Result<Role, Problem> {
    Role::try_from(id).map_err(|_| Problem::invalid_param("role", "Should be 0, 1 or 2."))
}

/// Lists users, for administrators and moderators.
#[utoipa::path(get, path = "/api/v1/users", tag = "Users", params(UsersQuery, PageParams),
    responses((status = 200, body = Page<User>), (status = 401), (status = 403)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    ApiQuery(query): ApiQuery<UsersQuery>,
    paging: Paging,
) -> Result<Json<Page<User>>, Problem> {
    let order = paging.order(&ORDERS, Order::descending(UserOrder::CreatedAt))?;
    let filter = UserFilter {
        search: paging.search.clone(),
        blocked: query.blocked,
        role: query.role.map(role).transpose()?,
    };
    let (total, profiles) = directory::list(&app, &who, &filter, order, paging.window).await?;
    let (site, unasked) = (Site::of(&app), app.config().shares_unasked());
    let data = profiles.iter().map(|profile| User::new(&site, profile, unasked)).collect();
    Ok(Json(Page { total, data }))
}

/// PeerTube's `AddUser`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AddUser {
    username: String,
    password: String,
    email: String,
    role: i64,
    #[serde(default)]
    admin_flags: i64,
    channel_name: Option<String>,
    video_quota: Option<i64>,
    video_quota_daily: Option<i64>,
}

/// PeerTube's `AddUserResponse`.
#[derive(Debug, Serialize, ToSchema)]
struct AddUserResponse {
    user: AddedUser,
}

#[derive(Debug, Serialize, ToSchema)]
struct AddedUser {
    id: i64,
    account: AddedAccount,
}

#[derive(Debug, Serialize, ToSchema)]
struct AddedAccount {
    id: i64,
}

impl From<Created> for AddUserResponse {
    fn from(made: Created) -> Self {
        Self { user: AddedUser { id: made.user_id, account: AddedAccount { id: made.account_id } } }
    }
}

/// Makes a user with account and first channel.
#[utoipa::path(post, path = "/api/v1/users", tag = "Users", request_body = AddUser,
    responses((status = 200, body = AddUserResponse), (status = 400), (status = 401),
        (status = 403), (status = 409, description = "The name or address is taken")))]
async fn add(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<AddUser>,
) -> Result<Json<AddUserResponse>, Problem> {
    let new = NewAccount {
        username: body.username,
        email: body.email,
        password: body.password,
        role: role(body.role)?,
        admin_flags: body.admin_flags,
        channel_name: body.channel_name,
        video_quota: body.video_quota,
        video_quota_daily: body.video_quota_daily,
    };
    Ok(Json(manage::add(&app, &who, new).await?.into()))
}
