//! PeerTube's REST API v1: one file per resource-action, JSON shapes in `wire`.

mod abuses;
mod accounts;
mod automatic_tags;
mod blocklist;
mod bulk;
mod config;
mod metrics;
mod moderation;
mod oauth_clients;
mod picture_form;
mod ping;
mod plugins;
mod server;
mod transparency;
mod users;
mod video_channels;
pub(in crate::http) mod videos;
mod watched_words;
pub mod wire;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// Every route under `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(abuses::router())
        .merge(accounts::router())
        .merge(automatic_tags::router())
        .merge(blocklist::router())
        .merge(bulk::router())
        .merge(config::router())
        .merge(metrics::router())
        .merge(moderation::router())
        .merge(oauth_clients::router())
        .merge(ping::router())
        .merge(plugins::router())
        .merge(server::router())
        .merge(transparency::router())
        .merge(users::router())
        .merge(video_channels::router())
        .merge(videos::router())
        .merge(watched_words::router())
}
