//! `/lazy-static/{avatars,banners}/…`: pictures of accounts and channels, which everybody may see.
//! Another picture has another name, so a copy is good for ever.

use axum::extract::{Request, State};
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pictures::offer;
use super::send::{Keeping, send};
use crate::accounts::pictures;
use crate::app::App;
use crate::db::actor_images::ImageKind;
use crate::http::Problem;
use crate::http::extract::ApiPath;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(avatar)).routes(routes!(banner))
}

/// An avatar in one size.
#[utoipa::path(get, path = "/lazy-static/avatars/{filename}", tag = "Accounts",
    params(("filename" = String, Path)),
    responses((status = 200), (status = 304), (status = 404)))]
async fn avatar(
    State(app): State<App>,
    ApiPath(name): ApiPath<String>,
    request: Request,
) -> Result<Response, Problem> {
    picture(&app, &name, ImageKind::Avatar, request).await
}

/// A banner in one size.
#[utoipa::path(get, path = "/lazy-static/banners/{filename}", tag = "Accounts",
    params(("filename" = String, Path)),
    responses((status = 200), (status = 304), (status = 404)))]
async fn banner(
    State(app): State<App>,
    ApiPath(name): ApiPath<String>,
    request: Request,
) -> Result<Response, Problem> {
    picture(&app, &name, ImageKind::Banner, request).await
}

async fn picture(
    app: &App,
    name: &str,
    kind: ImageKind,
    request: Request,
) -> Result<Response, Problem> {
    let storage_key = pictures::stored(app, name, kind).await?;
    let offer = offer(app, &storage_key, Keeping::Forever).await?;
    let (parts, _) = request.into_parts();
    send(app, &parts, offer).await
}
