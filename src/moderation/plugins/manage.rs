//! What do administrators decide about plugins? Install, update, settings, grants, order,
//! channels, on and off, uninstall. Nothing is called or granted by being installed.

use std::path::Path;

use farandole_plugins::manifest::{Change, Manifest};
use farandole_plugins::{Grants, Package, Permission, Plugin};
use serde_json::{Map, Value};

use super::{PluginError, set};
use crate::app::App;
use crate::db::plugins::log::{self, LogRow};
use crate::db::plugins::{self, NewPackage, PluginRow};
use crate::db::{DbError, Tx};
use crate::domain::{Millis, Principal, Role, Window};
use crate::transact;

const ONLY: &str = "Only administrators manage plugins.";
const GONE: &str = "There is no plugin of that name.";

/// A plugin and what it says about itself.
#[derive(Debug, Clone)]
pub struct Installed {
    /// What is kept of it.
    pub row: PluginRow,
    /// Its manifest.
    pub manifest: Manifest,
    /// Handles of the channels that are exceptions.
    pub channels: Vec<String>,
}

impl Installed {
    /// What was granted.
    #[must_use]
    pub fn grants(&self) -> Grants {
        set::setup(&self.row).grants
    }

    /// The saved settings.
    #[must_use]
    pub fn settings(&self) -> Map<String, Value> {
        set::setup(&self.row).config
    }
}

/// Where a package comes from.
#[derive(Debug, Clone)]
pub enum Origin {
    /// A file in the configured folder.
    File(String),
    /// An address, with the SHA-256 that the file must have.
    Url {
        /// Where.
        url: String,
        /// Hexadecimal.
        sha256: String,
    },
}

/// Whoever can open the server's database: the command line acts as this administrator.
#[must_use]
pub fn operator() -> Principal {
    Principal {
        user_id: 0,
        account_id: 0,
        actor_id: 0,
        session_id: 0,
        username: "operator".to_owned(),
        role: Role::Administrator,
    }
}

fn administers(who: &Principal) -> Result<(), PluginError> {
    if who.role.administers() { Ok(()) } else { Err(PluginError::Forbidden(ONLY)) }
}

fn read(row: PluginRow, channels: Vec<String>) -> Result<Installed, PluginError> {
    let manifest = Manifest::from_json(row.manifest.as_bytes())
        .map_err(|problem| PluginError::Host(problem.to_string()))?;
    Ok(Installed { row, manifest, channels })
}

/// Part of the list, in their order.
///
/// # Errors
/// Not an administrator; the database.
pub async fn list(
    app: &App,
    who: &Principal,
    window: Window,
) -> Result<(i64, Vec<Installed>), PluginError> {
    administers(who)?;
    let mut conn = app.db().read().await?;
    let (total, rows) = plugins::list(&mut conn, window).await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let channels = plugins::channel_names(&mut conn, row.id).await?;
        all.push(read(row, channels)?);
    }
    Ok((total, all))
}

/// One plugin.
///
/// # Errors
/// Not an administrator; there is none of that name; the database.
pub async fn one(app: &App, who: &Principal, name: &str) -> Result<Installed, PluginError> {
    administers(who)?;
    let mut conn = app.db().read().await?;
    let row = plugins::named(&mut conn, name).await?.ok_or(PluginError::NoSuch(GONE))?;
    let channels = plugins::channel_names(&mut conn, row.id).await?;
    read(row, channels)
}

/// Gets a package from where it is.
///
/// # Errors
/// Not an administrator; it is not there, too long, or another file.
pub async fn fetch(app: &App, who: &Principal, origin: &Origin) -> Result<Package, PluginError> {
    administers(who)?;
    match origin {
        Origin::File(name) => from_folder(app, name).await,
        Origin::Url { url, sha256 } => {
            let network = super::network::Network::new(&app.config().plugins.networks)
                .map_err(PluginError::Host)?;
            let bytes = network.download(url).await.map_err(|problem| PluginError::Invalid {
                param: "url",
                problem: format!("{problem}."),
            })?;
            Ok(Package::read_checked(bytes, sha256)?)
        }
    }
}

async fn from_folder(app: &App, name: &str) -> Result<Package, PluginError> {
    let folder = &app.config().plugins.folder;
    let invalid =
        |problem: &str| PluginError::Invalid { param: "path", problem: problem.to_owned() };
    if folder.as_os_str().is_empty() {
        return Err(invalid("The server has no folder of plugins (plugins.folder)."));
    }
    let path = Path::new(name);
    let plain = path.file_name().is_some_and(|file| file == path.as_os_str());
    if !plain {
        return Err(invalid("Give the name of a file in the server's folder of plugins."));
    }
    let bytes = tokio::fs::read(folder.join(path))
        .await
        .map_err(|_| invalid("There is no such file in the server's folder of plugins."))?;
    Ok(Package::read(bytes)?)
}

