//! `Account`, `AccountSummary`, `ActorImage`.

use serde::Serialize;
use utoipa::ToSchema;

use super::Site;
use crate::db::accounts::{AccountRow, ActorRow};
use crate::db::actor_images::{ImageKind, ImageRow};

/// One size of an avatar or banner.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActorImage {
    /// Address without the host (older clients).
    pub path: String,
    /// Whole address.
    pub file_url: String,
    /// Pixels.
    pub width: i64,
    /// Pixels.
    pub height: i64,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub updated_at: String,
}

impl ActorImage {
    /// Shows one size.
    #[must_use]
    pub fn new(site: &Site, image: &ImageRow) -> Self {
        let folder = match image.kind {
            ImageKind::Avatar => "avatars",
            ImageKind::Banner => "banners",
        };
        let path = format!("/lazy-static/{folder}/{}", image.file);
        Self {
            file_url: format!("{}{path}", site.base_url),
            path,
            width: image.width,
            height: image.height,
            created_at: image.created_at.rfc3339(),
            updated_at: image.updated_at.rfc3339(),
        }
    }

    /// Shows an actor's pictures of one kind.
    #[must_use]
    pub fn all(site: &Site, actor: &ActorRow, kind: ImageKind) -> Vec<Self> {
        let of_kind = actor.images.iter().filter(|image| image.kind == kind);
        of_kind.map(|image| Self::new(site, image)).collect()
    }
}

/// PeerTube's `Account`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// `accounts.id`.
    pub id: i64,
    /// ActivityPub id.
    pub url: String,
    /// Name without host.
    pub name: String,
    /// Smallest first.
    pub avatars: Vec<ActorImage>,
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
    /// For local accounts.
    pub user_id: Option<i64>,
    /// Display name.
    pub display_name: String,
    /// What they say about themselves.
    pub description: Option<String>,
}

impl Account {
    /// Shows an account.
    #[must_use]
    pub fn new(site: &Site, account: &AccountRow) -> Self {
        let actor = &account.actor;
        Self {
            id: account.id,
            url: actor.ap_url.clone(),
            name: actor.name.clone(),
            avatars: ActorImage::all(site, actor, ImageKind::Avatar),
            host: site.host_of(&actor.host),
            host_redundancy_allowed: None,
            following_count: actor.following_count,
            followers_count: actor.followers_count,
            created_at: actor.created_at.rfc3339(),
            updated_at: actor.updated_at.rfc3339(),
            user_id: account.user_id,
            display_name: account.display_name.clone(),
            description: account.description.clone(),
        }
    }
}

/// PeerTube's `AccountSummary`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountSummary {
    /// `accounts.id`.
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

impl AccountSummary {
    /// Shows an account in short.
    #[must_use]
    pub fn new(site: &Site, account: &AccountRow) -> Self {
        let actor = &account.actor;
        Self {
            id: account.id,
            name: actor.name.clone(),
            display_name: account.display_name.clone(),
            url: actor.ap_url.clone(),
            host: site.host_of(&actor.host),
            avatars: ActorImage::all(site, actor, ImageKind::Avatar),
        }
    }
}
