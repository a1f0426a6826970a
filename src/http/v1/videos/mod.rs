//! `/api/v1/videos/…`, one file per resource-action.

mod constants;
mod linger;
mod list;
mod query;
mod read;
mod resumable_wire;
mod source;
mod transcoding;
mod upload;
mod upload_form;
mod upload_resumable;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::domain::VideoRef;
use crate::http::Problem;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(constants::router())
        .merge(list::router())
        .merge(read::router())
        .merge(source::router())
        .merge(transcoding::router())
        .merge(upload::router())
        .merge(upload_resumable::router())
}

/// The video that a path names.
fn video_ref(text: &str) -> Result<VideoRef, Problem> {
    text.parse().map_err(|_| {
        Problem::invalid_param("id", "Should be a valid id: a number, a UUID or a short UUID.")
    })
}
