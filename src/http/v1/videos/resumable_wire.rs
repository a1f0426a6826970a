//! How does PeerTube's resumable protocol look on the wire? Headers in, headers out, the same for
//! new videos and for replaced files.

use axum::body::{Body, BodyDataStream};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::upload::content_length;
use crate::http::Problem;
use crate::http::error::uploads::received_range;
use crate::videos::metadata::{Fields, InvalidField, InvalidFields};
use crate::videos::resumable::{Announced, Begun, Chunk, ContentRange, Digest, Progress};
use crate::videos::upload::{UploadError, Uploaded};

const LENGTH: &str = "X-Upload-Content-Length";
const TYPE: &str = "X-Upload-Content-Type";
const DIGEST: HeaderName = HeaderName::from_static("digest");
/// Characters of a file name at most (PeerTube).
const MAX_FILENAME: usize = 2000;

/// Names an upload.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct UploadParams {
    /// From `Location` of the answer that began it.
    pub upload_id: String,
}

/// What the request that begins an upload says about its file.
pub(super) struct Bounds {
    size_bytes: u64,
    mime_type: String,
    filename: String,
    last_modified: Option<String>,
}

impl Bounds {
    /// Reads headers and fields; `others` are fields that do not fit already.
    pub(super) fn read(
        headers: &HeaderMap,
        fields: &Fields,
        others: Option<&InvalidFields>,
    ) -> Result<Self, InvalidFields> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let mut invalid = others.map(|invalid| invalid.0.clone()).unwrap_or_default();
        let mut refuse = |path, message: &str| {
            invalid.push(InvalidField { path, message: message.to_owned() });
        };
        let size_bytes = text(LENGTH).and_then(|length| length.parse().ok());
        if size_bytes.is_none() {
            refuse("x-upload-content-length", "Should specify the file length");
        }
        let mime_type = text(TYPE);
        if mime_type.is_none() {
            refuse("x-upload-content-type", "Should specify the file mimetype");
        }
        let filename = fields.text("filename");
        let filename = filename.filter(|name| (1..=MAX_FILENAME).contains(&name.chars().count()));
        if filename.is_none() {
            refuse("filename", "Should be the name of the file.");
        }
        match (size_bytes, mime_type, filename) {
            (Some(size_bytes), Some(mime_type), Some(filename)) if invalid.is_empty() => Ok(Self {
                size_bytes,
                mime_type: mime_type.to_owned(),
                filename: filename.to_owned(),
                last_modified: fields.get("lastModified").map(ToString::to_string),
            }),
            _ => Err(InvalidFields(invalid)),
        }
    }

    /// The same, for the verb.
    pub(super) fn announced(self) -> Announced {
        let Self { size_bytes, mime_type, filename, last_modified } = self;
        Announced { filename, mime_type, size_bytes, last_modified }
    }
}

/// The answer to the request that begins an upload at `path`.
pub(super) fn begun(path: &str, begun: &Begun) -> Response {
    let status = if begun.received > 0 { StatusCode::OK } else { StatusCode::CREATED };
    let location = format!("{path}?upload_id={}", begun.id);
    (status, [(header::LOCATION, location), (header::CACHE_CONTROL, "no-store".to_owned())])
        .into_response()
}

/// Reads a chunk's headers and has `verb` take it.
pub(super) async fn chunk(
    request: Request,
    verb: impl AsyncFnOnce(Chunk<&mut BodyDataStream>) -> Result<Progress, UploadError>,
) -> Result<Progress, Problem> {
    let (parts, body) = request.into_parts();
    let mut body = Body::into_data_stream(body);
    let outcome = match (range(&parts.headers), digest(&parts.headers)) {
        (Ok(range), Ok(digest)) => {
            let length = content_length(&parts.headers);
            verb(Chunk { range, length, digest, body: &mut body }).await
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    outcome.map_err(Problem::from)
}

fn range(headers: &HeaderMap) -> Result<Option<ContentRange>, UploadError> {
    let Some(value) = headers.get(header::CONTENT_RANGE) else { return Ok(None) };
    ContentRange::parse(value.to_str().unwrap_or_default()).map(Some)
}

fn digest(headers: &HeaderMap) -> Result<Option<Digest>, UploadError> {
    let Some(value) = headers.get(DIGEST) else { return Ok(None) };
    Digest::parse(value.to_str().unwrap_or_default()).map(Some)
}

/// The answer to a chunk or a question; `done` presents what a finished upload became.
pub(super) fn progress(progress: Progress, done: impl FnOnce(Uploaded) -> Response) -> Response {
    match progress {
        Progress::Done(uploaded) => done(uploaded),
        Progress::Incomplete(received) => (
            StatusCode::PERMANENT_REDIRECT,
            [
                (header::RANGE, received_range(received)),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ],
        )
            .into_response(),
    }
}
