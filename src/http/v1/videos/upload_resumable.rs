//! `/api/v1/videos/upload-resumable`: a video in many requests, as PeerTube's clients send it.

use axum::extract::{DefaultBodyLimit, FromRequest as _, Json, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::resumable_wire::{Bounds, UploadParams, begun, chunk, progress};
use super::upload::VideoUploadResponse;
use super::upload_form::{self, Form};
use crate::app::App;
use crate::db::uploads::Target;
use crate::http::extract::{ApiJson, ApiQuery};
use crate::http::{Problem, Session};
use crate::videos::metadata::{Fields, VideoMetadata};
use crate::videos::resumable::{self, Becoming};

const PATH: &str = "/api/v1/videos/upload-resumable";

/// Routes of this file.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(begin, proceed, cancel))
        .layer(DefaultBodyLimit::max(super::upload::FORM_BYTES as usize))
}

/// Begins an upload, or finds the unfinished one of the same file (same user, name, size and
/// `lastModified`).
#[utoipa::path(
    post, path = "/api/v1/videos/upload-resumable", tag = "Video Upload",
    operation_id = "uploadResumableInit",
    params(
        ("X-Upload-Content-Length" = u64, Header, description = "Size of the file, bytes"),
        ("X-Upload-Content-Type" = String, Header, description = "MIME type of the file"),
    ),
    request_body(
        content_type = "application/json",
        description = "The fields of a video and `filename`; as multipart/form-data also \
                       `thumbnailfile`"
    ),
    responses(
        (status = 200, description = "Some of it is here already; ask how much"),
        (status = 201, description = "Begun; chunks go to `Location`"),
        (status = 400, description = "A field does not fit"),
        (status = 403, description = "Another user's channel"),
        (status = 404, description = "No such channel"),
        (status = 413, description = "Too large, over quota, or too many unfinished uploads"),
        (status = 415, description = "Not said to be video or sound"),
        (status = 507, description = "The server's disk is nearly full"),
    )
)]
async fn begin(
    State(app): State<App>,
    Session(by): Session,
    request: Request,
) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    let form = read_form(&app, request).await?;
    let metadata = VideoMetadata::read(&form.fields);
    let bounds = Bounds::read(&headers, &form.fields, metadata.as_ref().err())?;
    let becoming = Becoming::Video { metadata: &metadata?, picture: form.picture_file };
    let started = resumable::begin(&app, &by, &bounds.announced(), becoming).await?;
    Ok(begun(PATH, &started))
}

/// The fields, however they come.
async fn read_form(app: &App, request: Request) -> Result<Form, Problem> {
    if is_form(request.headers()) {
        let parts = Multipart::from_request(request, app)
            .await
            .map_err(|rejection| Problem::new(rejection.status(), rejection.body_text()))?;
        return upload_form::read(app, parts, None).await;
    }
    let ApiJson(object) = ApiJson::<Map<String, Value>>::from_request(request, app).await?;
    Ok(Form::of_fields(Fields::from_json(object)))
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"))
}

/// Sends a chunk, or asks how much is here (`Content-Range: bytes */SIZE`).
#[utoipa::path(
    put, path = "/api/v1/videos/upload-resumable", tag = "Video Upload",
    operation_id = "uploadResumable",
    params(
        UploadParams,
        ("Content-Range" = String, Header, description = "bytes FIRST-LAST/SIZE or bytes */SIZE"),
        ("Digest" = Option<String>, Header, description = "sha1=BASE64 or sha-256=BASE64"),
    ),
    request_body(content_type = "application/octet-stream"),
    responses(
        (status = 200, body = VideoUploadResponse, description = "The last byte was taken"),
        (status = 308, description = "Go on after `Range`"),
        (status = 403, description = "Another user's upload"),
        (status = 404, description = "No such upload, or expired"),
        (status = 408, description = "No byte came for a long time"),
        (status = 409, description = "Does not go on where the last chunk ended; see `Range`"),
        (status = 422, description = "No playable media; says what was found"),
        (status = 429, description = "Another request is sending a chunk"),
        (status = 460, description = "The chunk does not match its digest"),
        (status = 503, description = "Being finished; ask again after `Retry-After`"),
    )
)]
async fn proceed(
    State(app): State<App>,
    Session(by): Session,
    ApiQuery(params): ApiQuery<UploadParams>,
    request: Request,
) -> Result<Response, Problem> {
    let outcome = chunk(request, async |chunk| {
        resumable::proceed(&app, &by, Target::Video, &params.upload_id, chunk).await
    })
    .await?;
    Ok(progress(outcome, |uploaded| Json(VideoUploadResponse::from(uploaded)).into_response()))
}

/// Ends an upload before its time; nothing of it stays. A finished one is only forgotten, its
/// video stays.
#[utoipa::path(
    delete, path = "/api/v1/videos/upload-resumable", tag = "Video Upload",
    operation_id = "uploadResumableCancel",
    params(UploadParams),
    responses(
        (status = 204),
        (status = 403, description = "Another user's upload"),
        (status = 404, description = "No such upload, or expired"),
        (status = 429, description = "A request is sending a chunk"),
    )
)]
async fn cancel(
    State(app): State<App>,
    Session(by): Session,
    ApiQuery(params): ApiQuery<UploadParams>,
) -> Result<StatusCode, Problem> {
    resumable::cancel(&app, &by, Target::Video, &params.upload_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
