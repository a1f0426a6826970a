//! `VideoChannel`, `VideoChannelSummary`.

use serde::Serialize;
use utoipa::ToSchema;

use super::Site;
use super::account::{Account, ActorImage};
use crate::db::accounts::AccountRow;
use crate::db::actor_images::ImageKind;
use crate::db::channels::ChannelRow;
use crate::domain::P2pPolicy;

/// PeerTube's `VideoChannel`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VideoChannel {
    /// `channels.id`.
    pub id: i64,
    /// ActivityPub id.
    pub url: String,
    /// Name without host.
    pub name: String,
    /// Smallest first.
    pub avatars: Vec<ActorImage>,
    /// Smallest first.
    pub banners: Vec<ActorImage>,
    /// Where it lives.
    pub host: String,
    /// Always null: redundancy is not decided per actor.
    pub host_redundancy_allowed: Option<bool>,
    /// Actors it follows.
    pub following_count: i64,
    /// Followers known here.
    pub followers_count: i64,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub updated_at: String,
    /// Display name.
    pub display_name: String,
    /// What it is about.
    pub description: Option<String>,
    /// How to support it.
    pub support: Option<String>,
    /// An address it shows to everybody.
    pub public_email: Option<String>,
    /// Sharing between viewers of its videos, at most: `off`, `ask` or `on`; null: as the
    /// instance.
    pub p2p_policy: Option<&'static str>,
    /// Of new videos: 1 everybody comments, 2 nobody, 3 after approval.
    pub comments_policy: i64,
    /// Seconds between two comments of one person under a video; 0: none.
    pub comments_slow_mode_seconds: i64,
    /// Lives here.
    pub is_local: bool,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_account: Option<Account>,
}

impl VideoChannel {
    /// Shows a channel, with its owner when known.
    #[must_use]
    pub fn new(site: &Site, channel: &ChannelRow, owner: Option<&AccountRow>) -> Self {
        let actor = &channel.actor;
        Self {
            id: channel.id,
            url: actor.ap_url.clone(),
            name: actor.name.clone(),
            avatars: ActorImage::all(site, actor, ImageKind::Avatar),
            banners: ActorImage::all(site, actor, ImageKind::Banner),
            host: site.host_of(&actor.host),
            host_redundancy_allowed: None,
            following_count: actor.following_count,
            followers_count: actor.followers_count,
            created_at: actor.created_at.rfc3339(),
            updated_at: actor.updated_at.rfc3339(),
            display_name: channel.display_name.clone(),
            description: channel.description.clone(),
            support: channel.support.clone(),
            public_email: channel.public_email.clone(),
            p2p_policy: channel.p2p.map(P2pPolicy::name),
            comments_policy: channel.comments.policy,
            comments_slow_mode_seconds: channel.comments.pause_s,
            is_local: actor.host.is_empty(),
            owner_account: owner.map(|owner| Account::new(site, owner)),
        }
    }
}

/// PeerTube's `VideoChannelSummary`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VideoChannelSummary {
    /// `channels.id`.
    pub id: i64,
    /// Name without host.
    pub name: String,
    /// Display name.
    pub display_name: String,
    /// ActivityPub id.
    pub url: String,
    /// Where it lives.
    pub host: String,
    /// Smallest first.
    pub avatars: Vec<ActorImage>,
}

impl VideoChannelSummary {
    /// Shows a channel in short.
    #[must_use]
    pub fn new(site: &Site, channel: &ChannelRow) -> Self {
        let actor = &channel.actor;
        Self {
            id: channel.id,
            name: actor.name.clone(),
            display_name: channel.display_name.clone(),
            url: actor.ap_url.clone(),
            host: site.host_of(&actor.host),
            avatars: ActorImage::all(site, actor, ImageKind::Avatar),
        }
    }
}
