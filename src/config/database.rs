//! Where the database is.

use documented::DocumentedFields;
use serde::{Deserialize, Serialize};

/// `[database]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://user:password@host/name`; empty: SQLite in the data folder.
    pub url: String,
    /// Connections kept open at most.
    pub max_connections: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: String::new(), max_connections: 8 }
    }
}
