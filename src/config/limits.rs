//! How much may one caller ask?

use documented::DocumentedFields;
use serde::{Deserialize, Serialize};

use super::ConfigError;

/// `[limits]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// API requests one address (or IPv6 /64) may make in `api_window_seconds`; 0: no limit.
    pub api_requests: u32,
    /// Length of that window, seconds.
    pub api_window_seconds: u32,
    /// Connections at a time; more wait until others end.
    pub connections: u32,
    /// Seconds for the head of a request, idling before it included: longer than a proxy in front
    /// keeps idle connections (nginx: 60).
    pub head_seconds: u32,
    /// Seconds after which a client is given up that sends (nearly) nothing of the rest of its
    /// request, or takes nothing of its answer.
    pub stall_seconds: u32,
    /// Bearer token that opens `/metrics` to callers from elsewhere; empty: only this machine.
    pub metrics_token: String,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            api_requests: 200,
            api_window_seconds: 10,
            connections: 10_000,
            head_seconds: 75,
            stall_seconds: 60,
            metrics_token: String::new(),
        }
    }
}

impl Limits {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (key, value) in [
            ("limits.connections", self.connections),
            ("limits.head_seconds", self.head_seconds),
            ("limits.stall_seconds", self.stall_seconds),
        ] {
            if value == 0 {
                return Err(ConfigError::Value { key, problem: "should be at least 1".to_owned() });
            }
        }
        Ok(())
    }
}
