//! How is work queued, claimed and finished? The `jobs` table.

use std::time::Duration;

use super::{Conn, DbError, Row, Tx, sql};
use crate::domain::{Job, Millis};

/// Who claims: one start of one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimant {
    /// Configured node name.
    pub node: String,
    /// Made anew at every start.
    pub boot_id: String,
}

/// A claimed job.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// `jobs.id`.
    pub id: i64,
    /// What to do.
    pub job: Job,
    /// Tries so far, this one included.
    pub attempt: i64,
    /// Tries it has.
    pub max_attempts: i64,
}

/// Which claims to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Transcoding.
    Heavy,
    /// All else.
    Light,
}

/// Queues `job`, to run from `run_at` on. Returns its id, or `None` when the same work is already
/// waiting or running.
///
/// # Errors
/// The engine's.
pub async fn enqueue(
    tx: &mut Tx,
    job: &Job,
    run_at: Millis,
    only_node: Option<&str>,
    now: Millis,
) -> Result<Option<i64>, DbError> {
    let payload = serde_json::to_string(job)
        .map_err(|_| DbError::Column { column: "payload".to_owned(), wanted: "job" })?;
    sql("INSERT INTO jobs (kind, payload, priority, run_at, max_attempts, only_node, dedupe, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (dedupe) WHERE state = 'queued' OR state = 'running' DO NOTHING RETURNING id")
    .text(job.kind())
    .text(payload)
    .int(i64::from(job.heavy()))
    .int(run_at.0)
    .int(job.max_attempts())
    .text_opt(only_node)
    .text(job.dedupe())
    .int(now.0)
    .optional(tx)
    .await?
    .map(|row| row.int("id"))
    .transpose()
}

/// Claims the next due job for `lease`. A running job whose lease ran out is due again.
///
/// # Errors
/// The engine's.
pub async fn claim(
    tx: &mut Tx,
    by: &Claimant,
    weight: Weight,
    lease: Duration,
    now: Millis,
) -> Result<Option<Claimed>, DbError> {
    let text = format!(
        "UPDATE jobs SET state = 'running', node = $1, boot_id = $2, lease_until = $3, \
         attempts = attempts + 1, started_at = $4, error = NULL WHERE id = (\
           SELECT id FROM jobs WHERE priority = $5 AND (only_node IS NULL OR only_node = $6) \
           AND ((state = 'queued' AND run_at <= $7) OR (state = 'running' AND lease_until < $8)) \
           ORDER BY run_at, id LIMIT 1{}) \
         RETURNING id, payload, attempts, max_attempts",
        tx.engine().skip_locked()
    );
    let row = sql(text)
        .text(&by.node)
        .text(&by.boot_id)
        .int(now.plus(lease).0)
        .int(now.0)
        .int(i64::from(weight == Weight::Heavy))
        .text(&by.node)
        .int(now.0)
        .int(now.0)
        .optional(tx)
        .await?;
    row.map(|row| read_claim(&row)).transpose()
}

fn read_claim(row: &Row) -> Result<Claimed, DbError> {
    let job = serde_json::from_str(&row.text("payload")?)
        .map_err(|_| DbError::Column { column: "payload".to_owned(), wanted: "job" })?;
    Ok(Claimed {
        id: row.int("id")?,
        job,
        attempt: row.int("attempts")?,
        max_attempts: row.int("max_attempts")?,
    })
}

/// Prolongs the lease of a running job. False: somebody else has it now, stop working on it.
///
/// # Errors
/// The engine's.
pub async fn renew(
    tx: &mut Tx,
    id: i64,
    by: &Claimant,
    lease: Duration,
    now: Millis,
) -> Result<bool, DbError> {
    let changed = sql("UPDATE jobs SET lease_until = $1 \
                       WHERE id = $2 AND boot_id = $3 AND state = 'running'")
    .int(now.plus(lease).0)
    .int(id)
    .text(&by.boot_id)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Marks a job done. Call it in the transaction of its last effect where there is one.
/// False: the claim was lost meanwhile, roll the effect back.
///
/// # Errors
/// The engine's.
pub async fn finish(tx: &mut Tx, id: i64, by: &Claimant, now: Millis) -> Result<bool, DbError> {
    let changed = sql("UPDATE jobs SET state = 'done', finished_at = $1, lease_until = NULL, \
                       progress = 100 WHERE id = $2 AND boot_id = $3 AND state = 'running'")
    .int(now.0)
    .int(id)
    .text(&by.boot_id)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Puts a job back to run at `run_at`, or fails it for good when `run_at` is `None`.
///
/// # Errors
/// The engine's.
pub async fn give_up(
    tx: &mut Tx,
    id: i64,
    by: &Claimant,
    error: &str,
    run_at: Option<Millis>,
    now: Millis,
) -> Result<(), DbError> {
    let (state, finished) =
        if run_at.is_some() { ("queued", None) } else { ("failed", Some(now.0)) };
    sql("UPDATE jobs SET state = $1, error = $2, run_at = $3, finished_at = $4, lease_until = NULL, \
         node = NULL WHERE id = $5 AND boot_id = $6 AND state = 'running'")
    .text(state)
    .text(error)
    .int(run_at.unwrap_or(now).0)
    .int_opt(finished)
    .int(id)
    .text(&by.boot_id)
    .run(tx)
    .await?;
    Ok(())
}

/// Hands a job back untried (shutdown): it is due at once, and the try does not count.
///
/// # Errors
/// The engine's.
pub async fn hand_back(tx: &mut Tx, id: i64, by: &Claimant, now: Millis) -> Result<(), DbError> {
    sql("UPDATE jobs SET state = 'queued', attempts = attempts - 1, run_at = $1, lease_until = NULL, \
         node = NULL WHERE id = $2 AND boot_id = $3 AND state = 'running'")
    .int(now.0)
    .int(id)
    .text(&by.boot_id)
    .run(tx)
    .await?;
    Ok(())
}

/// At start: what this node claimed in an earlier life is due again at once.
///
/// # Errors
/// The engine's.
pub async fn release_older_boots(tx: &mut Tx, by: &Claimant, now: Millis) -> Result<u64, DbError> {
    sql("UPDATE jobs SET state = 'queued', run_at = $1, lease_until = NULL, node = NULL \
         WHERE state = 'running' AND node = $2 AND boot_id <> $3")
    .int(now.0)
    .text(&by.node)
    .text(&by.boot_id)
    .run(tx)
    .await
}

/// Keeps how far a running job is, in per cent.
///
/// # Errors
/// The engine's.
pub async fn set_progress(tx: &mut Tx, id: i64, percent: i64) -> Result<(), DbError> {
    sql("UPDATE jobs SET progress = $1 WHERE id = $2").int(percent).int(id).run(tx).await?;
    Ok(())
}

/// Counts jobs in `state` by kind, for metrics and admin.
///
/// # Errors
/// The engine's.
pub async fn count_by_kind(conn: &mut Conn, state: &str) -> Result<Vec<(String, i64)>, DbError> {
    sql("SELECT kind, COUNT(*) AS n FROM jobs WHERE state = $1 GROUP BY kind ORDER BY kind")
        .text(state)
        .all(conn)
        .await?
        .iter()
        .map(|row| Ok((row.text("kind")?, row.int("n")?)))
        .collect()
}

/// Forgets finished jobs older than `before`.
///
/// # Errors
/// The engine's.
pub async fn forget_finished(tx: &mut Tx, before: Millis) -> Result<u64, DbError> {
    sql("DELETE FROM jobs WHERE finished_at IS NOT NULL AND finished_at < $1")
        .int(before.0)
        .run(tx)
        .await
}
