//! What does a browser get that asks for a page? The HTML shell with a true head, the built
//! assets, and the few files browsers and robots look for by name.
//!
//! The pages themselves run in the browser on the REST API; nothing is decided here but what the
//! head may reveal.

mod actor;
mod assets;
mod oembed;
mod plain;
mod shell;
mod video;
pub(super) mod visitor;
mod words;

use axum::Router;
use axum::routing::get;

use crate::app::App;

pub(super) use plain::nothing_here;

/// Every page and asset.
pub(super) fn router() -> Router<App> {
    Router::new()
        .merge(plain::router())
        .merge(video::router())
        .merge(actor::router())
        .route("/services/oembed", get(oembed::oembed))
        .route("/client/{*path}", get(assets::client))
        .route("/favicon.ico", get(assets::favicon))
        .route("/robots.txt", get(assets::robots))
}
