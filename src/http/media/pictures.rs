//! `/lazy-static/…`: thumbnails, previews and storyboards of videos. Small and asked for often,
//! so the ones in use are kept in memory.
//!
//! Their names cannot be guessed, and still those of a video that is not open to all go only to
//! who may watch it: addresses in the API's answers carry a file token then.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::Response;
use bytes::Bytes;
use farandole_storage::{Key, StoreError};
use moka::sync::Cache;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::conditions::Validators;
use super::send::{Keeping, Offer, Source, send};
use crate::app::App;
use crate::http::extract::ApiPath;
use crate::http::{Asker, Problem};
use crate::videos::access::{self, Guard};
use crate::videos::media::{self, SmallFile};

/// Bytes of files kept in memory.
const KEPT_BYTES: u64 = 16 << 20;
/// Files nobody asks for are let go after this.
const KEPT_FOR: Duration = Duration::from_secs(600);
/// Larger files are streamed.
const MOST_BYTES: u64 = 2 << 20;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(thumbnail))
        .routes(routes!(preview))
        .routes(routes!(storyboard))
        .routes(routes!(caption))
}

/// The small picture of a video.
#[utoipa::path(
    get,
    path = "/lazy-static/thumbnails/{filename}",
    tag = "Static Video Files",
    params(("filename" = String, Path), ("videoFileToken" = Option<String>, Query)),
    responses((status = 200), (status = 304), (status = 401), (status = 403), (status = 404)),
)]
async fn thumbnail(
    State(app): State<App>,
    ApiPath(name): ApiPath<String>,
    request: Request,
) -> Result<Response, Problem> {
    picture(&app, &name, request, &["thumbnail", "preview"]).await
}

/// The large picture of a video.
#[utoipa::path(
    get,
    path = "/lazy-static/previews/{filename}",
    tag = "Static Video Files",
    params(("filename" = String, Path), ("videoFileToken" = Option<String>, Query)),
    responses((status = 200), (status = 304), (status = 401), (status = 403), (status = 404)),
)]
async fn preview(
    State(app): State<App>,
    ApiPath(name): ApiPath<String>,
    request: Request,
) -> Result<Response, Problem> {
    picture(&app, &name, request, &["thumbnail", "preview"]).await
}

/// The sprite of pictures shown over the seek bar.
#[utoipa::path(
    get,
    path = "/lazy-static/storyboards/{filename}",
    tag = "Static Video Files",
    params(("filename" = String, Path), ("videoFileToken" = Option<String>, Query)),
    responses((status = 200), (status = 304), (status = 401), (status = 403), (status = 404)),
)]
async fn storyboard(
    State(app): State<App>,
    ApiPath(name): ApiPath<String>,
    request: Request,
) -> Result<Response, Problem> {
    picture(&app, &name, request, &["storyboard"]).await
}

/// The captions of a video in one language, as WebVTT.
#[utoipa::path(
    get,
    path = "/lazy-static/video-captions/{filename}",
    tag = "Static Video Files",
    params(("filename" = String, Path), ("videoFileToken" = Option<String>, Query)),
    responses((status = 200), (status = 304), (status = 401), (status = 403), (status = 404)),
)]
async fn caption(
    State(app): State<App>,
    ApiPath(name): ApiPath<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (guard, file) = media::caption(&app, &name).await?;
    small_file(&app, &guard, &file, request).await
}

/// A video with one picture shows it in both sizes, so either address may name it.
async fn picture(
    app: &App,
    name: &str,
    request: Request,
    kinds: &[&str],
) -> Result<Response, Problem> {
    let (guard, file) = media::picture(app, name).await?;
    if !kinds.contains(&file.kind.as_str()) {
        return Err(Problem::not_found("Picture not found"));
    }
    small_file(app, &guard, &file, request).await
}

/// Sends a small file of a video to who may watch it.
async fn small_file(
    app: &App,
    guard: &Guard,
    file: &SmallFile,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    if !guard.open() {
        let asker = Asker::from_request_parts(&mut parts, app).await?;
        access::may_watch(app, guard, &asker.presented(), None).await?;
    }
    let keeping = if guard.open() { Keeping::Day } else { Keeping::Private };
    let offer = offer(app, &file.storage_key, keeping).await?;
    send(app, &parts, offer).await
}

/// A file in memory, with its entity tag.
struct Hot {
    bytes: Bytes,
    validators: Validators,
}

struct Kept(Cache<String, Arc<Hot>>);

impl Default for Kept {
    fn default() -> Self {
        let weigh = |key: &String, hot: &Arc<Hot>| {
            u32::try_from(key.len() + hot.bytes.len() + 256).unwrap_or(u32::MAX)
        };
        let cache = Cache::builder().weigher(weigh).max_capacity(KEPT_BYTES);
        Self(cache.time_to_idle(KEPT_FOR).build())
    }
}

/// A small file as it is offered, kept in memory while it is in use.
pub(super) async fn offer(
    app: &App,
    storage_key: &str,
    keeping: Keeping,
) -> Result<Offer, Problem> {
    let key = Key::parse(storage_key)?;
    let content_type = key.content_type();
    let kept = app.room::<Kept>();
    let hot = match kept.0.get(storage_key) {
        Some(hot) => hot,
        None => match app.store().read(&key, MOST_BYTES).await {
            Ok(bytes) => {
                let hot = Arc::new(Hot { validators: Validators::of_bytes(&bytes), bytes });
                kept.0.insert(storage_key.to_owned(), Arc::clone(&hot));
                hot
            }
            Err(StoreError::TooLarge { size_bytes, .. }) => {
                return Ok(Offer {
                    length: size_bytes,
                    growing: false,
                    validators: Validators::default(),
                    content_type,
                    keeping,
                    disposition: None,
                    meter: None,
                    source: Source::Stored(key),
                });
            }
            Err(error) => return Err(error.into()),
        },
    };
    Ok(Offer {
        length: hot.bytes.len() as u64,
        growing: false,
        validators: hot.validators.clone(),
        content_type,
        keeping,
        disposition: None,
        meter: None,
        source: Source::Memory(hot.bytes.clone()),
    })
}
