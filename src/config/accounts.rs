//! Users, sessions, quotas.

use documented::DocumentedFields;
use serde::{Deserialize, Serialize};

use super::ConfigError;

/// How strangers become users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signup {
    /// Not at all: administrators make users.
    Off,
    /// They ask, and moderators decide.
    Approval,
    /// By themselves, at once.
    Open,
}

/// `[accounts]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(default, deny_unknown_fields)]
pub struct Accounts {
    /// Password of `root` at the very first start; a random one is printed when it is empty.
    pub root_password: String,
    /// E-mail address of `root` at the very first start.
    pub root_email: String,
    /// Bytes a new user may keep in all; -1: no limit.
    pub video_quota_bytes: i64,
    /// Bytes a new user may upload in 24 hours; -1: no limit.
    pub video_quota_daily_bytes: i64,
    /// Hours an access token is good for.
    pub access_token_hours: u32,
    /// Hours a refresh token is good for.
    pub refresh_token_hours: u32,
    /// Wrong passwords one address may send in five minutes.
    pub max_failures_per_address: u32,
    /// Wrong passwords one account may receive in five minutes.
    pub max_failures_per_account: u32,
    /// Channels one user may have.
    pub max_channels: u32,
    /// How strangers become users: `off` (administrators make them), `approval` (they ask, and
    /// moderators decide) or `open` (at once).
    pub signup: Signup,
    /// Users there are at most for strangers to become one; -1: no limit.
    pub signup_limit: i64,
    /// Years that one should be old to sign up; those who sign up are asked.
    pub signup_minimum_age: u32,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            root_password: String::new(),
            root_email: "root@localhost.localdomain".to_owned(),
            video_quota_bytes: -1,
            video_quota_daily_bytes: -1,
            access_token_hours: 24,
            refresh_token_hours: 24 * 14,
            max_failures_per_address: 20,
            max_failures_per_account: 10,
            max_channels: 20,
            signup: Signup::Off,
            signup_limit: -1,
            signup_minimum_age: 16,
        }
    }
}

impl Accounts {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.access_token_hours == 0 || self.refresh_token_hours < self.access_token_hours {
            return Err(ConfigError::Value {
                key: "accounts.refresh_token_hours",
                problem: "should be at least accounts.access_token_hours, and that at least 1"
                    .to_owned(),
            });
        }
        Ok(())
    }
}
