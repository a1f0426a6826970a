//! What would a plugin say? Texts that an administrator gives are judged by it with settings that
//! need not be saved, whether it is switched on or not. Nothing is kept of it.

use std::time::Instant;

use farandole_plugins::{Grants, Item as Shown, Package, Permission, Setup, Verdict};
use serde_json::{Map, Value};

use super::{PluginError, host, manage, set};
use crate::app::App;
use crate::db::plugins;
use crate::domain::Principal;
use crate::domain::moderation::{Format, Surface};

/// Texts in one trial.
const MOST_TEXTS: usize = 20;
/// Bytes of a text.
const MOST_BYTES: usize = 100_000;

/// What is tried.
#[derive(Debug, Clone)]
pub struct TrialText {
    /// The texts.
    pub texts: Vec<String>,
    /// Where they would stand.
    pub surface: Surface,
    /// How they are written.
    pub format: Format,
    /// Settings instead of the saved ones.
    pub settings: Option<Map<String, Value>>,
}

/// What came of one text.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The text.
    pub text: String,
    /// The verdict, or how the plugin failed.
    pub result: Result<Verdict, String>,
    /// How long it took, in microseconds, waiting included.
    pub micros: u64,
}

/// Lets a plugin judge texts, with everything granted that it asks for but its store: a trial
/// leaves nothing behind.
///
/// # Errors
/// Not an administrator; there is no such plugin; too many texts; it cannot be loaded with these
/// settings; the database.
pub async fn attempt(
    app: &App,
    who: &Principal,
    name: &str,
    trial: TrialText,
) -> Result<Vec<Trial>, PluginError> {
    let installed = manage::one(app, who, name).await?;
    if trial.texts.len() > MOST_TEXTS || trial.texts.iter().any(|text| text.len() > MOST_BYTES) {
        let problem = "Give at most 20 texts of at most 100,000 bytes.".to_owned();
        return Err(PluginError::Invalid { param: "texts", problem });
    }
    let mut conn = app.db().read().await?;
    let bytes = plugins::package(&mut conn, installed.row.id).await?;
    drop(conn);
    let package = Package::read(bytes.unwrap_or_default())?;
    let config = trial.settings.unwrap_or_else(|| set::setup(&installed.row).config);
    let mut grants = Grants::all(&installed.manifest.permissions);
    grants.0.remove(&Permission::Store);
    let host = host(app).await?;
    let plugin = host.load(package, Setup { grants, config }).await?;
    let mut trials = Vec::with_capacity(trial.texts.len());
    for text in trial.texts {
        let shown = Shown {
            surface: trial.surface.name().to_owned(),
            format: trial.format.name().to_owned(),
            text: text.clone(),
            language: None,
            author: None,
            channel: None,
        };
        let began = Instant::now();
        let result = host.judge(&plugin, shown, "trial").await;
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let result = result.map_err(|failure| failure.to_string());
        trials.push(Trial { text, result, micros });
    }
    Ok(trials)
}
