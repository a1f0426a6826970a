//! How does this instance present itself?

use documented::DocumentedFields;
use serde::{Deserialize, Serialize};

use super::ConfigError;

/// What is done with videos that are not for everybody's eyes (PeerTube's `NSFWPolicy`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NsfwDefault {
    /// Left out of lists.
    DoNotList,
    /// Shown with a warning.
    Warn,
    /// Shown with a blurred thumbnail.
    Blur,
    /// Shown like any other.
    Display,
}

/// `[instance]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(default, deny_unknown_fields)]
pub struct Instance {
    /// Name of the site: in its header, in titles and in what other sites show of it.
    pub name: String,
    /// One sentence about the site, shown on its first page; may be empty.
    pub short_description: String,
    /// What is done with videos that are not for everybody's eyes, for visitors and, until they
    /// choose otherwise, new users: `do_not_list`, `warn`, `blur` or `display`.
    pub default_nsfw_policy: NsfwDefault,
}

impl Default for Instance {
    fn default() -> Self {
        Self {
            name: "Farandole".to_owned(),
            short_description: String::new(),
            default_nsfw_policy: NsfwDefault::DoNotList,
        }
    }
}

impl Instance {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let length = self.name.trim().chars().count();
        if (1..=120).contains(&length) {
            return Ok(());
        }
        Err(ConfigError::Value {
            key: "instance.name",
            problem: format!("has {length} characters; 1 to 120 are possible"),
        })
    }
}
