//! `/api/v1/users/me`: oneself.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::me::{self, MeChanges};
use crate::accounts::{directory, remove};
use crate::app::App;
use crate::auth::quota;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ClientAddress, said};
use crate::http::session::Session;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::user::User;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, put, delete)).routes(routes!(quota_used))
}

/// Gives oneself.
#[utoipa::path(get, path = "/api/v1/users/me", tag = "My User",
    responses((status = 200, body = User), (status = 401)))]
async fn get(State(app): State<App>, Session(who): Session) -> Result<Json<User>, Problem> {
    let profile = directory::one(&app, who.user_id, false).await?;
    Ok(Json(User::new(&Site::of(&app), &profile, app.config().shares_unasked())))
}

/// PeerTube's `UpdateMe`; its other fields are preferences, taken by name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UpdateMe {
    display_name: Option<String>,
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    description: Option<Option<String>>,
    email: Option<String>,
    password: Option<String>,
    current_password: Option<String>,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    preferences: Map<String, Value>,
}

/// Changes oneself. A new address or password needs the current password; a new password ends
/// every other session.
#[utoipa::path(put, path = "/api/v1/users/me", tag = "My User", request_body = UpdateMe,
    responses((status = 204), (status = 400),
        (status = 401, description = "Not signed in, or the current password is wrong"),
        (status = 409, description = "The address is taken"), (status = 429)))]
async fn put(
    State(app): State<App>,
    Session(who): Session,
    ClientAddress(address): ClientAddress,
    ApiJson(body): ApiJson<UpdateMe>,
) -> Result<StatusCode, Problem> {
    let changes = MeChanges {
        display_name: body.display_name,
        description: body.description,
        email: body.email,
        password: body.password,
        current_password: body.current_password,
        preferences: body.preferences,
    };
    me::update(&app, &who, address, changes).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes oneself, with everything one has.
#[utoipa::path(delete, path = "/api/v1/users/me", tag = "My User",
    responses((status = 204), (status = 400, description = "root, or the last administrator"),
        (status = 401)))]
async fn delete(State(app): State<App>, Session(who): Session) -> Result<StatusCode, Problem> {
    remove::oneself(&app, &who).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What one's videos take, bytes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct QuotaUsed {
    video_quota_used: i64,
    video_quota_used_daily: i64,
}

/// Gives what one's videos take.
#[utoipa::path(get, path = "/api/v1/users/me/video-quota-used", tag = "My User",
    responses((status = 200, body = QuotaUsed), (status = 401)))]
async fn quota_used(
    State(app): State<App>,
    Session(who): Session,
) -> Result<Json<QuotaUsed>, Problem> {
    let used = quota::used(&app, who.user_id).await?;
    Ok(Json(QuotaUsed {
        video_quota_used: used.total_bytes,
        video_quota_used_daily: used.daily_bytes,
    }))
}