/// Installs a plugin, switched off and without grants; or puts a new version in place of one that
/// is there, which keeps its grants for what both versions ask for, and so gains none. With
/// `only_look` nothing is changed. Says what an update newly asks for.
///
/// # Errors
/// Not an administrator; the module may not run; settings that were saved do not fit; the
/// database.
pub async fn install(
    app: &App,
    who: &Principal,
    package: Package,
    only_look: bool,
) -> Result<(String, Option<Change>), PluginError> {
    administers(who)?;
    let name = package.manifest().name.clone();
    let looked = package.clone();
    tokio::task::spawn_blocking(move || Plugin::check(&looked))
        .await
        .map_err(|problem| PluginError::Host(problem.to_string()))??;
    let manifest = package.manifest();
    let unreadable = |problem: serde_json::Error| PluginError::Host(problem.to_string());
    let json = serde_json::to_string(manifest).map_err(unreadable)?;
    let hears = serde_json::to_string(&super::events::heard_by(manifest)).map_err(unreadable)?;
    let sha256 = package.sha256();
    let new = NewPackage {
        name: &name,
        version: &manifest.version,
        sha256: &sha256,
        package: package.bytes(),
        manifest: &json,
        hears: &hears,
    };
    let now = app.now();
    let change = transact!(app.db(), tx => {
        let Some(row) = plugins::named(tx, &name).await? else {
            if !only_look {
                plugins::insert(tx, &new, now).await?;
            }
            return Ok::<_, PluginError>(None);
        };
        let before = Manifest::from_json(row.manifest.as_bytes())
            .map(|before| before.permissions)
            .unwrap_or_default();
        let change = manifest.permissions.since(&before);
        if !only_look {
            replace(tx, &row, manifest, &new, now).await?;
        }
        Ok(Some(change))
    })?;
    set::changed(app);
    Ok((name, change))
}

async fn replace(
    tx: &mut Tx,
    row: &PluginRow,
    manifest: &Manifest,
    new: &NewPackage<'_>,
    now: Millis,
) -> Result<(), PluginError> {
    let before = set::setup(row);
    // Settings that the new version does not have, or takes otherwise, are forgotten.
    let mut settings = Map::new();
    for (name, value) in before.config {
        let alone = Map::from_iter([(name, value)]);
        if manifest.configuration.validate(&alone).is_ok() {
            settings.extend(alone);
        }
    }
    plugins::replace(tx, row.id, new, &Value::Object(settings).to_string(), now).await?;
    // What the new version no longer asks for is taken back: a later one would have to ask again.
    let grants = before.grants.within(&manifest.permissions);
    plugins::set_grants(tx, row.id, &grants_json(&grants)?, now).await?;
    Ok(())
}

fn grants_json(grants: &Grants) -> Result<String, PluginError> {
    serde_json::to_string(grants).map_err(|problem| PluginError::Host(problem.to_string()))
}

/// Removes a plugin with everything it keeps.
///
/// # Errors
/// Not an administrator; there is none of that name; the database.
pub async fn uninstall(app: &App, who: &Principal, name: &str) -> Result<(), PluginError> {
    let id = one(app, who, name).await?.row.id;
    transact!(app.db(), tx => { plugins::remove(tx, id).await })?;
    set::changed(app);
    Ok(())
}

/// Saves settings. `null` takes one away; a secret that is not sent stays as it is.
///
/// # Errors
/// Not an administrator; there is none of that name; a setting does not fit; the database.
pub async fn set_settings(
    app: &App,
    who: &Principal,
    name: &str,
    given: Map<String, Value>,
) -> Result<(), PluginError> {
    let plugin = one(app, who, name).await?;
    let schema = &plugin.manifest.configuration;
    let mut settings = plugin.settings();
    settings.retain(|name, _| schema.properties.get(name).is_some_and(|one| one.write_only));
    for (name, value) in given {
        if value.is_null() {
            settings.remove(&name);
        } else {
            settings.insert(name, value);
        }
    }
    schema.validate(&settings).map_err(|problem| PluginError::Invalid {
        param: "settings",
        problem: format!("{problem}."),
    })?;
    let (json, now) = (Value::Object(settings).to_string(), app.now());
    let id = plugin.row.id;
    transact!(app.db(), tx => { plugins::set_settings(tx, id, &json, now).await })?;
    set::changed(app);
    Ok(())
}

