//! PeerTube's REST API v1: one file per resource-action, JSON shapes in `wire`.

mod oauth_clients;
mod ping;
mod users;
mod videos;
pub mod wire;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// Every route under `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(oauth_clients::router())
        .merge(ping::router())
        .merge(users::router())
        .merge(videos::router())
}
