//! How does a plugin look in JSON? PeerTube's `Plugin`, and what Farandole knows beyond it.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::moderation::plugins::Installed;

/// PeerTube's `Plugin` with Farandole's fields.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Plugin {
    name: String,
    /// 1: a plugin, PeerTube's other kind being themes.
    #[serde(rename = "type")]
    kind: i64,
    latest_version: String,
    version: String,
    enabled: bool,
    uninstalled: bool,
    peertube_engine: String,
    description: String,
    homepage: String,
    /// Saved settings; secrets are left out.
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
    created_at: String,
    updated_at: String,
    /// What people call it.
    title: String,
    license: Option<String>,
    /// Of the package, hexadecimal.
    sha256: String,
    hooks: Vec<String>,
    /// Surfaces that it judges; all when empty.
    surfaces: Vec<String>,
    /// Events that it hears of; all when empty.
    events: Vec<String>,
    /// What it asks leave for.
    permissions: Vec<String>,
    /// Bytes that it asks to keep.
    store_bytes: u64,
    /// What was granted.
    grants: Vec<String>,
    /// An instance may judge several texts of a channel.
    reuse: bool,
    /// Its place in the order of calls.
    position: i64,
    /// Called in all channels but `channels`, rather than in those only.
    everywhere: bool,
    /// Handles of channels.
    channels: Vec<String>,
    /// Why the server switched it off.
    disabled_reason: Option<String>,
}

impl From<&Installed> for Plugin {
    fn from(plugin: &Installed) -> Self {
        let (row, manifest) = (&plugin.row, &plugin.manifest);
        let secret = |name: &String| {
            manifest.configuration.properties.get(name).is_some_and(|one| one.write_only)
        };
        let settings = plugin.settings().into_iter().filter(|(name, _)| !secret(name)).collect();
        Self {
            name: row.name.clone(),
            kind: 1,
            latest_version: row.version.clone(),
            version: row.version.clone(),
            enabled: row.enabled,
            uninstalled: false,
            peertube_engine: String::new(),
            description: manifest.description.clone(),
            homepage: manifest.homepage.clone().unwrap_or_default(),
            settings,
            created_at: row.created_at.rfc3339(),
            updated_at: row.updated_at.rfc3339(),
            title: manifest.title.clone(),
            license: manifest.license.clone(),
            sha256: row.sha256.clone(),
            hooks: manifest.hooks.iter().map(|hook| hook.function().to_owned()).collect(),
            surfaces: manifest.surfaces.iter().cloned().collect(),
            events: manifest.events.iter().cloned().collect(),
            permissions: manifest.permissions.list().iter().map(ToString::to_string).collect(),
            store_bytes: manifest.permissions.store_bytes,
            grants: plugin.grants().0.iter().map(ToString::to_string).collect(),
            reuse: manifest.pooling.reuse,
            position: row.position,
            everywhere: row.everywhere,
            channels: plugin.channels.clone(),
            disabled_reason: row.disabled_reason.clone(),
        }
    }
}
