//! Which lists and plugins are being tried on stored text, how far, and what was found?

use std::collections::BTreeMap;

use super::read_scope;
use crate::db::revisions::Extent;
use crate::db::{Conn, DbError, Row, Tx, sql};
use crate::domain::Millis;
use crate::domain::moderation::Scope;

/// Counts by name.
pub type Counts = BTreeMap<String, i64>;

/// A trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewRow {
    /// `list_previews.id`.
    pub id: i64,
    /// How far it reaches.
    pub scope: Scope,
    /// `word_lists.id`, when a kept list or a change of it is tried.
    pub list_id: Option<i64>,
    /// `plugins.id`, when a plugin is tried.
    pub plugin_id: Option<i64>,
    /// JSON of the draft; empty when a list is tried as it is kept. Of a plugin: its settings.
    pub draft: String,
    /// Text written since then.
    pub since: Millis,
    /// `running`, `done` or `failed`.
    pub state: String,
    /// Versions up to this one are done.
    pub cursor_id: i64,
    /// The last version to look at.
    pub last_id: i64,
    /// Texts looked at.
    pub examined: i64,
    /// Texts to look at.
    pub total: i64,
    /// Texts that something was found in.
    pub hits: i64,
    /// Those by surface.
    pub by_surface: Counts,
    /// Those by language.
    pub by_language: Counts,
    /// Why it stopped.
    pub error: Option<String>,
    /// When it began.
    pub created_at: Millis,
    /// Last progress.
    pub updated_at: Millis,
}

fn counts(row: &Row, column: &str) -> Result<Counts, DbError> {
    Ok(serde_json::from_str(&row.text(column)?).unwrap_or_default())
}

fn read(row: &Row) -> Result<PreviewRow, DbError> {
    Ok(PreviewRow {
        id: row.int("id")?,
        scope: read_scope(row)?,
        list_id: row.int_opt("list_id")?,
        plugin_id: row.int_opt("plugin_id")?,
        draft: row.text("draft")?,
        since: row.millis("since")?,
        state: row.text("state")?,
        cursor_id: row.int("cursor_id")?,
        last_id: row.int("last_id")?,
        examined: row.int("examined")?,
        total: row.int("total")?,
        hits: row.int("hits")?,
        by_surface: counts(row, "by_surface")?,
        by_language: counts(row, "by_language")?,
        error: row.text_opt("error")?,
        created_at: row.millis("created_at")?,
        updated_at: row.millis("updated_at")?,
    })
}

/// A trial about to be.
#[derive(Debug, Clone, Copy)]
pub struct NewPreview<'a> {
    /// `actors.id` of who wants to know.
    pub by: i64,
    /// How far it reaches.
    pub scope: Scope,
    /// `word_lists.id`, when a kept list or a change of it is tried.
    pub list_id: Option<i64>,
    /// `plugins.id`, when a plugin is tried.
    pub plugin_id: Option<i64>,
    /// JSON of the draft; empty when a list is tried as it is kept. Of a plugin: its settings.
    pub draft: &'a str,
    /// Text written since then.
    pub since: Millis,
    /// How much that is.
    pub extent: Extent,
}

/// Begins a trial and returns its id.
///
/// # Errors
/// The engine's.
pub async fn insert(tx: &mut Tx, new: &NewPreview<'_>, now: Millis) -> Result<i64, DbError> {
    sql("INSERT INTO list_previews (by_actor_id, scope, scope_id, list_id, draft, since, state, \
         cursor_id, last_id, total, created_at, updated_at, plugin_id) \
         VALUES ($1, $2, $3, $4, $5, $6, 'running', $7, $8, $9, $10, $10, $11) RETURNING id")
    .int(new.by)
    .text(new.scope.name())
    .int(new.scope.id())
    .int_opt(new.list_id)
    .text(new.draft)
    .int(new.since.0)
    .int((new.extent.first_id - 1).max(0))
    .int(new.extent.last_id)
    .int(new.extent.total)
    .int(now.0)
    .int_opt(new.plugin_id)
    .one(tx)
    .await?
    .int("id")
}

/// One trial.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<PreviewRow>, DbError> {
    sql("SELECT id, scope, scope_id, list_id, plugin_id, draft, since, state, cursor_id, last_id, \
         examined, total, hits, by_surface, by_language, error, created_at, updated_at \
         FROM list_previews WHERE id = $1")
    .int(id)
    .optional(conn)
    .await?
    .as_ref()
    .map(read)
    .transpose()
}

/// How many trials of a scope run.
///
/// # Errors
/// The engine's.
pub async fn running(conn: &mut Conn, scope: Scope) -> Result<i64, DbError> {
    sql("SELECT COUNT(*) AS n FROM list_previews WHERE state = 'running' AND scope = $1 \
         AND scope_id = $2")
    .text(scope.name())
    .int(scope.id())
    .one(conn)
    .await?
    .int("n")
}

/// A text that something was found in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// `revisions.id`.
    pub revision_id: i64,
    /// Where the text stands, by name.
    pub surface: String,
    /// First byte of each place, and the byte behind its last.
    pub hits: Vec<(usize, usize)>,
    /// Somebody said that the text was fine.
    pub fine: bool,
}

