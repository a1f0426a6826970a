//! `/api/v1/videos/{id}/captions` and `/storyboards`.

use axum::Json;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::video_ref;
use crate::app::App;
use crate::http::extract::ApiPath;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::page::Page;
use crate::http::v1::wire::video_parts::{Storyboard, VideoCaption};
use crate::http::{Asker, Problem, Session};
use crate::videos::{captions, shown, subtitles};

/// Boundaries and headers of the form.
const FORM_BYTES: usize = 64 << 10;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(put, remove))
        .layer(DefaultBodyLimit::max(subtitles::MAX_FILE_BYTES + FORM_BYTES))
        .routes(routes!(list))
        .routes(routes!(storyboards))
}

/// The captions of a video, one a language.
#[utoipa::path(
    get,
    path = "/api/v1/videos/{id}/captions",
    operation_id = "getVideoCaptions",
    tag = "Video Captions",
    params(
        ("id" = String, Path, description = "Number, UUID or short UUID"),
        ("x-peertube-video-password" = Option<String>, Header, description = "Its password"),
    ),
    responses(
        (status = 200, body = Page<VideoCaption>),
        (status = 401, description = "Only for people who are signed in"),
        (status = 403, description = "Not for this person, or a password is missing or wrong"),
        (status = 404, description = "No such video"),
        (status = 429, description = "Too many wrong passwords from this address"),
    )
)]
async fn list(
    State(app): State<App>,
    ApiPath(id): ApiPath<String>,
    asker: Asker,
) -> Result<Json<Page<VideoCaption>>, Problem> {
    let found = captions::list(&app, video_ref(&id)?, &asker.presented()).await?;
    let (site, token) = (Site::of(&app), found.file_token.as_deref());
    let shown = found.rows.iter().map(|row| {
        let replacement = found.replacements.get(&row.language).copied();
        VideoCaption::new(&site, row, token, replacement)
    });
    let data: Vec<_> = shown.collect();
    Ok(Json(Page { total: i64::try_from(data.len()).unwrap_or(i64::MAX), data }))
}

/// Puts a WebVTT or SRT file in the place of a language's captions. One that waits for a moderator
/// leaves those before in their place.
#[utoipa::path(
    put,
    path = "/api/v1/videos/{id}/captions/{captionLanguage}",
    operation_id = "addVideoCaption",
    tag = "Video Captions",
    security(("OAuth2" = [])),
    params(
        ("id" = String, Path, description = "Number, UUID or short UUID"),
        ("captionLanguage" = String, Path, description = "Code, such as `fr`"),
    ),
    request_body(content_type = "multipart/form-data"),
    responses(
        (status = 204, description = "Taken"),
        (status = 400, description = "The language is unknown, or the file is no subtitles"),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Somebody else's video"),
        (status = 404, description = "No such video"),
        (status = 413, description = "The file is too large"),
    )
)]
async fn put(
    State(app): State<App>,
    Session(viewer): Session,
    ApiPath((id, language)): ApiPath<(String, String)>,
    mut form: Multipart,
) -> Result<StatusCode, Problem> {
    let broken = |error: axum::extract::multipart::MultipartError| {
        Problem::new(error.status(), format!("The form cannot be read: {}.", error.body_text()))
    };
    let video = video_ref(&id)?;
    while let Some(part) = form.next_field().await.map_err(broken)? {
        if part.name() == Some("captionfile") {
            let file = part.bytes().await.map_err(broken)?;
            captions::put(&app, &viewer, video, &language, &file).await?;
            return Ok(StatusCode::NO_CONTENT);
        }
    }
    Err(Problem::invalid_param("captionfile", "Send the subtitles as captionfile."))
}

/// Takes a language's captions away.
#[utoipa::path(
    delete,
    path = "/api/v1/videos/{id}/captions/{captionLanguage}",
    operation_id = "delVideoCaption",
    tag = "Video Captions",
    security(("OAuth2" = [])),
    params(
        ("id" = String, Path, description = "Number, UUID or short UUID"),
        ("captionLanguage" = String, Path, description = "Code, such as `fr`"),
    ),
    responses(
        (status = 204, description = "Gone"),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Somebody else's video"),
        (status = 404, description = "No such video, or no captions in this language"),
    )
)]
async fn remove(
    State(app): State<App>,
    Session(viewer): Session,
    ApiPath((id, language)): ApiPath<(String, String)>,
) -> Result<StatusCode, Problem> {
    captions::delete(&app, &viewer, video_ref(&id)?, &language).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The storyboards of a video.
#[derive(Debug, Serialize, ToSchema)]
struct StoryboardList {
    storyboards: Vec<Storyboard>,
}

/// Pictures for the seek bar.
#[utoipa::path(
    get,
    path = "/api/v1/videos/{id}/storyboards",
    operation_id = "listVideoStoryboards",
    tag = "Video",
    params(("id" = String, Path, description = "Number, UUID or short UUID")),
    responses(
        (status = 200, body = StoryboardList),
        (status = 401, description = "Only for people who are signed in"),
        (status = 403, description = "Not for this person, or a password is missing or wrong"),
        (status = 404, description = "No such video"),
        (status = 429, description = "Too many wrong passwords from this address"),
    )
)]
async fn storyboards(
    State(app): State<App>,
    ApiPath(id): ApiPath<String>,
    asker: Asker,
) -> Result<Json<StoryboardList>, Problem> {
    let found = shown::storyboards(&app, video_ref(&id)?, &asker.presented()).await?;
    let (site, token) = (Site::of(&app), found.file_token.as_deref());
    let shown = found.images.iter().filter_map(|image| Storyboard::new(&site, image, token));
    Ok(Json(StoryboardList { storyboards: shown.collect() }))
}
