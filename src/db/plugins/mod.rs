//! Which plugins are installed, and what was decided about them? The `plugins` table and the
//! channels that each serves; what they keep is in [`values`], what they said in [`log`].

pub mod events;
pub mod log;
pub mod values;

use super::{Conn, DbError, Row, Tx, sql};
use crate::domain::{Millis, Window};

/// Columns of [`PluginRow`].
const COLUMNS: &str = "id, name, version, sha256, manifest, grants, settings, position, enabled, \
     everywhere, disabled_reason, enabled_at, generation, created_at, updated_at";

/// An installed plugin without its package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginRow {
    /// `plugins.id`.
    pub id: i64,
    /// Its name, unique here.
    pub name: String,
    /// The package's version.
    pub version: String,
    /// The package's SHA-256, hexadecimal.
    pub sha256: String,
    /// The manifest (JSON).
    pub manifest: String,
    /// Granted permissions (JSON array).
    pub grants: String,
    /// Saved settings (JSON object).
    pub settings: String,
    /// Its place in the order.
    pub position: i64,
    /// It is called.
    pub enabled: bool,
    /// In all channels but the listed, rather than in the listed only.
    pub everywhere: bool,
    /// Why the server switched it off.
    pub disabled_reason: Option<String>,
    /// When it was last switched on.
    pub enabled_at: Option<Millis>,
    /// Goes up with every change.
    pub generation: i64,
    /// When it was installed.
    pub created_at: Millis,
    /// When it was last changed.
    pub updated_at: Millis,
}

/// A package to be kept.
#[derive(Debug, Clone)]
pub struct NewPackage<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// Its SHA-256, hexadecimal.
    pub sha256: &'a str,
    /// The file.
    pub package: &'a [u8],
    /// The manifest (JSON).
    pub manifest: &'a str,
    /// Kinds of events it hears of (JSON array).
    pub hears: &'a str,
}

fn read(row: &Row) -> Result<PluginRow, DbError> {
    Ok(PluginRow {
        id: row.int("id")?,
        name: row.text("name")?,
        version: row.text("version")?,
        sha256: row.text("sha256")?,
        manifest: row.text("manifest")?,
        grants: row.text("grants")?,
        settings: row.text("settings")?,
        position: row.int("position")?,
        enabled: row.flag("enabled")?,
        everywhere: row.flag("everywhere")?,
        disabled_reason: row.text_opt("disabled_reason")?,
        enabled_at: row.int_opt("enabled_at")?.map(Millis),
        generation: row.int("generation")?,
        created_at: Millis(row.int("created_at")?),
        updated_at: Millis(row.int("updated_at")?),
    })
}

/// Part of the list, in the order in which they are called, and how many there are.
///
/// # Errors
/// The engine's.
pub async fn list(conn: &mut Conn, window: Window) -> Result<(i64, Vec<PluginRow>), DbError> {
    let total = sql("SELECT COUNT(*) AS total FROM plugins").one(conn).await?.int("total")?;
    let rows =
        sql(format!("SELECT {COLUMNS} FROM plugins ORDER BY position, id LIMIT $1 OFFSET $2"))
            .int(window.count)
            .int(window.start)
            .all(conn)
            .await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}

/// Those that are switched on, in the order in which they are called.
///
/// # Errors
/// The engine's.
pub async fn enabled(conn: &mut Conn) -> Result<Vec<PluginRow>, DbError> {
    let text = format!("SELECT {COLUMNS} FROM plugins WHERE enabled = 1 ORDER BY position, id");
    sql(text).all(conn).await?.iter().map(read).collect()
}

/// One, by its name.
///
/// # Errors
/// The engine's.
pub async fn named(conn: &mut Conn, name: &str) -> Result<Option<PluginRow>, DbError> {
    let text = format!("SELECT {COLUMNS} FROM plugins WHERE name = $1");
    sql(text).text(name).optional(conn).await?.as_ref().map(read).transpose()
}

/// One, by its id.
///
/// # Errors
/// The engine's.
pub async fn one(conn: &mut Conn, id: i64) -> Result<Option<PluginRow>, DbError> {
    let text = format!("SELECT {COLUMNS} FROM plugins WHERE id = $1");
    sql(text).int(id).optional(conn).await?.as_ref().map(read).transpose()
}

/// The package of one.
///
/// # Errors
/// The engine's.
pub async fn package(conn: &mut Conn, id: i64) -> Result<Option<Vec<u8>>, DbError> {
    let row = sql("SELECT package FROM plugins WHERE id = $1").int(id).optional(conn).await?;
    row.map(|row| row.bytes("package")).transpose()
}

