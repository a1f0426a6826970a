//! How much may plugins use, and whom may they reach?

use std::path::PathBuf;

use documented::DocumentedFields;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::ConfigError;

/// `[plugins]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(default, deny_unknown_fields)]
pub struct Plugins {
    /// Whether plugins are called at all. Off: texts that they would judge are shown or held by
    /// the other rules alone.
    pub enabled: bool,
    /// Threads on which plugins judge texts.
    pub judge_threads: u32,
    /// Threads on which plugins handle events; they may wait for the network.
    pub event_threads: u32,
    /// Calls that may wait for a thread. When more come, their texts are held for a human.
    pub queue: u32,
    /// Failures within an hour after which a plugin is switched off.
    pub failures: u32,
    /// Networks beside the public ones that plugins may reach, such as your own.
    pub networks: Vec<IpNet>,
    /// A folder of packages that administrators can install by their file names; empty: none.
    pub folder: PathBuf,
}

impl Default for Plugins {
    fn default() -> Self {
        Self {
            enabled: true,
            judge_threads: 2,
            event_threads: 1,
            queue: 64,
            failures: 5,
            networks: Vec::new(),
            folder: PathBuf::new(),
        }
    }
}

impl Plugins {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (key, value, most) in [
            ("plugins.judge_threads", self.judge_threads, 64),
            ("plugins.event_threads", self.event_threads, 64),
            ("plugins.queue", self.queue, 10_000),
            ("plugins.failures", self.failures, 1_000),
        ] {
            if !(1..=most).contains(&value) {
                let problem = format!("should be 1 to {most}");
                return Err(ConfigError::Value { key, problem });
            }
        }
        Ok(())
    }
}
