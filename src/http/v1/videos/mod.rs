//! `/api/v1/videos/…`, one file per resource-action.

mod blocks;
mod captions;
mod chapters;
mod comment_threads;
pub(in crate::http) mod comments;
mod constants;
pub(in crate::http) mod list;
mod metadata;
mod p2p;
mod passwords;
pub(in crate::http) mod query;
mod read;
mod resumable_wire;
mod source;
mod stats;
mod transcoding;
mod update;
mod upload;
mod upload_form;
mod upload_resumable;
mod views;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::domain::VideoRef;
use crate::http::Problem;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(blocks::router())
        .merge(captions::router())
        .merge(chapters::router())
        .merge(comment_threads::router())
        .merge(comments::router())
        .merge(constants::router())
        .merge(list::router())
        .merge(metadata::router())
        .merge(p2p::router())
        .merge(passwords::router())
        .merge(read::router())
        .merge(source::router())
        .merge(stats::router())
        .merge(transcoding::router())
        .merge(update::router())
        .merge(upload::router())
        .merge(upload_resumable::router())
        .merge(views::router())
}

/// The video that a path names.
pub(in crate::http) fn video_ref(text: &str) -> Result<VideoRef, Problem> {
    text.parse().map_err(|_| {
        Problem::invalid_param("id", "Should be a valid id: a number, a UUID or a short UUID.")
    })
}
