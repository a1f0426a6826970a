//! `User`, `UserWithStats`, `UserNotificationSettings`.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::Site;
use super::account::Account;
use super::channel::VideoChannel;
use crate::accounts::directory::Profile;
use crate::domain::Role;
use crate::domain::preferences::Preferences;

/// A role as number and label.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoleLabel {
    /// 0 administrator, 1 moderator, 2 user.
    pub id: i64,
    /// English.
    pub label: &'static str,
}

impl From<Role> for RoleLabel {
    fn from(role: Role) -> Self {
        Self { id: role.id(), label: role.label() }
    }
}

/// PeerTube's `User`, as the user themselves and administrators see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// `users.id`.
    pub id: i64,
    /// Log-in name.
    pub username: String,
    /// E-mail address.
    pub email: String,
    /// The address was proven to be theirs.
    pub email_verified: bool,
    /// Never shown to others.
    pub email_public: bool,
    /// PeerTube's `adminFlags`.
    pub admin_flags: i64,
    /// They chose themselves whether they share; otherwise `p2pEnabled` is what the instance does
    /// with people who were not asked.
    pub p2p_chosen: bool,
    /// What they chose.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub preferences: Preferences,
    /// Bytes in all; -1: no limit.
    pub video_quota: i64,
    /// Bytes in 24 hours; -1: no limit.
    pub video_quota_daily: i64,
    /// Bytes taken.
    pub video_quota_used: i64,
    /// Bytes of the last 24 hours.
    pub video_quota_used_daily: i64,
    /// Role.
    pub role: RoleLabel,
    /// Their profile.
    pub account: Account,
    /// Which notifications they get.
    #[schema(value_type = Object)]
    pub notification_settings: Map<String, Value>,
    /// Their channels, oldest first.
    pub video_channels: Vec<VideoChannel>,
    /// May not sign in.
    pub blocked: bool,
    /// Why not.
    pub blocked_reason: Option<String>,
    /// RFC 3339.
    pub created_at: String,
    /// Always null: passwords are kept here.
    pub plugin_auth: Option<String>,
    /// RFC 3339.
    pub last_login_date: Option<String>,
    /// Always false.
    pub two_factor_enabled: bool,
    /// PeerTube's news that were read.
    pub new_features_info_read: i64,
    /// Counts, when asked for.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub stats: Option<UserStats>,
}

/// What `UserWithStats` adds.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserStats {
    /// Videos of all their channels.
    pub videos_count: i64,
    /// Reports about them: none can be made yet.
    pub abuses_count: i64,
    /// Reports about them that were accepted.
    pub abuses_accepted_count: i64,
    /// Reports by them.
    pub abuses_created_count: i64,
    /// Their comments.
    pub video_comments_count: i64,
}

impl User {
    /// Shows a user. `shares_unasked`: as the instance does.
    #[must_use]
    pub fn new(site: &Site, profile: &Profile, shares_unasked: bool) -> Self {
        let user = &profile.user;
        let chosen = Preferences::stored(&user.preferences);
        let shares = chosen.p2p_enabled.unwrap_or(shares_unasked);
        let channels = profile.channels.iter();
        Self {
            id: user.id,
            username: user.username.clone(),
            email: user.email.clone(),
            email_verified: user.email_verified,
            email_public: false,
            admin_flags: user.admin_flags,
            p2p_chosen: chosen.p2p_enabled.is_some(),
            preferences: Preferences { p2p_enabled: Some(shares), ..chosen },
            video_quota: user.video_quota,
            video_quota_daily: user.video_quota_daily,
            video_quota_used: profile.usage.total_bytes,
            video_quota_used_daily: profile.usage.daily_bytes,
            role: user.role.into(),
            account: Account::new(site, &profile.account),
            notification_settings: profile.notifications.json().clone(),
            video_channels: channels
                .map(|channel| VideoChannel::new(site, channel, Some(&profile.account)))
                .collect(),
            blocked: user.blocked,
            blocked_reason: user.blocked_reason.clone(),
            created_at: user.created_at.rfc3339(),
            plugin_auth: None,
            last_login_date: user.last_login_at.map(crate::domain::Millis::rfc3339),
            two_factor_enabled: false,
            new_features_info_read: 0,
            stats: profile.counts.map(|counts| UserStats {
                videos_count: counts.videos,
                abuses_count: 0,
                abuses_accepted_count: 0,
                abuses_created_count: 0,
                video_comments_count: counts.comments,
            }),
        }
    }
}
