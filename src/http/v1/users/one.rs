//! `GET`, `PUT` and `DELETE /api/v1/users/{id}`: one user, for administrators and moderators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::collection::role;
use crate::accounts::manage::{self, UserChanges};
use crate::accounts::{directory, remove};
use crate::app::App;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath, ApiQuery};
use crate::http::session::Session;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::user::User;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, put, delete))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
struct StatsQuery {
    /// Count their videos too.
    with_stats: Option<bool>,
}

/// Gives a user: administrators see everybody, moderators plain users.
#[utoipa::path(get, path = "/api/v1/users/{id}", tag = "Users",
    params(("id" = i64, Path), StatsQuery),
    responses((status = 200, body = User), (status = 401), (status = 403), (status = 404)))]
async fn get(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    ApiQuery(query): ApiQuery<StatsQuery>,
) -> Result<Json<User>, Problem> {
    let profile = directory::managed(&app, &who, id, query.with_stats == Some(true)).await?;
    Ok(Json(User::new(&Site::of(&app), &profile, app.config().shares_unasked())))
}

/// PeerTube's `UpdateUser`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UpdateUser {
    email: Option<String>,
    email_verified: Option<bool>,
    video_quota: Option<i64>,
    video_quota_daily: Option<i64>,
    role: Option<i64>,
    admin_flags: Option<i64>,
    password: Option<String>,
}

/// Changes a user. A new password or role ends their sessions. Passwords, addresses and roles are
/// changed by administrators only.
#[utoipa::path(put, path = "/api/v1/users/{id}", tag = "Users", params(("id" = i64, Path)),
    request_body = UpdateUser,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "The address is taken")))]
async fn put(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    ApiJson(body): ApiJson<UpdateUser>,
) -> Result<StatusCode, Problem> {
    let changes = UserChanges {
        email: body.email,
        email_verified: body.email_verified,
        video_quota: body.video_quota,
        video_quota_daily: body.video_quota_daily,
        role: body.role.map(role).transpose()?,
        admin_flags: body.admin_flags,
        password: body.password,
    };
    manage::update(&app, &who, id, changes).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a user with everything they have, for administrators.
#[utoipa::path(delete, path = "/api/v1/users/{id}", tag = "Users", params(("id" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn delete(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    remove::user(&app, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
