//! Does a plugin do what its author says? Cases are lines of JSON: a text, perhaps settings, and
//! what should come out.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::failure::LoadError;
use crate::interface::{Action, Item, Verdict};
use crate::manifest::Grants;
use crate::package::Package;
use crate::run::{Plugin, Setup};
use crate::services::Nothing;

/// One case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The text to be judged.
    pub text: String,
    /// What should come out.
    pub expect: Action,
    /// A part of the text that one of the reasons must point at.
    #[serde(default)]
    pub span: Option<String>,
    /// The surface; a comment unless told.
    #[serde(default = "comment")]
    pub surface: String,
    /// How it is written; Markdown unless told.
    #[serde(default = "markdown")]
    pub format: String,
    /// Its language.
    #[serde(default)]
    pub language: Option<String>,
    /// The settings; none unless told.
    #[serde(default)]
    pub config: Map<String, Value>,
    /// For people.
    #[serde(default)]
    pub note: Option<String>,
}

fn comment() -> String {
    "comment".to_owned()
}

fn markdown() -> String {
    "markdown".to_owned()
}

/// Why a case is not as it should be.
#[derive(Debug, thiserror::Error)]
pub enum Mismatch {
    /// The line is no case.
    #[error("the line cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// The plugin cannot be loaded with the case's settings.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The plugin failed.
    #[error("the plugin failed: {0}")]
    Failed(#[from] crate::Failure),
    /// It answered something else.
    #[error("expected {expected}, got {got}")]
    Differs {
        /// What the case expects.
        expected: String,
        /// What came out.
        got: String,
    },
}

/// Runs a line of a case file, with everything granted that the manifest asks for.
///
/// # Errors
/// When the line is no case, or what came out is not what it expects.
pub fn run(package: &Package, line: &str) -> Result<Verdict, Mismatch> {
    let case: Case = serde_json::from_str(line)?;
    let setup = Setup { grants: Grants::all(&package.manifest().permissions), config: case.config };
    let plugin = Plugin::load(package, setup, Arc::new(Nothing))?;
    let item = Item {
        surface: case.surface,
        format: case.format,
        text: case.text,
        language: case.language,
        author: Some("author-1".to_owned()),
        channel: Some("channel".to_owned()),
    };
    let verdict = plugin.judge(&item, "")?;
    if verdict.action != case.expect {
        return Err(differs(case.expect, &verdict));
    }
    let Some(wanted) = case.span else { return Ok(verdict) };
    let points_there = verdict.reasons.iter().any(|reason| {
        let part = reason.span.as_ref().and_then(|span| {
            item.text.get(usize::try_from(span.start).ok()?..usize::try_from(span.end).ok()?)
        });
        part == Some(wanted.as_str())
    });
    if points_there {
        Ok(verdict)
    } else {
        Err(differs(format!("a reason at {wanted:?}"), &verdict))
    }
}

fn differs(expected: impl std::fmt::Debug, got: &Verdict) -> Mismatch {
    let got = serde_json::to_string(got).unwrap_or_default();
    Mismatch::Differs { expected: format!("{expected:?}"), got }
}
