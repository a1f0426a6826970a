//! How much may one caller ask?

use documented::DocumentedFields;
use serde::{Deserialize, Serialize};

/// `[limits]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// API requests one address (or IPv6 /64) may make in `api_window_seconds`; 0: no limit.
    pub api_requests: u32,
    /// Length of that window, seconds.
    pub api_window_seconds: u32,
    /// Bearer token that opens `/metrics` to callers from elsewhere; empty: only this machine.
    pub metrics_token: String,
}

impl Default for Limits {
    fn default() -> Self {
        Self { api_requests: 200, api_window_seconds: 10, metrics_token: String::new() }
    }
}
