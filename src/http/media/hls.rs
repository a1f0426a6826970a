//! `/static/streaming-playlists/hls/…`: playlists, renditions and segment hashes of a video,
//! under PeerTube's addresses. Those of videos that are not open to all are below `private/`.

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use farandole_storage::{Key, LocalFile, StoreError};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::conditions::Validators;
use super::playlists::{self, Named};
use super::send::{Keeping, Offer, Source, send};
use crate::app::App;
use crate::db::videos::renditions::StoredRendition;
use crate::domain::{Privacy, VideoRef};
use crate::http::extract::ApiPath;
use crate::http::{Asker, Problem};
use crate::videos::access::{self, Guard};
use crate::videos::locate::{self, Located};
use crate::videos::manifests;
use crate::videos::media::Media;
use crate::videos::names::{MediaName, stem};
use crate::videos::traffic;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(open_file)).routes(routes!(private_file))
}

/// A playlist, a rendition or the segment hashes of a video that is open to all.
#[utoipa::path(
    get,
    path = "/static/streaming-playlists/hls/{uuid}/{filename}",
    tag = "Static Video Files",
    params(("uuid" = Uuid, Path), ("filename" = String, Path)),
    responses(
        (status = 200), (status = 206), (status = 302), (status = 304), (status = 404),
        (status = 412), (status = 416), (status = 503),
    ),
)]
async fn open_file(
    State(app): State<App>,
    ApiPath((video, name)): ApiPath<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let (video, generation, name) = read(&video, &name)?;
    let guard = access::guard(&app, VideoRef::Uuid(video)).await?;
    if !guard.open() {
        return Err(no_such_file());
    }
    serve(&app, &parts, &guard, generation, &name, None).await
}

/// A playlist, a rendition or the segment hashes of a video that is not open to all.
#[utoipa::path(
    get,
    path = "/static/streaming-playlists/hls/private/{uuid}/{filename}",
    tag = "Static Video Files",
    params(
        ("uuid" = Uuid, Path), ("filename" = String, Path),
        ("videoFileToken" = Option<String>, Query),
        ("reinjectVideoFileToken" = Option<bool>, Query),
        ("x-peertube-video-password" = Option<String>, Header),
    ),
    responses(
        (status = 200), (status = 206), (status = 401), (status = 403), (status = 404),
        (status = 416), (status = 503),
    ),
)]
async fn private_file(
    State(app): State<App>,
    ApiPath((video, name)): ApiPath<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let (video, generation, name) = read(&video, &name)?;
    let guard = access::guard(&app, VideoRef::Uuid(video)).await?;
    if guard.open() {
        return Err(no_such_file());
    }
    let asker = Asker::from_request_parts(&mut parts, &app).await?;
    access::may_watch(&app, &guard, &asker.presented(), Some(generation)).await?;
    let token = playlists::token_to_repeat(&parts.uri);
    serve(&app, &parts, &guard, generation, &name, token.as_deref()).await
}

fn read(video: &str, name: &str) -> Result<(Uuid, Uuid, MediaName), Problem> {
    let video = Uuid::try_parse(video).map_err(|_| no_such_file())?;
    let (generation, name) = MediaName::parse(name).ok_or_else(no_such_file)?;
    Ok((video, generation, name))
}

fn no_such_file() -> Problem {
    Problem::not_found("There is no such file of a video here.")
}

/// Nothing of it is there yet; players try again after 5xx, not after 4xx.
fn not_yet() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "This part of the video is still being made.")
        .header(header::RETRY_AFTER, HeaderValue::from_static("1"))
}

async fn serve(
    app: &App,
    asked: &Parts,
    guard: &Guard,
    generation: Uuid,
    name: &MediaName,
    token: Option<&str>,
) -> Result<Response, Problem> {
    let located = locate::renditions(app, guard, generation).await?;
    let offer = match name {
        MediaName::File(stem) => rendition(app, guard, generation, stem, located).await?,
        MediaName::Manifest(stem) => {
            let found = manifests::of(app, guard, generation, stem, &located).await?;
            playlists::offer(found.ok_or_else(not_yet)?, "application/octet-stream", guard.open())
        }
        text => {
            let named = Named { generation, token };
            let (text, content_type) = match &located {
                Located::Complete(media) => playlists::complete(media, text, named),
                Located::Growing(set) => {
                    playlists::growing(set, text, named).ok_or_else(not_yet)?
                }
                Located::NotHere => return Err(not_yet()),
            }
            .ok_or_else(no_such_file)?;
            playlists::offer(text, content_type, guard.open())
        }
    };
    send(app, asked, offer).await
}

async fn rendition(
    app: &App,
    guard: &Guard,
    generation: Uuid,
    stem: &str,
    mut located: Located,
) -> Result<Offer, Problem> {
    // The set may become complete between looking it up and opening its file; then the second
    // look finds it in storage.
    for _ in 0..2 {
        match located {
            Located::Complete(media) => return stored(app, guard, &media, stem),
            Located::NotHere => return Err(not_yet()),
            Located::Growing(set) => {
                let plans = set.plans();
                let plan = plans.iter().find(|plan| self::stem(&plan.file) == stem);
                let plan = plan.ok_or_else(no_such_file)?;
                let (path, length) = set.bytes(&plan.file).ok_or_else(not_yet)?;
                match LocalFile::open(&path).await {
                    Ok(file) => {
                        return Ok(Offer {
                            length,
                            growing: true,
                            validators: Validators::default(),
                            content_type: content_type(plan.has_video),
                            keeping: if guard.open() { Keeping::Never } else { Keeping::Private },
                            disposition: None,
                            meter: Some(traffic::meter(app, guard.id)),
                            source: Source::Open(file),
                        });
                    }
                    Err(StoreError::NotFound { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        located = locate::renditions(app, guard, generation).await?;
    }
    Err(not_yet())
}

fn stored(app: &App, guard: &Guard, media: &Media, stem: &str) -> Result<Offer, Problem> {
    let found = media.renditions.iter().find(|one| self::stem(&one.plan.file) == stem);
    let found = found.ok_or_else(no_such_file)?;
    let key = Key::parse(&found.storage_key)?;
    // A signed address works for whoever has it, so unlisted videos are not sent to one.
    let redirect = app.config().storage.s3.redirect && guard.privacy == Privacy::Public;
    Ok(Offer {
        length: u64::try_from(found.size_bytes).unwrap_or(0),
        growing: false,
        validators: validators(media.set.generation, found),
        content_type: content_type(found.plan.has_video),
        keeping: if guard.open() { Keeping::Forever } else { Keeping::Private },
        disposition: None,
        meter: Some(traffic::meter(app, guard.id)),
        source: if redirect { Source::Redirected(key) } else { Source::Stored(key) },
    })
}

/// A generation's files never change, so their name is their version, on every node and store.
pub(super) fn validators(generation: Uuid, rendition: &StoredRendition) -> Validators {
    let etag = format!("\"{}-{}\"", generation.simple(), stem(&rendition.plan.file));
    Validators { etag: Some(etag), modified: Some(rendition.created_at.system_time()) }
}

pub(super) const fn content_type(has_video: bool) -> &'static str {
    if has_video { "video/mp4" } else { "audio/mp4" }
}
