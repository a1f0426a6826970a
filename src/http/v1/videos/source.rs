//! `/api/v1/videos/{id}/source…`: the file a video was made from, looked at, deleted, replaced.

use axum::Json;
use axum::extract::{DefaultBodyLimit, OriginalUri, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use farandole_transcoder::spec::Probe;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::resumable_wire::{Bounds, UploadParams, begun, chunk, progress};
use super::video_ref;
use crate::app::App;
use crate::db::uploads::Target;
use crate::db::videos::source::Source;
use crate::domain::Principal;
use crate::http::extract::{ApiJson, ApiPath, ApiQuery};
use crate::http::{Problem, Session};
use crate::videos::metadata::Fields;
use crate::videos::resumable::{self, Becoming, Progress};
use crate::videos::source;

/// Routes of this file.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_source))
        .routes(routes!(delete_file))
        .routes(routes!(begin, proceed, cancel))
        .layer(DefaultBodyLimit::max(1 << 20))
}

/// PeerTube's `VideoSource`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct VideoSource {
    /// As its owner named it.
    input_filename: String,
    /// The same, under PeerTube's older name.
    filename: String,
    /// Where its bytes can be had; null when they are not kept.
    file_download_url: Option<String>,
    /// Shorter side, pixels, as shown; 0 for sound.
    resolution: Resolution,
    /// Bytes.
    size: i64,
    /// Frames per second; 0 for sound.
    fps: f64,
    /// Pixels, as shown.
    width: Option<u32>,
    /// Pixels, as shown.
    height: Option<u32>,
    /// When it came.
    created_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct Resolution {
    id: u32,
    label: String,
}

impl VideoSource {
    fn of(app: &App, source: Source, probe: Option<&Probe>) -> Self {
        let video = probe.and_then(|probe| probe.video.as_ref());
        let id = video.map_or(0, |video| video.display_width.min(video.display_height));
        let label = if id == 0 { "Audio only".to_owned() } else { format!("{id}p") };
        let fps =
            video.map_or(0.0, |video| f64::from(video.fps.num) / f64::from(video.fps.den.max(1)));
        let url = source.storage_key.as_ref().map(|key| {
            let ending = key.rsplit_once('.').map_or("bin", |(_, ending)| ending);
            let file = format!("{}.{ending}", source.generation);
            format!("{}/download/original-video-files/{file}", app.config().public_url())
        });
        Self {
            filename: source.filename.clone(),
            input_filename: source.filename,
            file_download_url: url,
            resolution: Resolution { id, label },
            size: source.size_bytes,
            fps: (fps * 100.0).round() / 100.0,
            width: video.map(|video| video.display_width),
            height: video.map(|video| video.display_height),
            created_at: source.created_at.rfc3339(),
        }
    }
}

