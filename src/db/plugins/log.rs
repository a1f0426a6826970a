//! What did plugins say, and how did they fail?

use crate::db::{Conn, DbError, Row, Tx, sql};
use crate::domain::{Millis, Window};

/// Lines of a plugin that are kept; older ones go first.
const MOST_LINES: i64 = 2_000;

/// A line of a plugin's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// `plugin_log.id`.
    pub id: i64,
    /// debug, info, warn or error.
    pub level: String,
    /// The kind of failure, when the server wrote the line because the plugin failed.
    pub kind: Option<String>,
    /// What was said.
    pub line: String,
    /// When.
    pub at: Millis,
}

/// A line to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    /// `plugins.id`.
    pub plugin_id: i64,
    /// debug, info, warn or error.
    pub level: &'static str,
    /// The kind of failure, if it is about one.
    pub kind: Option<&'static str>,
    /// What is said.
    pub line: String,
}

/// Adds a line. One about a plugin that is gone is dropped.
///
/// # Errors
/// The engine's.
pub async fn add(tx: &mut Tx, new: &NewLine, now: Millis) -> Result<(), DbError> {
    sql("INSERT INTO plugin_log (plugin_id, level, kind, line, at) \
         SELECT id, $1, $2, $3, $4 FROM plugins WHERE id = $5")
    .text(new.level)
    .text_opt(new.kind)
    .text(&new.line)
    .int(now.0)
    .int(new.plugin_id)
    .run(tx)
    .await?;
    Ok(())
}

/// Forgets the oldest lines of a plugin that has too many.
///
/// # Errors
/// The engine's.
pub async fn trim(tx: &mut Tx, plugin_id: i64) -> Result<(), DbError> {
    sql("DELETE FROM plugin_log WHERE plugin_id = $1 AND id <= \
         (SELECT MAX(id) FROM plugin_log WHERE plugin_id = $2) - $3")
    .int(plugin_id)
    .int(plugin_id)
    .int(MOST_LINES)
    .run(tx)
    .await?;
    Ok(())
}

/// Failures since a moment.
///
/// # Errors
/// The engine's.
pub async fn failures_since(
    conn: &mut Conn,
    plugin_id: i64,
    since: Millis,
) -> Result<i64, DbError> {
    sql("SELECT COUNT(*) AS total FROM plugin_log \
         WHERE plugin_id = $1 AND kind IS NOT NULL AND at >= $2")
    .int(plugin_id)
    .int(since.0)
    .one(conn)
    .await?
    .int("total")
}

/// Part of a plugin's log, newest first, and how long it is.
///
/// # Errors
/// The engine's.
pub async fn list(
    conn: &mut Conn,
    plugin_id: i64,
    failures_only: bool,
    window: Window,
) -> Result<(i64, Vec<LogRow>), DbError> {
    let only = if failures_only { " AND kind IS NOT NULL" } else { "" };
    let total = sql(format!("SELECT COUNT(*) AS total FROM plugin_log WHERE plugin_id = $1{only}"))
        .int(plugin_id)
        .one(conn)
        .await?
        .int("total")?;
    let rows = sql(format!(
        "SELECT id, level, kind, line, at FROM plugin_log WHERE plugin_id = $1{only} \
         ORDER BY id DESC LIMIT $2 OFFSET $3"
    ))
    .int(plugin_id)
    .int(window.count)
    .int(window.start)
    .all(conn)
    .await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}

fn read(row: &Row) -> Result<LogRow, DbError> {
    Ok(LogRow {
        id: row.int("id")?,
        level: row.text("level")?,
        kind: row.text_opt("kind")?,
        line: row.text("line")?,
        at: Millis(row.int("at")?),
    })
}
