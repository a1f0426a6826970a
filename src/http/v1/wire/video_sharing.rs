//! `streamingPlaylists[].p2p`: what a player needs to share segments with other viewers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;
use utoipa::ToSchema;

use super::Site;
use crate::config::Config;
use crate::db::videos::swarms::InfoHash;
use crate::videos::shown::Details;
use crate::videos::swarms::shard;

/// How viewers of a playlist share its segments.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlaylistSharing {
    /// `ask`: nothing is shared before the viewer agrees; `on`: until they disagree.
    policy: &'static str,
    /// p2p-media-loader's `swarmId`.
    swarm_id: String,
    /// Ed25519, 32 bytes in base64: it signed `{playlist}.manifest`.
    public_key: String,
    /// One for each media playlist of the master, as trackers write them.
    info_hashes: Vec<String>,
    /// Where viewers meet.
    tracker_urls: Vec<String>,
    /// Servers to ask for one's own public address.
    stun_urls: Vec<String>,
    /// Sharing begins with so many viewers.
    min_viewers: u32,
    /// Where a player reports a peer whose segment was not what the manifest says.
    report_url: String,
}

impl PlaylistSharing {
    /// `None` when nothing is shared.
    #[must_use]
    pub fn of(site: &Site, details: &Details, config: &Config) -> Option<Self> {
        let sharing = details.sharing.as_ref()?;
        let row = &details.shown.row;
        Some(Self {
            policy: sharing.policy.name(),
            swarm_id: sharing.swarm_id.clone(),
            public_key: BASE64.encode(sharing.public_key),
            info_hashes: sharing.own.iter().map(text).collect(),
            tracker_urls: vec![sharing.tracker_url.clone()],
            stun_urls: config.stun_urls(),
            min_viewers: config.p2p.min_viewers,
            report_url: format!(
                "{}/api/v1/videos/{}/p2p/bad-segments?{}",
                site.base_url,
                row.uuid,
                shard(row.uuid)
            ),
        })
    }
}

/// One character U+0000–U+00FF a byte, as in messages to a tracker.
pub(super) fn text(hash: &InfoHash) -> String {
    hash.iter().map(|byte| char::from(*byte)).collect()
}