/// The file a video was made from.
#[utoipa::path(
    get, path = "/api/v1/videos/{id}/source", tag = "Video", operation_id = "getVideoSource",
    params(("id" = String, Path, description = "Id, UUID or short UUID")),
    responses(
        (status = 200, body = VideoSource),
        (status = 403, description = "Not yours to manage"),
        (status = 404, description = "No such video, or none of its files is known"),
    )
)]
async fn get_source(
    State(app): State<App>,
    Session(by): Session,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<VideoSource>, Problem> {
    let (source, probe) = source::get(&app, &by, video_ref(&id)?).await?;
    Ok(Json(VideoSource::of(&app, source, probe.as_ref())))
}

/// Deletes the kept file; the renditions stay. For moderators and administrators.
#[utoipa::path(
    delete, path = "/api/v1/videos/{id}/source/file", tag = "Video",
    operation_id = "deleteVideoSourceFile",
    params(("id" = String, Path, description = "Id, UUID or short UUID")),
    responses(
        (status = 204),
        (status = 403, description = "Not a moderator"),
        (status = 404, description = "No such video, or no file is kept"),
        (status = 409, description = "The video is being processed"),
    )
)]
async fn delete_file(
    State(app): State<App>,
    Session(by): Session,
    ApiPath(id): ApiPath<String>,
) -> Result<StatusCode, Problem> {
    source::delete_file(&app, &by, video_ref(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins the upload of a new file for a video; as `POST /api/v1/videos/upload-resumable`.
#[utoipa::path(
    post, path = "/api/v1/videos/{id}/source/replace-resumable", tag = "Video Upload",
    operation_id = "replaceVideoSourceResumableInit",
    params(
        ("id" = String, Path, description = "Id, UUID or short UUID"),
        ("X-Upload-Content-Length" = u64, Header, description = "Size of the file, bytes"),
        ("X-Upload-Content-Type" = String, Header, description = "MIME type of the file"),
    ),
    request_body(content_type = "application/json", description = "`filename`"),
    responses(
        (status = 200, description = "Some of it is here already; ask how much"),
        (status = 201, description = "Begun; chunks go to `Location`"),
        (status = 403, description = "Not yours to manage"),
        (status = 404, description = "No such video"),
        (status = 409, description = "The video is being processed"),
        (status = 413, description = "Too large, over quota, or too many unfinished uploads"),
        (status = 415, description = "Not said to be video or sound"),
    )
)]
async fn begin(
    State(app): State<App>,
    Session(by): Session,
    ApiPath(id): ApiPath<String>,
    OriginalUri(address): OriginalUri,
    headers: HeaderMap,
    ApiJson(object): ApiJson<Map<String, Value>>,
) -> Result<Response, Problem> {
    let video_id = managed(&app, &by, &id).await?;
    let bounds = Bounds::read(&headers, &Fields::from_json(object), None)?;
    let becoming = Becoming::Replacement(video_id);
    let started = resumable::begin(&app, &by, &bounds.announced(), becoming).await?;
    Ok(begun(address.path(), &started))
}

/// Sends a chunk of a new file, or asks how much is here. The last byte answers 200 with the new
/// source, as PeerTube does (its OpenAPI document says 204).
#[utoipa::path(
    put, path = "/api/v1/videos/{id}/source/replace-resumable", tag = "Video Upload",
    operation_id = "replaceVideoSourceResumable",
    params(
        ("id" = String, Path, description = "Id, UUID or short UUID"),
        UploadParams,
        ("Content-Range" = String, Header, description = "bytes FIRST-LAST/SIZE or bytes */SIZE"),
    ),
    request_body(content_type = "application/octet-stream"),
    responses(
        (status = 200, body = VideoSource, description = "The last byte was taken"),
        (status = 308, description = "Go on after `Range`"),
        (status = 403, description = "Not yours"),
        (status = 404, description = "No such video or upload"),
        (status = 409, description = "Does not go on where the last chunk ended, or the video is \
                                      being processed"),
        (status = 422, description = "No playable media; says what was found"),
        (status = 429, description = "Another request is sending a chunk"),
        (status = 503, description = "Being finished; ask again after `Retry-After`"),
    )
)]
async fn proceed(
    State(app): State<App>,
    Session(by): Session,
    ApiPath(id): ApiPath<String>,
    ApiQuery(params): ApiQuery<UploadParams>,
    request: Request,
) -> Result<Response, Problem> {
    let video = video_ref(&id)?;
    let outcome = chunk(request, async |chunk| {
        let target = Target::Replacement(source::managed_id(&app, &by, video).await?);
        resumable::proceed(&app, &by, target, &params.upload_id, chunk).await
    })
    .await?;
    match outcome {
        Progress::Done(_) => {
            Ok(get_source(State(app), Session(by), ApiPath(id)).await?.into_response())
        }
        outcome => Ok(progress(outcome, |_| StatusCode::OK.into_response())),
    }
}

/// Ends the upload of a new file before its time; the video keeps its old one.
#[utoipa::path(
    delete, path = "/api/v1/videos/{id}/source/replace-resumable", tag = "Video Upload",
    operation_id = "replaceVideoSourceResumableCancel",
    params(("id" = String, Path, description = "Id, UUID or short UUID"), UploadParams),
    responses(
        (status = 204),
        (status = 403, description = "Not yours"),
        (status = 404, description = "No such video or upload"),
    )
)]
async fn cancel(
    State(app): State<App>,
    Session(by): Session,
    ApiPath(id): ApiPath<String>,
    ApiQuery(params): ApiQuery<UploadParams>,
) -> Result<StatusCode, Problem> {
    let video_id = managed(&app, &by, &id).await?;
    resumable::cancel(&app, &by, Target::Replacement(video_id), &params.upload_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The id of a video that `by` manages.
async fn managed(app: &App, by: &Principal, id: &str) -> Result<i64, Problem> {
    Ok(source::managed_id(app, by, video_ref(id)?).await?)
}
