//! `GET /api/v1/videos/{id}` and `/description`.

use axum::Json;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::video_ref;
use crate::app::App;
use crate::http::answers::{self, About, Made};
use crate::http::extract::ApiPath;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::video::VideoDetails;
use crate::http::{Asker, Problem};
use crate::videos::shown;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read)).routes(routes!(description))
}

/// A video, as its page shows it.
#[utoipa::path(
    get,
    path = "/api/v1/videos/{id}",
    operation_id = "getVideo",
    tag = "Video",
    params(
        ("id" = String, Path, description = "Number, UUID or short UUID"),
        ("x-peertube-video-password" = Option<String>, Header, description = "Its password"),
    ),
    responses(
        (status = 200, body = VideoDetails),
        (status = 304, description = "`If-None-Match` names what would be sent"),
        (status = 401, description = "Only for people who are signed in"),
        (status = 403, description = "Not for this person, or a password is missing or wrong"),
        (status = 404, description = "No such video"),
        (status = 429, description = "Too many wrong passwords from this address"),
    )
)]
async fn read(
    State(app): State<App>,
    ApiPath(id): ApiPath<String>,
    request: Request,
) -> Result<Response, Problem> {
    // A query may hold a file token.
    let key = answers::key(&request).filter(|_| request.uri().query().is_none());
    if let Some(key) = key {
        let make = || made(&app, &id, Asker::default());
        return answers::answer(&app, request.headers(), &key, make).await;
    }
    let (mut parts, _) = request.into_parts();
    let asker = Asker::from_request_parts(&mut parts, &app).await?;
    Ok(answers::personal(made(&app, &id, asker).await?))
}

async fn made(app: &App, id: &str, asker: Asker) -> Result<Made, Problem> {
    let details = shown::details(app, video_ref(id)?, &asker.presented()).await?;
    let row = &details.shown.row;
    let open = row.available && row.privacy.open_files();
    let about = if open && asker.anonymous() { About::Video(row.id) } else { About::Unkept };
    Made::json(&VideoDetails::new(&Site::of(app), &details, app.config()), about)
}

/// A whole description.
#[derive(Debug, Serialize, ToSchema)]
struct Description {
    /// Markdown.
    description: Option<String>,
}

/// The whole description of a video.
#[utoipa::path(
    get,
    path = "/api/v1/videos/{id}/description",
    operation_id = "getVideoDesc",
    tag = "Video",
    params(("id" = String, Path, description = "Number, UUID or short UUID")),
    responses(
        (status = 200, body = Description),
        (status = 401, description = "Only for people who are signed in"),
        (status = 403, description = "Not for this person, or a password is missing or wrong"),
        (status = 404, description = "No such video"),
        (status = 429, description = "Too many wrong passwords from this address"),
    )
)]
async fn description(
    State(app): State<App>,
    ApiPath(id): ApiPath<String>,
    asker: Asker,
) -> Result<Json<Description>, Problem> {
    let details = shown::details(&app, video_ref(&id)?, &asker.presented()).await?;
    Ok(Json(Description { description: details.shown.row.description }))
}
