//! `POST /api/v1/videos/upload`: a whole video in one request.

use axum::Json;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request, State};
use axum::http::{HeaderMap, header};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::upload_form;
use crate::app::App;
use crate::auth::quota;
use crate::domain::ShortUuid;
use crate::http::{Problem, Session};
use crate::videos::metadata::{InvalidField, InvalidFields, VideoMetadata};
use crate::videos::picture::MAX_FILE_BYTES;
use crate::videos::upload::{self, Uploaded};

/// What a form holds beside its video, at most: two pictures, texts and boundaries.
pub(super) const FORM_BYTES: u64 = 2 * MAX_FILE_BYTES as u64 + (1 << 20);

/// Routes of this file.
pub(super) fn router() -> OpenApiRouter<App> {
    // The limit here is the server's own, kept while the bytes are written.
    OpenApiRouter::new().routes(routes!(upload_video)).layer(DefaultBodyLimit::disable())
}

/// PeerTube's `VideoUploadResponse`.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct VideoUploadResponse {
    video: UploadedVideo,
}

#[derive(Debug, Serialize, ToSchema)]
struct UploadedVideo {
    /// Id on this instance.
    id: i64,
    /// UUID, the same everywhere.
    uuid: Uuid,
    /// The UUID in 22 characters.
    #[serde(rename = "shortUUID")]
    short_uuid: String,
}

impl From<Uploaded> for VideoUploadResponse {
    fn from(uploaded: Uploaded) -> Self {
        let Uploaded { id, uuid } = uploaded;
        Self { video: UploadedVideo { id, uuid, short_uuid: ShortUuid(uuid).to_string() } }
    }
}

/// Takes a video file and what is said about it, fields in any order.
#[utoipa::path(
    post, path = "/api/v1/videos/upload", tag = "Video Upload", operation_id = "uploadLegacy",
    request_body(content_type = "multipart/form-data"),
    responses(
        (status = 200, body = VideoUploadResponse),
        (status = 400, description = "A field does not fit"),
        (status = 403, description = "Another user's channel"),
        (status = 404, description = "No such channel"),
        (status = 408, description = "No byte came for a long time"),
        (status = 413, description = "Larger than the server or the quota allows"),
        (status = 415, description = "Not said to be video or sound"),
        (status = 422, description = "No playable media; says what was found"),
        (status = 507, description = "The server's disk is nearly full"),
    )
)]
async fn upload_video(
    State(app): State<App>,
    Session(by): Session,
    request: Request,
) -> Result<Json<VideoUploadResponse>, Problem> {
    if let Some(length) = content_length(request.headers()) {
        let at_least = length.saturating_sub(FORM_BYTES);
        upload::check_size(&app, at_least)?;
        quota::check(&app, by.user_id, at_least).await?;
    }
    let parts = Multipart::from_request(request, &app)
        .await
        .map_err(|rejection| Problem::new(rejection.status(), "Send multipart/form-data."))?;
    let form = upload_form::read(&app, parts, Some(by.user_id)).await?;
    let metadata = VideoMetadata::read(&form.fields);
    let Some(received) = form.video else {
        let mut invalid = metadata.err().map_or_else(Vec::new, |invalid| invalid.0);
        invalid.push(InvalidField { path: "videofile", message: "Should have a file".to_owned() });
        return Err(InvalidFields(invalid).into());
    };
    let uploaded = upload::take(&app, &by, received, &metadata?, form.pictures).await?;
    Ok(Json(uploaded.into()))
}

/// Bytes of the body, when the client says so beforehand.
pub(super) fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
