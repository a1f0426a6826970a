//! How do players get playlists, media, pictures and captions? Under PeerTube's addresses, with
//! ranges, conditions and caching as RFC 9110 and RFC 9111 say.
//!
//! Every request is judged by `videos::access`, from memory. Files of videos that are open to all
//! may be kept by everybody; of others, by nobody. Reading from other sites' pages is allowed:
//! no cookie counts here, so a page has only what its reader has given it.

pub(in crate::http) mod conditions;
mod disposition;
mod download;
mod hls;
mod people;
mod pictures;
mod playlists;
mod range;
mod send;

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::Response;
use tower_http::cors::{Any, CorsLayer};
use utoipa_axum::router::OpenApiRouter;

use super::asker::PASSWORD_HEADER;
use crate::app::App;

/// How long browsers need not ask again whether other sites may read.
const PREFLIGHT_LIFE: Duration = Duration::from_secs(24 * 3600);

/// Every route that serves files.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(hls::router())
        .merge(people::router())
        .merge(pictures::router())
        .merge(download::router())
        .layer(axum::middleware::map_response(finish))
        .layer(cors())
}

fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([
            header::AUTHORIZATION,
            header::RANGE,
            header::IF_RANGE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            header::IF_MODIFIED_SINCE,
            header::IF_UNMODIFIED_SINCE,
            HeaderName::from_static(PASSWORD_HEADER),
        ])
        .expose_headers([
            header::ACCEPT_RANGES,
            header::CONTENT_DISPOSITION,
            header::CONTENT_LENGTH,
            header::CONTENT_RANGE,
            header::ETAG,
            header::LAST_MODIFIED,
            header::RETRY_AFTER,
        ])
        .max_age(PREFLIGHT_LIFE)
        // The answer is the same for every origin: shared caches need one copy.
        .vary([])
}

/// Nobody guesses another type than the one that is said, and no refusal is kept.
async fn finish(mut response: Response) -> Response {
    let refused = response.status().is_client_error() || response.status().is_server_error();
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if refused {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
