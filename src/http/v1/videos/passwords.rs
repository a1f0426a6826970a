//! `/api/v1/videos/{id}/passwords` and `/token`: how people get at what is not open to all.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::video_ref;
use crate::app::App;
use crate::domain::Order;
use crate::http::extract::{ApiJson, ApiPath};
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::http::v1::wire::video_parts::{VideoPassword, VideoTokenResponse};
use crate::http::{Asker, Problem, Session};
use crate::videos::{access, passwords};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, replace, add))
        .routes(routes!(remove))
        .routes(routes!(token))
}

/// The passwords of a video.
#[utoipa::path(
    get,
    path = "/api/v1/videos/{id}/passwords",
    operation_id = "listVideoPasswords",
    tag = "Video Passwords",
    security(("OAuth2" = [])),
    params(("id" = String, Path, description = "Number, UUID or short UUID"), PageParams),
    responses(
        (status = 200, body = Page<VideoPassword>),
        (status = 400, description = "The video opens without"),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Somebody else's video"),
        (status = 404, description = "No such video"),
    )
)]
async fn list(
    State(app): State<App>,
    Session(viewer): Session,
    ApiPath(id): ApiPath<String>,
    paging: Paging,
) -> Result<Json<Page<VideoPassword>>, Problem> {
    let order = paging.order(&[("createdAt", ())], Order::ascending(()))?;
    let mut all = passwords::list(&app, &viewer, video_ref(&id)?).await?;
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    if order.descending {
        all.reverse();
    }
    let start = usize::try_from(paging.window.start).unwrap_or(usize::MAX);
    let count = usize::try_from(paging.window.count).unwrap_or(0);
    let data = all.into_iter().skip(start).take(count).map(Into::into).collect();
    Ok(Json(Page { total, data }))
}

/// Passwords to open a video with.
#[derive(Deserialize, ToSchema)]
struct NewPasswords {
    /// 2 to 100 characters each, all different.
    passwords: Vec<String>,
}

/// Puts passwords in the place of a video's passwords.
#[utoipa::path(
    put,
    path = "/api/v1/videos/{id}/passwords",
    operation_id = "updateVideoPasswordList",
    tag = "Video Passwords",
    security(("OAuth2" = [])),
    params(("id" = String, Path, description = "Number, UUID or short UUID")),
    request_body = NewPasswords,
    responses(
        (status = 204, description = "Taken"),
        (status = 400, description = "A password does not fit, or the video opens without"),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Somebody else's video"),
        (status = 404, description = "No such video"),
    )
)]
async fn replace(
    State(app): State<App>,
    Session(viewer): Session,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<NewPasswords>,
) -> Result<StatusCode, Problem> {
    passwords::replace(&app, &viewer, video_ref(&id)?, &body.passwords).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A password to open a video with.
#[derive(Deserialize, ToSchema)]
struct NewPassword {
    /// 2 to 100 characters.
    password: String,
}

/// Adds a password.
#[utoipa::path(
    post,
    path = "/api/v1/videos/{id}/passwords",
    operation_id = "addVideoPassword",
    tag = "Video Passwords",
    security(("OAuth2" = [])),
    params(("id" = String, Path, description = "Number, UUID or short UUID")),
    request_body = NewPassword,
    responses(
        (status = 204, description = "Taken"),
        (status = 400, description = "The password does not fit, or the video opens without"),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Somebody else's video"),
        (status = 404, description = "No such video"),
    )
)]
async fn add(
    State(app): State<App>,
    Session(viewer): Session,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<NewPassword>,
) -> Result<StatusCode, Problem> {
    passwords::add(&app, &viewer, video_ref(&id)?, &body.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a password away, but not the last.
#[utoipa::path(
    delete,
    path = "/api/v1/videos/{id}/passwords/{passwordId}",
    operation_id = "removeVideoPassword",
    tag = "Video Passwords",
    security(("OAuth2" = [])),
    params(
        ("id" = String, Path, description = "Number, UUID or short UUID"),
        ("passwordId" = i64, Path, description = "Which"),
    ),
    responses(
        (status = 204, description = "Gone"),
        (status = 400, description = "It is the last one, or the video opens without"),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Somebody else's video"),
        (status = 404, description = "No such video or password"),
    )
)]
async fn remove(
    State(app): State<App>,
    Session(viewer): Session,
    ApiPath((id, password)): ApiPath<(String, i64)>,
) -> Result<StatusCode, Problem> {
    passwords::delete(&app, &viewer, video_ref(&id)?, password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A token for the files of a video that is not open to all, for `videoFileToken`.
#[utoipa::path(
    post,
    path = "/api/v1/videos/{id}/token",
    operation_id = "requestVideoToken",
    tag = "Video",
    security(("OAuth2" = [])),
    params(
        ("id" = String, Path, description = "Number, UUID or short UUID"),
        ("x-peertube-video-password" = Option<String>, Header, description = "Its password"),
    ),
    responses(
        (status = 200, body = VideoTokenResponse),
        (status = 401, description = "Nobody is signed in, and no password opens the video"),
        (status = 403, description = "Not for this person, or a password is missing or wrong"),
        (status = 404, description = "No such video"),
        (status = 429, description = "Too many wrong passwords from this address"),
    )
)]
async fn token(
    State(app): State<App>,
    ApiPath(id): ApiPath<String>,
    asker: Asker,
) -> Result<Json<VideoTokenResponse>, Problem> {
    let (token, claims) = access::request_token(&app, video_ref(&id)?, &asker.presented()).await?;
    Ok(Json(VideoTokenResponse::new(token, claims.expires_at.rfc3339())))
}
