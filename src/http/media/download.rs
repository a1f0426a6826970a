//! `/download/…`: files to keep, with names for people. PeerTube's addresses.

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use farandole_storage::{Key, LocalFile};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::conditions::Validators;
use super::disposition::attachment;
use super::hls;
use super::send::{Keeping, Offer, Source, send, without_bytes};
use crate::app::App;
use crate::db::videos::originals::Location;
use crate::db::videos::renditions::StoredRendition;
use crate::domain::{Privacy, VideoRef};
use crate::http::extract::{ApiPath, ApiQuery};
use crate::http::{Asker, Problem};
use crate::videos::download::{self, Chosen, Downloads};
use crate::videos::join;
use crate::videos::names::MediaName;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(rendition))
        .routes(routes!(hls_rendition))
        .routes(routes!(generate))
        .routes(routes!(original))
}

/// One rendition of a video.
#[utoipa::path(
    get,
    path = "/download/videos/{filename}",
    tag = "Video Download",
    params(
        ("filename" = String, Path, description = "As in `fileDownloadUrl` of a video's files"),
        ("videoFileToken" = Option<String>, Query),
        ("x-peertube-video-password" = Option<String>, Header),
    ),
    responses(
        (status = 200), (status = 206), (status = 302), (status = 304), (status = 401),
        (status = 403), (status = 404), (status = 412), (status = 416),
    ),
)]
async fn rendition(
    State(app): State<App>,
    ApiPath(name): ApiPath<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let Some((generation, MediaName::File(stem))) = MediaName::parse(&name) else {
        return Err(Problem::not_found("There is no such file to download."));
    };
    let asker = Asker::from_request_parts(&mut parts, &app).await?;
    let files = download::of_generation(&app, generation, &asker.presented()).await?;
    let found = files.by_stem(&stem)?;
    whole(&app, &parts, &files, found).await
}

/// One rendition of a video, where newer PeerTube clients look for it.
#[utoipa::path(
    get,
    path = "/download/streaming-playlists/hls/videos/{filename}",
    tag = "Video Download",
    params(
        ("filename" = String, Path, description = "As in `fileDownloadUrl` of a video's files"),
        ("videoFileToken" = Option<String>, Query),
        ("x-peertube-video-password" = Option<String>, Header),
    ),
    responses(
        (status = 200), (status = 206), (status = 302), (status = 304), (status = 401),
        (status = 403), (status = 404), (status = 412), (status = 416),
    ),
)]
async fn hls_rendition(
    state: State<App>,
    path: ApiPath<String>,
    request: Request,
) -> Result<Response, Problem> {
    rendition(state, path, request).await
}

#[derive(Deserialize)]
struct Choice {
    #[serde(rename = "videoFileIds", default)]
    ids: Vec<i64>,
}

/// One file made of the chosen ones: one, or one with pictures and one with sound.
#[utoipa::path(
    get,
    path = "/download/videos/generate/{videoId}",
    tag = "Video Download",
    params(
        ("videoId" = String, Path, description = "Number, UUID or short UUID"),
        ("videoFileIds" = Vec<i64>, Query),
        ("videoFileToken" = Option<String>, Query),
        ("x-peertube-video-password" = Option<String>, Header),
    ),
    responses(
        (status = 200), (status = 206), (status = 400), (status = 401), (status = 403),
        (status = 404),
    ),
)]
async fn generate(
    State(app): State<App>,
    ApiPath(video): ApiPath<String>,
    ApiQuery(choice): ApiQuery<Choice>,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let video: VideoRef = video.parse().map_err(|_| Problem::not_found("Video not found"))?;
    let asker = Asker::from_request_parts(&mut parts, &app).await?;
    let files = download::of_video(&app, video, &asker.presented()).await?;
    match files.chosen(&choice.ids)? {
        Chosen::Whole(one) => whole(&app, &parts, &files, one).await,
        Chosen::Joined { video, audio } => joined(&app, &parts, &files, video, audio).await,
    }
}

