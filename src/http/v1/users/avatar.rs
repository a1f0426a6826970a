//! `/api/v1/users/me/avatar`: one's own picture.

use axum::Json;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::pictures;
use crate::app::App;
use crate::http::Problem;
use crate::http::session::Session;
use crate::http::v1::picture_form;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::account::ActorImage;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(pick))
        .routes(routes!(delete))
        // The file's own limit is kept while it is read.
        .layer(DefaultBodyLimit::disable())
}

#[derive(Debug, Serialize, ToSchema)]
struct MyAvatars {
    avatars: Vec<ActorImage>,
}

/// A picture as it is sent.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the shape for the OpenAPI document; the form is read as a stream")]
struct MyAvatarForm {
    /// PNG, JPEG, WebP or GIF.
    #[schema(format = Binary)]
    avatarfile: String,
}

/// Gives oneself an avatar.
#[utoipa::path(post, path = "/api/v1/users/me/avatar/pick", tag = "My User",
    request_body(content = MyAvatarForm, content_type = "multipart/form-data"),
    responses((status = 200, body = MyAvatars), (status = 400), (status = 401), (status = 413)))]
async fn pick(
    State(app): State<App>,
    Session(who): Session,
    request: Request,
) -> Result<Json<MyAvatars>, Problem> {
    let file = picture_form::read(&app, request, "avatarfile").await?;
    let images = pictures::set_own_avatar(&app, &who, file).await?;
    let site = Site::of(&app);
    Ok(Json(MyAvatars { avatars: images.iter().map(|it| ActorImage::new(&site, it)).collect() }))
}

/// Takes one's avatar away.
#[utoipa::path(delete, path = "/api/v1/users/me/avatar", tag = "My User",
    responses((status = 204), (status = 401)))]
async fn delete(State(app): State<App>, Session(who): Session) -> Result<StatusCode, Problem> {
    pictures::remove_own_avatar(&app, &who).await?;
    Ok(StatusCode::NO_CONTENT)
}
