//! How does the outside speak to us? Every handler extracts, calls one verb, and presents.

mod answers;
mod asker;
mod counts;
mod error;
mod extract;
mod feeds;
mod health;
mod layers;
mod limit;
mod media;
mod metrics;
mod pages;
mod patient;
mod received;
mod server;
mod session;
mod tracker;
pub mod v1;

pub use asker::Asker;
pub use error::Problem;
pub use server::serve;
pub use session::{MaybeSession, Session};

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

#[derive(OpenApi)]
#[openapi(info(
    title = "Farandole",
    description = "PeerTube's REST API v1, as Farandole speaks it, and what Farandole adds.",
    license(name = "AGPL-3.0-or-later", identifier = "AGPL-3.0-or-later")
))]
struct ApiDoc;

/// Every route, and the OpenAPI document made from the same code.
pub fn routes() -> (Router<App>, utoipa::openapi::OpenApi) {
    let (api, doc) = OpenApiRouter::with_openapi(ApiDoc::openapi())
        .merge(v1::router())
        .merge(feeds::router())
        .merge(media::router())
        .split_for_parts();
    let others = health::router().merge(metrics::router()).merge(pages::router());
    (api.merge(others).merge(tracker::router()), doc)
}

/// The whole web application.
pub fn router(app: App) -> Router {
    let (routes, doc) = routes();
    let doc = axum::Json(doc);
    let routes = routes
        .route("/api/v1/openapi.json", axum::routing::get(async move || doc.clone()))
        .fallback(pages::nothing_here)
        .with_state(app.clone());
    layers::wrap(limit::wrap(routes, &app))
}
