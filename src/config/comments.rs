//! `[comments]`: how fast people may comment.

use documented::DocumentedFields;
use serde::{Deserialize, Serialize};

use super::ConfigError;

/// `[comments]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(default, deny_unknown_fields)]
pub struct Comments {
    /// Comments, replies and edits that one person may send in a minute.
    pub per_person: u32,
    /// The same from one address (or IPv6 /64), whoever sends them.
    pub per_address: u32,
}

impl Default for Comments {
    fn default() -> Self {
        Self { per_person: 10, per_address: 60 }
    }
}

impl Comments {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (key, value) in
            [("comments.per_person", self.per_person), ("comments.per_address", self.per_address)]
        {
            if value == 0 {
                return Err(ConfigError::Value { key, problem: "should be at least 1".to_owned() });
            }
        }
        Ok(())
    }
}