/// What one page of texts gave, on top of all before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Versions up to this one are done.
    pub cursor_id: i64,
    /// Texts looked at.
    pub examined: i64,
    /// Texts that something was found in.
    pub hits: i64,
    /// Those by surface.
    pub by_surface: Counts,
    /// Those by language.
    pub by_language: Counts,
    /// Texts of this page that something was found in.
    pub samples: Vec<Sample>,
    /// It was the last page.
    pub done: bool,
}

/// Writes what a page gave, unless the trial stands elsewhere than `from` by now. Of each surface
/// at most `most` samples are kept.
///
/// # Errors
/// The engine's.
pub async fn advance(
    tx: &mut Tx,
    id: i64,
    from: i64,
    step: &Step,
    most: i64,
    now: Millis,
) -> Result<(), DbError> {
    let json = |counts: &Counts| serde_json::to_string(counts).unwrap_or_default();
    let moved = sql("UPDATE list_previews SET cursor_id = $1, examined = $2, hits = $3, \
         by_surface = $4, by_language = $5, state = $6, updated_at = $7 \
         WHERE id = $8 AND cursor_id = $9 AND state = 'running'")
    .int(step.cursor_id)
    .int(step.examined)
    .int(step.hits)
    .text(json(&step.by_surface))
    .text(json(&step.by_language))
    .text(if step.done { "done" } else { "running" })
    .int(now.0)
    .int(id)
    .int(from)
    .run(tx)
    .await?;
    if moved == 0 {
        return Ok(());
    }
    let mut kept = Counts::new();
    for row in sql("SELECT surface, COUNT(*) AS n FROM list_preview_samples \
                    WHERE preview_id = $1 GROUP BY surface")
    .int(id)
    .all(tx)
    .await?
    {
        kept.insert(row.text("surface")?, row.int("n")?);
    }
    for sample in &step.samples {
        let there = kept.entry(sample.surface.clone()).or_insert(0);
        if *there >= most {
            continue;
        }
        *there += 1;
        sql("INSERT INTO list_preview_samples (preview_id, revision_id, surface, hits) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (preview_id, revision_id) DO NOTHING")
        .int(id)
        .int(sample.revision_id)
        .text(&sample.surface)
        .text(serde_json::to_string(&sample.hits).unwrap_or_default())
        .run(tx)
        .await?;
    }
    Ok(())
}

fn read_sample(row: &Row) -> Result<Sample, DbError> {
    Ok(Sample {
        revision_id: row.int("revision_id")?,
        surface: row.text("surface")?,
        hits: serde_json::from_str(&row.text("hits")?).unwrap_or_default(),
        fine: row.flag("fine")?,
    })
}

/// Samples of a trial, newest text first.
///
/// # Errors
/// The engine's.
pub async fn samples(conn: &mut Conn, id: i64) -> Result<Vec<Sample>, DbError> {
    sql("SELECT revision_id, surface, hits, fine FROM list_preview_samples \
         WHERE preview_id = $1 ORDER BY revision_id DESC")
    .int(id)
    .all(conn)
    .await?
    .iter()
    .map(read_sample)
    .collect()
}

/// One sample.
///
/// # Errors
/// The engine's.
pub async fn sample(conn: &mut Conn, id: i64, revision_id: i64) -> Result<Option<Sample>, DbError> {
    sql("SELECT revision_id, surface, hits, fine FROM list_preview_samples \
         WHERE preview_id = $1 AND revision_id = $2")
    .int(id)
    .int(revision_id)
    .optional(conn)
    .await?
    .as_ref()
    .map(read_sample)
    .transpose()
}

/// Somebody said that a text was fine.
///
/// # Errors
/// The engine's.
pub async fn set_fine(tx: &mut Tx, id: i64, revision_id: i64) -> Result<(), DbError> {
    sql("UPDATE list_preview_samples SET fine = 1 WHERE preview_id = $1 AND revision_id = $2")
        .int(id)
        .int(revision_id)
        .run(tx)
        .await?;
    Ok(())
}

/// Changes the draft of a trial.
///
/// # Errors
/// The engine's.
pub async fn set_draft(tx: &mut Tx, id: i64, draft: &str) -> Result<(), DbError> {
    sql("UPDATE list_previews SET draft = $1 WHERE id = $2").text(draft).int(id).run(tx).await?;
    Ok(())
}

/// A trial stopped.
///
/// # Errors
/// The engine's.
pub async fn fail(tx: &mut Tx, id: i64, error: &str, now: Millis) -> Result<(), DbError> {
    sql("UPDATE list_previews SET state = 'failed', error = $1, updated_at = $2 \
         WHERE id = $3 AND state = 'running'")
    .text(error)
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}

/// Removes a trial with its samples.
///
/// # Errors
/// The engine's.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<(), DbError> {
    sql("DELETE FROM list_previews WHERE id = $1").int(id).run(tx).await?;
    Ok(())
}

/// Forgets trials that began before `before`.
///
/// # Errors
/// The engine's.
pub async fn forget(tx: &mut Tx, before: Millis) -> Result<u64, DbError> {
    sql("DELETE FROM list_previews WHERE created_at < $1").int(before.0).run(tx).await
}
