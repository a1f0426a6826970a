//! What would a plugin say of what was written lately? It judges stored texts with everything
//! granted that it asks for but its store, one text at a time, so that those that are written
//! meanwhile need not wait.

use std::sync::Arc;
use std::time::Duration;

use farandole_plugins::{
    Action, Failure, Grants, Host, Item as Shown, Manifest, Package, Permission, Plugin, Setup,
};
use serde_json::{Map, Value};

use super::{PluginError, host, manage, set};
use crate::app::App;
use crate::db::plugins::{self, PluginRow};
use crate::db::revisions::RevisionRow;
use crate::domain::Principal;
use crate::moderation::previews::Places;

/// Failures that end a trial.
const MOST_FAILURES: u32 = 20;
/// While texts that are written have all the threads.
const WAIT: Duration = Duration::from_millis(50);

/// What is to be tried.
#[derive(Debug, Clone)]
pub(in crate::moderation) struct Chosen {
    /// `plugins.id`.
    pub(in crate::moderation) plugin_id: i64,
    /// Its settings, as they would be (JSON).
    pub(in crate::moderation) settings: String,
}

/// A plugin made ready to be tried.
pub(in crate::moderation) struct Ready {
    host: Arc<Host>,
    plugin: Arc<Plugin>,
    manifest: Manifest,
    failures: u32,
}

/// Looks whether a plugin can be tried with these settings instead of its saved ones.
///
/// # Errors
/// Not an administrator; there is no such plugin; it judges no texts; it cannot be loaded so.
pub(in crate::moderation) async fn choose(
    app: &App,
    who: &Principal,
    name: &str,
    settings: Option<Map<String, Value>>,
) -> Result<Chosen, PluginError> {
    let installed = manage::one(app, who, name).await?;
    let config = settings.unwrap_or_else(|| installed.settings());
    let settings = Value::Object(config).to_string();
    load(app, &installed.row, &settings).await?;
    Ok(Chosen { plugin_id: installed.row.id, settings })
}

/// Makes a plugin ready; `None` when it is gone.
///
/// # Errors
/// It cannot be loaded; the database.
pub(in crate::moderation) async fn open(
    app: &App,
    chosen: &Chosen,
) -> Result<Option<Ready>, PluginError> {
    let mut conn = app.db().read().await?;
    let row = plugins::one(&mut conn, chosen.plugin_id).await?;
    drop(conn);
    match row {
        Some(row) => load(app, &row, &chosen.settings).await.map(Some),
        None => Ok(None),
    }
}

async fn load(app: &App, row: &PluginRow, settings: &str) -> Result<Ready, PluginError> {
    let mut conn = app.db().read().await?;
    let bytes = plugins::package(&mut conn, row.id).await?;
    drop(conn);
    let package = Package::read(bytes.unwrap_or_default())?;
    let manifest = package.manifest().clone();
    if !manifest.hooks.contains(&farandole_plugins::Hook::Judge) {
        let problem = "This plugin judges no texts.".to_owned();
        return Err(PluginError::Invalid { param: "name", problem });
    }
    let mut grants = Grants::all(&manifest.permissions);
    grants.0.remove(&Permission::Store);
    let config = serde_json::from_str(settings).unwrap_or_else(|_| set::setup(row).config);
    let host = host(app).await?;
    let plugin = host.load(package, Setup { grants, config }).await?;
    Ok(Ready { host, plugin, manifest, failures: 0 })
}

impl Ready {
    /// Texts of a page that it would not let through, with the places that it names; also those
    /// at which it fails, without any.
    ///
    /// # Errors
    /// In words for people: it fails again and again.
    pub(in crate::moderation) async fn scan(
        &mut self,
        page: Vec<RevisionRow>,
    ) -> Result<Vec<(RevisionRow, Places)>, String> {
        let mut found = Vec::new();
        for row in page {
            let Some(shown) = self.shown(&row) else { continue };
            match self.judge(shown).await {
                Ok(verdict) if verdict.action == Action::Show => {}
                Ok(verdict) => {
                    let spans = verdict.reasons.iter().filter_map(|reason| reason.span.as_ref());
                    let places = spans.map(|span| (span.start as usize, span.end as usize));
                    found.push((row, places.collect()));
                }
                Err(failure) => {
                    self.failures += 1;
                    if self.failures >= MOST_FAILURES {
                        return Err(format!(
                            "The plugin failed {MOST_FAILURES} times, the last time because {failure}."
                        ));
                    }
                    found.push((row, Places::new()));
                }
            }
        }
        Ok(found)
    }

    async fn judge(&self, shown: Shown) -> Result<farandole_plugins::Verdict, Failure> {
        loop {
            match self.host.judge(&self.plugin, shown.clone(), "trial").await {
                Err(Failure::Busy) => tokio::time::sleep(WAIT).await,
                answer => return answer,
            }
        }
    }

    fn shown(&self, row: &RevisionRow) -> Option<Shown> {
        let place = row.place.as_ref()?;
        if !self.manifest.judges(place.surface.name()) {
            return None;
        }
        Some(Shown {
            surface: place.surface.name().to_owned(),
            format: place.format.name().to_owned(),
            text: row.text.clone(),
            language: place.language.clone(),
            author: None,
            channel: None,
        })
    }
}
