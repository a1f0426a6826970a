//! Where do viewers of a video meet to share its segments? Which policy is in force, what its
//! swarms are called, and what a player is told. The tracker itself knows only names.

mod directory;
mod ticket;

use aws_lc_rs::hmac;
use farandole_peer::info_hash;
use farandole_transcoder::playlist::{self, Rendition};
use farandole_transcoder::spec::{RenditionPlan, Role};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

pub use directory::start;
pub use ticket::admit;

use super::VideosError;
use super::access::Guard;
use super::names::{self, MediaName};
use crate::app::App;
use crate::auth::{actor_keys, seal};
use crate::config::{Config, SharingLimit};
use crate::db;
use crate::db::videos::VideoRow;
use crate::db::videos::shown::PlayableSet;
use crate::db::videos::swarms::{InfoHash, NamedSwarm, SwarmKind};
use crate::domain::p2p::Decisive;
use crate::domain::{P2pPolicy, Privacy};

/// Hexadecimal digits of a swarm id.
const SWARM_ID_BYTES: usize = 16;

/// What a player needs to share a video with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sharing {
    /// Whether the viewer is asked; never off.
    pub policy: P2pPolicy,
    /// What our players derive the names of swarms from.
    pub swarm_id: String,
    /// The channel's Ed25519 key, which signs the manifests.
    pub public_key: [u8; 32],
    /// The swarms of our players.
    pub own: Vec<InfoHash>,
    /// The swarms of PeerTube's players; none unless everybody may watch and nobody is asked.
    pub peertube: Vec<InfoHash>,
    /// Where they meet.
    pub tracker_url: String,
}

/// How far the instance lets sharing go.
#[must_use]
pub fn instance_policy(config: &Config) -> P2pPolicy {
    match config.p2p.policy {
        SharingLimit::Off => P2pPolicy::Off,
        SharingLimit::Ask => P2pPolicy::Ask,
        SharingLimit::On => P2pPolicy::On,
    }
}

/// The policy in force for a video.
#[must_use]
pub fn policy_of(app: &App, row: &VideoRow) -> P2pPolicy {
    let decisive = Decisive {
        instance: instance_policy(app.config()),
        channel: row.channel_p2p,
        video: row.p2p,
        privacy: row.privacy,
        nsfw: row.nsfw,
    };
    decisive.in_force()
}

/// What players derive the names of a generation's swarms from. Keyed, so that nobody can tell
/// the swarms of a video that is not open from what they know of it; a new generation is a new
/// swarm.
#[must_use]
pub fn swarm_id(app: &App, generation: Uuid) -> String {
    let key = seal::derived_key(app.secret(), b"farandole: swarm ids");
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), generation.as_bytes());
    hex::encode(tag.as_ref().get(..SWARM_ID_BYTES).unwrap_or_default())
}

/// The swarms of a set, from its final master playlist and the plans it was made of. PeerTube's
/// names are made of the public address, and are used only for videos that everybody may watch.
#[must_use]
pub fn named<'a>(
    app: &App,
    video: Uuid,
    generation: Uuid,
    master: &str,
    plans: impl Iterator<Item = &'a RenditionPlan>,
) -> Vec<NamedSwarm> {
    let own = info_hash::of_master(&swarm_id(app, generation), master);
    let own = own.into_iter().map(|info_hash| NamedSwarm { info_hash, kind: SwarmKind::Own });
    let name = MediaName::Master.of(generation);
    let base = app.config().public_url();
    let address = format!("{base}/static/streaming-playlists/hls/{video}/{name}");
    // As in the list of files that the API gives.
    let files = plans.filter(|plan| plan.role != Role::AudioTrack);
    let resolutions: Vec<u32> = files.map(|plan| plan.resolution).collect();
    let theirs = info_hash::peertube(&address, video, &resolutions);
    let kind = SwarmKind::PeerTube;
    own.chain(theirs.into_iter().map(|info_hash| NamedSwarm { info_hash, kind })).collect()
}

/// The swarms of a set that is complete, or will not get other renditions.
#[must_use]
pub fn of_renditions(
    app: &App,
    video: Uuid,
    generation: Uuid,
    renditions: &[Rendition<'_>],
) -> Vec<NamedSwarm> {
    let name = |plan: &RenditionPlan| {
        MediaName::Playlist(names::stem(&plan.file).to_owned()).of(generation)
    };
    let master = playlist::master(renditions, name);
    named(app, video, generation, &master, renditions.iter().map(|one| one.plan))
}

/// What a player is told; `None` when nothing is shared. `guard` let it in already.
pub(super) async fn sharing(
    app: &App,
    guard: &Guard,
    row: &VideoRow,
    set: &PlayableSet,
) -> Result<Option<Sharing>, VideosError> {
    let policy = policy_of(app, row);
    if !policy.shares() || !row.available {
        return Ok(None);
    }
    let mut conn = app.db().read().await?;
    let swarms = db::videos::swarms::of_set(&mut conn, set.id).await?;
    drop(conn);
    let of_kind = |kind| {
        swarms.iter().filter(move |swarm| swarm.kind == kind).map(|swarm| swarm.info_hash).collect()
    };
    let own: Vec<InfoHash> = of_kind(SwarmKind::Own);
    if own.is_empty() {
        return Ok(None);
    }
    let open = row.privacy == Privacy::Public;
    let peertube =
        if open && policy == P2pPolicy::On { of_kind(SwarmKind::PeerTube) } else { Vec::new() };
    let public_key = actor_keys::public(app, row.channel_actor_id).await?;
    let ticket = (!open).then(|| ticket::sign(app, guard, set.generation));
    Ok(Some(Sharing {
        policy,
        swarm_id: swarm_id(app, set.generation),
        public_key,
        own,
        peertube,
        tracker_url: tracker_url(&app.config().public_url(), row.uuid, ticket.as_deref()),
    }))
}

/// What a balancer sends viewers of one video to one node by, in the addresses of the tracker and
/// of reports to it.
#[must_use]
pub fn shard(video: Uuid) -> String {
    let first = Sha256::digest(video.as_bytes()).first().copied().unwrap_or_default();
    format!("shard={first:02x}")
}

/// The tracker's address.
fn tracker_url(base: &str, video: Uuid, ticket: Option<&str>) -> String {
    // `http` becomes `ws`, `https` `wss`.
    let base = base.replacen("http", "ws", 1);
    let shard = shard(video);
    let token = ticket.map_or_else(String::new, |ticket| format!("&token={ticket}"));
    format!("{base}/tracker/socket?{shard}{token}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn viewers_of_one_video_are_sent_to_one_shard() {
        let video: Uuid = "9c9de5e8-0a1e-484a-b099-e80766180a6d".parse().unwrap();
        let shard = hex::encode(&Sha256::digest(video.as_bytes())[..1]);
        assert_eq!(
            tracker_url("https://video.example", video, None),
            format!("wss://video.example/tracker/socket?shard={shard}")
        );
        assert_eq!(
            tracker_url("http://localhost:9000", video, Some("t")),
            format!("ws://localhost:9000/tracker/socket?shard={shard}&token=t")
        );
    }
}
