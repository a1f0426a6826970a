//! Which plugins are in force just now? Those switched on, compiled, in their order. Looked after
//! once a second, and at once when this node changed one; what did not change stays loaded.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use farandole_plugins::manifest::Manifest;
use farandole_plugins::{Grants, Package, Plugin, Setup};
use tokio::sync::Mutex;

use super::{PluginError, Room};
use crate::app::App;
use crate::db::plugins::{self, PluginRow};

/// How long a look at the database is believed.
const BELIEVED: Duration = Duration::from_secs(1);

/// A plugin that is switched on.
pub(super) struct Ready {
    pub(super) row: PluginRow,
    pub(super) manifest: Manifest,
    /// Compiled, or why it is not.
    pub(super) plugin: Result<Arc<Plugin>, String>,
    /// `channels.id` of the exceptions.
    channels: HashSet<i64>,
}

impl Ready {
    /// Whether it is called for this channel; what belongs to no channel counts as everywhere.
    pub(super) fn serves(&self, channel_id: Option<i64>) -> bool {
        match channel_id {
            Some(id) => self.row.everywhere != self.channels.contains(&id),
            None => self.row.everywhere,
        }
    }
}

/// Those in force, in their order.
pub(super) type Set = Arc<Vec<Arc<Ready>>>;

/// What is known of them.
#[derive(Default)]
pub(super) struct Loaded {
    known: RwLock<Option<(Instant, Set)>>,
    stale: AtomicBool,
    loading: Mutex<()>,
}

impl Loaded {
    fn fresh(&self) -> Option<Set> {
        if self.stale.load(Ordering::SeqCst) {
            return None;
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|(at, _)| at.elapsed() < BELIEVED).map(|(_, set)| Arc::clone(set))
    }

    fn last(&self) -> Set {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().map(|(_, set)| Arc::clone(set)).unwrap_or_default()
    }
}

/// This node changed something: look again before the next call.
pub(super) fn changed(app: &App) {
    app.room::<Room>().set.stale.store(true, Ordering::SeqCst);
}

/// Those in force.
pub(super) async fn current(app: &App) -> Result<Set, PluginError> {
    let room = app.room::<Room>();
    if let Some(set) = room.set.fresh() {
        return Ok(set);
    }
    let _one_at_a_time = room.set.loading.lock().await;
    if let Some(set) = room.set.fresh() {
        return Ok(set);
    }
    let began = Instant::now();
    room.set.stale.store(false, Ordering::SeqCst);
    let set = match look(app, &room.set.last()).await {
        Ok(set) => set,
        Err(error) => {
            room.set.stale.store(true, Ordering::SeqCst);
            return Err(error);
        }
    };
    let mut known = room.set.known.write().unwrap_or_else(PoisonError::into_inner);
    *known = Some((began, Arc::clone(&set)));
    Ok(set)
}

async fn look(app: &App, before: &Set) -> Result<Set, PluginError> {
    if !app.config().plugins.enabled {
        return Ok(Set::default());
    }
    let mut conn = app.db().read().await?;
    let rows = plugins::enabled(&mut conn).await?;
    if rows.is_empty() {
        return Ok(Set::default());
    }
    let kept: HashMap<i64, &Arc<Ready>> = before.iter().map(|one| (one.row.id, one)).collect();
    let unchanged = rows.len() == before.len()
        && rows
            .iter()
            .zip(before.iter())
            .all(|(row, one)| (row.id, row.generation) == (one.row.id, one.row.generation));
    if unchanged {
        return Ok(Arc::clone(before));
    }
    let mut exceptions: HashMap<i64, HashSet<i64>> = HashMap::new();
    for (plugin, channel) in plugins::channels(&mut conn).await? {
        exceptions.entry(plugin).or_default().insert(channel);
    }
    let mut set = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(one) = kept.get(&row.id).filter(|one| one.row.generation == row.generation) {
            set.push(Arc::clone(one));
            continue;
        }
        let Some(bytes) = plugins::package(&mut conn, row.id).await? else { continue };
        let channels = exceptions.remove(&row.id).unwrap_or_default();
        if let Some(ready) = load(app, row, bytes, channels).await? {
            set.push(Arc::new(ready));
        }
    }
    Ok(Arc::new(set))
}

/// Compiles one. One that cannot be loaded is in force all the same: it fails at every text.
async fn load(
    app: &App,
    row: PluginRow,
    bytes: Vec<u8>,
    channels: HashSet<i64>,
) -> Result<Option<Ready>, PluginError> {
    let package = match Package::read(bytes) {
        Ok(package) => package,
        Err(problem) => {
            tracing::error!(plugin = row.name, error = %problem, "a plugin's package is damaged");
            let Ok(manifest) = Manifest::from_json(row.manifest.as_bytes()) else {
                return Ok(None);
            };
            let plugin = Err(problem.to_string());
            return Ok(Some(Ready { row, manifest, plugin, channels }));
        }
    };
    let manifest = package.manifest().clone();
    let loaded = super::host(app).await?.load(package, setup(&row)).await;
    if let Err(problem) = &loaded {
        tracing::warn!(plugin = row.name, error = %problem, "a plugin could not be loaded");
    }
    let plugin = loaded.map_err(|problem| problem.to_string());
    Ok(Some(Ready { row, manifest, plugin, channels }))
}

/// What was decided about a plugin. What cannot be read counts as not given.
pub(super) fn setup(row: &PluginRow) -> Setup {
    let grants: Grants = serde_json::from_str(&row.grants).unwrap_or_default();
    Setup { grants, config: serde_json::from_str(&row.settings).unwrap_or_default() }
}
