//! The JSON shapes of PeerTube's API, one file per schema family.

pub mod abuse;
pub mod account;
pub mod block;
pub mod channel;
pub mod comment;
pub mod config;
pub mod constant;
pub mod notification;
pub mod page;
pub mod statement;
pub mod traffic;
pub mod user;
pub mod video;
pub mod video_files;
pub mod video_parts;
pub mod video_sharing;

use crate::app::App;

/// Where this instance is, for absolute addresses and `host` fields.
#[derive(Debug, Clone)]
pub struct Site {
    /// Public address without a final slash.
    pub base_url: String,
    /// Public host, with its port when it needs one.
    pub host: String,
}

impl Site {
    /// The configured one.
    #[must_use]
    pub fn of(app: &App) -> Self {
        Self { base_url: app.config().public_url(), host: app.config().public_host() }
    }

    /// Name and host of a handle, `name` or `name@host`; the host is empty for this server.
    #[must_use]
    pub fn split_handle<'a>(&self, handle: &'a str) -> (&'a str, &'a str) {
        match handle.split_once('@') {
            Some((name, host)) if host == self.host => (name, ""),
            Some(parts) => parts,
            None => (handle, ""),
        }
    }

    /// The host of an actor: its own, or ours for a local one.
    #[must_use]
    pub fn host_of(&self, host: &str) -> String {
        if host.is_empty() { self.host.clone() } else { host.to_owned() }
    }
}
