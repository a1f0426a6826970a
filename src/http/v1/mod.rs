//! PeerTube's REST API v1: one file per resource-action, JSON shapes in `wire`.

mod ping;
mod videos;
mod wire;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// Every route under `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(ping::router()).merge(videos::router())
}
