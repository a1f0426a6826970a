//! One file per resource-action, as in `src/http/v1`.

mod abuses;
mod accounts;
mod blocklist;
mod comments;
mod config;
mod feeds;
mod limits;
mod metrics;
mod moderation;
mod notifications;
mod ping;
mod plugins;
mod server;
mod transparency;
mod users;
mod video_channels;
mod videos;
