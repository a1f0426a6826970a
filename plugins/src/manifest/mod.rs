//! What does a plugin say about itself, and may it ask for that? Name, hooks, permissions, limits,
//! whether its instance may be kept, and the shape of its configuration.
//!
//! A manifest asks; what an operator gives is [`Grants`]. What neither names does not exist for
//! the plugin.

mod permissions;
mod schema;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::interface::{API_VERSION, JUDGE, ON_EVENT};
pub use permissions::{Change, Grants, Permission, Permissions, Proposal};
pub use schema::{Choice, ConfigError, Configuration, Kind, Setting};

/// The most bytes a manifest may have.
pub const MAX_MANIFEST_BYTES: usize = 64 * 1024;
/// The least wall time a call may be given: less would end innocent calls on a busy machine.
pub const MIN_WALL_MS: u64 = 500;

/// What the server can call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hook {
    /// Before a text is shown.
    Judge,
    /// From a queue, after something happened.
    OnEvent,
}

impl Hook {
    /// The name of the function that a plugin exports for it.
    #[must_use]
    pub const fn function(self) -> &'static str {
        match self {
            Self::Judge => JUDGE,
            Self::OnEvent => ON_EVENT,
        }
    }
}

/// What a plugin says about itself; `plugin.toml` in its folder, JSON inside its package.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Its name: 2 to 50 of a-z, 0-9 and -, beginning with a letter. Unique on a server.
    pub name: String,
    /// Its version, as three numbers: `1.0.2`.
    pub version: String,
    /// The version of the interface it was written for.
    pub api: u32,
    /// What people call it; at most 80 characters.
    pub title: String,
    /// One or two sentences for operators; at most 500 characters.
    #[serde(default)]
    pub description: String,
    /// Its licence (SPDX), if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Where to read about it: an http or https address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// What it wants to be called for.
    pub hooks: BTreeSet<Hook>,
    /// The surfaces whose texts it judges; all when empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub surfaces: BTreeSet<String>,
    /// The events it wants to hear of; all when empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub events: BTreeSet<String>,
    /// What it needs leave for.
    #[serde(default)]
    pub permissions: Permissions,
    /// What a call may use.
    #[serde(default)]
    pub limits: Limits,
    /// Whether an instance may serve several calls.
    #[serde(default)]
    pub pooling: Pooling,
    /// The settings that an operator can change.
    #[serde(default, skip_serializing_if = "Configuration::is_empty")]
    pub configuration: Configuration,
}

/// What one call may use at most. A manifest may ask for more than the defaults, up to the caps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// WebAssembly instructions of a `judge` call: 20 million unless told; 2 billion at most.
    pub judge_fuel: u64,
    /// WebAssembly instructions of an `on_event` call: 200 million unless told; 20 billion at most.
    pub event_fuel: u64,
    /// Memory in bytes: 16 MiB unless told; 1 MiB to 256 MiB.
    pub memory_bytes: u64,
    /// The wall time of a `judge` call, the backstop behind fuel: 1 s unless told; 0.5 to 5 s.
    pub judge_wall_ms: u64,
    /// The wall time of an `on_event` call: 10 s unless told; 0.5 to 30 s.
    pub event_wall_ms: u64,
    /// The bytes of an answer: 16 KiB unless told; 64 KiB at most.
    pub output_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            judge_fuel: 20_000_000,
            event_fuel: 200_000_000,
            memory_bytes: 16 << 20,
            judge_wall_ms: 1_000,
            event_wall_ms: 10_000,
            output_bytes: 16 << 10,
        }
    }
}

/// Whether an instance may serve several calls. It then can remember a text while it judges the
/// next, but only of the same channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pooling {
    /// Whether it asks for that.
    pub reuse: bool,
}

/// Why a manifest was refused: each sentence names the field.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// It is not TOML, or JSON, of this shape.
    #[error("the manifest cannot be read: {0}")]
    Unreadable(String),
    /// It is longer than [`MAX_MANIFEST_BYTES`].
    #[error("the manifest has more than {MAX_MANIFEST_BYTES} bytes")]
    TooLong,
    /// A field is not what it may be.
    #[error("the manifest's {field} {problem}")]
    Field {
        /// The field, as it is written.
        field: String,
        /// What is wrong with it, to be read after the field's name.
        problem: String,
    },
}

impl ManifestError {
    pub(crate) fn field(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Field { field: field.into(), problem: problem.into() }
    }
}

