//! `/api/v1/video-channels/{channelHandle}/{avatar,banner}`: a channel's pictures.

use axum::Json;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::pictures;
use crate::app::App;
use crate::db::actor_images::ImageKind;
use crate::http::Problem;
use crate::http::extract::ApiPath;
use crate::http::session::Session;
use crate::http::v1::picture_form;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::account::ActorImage;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(pick_avatar))
        .routes(routes!(delete_avatar))
        .routes(routes!(pick_banner))
        .routes(routes!(delete_banner))
        // The file's own limit is kept while it is read.
        .layer(DefaultBodyLimit::disable())
}

#[derive(Debug, Serialize, ToSchema)]
struct Avatars {
    avatars: Vec<ActorImage>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Banners {
    banners: Vec<ActorImage>,
}

/// A picture as it is sent.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the shape for the OpenAPI document; the form is read as a stream")]
struct AvatarForm {
    /// PNG, JPEG, WebP or GIF.
    #[schema(format = Binary)]
    avatarfile: String,
}

/// A picture as it is sent.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the shape for the OpenAPI document; the form is read as a stream")]
struct BannerForm {
    /// PNG, JPEG, WebP or GIF.
    #[schema(format = Binary)]
    bannerfile: String,
}

/// Gives a channel an avatar.
#[utoipa::path(post, path = "/api/v1/video-channels/{channelHandle}/avatar/pick",
    tag = "Video Channels", params(("channelHandle" = String, Path)),
    request_body(content = AvatarForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Avatars), (status = 400), (status = 401), (status = 403),
        (status = 404), (status = 413)))]
async fn pick_avatar(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(handle): ApiPath<String>,
    request: Request,
) -> Result<Json<Avatars>, Problem> {
    pictures::editable(&app, &who, &handle).await?;
    let file = picture_form::read(&app, request, "avatarfile").await?;
    let kind = ImageKind::Avatar;
    let images = pictures::set_of_channel(&app, &who, &handle, kind, file).await?;
    let site = Site::of(&app);
    Ok(Json(Avatars { avatars: images.iter().map(|it| ActorImage::new(&site, it)).collect() }))
}

/// Takes a channel's avatar away.
#[utoipa::path(delete, path = "/api/v1/video-channels/{channelHandle}/avatar",
    tag = "Video Channels", params(("channelHandle" = String, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)))]
async fn delete_avatar(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(handle): ApiPath<String>,
) -> Result<StatusCode, Problem> {
    pictures::remove_of_channel(&app, &who, &handle, ImageKind::Avatar).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a channel a banner.
#[utoipa::path(post, path = "/api/v1/video-channels/{channelHandle}/banner/pick",
    tag = "Video Channels", params(("channelHandle" = String, Path)),
    request_body(content = BannerForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Banners), (status = 400), (status = 401), (status = 403),
        (status = 404), (status = 413)))]
async fn pick_banner(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(handle): ApiPath<String>,
    request: Request,
) -> Result<Json<Banners>, Problem> {
    pictures::editable(&app, &who, &handle).await?;
    let file = picture_form::read(&app, request, "bannerfile").await?;
    let kind = ImageKind::Banner;
    let images = pictures::set_of_channel(&app, &who, &handle, kind, file).await?;
    let site = Site::of(&app);
    Ok(Json(Banners { banners: images.iter().map(|it| ActorImage::new(&site, it)).collect() }))
}

/// Takes a channel's banner away.
#[utoipa::path(delete, path = "/api/v1/video-channels/{channelHandle}/banner",
    tag = "Video Channels", params(("channelHandle" = String, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)))]
async fn delete_banner(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(handle): ApiPath<String>,
) -> Result<StatusCode, Problem> {
    pictures::remove_of_channel(&app, &who, &handle, ImageKind::Banner).await?;
    Ok(StatusCode::NO_CONTENT)
}