/// Grants exactly these permissions.
///
/// # Errors
/// Not an administrator; there is none of that name; the plugin does not ask for one of them; the
/// database.
pub async fn set_grants(
    app: &App,
    who: &Principal,
    name: &str,
    names: &[String],
) -> Result<(), PluginError> {
    let plugin = one(app, who, name).await?;
    let asked = plugin.manifest.permissions.list();
    let mut grants = Grants::default();
    for name in names {
        let permission = Permission::try_from(name.clone()).ok().filter(|one| asked.contains(one));
        let permission = permission.ok_or_else(|| PluginError::Invalid {
            param: "grants",
            problem: format!("The plugin does not ask for {name}."),
        })?;
        grants.0.insert(permission);
    }
    let (json, now) = (grants_json(&grants)?, app.now());
    let id = plugin.row.id;
    transact!(app.db(), tx => { plugins::set_grants(tx, id, &json, now).await })?;
    set::changed(app);
    Ok(())
}

/// Switches a plugin on or off. Before it goes on it is loaded once, so that one that cannot run
/// stays off.
///
/// # Errors
/// Not an administrator; there is none of that name; it cannot run as it is set up; the database.
pub async fn set_enabled(
    app: &App,
    who: &Principal,
    name: &str,
    enabled: bool,
) -> Result<(), PluginError> {
    let plugin = one(app, who, name).await?;
    let id = plugin.row.id;
    if enabled {
        let mut conn = app.db().read().await?;
        let bytes = plugins::package(&mut conn, id).await?.ok_or(PluginError::NoSuch(GONE))?;
        drop(conn);
        let package = Package::read(bytes)?;
        super::host(app).await?.load(package, set::setup(&plugin.row)).await?;
    }
    let now = app.now();
    transact!(app.db(), tx => { plugins::set_enabled(tx, id, enabled, None, now).await })?;
    set::changed(app);
    Ok(())
}

/// Calls plugins in this order; those that are not named come after them.
///
/// # Errors
/// Not an administrator; the database.
pub async fn reorder(app: &App, who: &Principal, names: &[String]) -> Result<(), PluginError> {
    administers(who)?;
    if names.len() > 1_000 {
        let problem = "May name at most 1,000.".to_owned();
        return Err(PluginError::Invalid { param: "names", problem });
    }
    let now = app.now();
    transact!(app.db(), tx => { plugins::reorder(tx, names, now).await })?;
    set::changed(app);
    Ok(())
}

/// Says in which channels a plugin is called: everywhere but in these, or only in these.
///
/// # Errors
/// Not an administrator; there is no such plugin or channel; the database.
pub async fn set_channels(
    app: &App,
    who: &Principal,
    name: &str,
    everywhere: bool,
    handles: &[String],
) -> Result<(), PluginError> {
    let id = one(app, who, name).await?.row.id;
    let mut ids = Vec::with_capacity(handles.len());
    let mut conn = app.db().read().await?;
    for handle in handles {
        let channel = crate::db::channels::by_handle(&mut conn, handle, "").await?;
        let channel = channel.ok_or(PluginError::NoSuch("There is no channel of that name."))?;
        ids.push(channel.id);
    }
    drop(conn);
    let now = app.now();
    transact!(app.db(), tx => { plugins::set_channels(tx, id, everywhere, &ids, now).await })?;
    set::changed(app);
    Ok(())
}

/// Part of a plugin's log, newest first, and how long it is.
///
/// # Errors
/// Not an administrator; there is none of that name; the database.
pub async fn logs(
    app: &App,
    who: &Principal,
    name: &str,
    failures_only: bool,
    window: Window,
) -> Result<(i64, Vec<LogRow>), PluginError> {
    let id = one(app, who, name).await?.row.id;
    super::services::write_lines(app).await?;
    let mut conn = app.db().read().await?;
    Ok(log::list(&mut conn, id, failures_only, window).await?)
}

/// Tells every administrator that the server switched a plugin off.
pub(super) async fn tell_disabled(
    tx: &mut Tx,
    row: &PluginRow,
    reason: &str,
    now: Millis,
) -> Result<(), DbError> {
    let text = format!("{} was switched off. {reason}", row.name);
    super::events::notice(tx, row.id, &row.name, &text, now).await
}
