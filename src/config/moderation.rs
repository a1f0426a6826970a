//! How much may moderation use, and how long does it remember?

use documented::DocumentedFields;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::ConfigError;

/// `[moderation]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(default, deny_unknown_fields)]
pub struct Moderation {
    /// Bytes that the automata of watched words may take in memory. Those that were not used for
    /// longest are built anew when they are needed again.
    pub matcher_memory_bytes: u64,
    /// Days that the audit log is kept. Decisions can be undone and contested for as long.
    pub audit_days: u32,
    /// Days that what was taken down is kept as evidence, out of everybody's sight. It can be
    /// restored for as long; then it is removed for good.
    pub takedown_days: u32,
    /// Days of stored text that a list can be tried on, or applied to, at most.
    pub preview_days: u32,
    /// Minutes after which a held text that somebody took is free for others again.
    pub assignment_minutes: u32,
    /// Hours after which lists that follow an address are fetched again.
    pub subscription_hours: u32,
    /// Bytes that a list fetched from an address may have.
    pub subscription_bytes: u64,
    /// New videos, and videos whose file was replaced, are seen by nobody but their owner until a
    /// moderator let them pass. Not those of moderators and of users who are trusted with it.
    pub hold_new_videos: bool,
    /// Networks beside the public ones that lists may be fetched from, such as your own.
    pub subscription_networks: Vec<IpNet>,
}

impl Default for Moderation {
    fn default() -> Self {
        Self {
            matcher_memory_bytes: 256 * 1024 * 1024,
            audit_days: 400,
            takedown_days: 180,
            preview_days: 400,
            assignment_minutes: 30,
            subscription_hours: 12,
            subscription_bytes: 16 * 1024 * 1024,
            hold_new_videos: false,
            subscription_networks: Vec::new(),
        }
    }
}

impl Moderation {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (key, value) in [
            ("moderation.audit_days", self.audit_days),
            ("moderation.takedown_days", self.takedown_days),
            ("moderation.preview_days", self.preview_days),
            ("moderation.assignment_minutes", self.assignment_minutes),
            ("moderation.subscription_hours", self.subscription_hours),
        ] {
            if value < 1 {
                return Err(ConfigError::Value { key, problem: "should be at least 1".to_owned() });
            }
        }
        let least = 1024 * 1024;
        if self.matcher_memory_bytes < least {
            let problem = format!("should be at least {least}");
            return Err(ConfigError::Value { key: "moderation.matcher_memory_bytes", problem });
        }
        Ok(())
    }
}
