//! What does a plugin need leave for, and what was it given? A permission that the manifest names
//! and the operator grants; nothing comes with another.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Hook, ManifestError};

/// The most bytes of a plugin's own store that a manifest may ask for.
const MAX_STORE_BYTES: u64 = 64 << 20;

/// What a plugin may propose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proposal {
    /// Marks for moderators.
    Tag,
    /// To keep a text for a human.
    Hold,
    /// Not to show a text.
    Reject,
    /// Notices to moderators, after events.
    Notify,
}

/// What a manifest asks leave for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Permissions {
    /// To read its settings.
    pub config: bool,
    /// To keep values between calls: how many bytes; 0 for none.
    pub store_bytes: u64,
    /// To send requests to these hosts, in `on_event` only.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub http: BTreeSet<String>,
    /// To see a stable name for whoever wrote a text.
    pub author: bool,
    /// To write lines that operators can read.
    pub log: bool,
    /// What it may propose.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub propose: BTreeSet<Proposal>,
}

/// One thing that can be granted, for people and for storage: `config`, `store`, `http:HOST`,
/// `author`, `log`, `tag`, `hold`, `reject` or `notify`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Permission {
    /// To read its settings.
    Config,
    /// To keep values between calls, as many bytes as the manifest asks for.
    Store,
    /// To send requests to this host.
    Http(String),
    /// To see who wrote a text.
    Author,
    /// To write lines for operators.
    Log,
    /// To propose something.
    Propose(Proposal),
}

impl std::fmt::Display for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Config => f.write_str("config"),
            Self::Store => f.write_str("store"),
            Self::Http(host) => write!(f, "http:{host}"),
            Self::Author => f.write_str("author"),
            Self::Log => f.write_str("log"),
            Self::Propose(Proposal::Tag) => f.write_str("tag"),
            Self::Propose(Proposal::Hold) => f.write_str("hold"),
            Self::Propose(Proposal::Reject) => f.write_str("reject"),
            Self::Propose(Proposal::Notify) => f.write_str("notify"),
        }
    }
}

impl From<Permission> for String {
    fn from(permission: Permission) -> Self {
        permission.to_string()
    }
}

impl TryFrom<String> for Permission {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Ok(match text.as_str() {
            "config" => Self::Config,
            "store" => Self::Store,
            "author" => Self::Author,
            "log" => Self::Log,
            "tag" => Self::Propose(Proposal::Tag),
            "hold" => Self::Propose(Proposal::Hold),
            "reject" => Self::Propose(Proposal::Reject),
            "notify" => Self::Propose(Proposal::Notify),
            other => match other.strip_prefix("http:") {
                Some(host) if is_host(host) => Self::Http(host.to_owned()),
                _ => return Err(format!("there is no permission called {other}")),
            },
        })
    }
}

/// What an operator granted. It may name more than a manifest asks for: only what both name counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Grants(pub BTreeSet<Permission>);

impl Grants {
    /// Everything that this manifest asks for.
    #[must_use]
    pub fn all(permissions: &Permissions) -> Self {
        Self(permissions.list())
    }

    /// What both the manifest and the operator name.
    #[must_use]
    pub fn within(&self, permissions: &Permissions) -> Self {
        Self(permissions.list().intersection(&self.0).cloned().collect())
    }

    /// Whether this was granted.
    #[must_use]
    pub fn has(&self, permission: &Permission) -> bool {
        self.0.contains(permission)
    }
}

/// What a new version asks for that the old did not, and the other way round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Asked for now, not before.
    pub added: BTreeSet<Permission>,
    /// Asked for before, not now.
    pub removed: BTreeSet<Permission>,
    /// How many bytes of store the old version asked for.
    pub store_bytes_before: u64,
    /// How many the new one asks for.
    pub store_bytes_after: u64,
}

impl Change {
    /// Whether the new version asks for more than the old.
    #[must_use]
    pub fn asks_for_more(&self) -> bool {
        !self.added.is_empty() || self.store_bytes_after > self.store_bytes_before
    }
}

impl Permissions {
    /// Each one that is asked for.
    #[must_use]
    pub fn list(&self) -> BTreeSet<Permission> {
        let flags = [
            (self.config, Permission::Config),
            (self.store_bytes > 0, Permission::Store),
            (self.author, Permission::Author),
            (self.log, Permission::Log),
        ];
        flags
            .into_iter()
            .filter_map(|(asked, permission)| asked.then_some(permission))
            .chain(self.http.iter().cloned().map(Permission::Http))
            .chain(self.propose.iter().copied().map(Permission::Propose))
            .collect()
    }

    /// What this asks for compared with an older version.
    #[must_use]
    pub fn since(&self, before: &Self) -> Change {
        let (new, old) = (self.list(), before.list());
        Change {
            added: new.difference(&old).cloned().collect(),
            removed: old.difference(&new).cloned().collect(),
            store_bytes_before: before.store_bytes,
            store_bytes_after: self.store_bytes,
        }
    }

    pub(super) fn check(&self, hooks: &BTreeSet<Hook>) -> Result<(), ManifestError> {
        if self.store_bytes > MAX_STORE_BYTES {
            return Err(ManifestError::field(
                "permissions.store_bytes",
                format!("is {}; at most {MAX_STORE_BYTES} are given", self.store_bytes),
            ));
        }
        if self.http.len() > 20 {
            return Err(ManifestError::field("permissions.http", "names more than 20 hosts"));
        }
        if let Some(host) = self.http.iter().find(|host| !is_host(host)) {
            return Err(ManifestError::field(
                "permissions.http",
                format!("holds {host:?}: write a host name in lower case, without scheme or path"),
            ));
        }
        if !self.http.is_empty() && !hooks.contains(&Hook::OnEvent) {
            return Err(ManifestError::field(
                "permissions.http",
                "needs the hook on_event: there is no network while a text is judged",
            ));
        }
        if self.propose.contains(&Proposal::Notify) && !hooks.contains(&Hook::OnEvent) {
            return Err(ManifestError::field("permissions.propose", "notify needs on_event"));
        }
        Ok(())
    }
}

/// A host name with an optional port, as manifests write it: no pattern, no address of a page.
fn is_host(text: &str) -> bool {
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (text, None),
    };
    let named = !name.is_empty()
        && name.len() <= 253
        && !name.starts_with(['.', '-'])
        && !name.ends_with(['.', '-'])
        && !name.contains("..")
        && name.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.'
        });
    named && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}
