//! `{id, label}`: PeerTube's constants. Where nothing was chosen the id is null and the label
//! says so.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::catalog;

/// A number that always has a meaning.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Label {
    /// PeerTube's number.
    pub id: i64,
    /// PeerTube's English label.
    pub label: &'static str,
}

/// A number that may not be chosen.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct NumberConstant {
    /// PeerTube's number.
    pub id: Option<i64>,
    /// PeerTube's English label.
    pub label: &'static str,
}

impl NumberConstant {
    /// With the label that `labels` knows.
    #[must_use]
    pub fn new(id: Option<i64>, labels: impl Fn(i64) -> Option<&'static str>) -> Self {
        Self { id, label: id.and_then(labels).unwrap_or(catalog::UNKNOWN) }
    }
}

/// A code that may not be chosen.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TextConstant {
    /// The code.
    pub id: Option<String>,
    /// PeerTube's English label; the code itself for one that it does not know.
    pub label: String,
}

impl TextConstant {
    /// A language.
    #[must_use]
    pub fn language(code: Option<&str>) -> Self {
        let label = match code {
            None => catalog::UNKNOWN,
            Some(code) => catalog::language(code).unwrap_or(code),
        };
        Self { id: code.map(str::to_owned), label: label.to_owned() }
    }
}
