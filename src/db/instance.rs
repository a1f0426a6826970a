//! What does the instance itself keep? Named values, made once and never changed behind a node.

use super::{Conn, DbError, Tx, sql};

/// Reads a value.
///
/// # Errors
/// The engine's.
pub async fn value(conn: &mut Conn, name: &str) -> Result<Option<String>, DbError> {
    sql("SELECT value FROM instance_values WHERE name = $1")
        .text(name)
        .optional(conn)
        .await?
        .map(|row| row.text("value"))
        .transpose()
}

/// Keeps `value` under `name` unless there is one already, and returns the one that is kept.
///
/// # Errors
/// The engine's.
pub async fn value_or_insert(tx: &mut Tx, name: &str, value: &str) -> Result<String, DbError> {
    sql("INSERT INTO instance_values (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
        .text(name)
        .text(value)
        .run(tx)
        .await?;
    sql("SELECT value FROM instance_values WHERE name = $1").text(name).one(tx).await?.text("value")
}

/// Sets a value, replacing what was there.
///
/// # Errors
/// The engine's.
pub async fn set_value(tx: &mut Tx, name: &str, value: &str) -> Result<(), DbError> {
    sql("INSERT INTO instance_values (name, value) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value")
    .text(name)
    .text(value)
    .run(tx)
    .await?;
    Ok(())
}