/// Installs one, last in the order, switched off and without grants.
///
/// # Errors
/// The engine's; a plugin of that name is one ([`DbError::unique_violation`]).
pub async fn insert(tx: &mut Tx, new: &NewPackage<'_>, now: Millis) -> Result<i64, DbError> {
    sql("INSERT INTO plugins (name, version, sha256, package, manifest, grants, settings, hears, \
         position, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, '[]', '{}', $6, \
         (SELECT COALESCE(MAX(position), 0) + 1 FROM plugins), $7, $8) RETURNING id")
    .text(new.name)
    .text(new.version)
    .text(new.sha256)
    .bytes(new.package)
    .text(new.manifest)
    .text(new.hears)
    .int(now.0)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

/// Puts another package in place of one. Grants, settings and what it keeps stay.
///
/// # Errors
/// The engine's.
pub async fn replace(
    tx: &mut Tx,
    id: i64,
    new: &NewPackage<'_>,
    settings: &str,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE plugins SET version = $1, sha256 = $2, package = $3, manifest = $4, hears = $5, \
         settings = $6, generation = generation + 1, updated_at = $7 WHERE id = $8")
    .text(new.version)
    .text(new.sha256)
    .bytes(new.package)
    .text(new.manifest)
    .text(new.hears)
    .text(settings)
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}

/// Removes one with everything it keeps.
///
/// # Errors
/// The engine's.
pub async fn remove(tx: &mut Tx, id: i64) -> Result<(), DbError> {
    sql("DELETE FROM plugins WHERE id = $1").int(id).run(tx).await?;
    Ok(())
}

/// Saves settings (JSON object).
///
/// # Errors
/// The engine's.
pub async fn set_settings(
    tx: &mut Tx,
    id: i64,
    settings: &str,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE plugins SET settings = $1, generation = generation + 1, updated_at = $2 \
         WHERE id = $3")
    .text(settings)
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}

/// Saves grants (JSON array).
///
/// # Errors
/// The engine's.
pub async fn set_grants(tx: &mut Tx, id: i64, grants: &str, now: Millis) -> Result<(), DbError> {
    sql("UPDATE plugins SET grants = $1, generation = generation + 1, updated_at = $2 \
         WHERE id = $3")
    .text(grants)
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}

/// Switches one on, or off for a reason of the server's or none. Whether that changed anything.
///
/// # Errors
/// The engine's.
pub async fn set_enabled(
    tx: &mut Tx,
    id: i64,
    enabled: bool,
    reason: Option<&str>,
    now: Millis,
) -> Result<bool, DbError> {
    let changed = sql("UPDATE plugins SET enabled = $1, disabled_reason = $2, \
         enabled_at = CASE WHEN $3 = 1 THEN $4 ELSE enabled_at END, \
         generation = generation + 1, updated_at = $5 WHERE id = $6 AND enabled <> $7")
    .int(enabled)
    .text_opt(reason)
    .int(enabled)
    .int(now.0)
    .int(now.0)
    .int(id)
    .int(enabled)
    .run(tx)
    .await?;
    Ok(changed > 0)
}

/// Puts plugins into this order, as far as they are there; others come after them.
///
/// # Errors
/// The engine's.
pub async fn reorder(tx: &mut Tx, names: &[String], now: Millis) -> Result<(), DbError> {
    sql("UPDATE plugins SET position = position + 1000, generation = generation + 1, \
         updated_at = $1")
    .int(now.0)
    .run(tx)
    .await?;
    for (name, position) in names.iter().zip(1_i64..) {
        sql("UPDATE plugins SET position = $1 WHERE name = $2")
            .int(position)
            .text(name)
            .run(tx)
            .await?;
    }
    Ok(())
}

/// The channels that are exceptions to `everywhere`: `channels.id` with the plugin's.
///
/// # Errors
/// The engine's.
pub async fn channels(conn: &mut Conn) -> Result<Vec<(i64, i64)>, DbError> {
    let rows =
        sql("SELECT plugin_id, channel_id FROM plugin_channels ORDER BY plugin_id, channel_id")
            .all(conn)
            .await?;
    rows.iter().map(|row| Ok((row.int("plugin_id")?, row.int("channel_id")?))).collect()
}

/// Handles of the channels that are exceptions for one plugin.
///
/// # Errors
/// The engine's.
pub async fn channel_names(conn: &mut Conn, id: i64) -> Result<Vec<String>, DbError> {
    let rows = sql("SELECT actors.name FROM plugin_channels \
         JOIN channels ON channels.id = plugin_channels.channel_id \
         JOIN actors ON actors.id = channels.actor_id \
         WHERE plugin_channels.plugin_id = $1 ORDER BY actors.name_folded, actors.id")
    .int(id)
    .all(conn)
    .await?;
    rows.iter().map(|row| row.text("name")).collect()
}

/// Says in which channels one is called.
///
/// # Errors
/// The engine's.
pub async fn set_channels(
    tx: &mut Tx,
    id: i64,
    everywhere: bool,
    channel_ids: &[i64],
    now: Millis,
) -> Result<(), DbError> {
    sql("DELETE FROM plugin_channels WHERE plugin_id = $1").int(id).run(tx).await?;
    for channel_id in channel_ids {
        sql("INSERT INTO plugin_channels (plugin_id, channel_id) VALUES ($1, $2) \
             ON CONFLICT (plugin_id, channel_id) DO NOTHING")
        .int(id)
        .int(*channel_id)
        .run(tx)
        .await?;
    }
    sql("UPDATE plugins SET everywhere = $1, generation = generation + 1, updated_at = $2 \
         WHERE id = $3")
    .int(everywhere)
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}

/// Ids of switched-on plugins that hear of this kind of event.
///
/// # Errors
/// The engine's.
pub async fn hearing(conn: &mut Conn, kind: &str) -> Result<Vec<i64>, DbError> {
    // Kinds are words of ours, so that the quotes make a whole one.
    let rows =
        sql("SELECT id FROM plugins WHERE enabled = 1 AND hears LIKE $1 ORDER BY position, id")
            .text(format!("%\"{kind}\"%"))
            .all(conn)
            .await?;
    rows.iter().map(|row| row.int("id")).collect()
}
