//! What does each plugin keep? Its own names and values, within a quota.

use crate::db::{Conn, DbError, Tx, sql};

/// The value under a name.
///
/// # Errors
/// The engine's.
pub async fn get(conn: &mut Conn, plugin: &str, name: &str) -> Result<Option<Vec<u8>>, DbError> {
    let row = sql("SELECT value FROM plugin_values WHERE name = $1 AND plugin_id = \
         (SELECT id FROM plugins WHERE plugins.name = $2)")
    .text(name)
    .text(plugin)
    .optional(conn)
    .await?;
    row.map(|row| row.bytes("value")).transpose()
}

/// Bytes that a plugin keeps under other names than this one.
///
/// # Errors
/// The engine's.
pub async fn others_bytes(conn: &mut Conn, plugin_id: i64, name: &str) -> Result<i64, DbError> {
    sql("SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) AS total FROM plugin_values \
         WHERE plugin_id = $1 AND name <> $2")
    .int(plugin_id)
    .text(name)
    .one(conn)
    .await?
    .int("total")
}

/// Keeps a value.
///
/// # Errors
/// The engine's.
pub async fn put(tx: &mut Tx, plugin_id: i64, name: &str, value: &[u8]) -> Result<(), DbError> {
    let size = i64::try_from(name.len() + value.len()).unwrap_or(i64::MAX);
    sql("INSERT INTO plugin_values (plugin_id, name, value, size_bytes) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (plugin_id, name) DO UPDATE SET value = excluded.value, \
         size_bytes = excluded.size_bytes")
    .int(plugin_id)
    .text(name)
    .bytes(value)
    .int(size)
    .run(tx)
    .await?;
    Ok(())
}

/// Forgets a value.
///
/// # Errors
/// The engine's.
pub async fn remove(tx: &mut Tx, plugin_id: i64, name: &str) -> Result<(), DbError> {
    sql("DELETE FROM plugin_values WHERE plugin_id = $1 AND name = $2")
        .int(plugin_id)
        .text(name)
        .run(tx)
        .await?;
    Ok(())
}