impl Manifest {
    /// Reads `plugin.toml`.
    ///
    /// # Errors
    /// When it is not TOML of this shape, or asks for what no plugin gets.
    pub fn from_toml(text: &str) -> Result<Self, ManifestError> {
        if text.len() > MAX_MANIFEST_BYTES {
            return Err(ManifestError::TooLong);
        }
        let manifest: Self = toml::from_str(text)
            .map_err(|problem| ManifestError::Unreadable(problem.to_string()))?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Reads the form inside a package.
    ///
    /// # Errors
    /// When it is not JSON of this shape, or asks for what no plugin gets.
    pub fn from_json(text: &[u8]) -> Result<Self, ManifestError> {
        if text.len() > MAX_MANIFEST_BYTES {
            return Err(ManifestError::TooLong);
        }
        let manifest: Self = serde_json::from_slice(text)
            .map_err(|problem| ManifestError::Unreadable(problem.to_string()))?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Whether it wants to judge texts of this surface.
    #[must_use]
    pub fn judges(&self, surface: &str) -> bool {
        self.hooks.contains(&Hook::Judge)
            && (self.surfaces.is_empty() || self.surfaces.contains(surface))
    }

    /// Whether it wants to hear of this kind of event.
    #[must_use]
    pub fn hears(&self, kind: &str) -> bool {
        self.hooks.contains(&Hook::OnEvent)
            && (self.events.is_empty() || self.events.contains(kind))
    }

    fn check(&self) -> Result<(), ManifestError> {
        check_name(&self.name)?;
        if parse_version(&self.version).is_none() {
            return Err(ManifestError::field("version", "must be three numbers, like 1.0.2"));
        }
        if self.api != API_VERSION {
            return Err(ManifestError::field(
                "api",
                format!("is {}, but this server speaks {API_VERSION}", self.api),
            ));
        }
        check_text("title", &self.title, 80)?;
        if self.title.trim().is_empty() {
            return Err(ManifestError::field("title", "is empty"));
        }
        check_text("description", &self.description, 500)?;
        check_text("license", self.license.as_deref().unwrap_or_default(), 80)?;
        if let Some(homepage) = &self.homepage {
            check_text("homepage", homepage, 300)?;
            if !homepage.starts_with("https://") && !homepage.starts_with("http://") {
                return Err(ManifestError::field("homepage", "must be an http or https address"));
            }
        }
        if self.hooks.is_empty() {
            return Err(ManifestError::field("hooks", "is empty: name judge, on_event or both"));
        }
        for (field, names) in [("surfaces", &self.surfaces), ("events", &self.events)] {
            if names.len() > 40 || names.iter().any(|name| !is_word(name)) {
                return Err(ManifestError::field(field, "must be words of a-z and -"));
            }
        }
        self.permissions.check(&self.hooks)?;
        self.limits.check()?;
        self.configuration.check()
    }
}

impl Limits {
    fn check(&self) -> Result<(), ManifestError> {
        let ranges = [
            ("judge_fuel", self.judge_fuel, 10_000, 2_000_000_000),
            ("event_fuel", self.event_fuel, 10_000, 20_000_000_000),
            ("memory_bytes", self.memory_bytes, 1 << 20, 256 << 20),
            ("judge_wall_ms", self.judge_wall_ms, MIN_WALL_MS, 5_000),
            ("event_wall_ms", self.event_wall_ms, MIN_WALL_MS, 30_000),
            ("output_bytes", self.output_bytes, 64, 64 << 10),
        ];
        for (name, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                return Err(ManifestError::field(
                    format!("limits.{name}"),
                    format!("is {value}; it must be {least} to {most}"),
                ));
            }
        }
        Ok(())
    }
}

/// The three numbers of a version.
#[must_use]
pub fn parse_version(version: &str) -> Option<(u32, u32, u32)> {
    let mut parts = version.split('.').map(|part| {
        (!part.is_empty() && part.len() <= 9 && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse::<u32>().ok())
            .flatten()
    });
    let found = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(found)
}

fn check_name(name: &str) -> Result<(), ManifestError> {
    let fits = (2..=50).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && !name.ends_with('-')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if fits {
        return Ok(());
    }
    Err(ManifestError::field("name", "must be 2 to 50 of a-z, 0-9 and -, beginning with a letter"))
}

fn check_text(field: &str, text: &str, most: usize) -> Result<(), ManifestError> {
    if text.chars().count() > most {
        return Err(ManifestError::field(field, format!("has more than {most} characters")));
    }
    if text.chars().any(|letter| letter.is_control() && letter != '\n') {
        return Err(ManifestError::field(field, "holds control characters"));
    }
    Ok(())
}

/// Whether it is a word of a-z and -, as surfaces and events are named.
fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 40
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

#[cfg(test)]
mod tests;