/// A finished file as it is.
async fn whole(
    app: &App,
    asked: &Parts,
    files: &Downloads,
    found: &StoredRendition,
) -> Result<Response, Problem> {
    let key = Key::parse(&found.storage_key)?;
    let redirect = app.config().storage.s3.redirect && files.guard.privacy == Privacy::Public;
    let ending = if found.plan.has_video { "mp4" } else { "m4a" };
    let offer = Offer {
        length: u64::try_from(found.size_bytes).unwrap_or(0),
        growing: false,
        validators: hls::validators(files.generation(), found),
        content_type: hls::content_type(found.plan.has_video),
        keeping: keeping(files),
        disposition: Some(attachment(&files.name, &format!(" - {}.{ending}", found.plan.label))),
        meter: None,
        source: if redirect { Source::Redirected(key) } else { Source::Stored(key) },
    };
    send(app, asked, offer).await
}

/// A file made for this request, the same each time, so that a broken download can go on.
async fn joined(
    app: &App,
    asked: &Parts,
    files: &Downloads,
    video: &StoredRendition,
    audio: &StoredRendition,
) -> Result<Response, Problem> {
    let etag = format!("\"{}-{}-{}\"", files.generation().simple(), video.id, audio.id);
    let ending = format!(" - {} - {}.mp4", video.plan.label, audio.plan.label);
    let mut offer = Offer {
        length: 0,
        growing: false,
        validators: Validators { etag: Some(etag), modified: None },
        content_type: hls::content_type(true),
        keeping: keeping(files),
        disposition: Some(attachment(&files.name, &ending)),
        meter: None,
        source: Source::Memory(Bytes::new()),
    };
    if let Some(answer) = without_bytes(asked, &offer)? {
        return Ok(answer);
    }
    let file = join::join(app, video, audio).await?;
    offer.length = file.stat().size_bytes;
    offer.source = Source::Open(file);
    send(app, asked, offer).await
}

/// The address stays when the file behind it is replaced.
fn keeping(files: &Downloads) -> Keeping {
    if files.guard.open() { Keeping::Ask } else { Keeping::Private }
}

/// The file somebody uploaded, for its owner and for moderators.
#[utoipa::path(
    get,
    path = "/download/original-video-files/{filename}",
    tag = "Video Download",
    params(("filename" = String, Path), ("videoFileToken" = Option<String>, Query)),
    responses(
        (status = 200), (status = 206), (status = 401), (status = 403), (status = 404),
        (status = 503),
    ),
)]
async fn original(
    State(app): State<App>,
    ApiPath(name): ApiPath<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let (generation, ending) = name.split_once('.').unwrap_or((&name, ""));
    let generation = Uuid::try_parse(generation)
        .map_err(|_| Problem::not_found("There is no such file to download."))?;
    let asker = Asker::from_request_parts(&mut parts, &app).await?;
    let found = download::original(&app, generation, &asker.presented()).await?;
    let title = found.filename.strip_suffix(&format!(".{ending}")).unwrap_or(&found.filename);
    let (length, source) = match found.location {
        Location::Stored { key } => {
            let key = Key::parse(&key)?;
            let stat = app.store().stat(&key).await?;
            let stat = stat.ok_or_else(|| Problem::not_found("Video source not found"))?;
            (stat.size_bytes, Source::Stored(key))
        }
        Location::Scratch { node, path } if node == app.config().server.node_name => {
            let file = LocalFile::open(path.as_ref()).await?;
            (file.stat().size_bytes, Source::Open(file))
        }
        Location::Scratch { .. } | Location::Dropped => return Err(elsewhere()),
    };
    let offer = Offer {
        length,
        growing: false,
        validators: Validators {
            etag: Some(format!("\"{}\"", generation.simple())),
            modified: None,
        },
        // Whatever somebody uploaded: nothing a browser should try to show.
        content_type: "application/octet-stream",
        keeping: Keeping::Private,
        disposition: Some(attachment(title, &format!(".{ending}"))),
        meter: None,
        source,
    };
    send(&app, &parts, offer).await
}

/// Another node still holds it.
fn elsewhere() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "The file is still with the node that received it. It will be here when the video is made.",
    )
    .header(header::RETRY_AFTER, HeaderValue::from_static("60"))
}
