//! How does this instance present itself?

use documented::DocumentedFields;
use serde::{Deserialize, Serialize};

use super::ConfigError;

/// `[instance]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(default, deny_unknown_fields)]
pub struct Instance {
    /// Name of the site: in its header, in titles and in what other sites show of it.
    pub name: String,
    /// One sentence about the site, shown on its first page; may be empty.
    pub short_description: String,
}

impl Default for Instance {
    fn default() -> Self {
        Self { name: "Farandole".to_owned(), short_description: String::new() }
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
