//! Who works on which report? So that two do not do the same; and how many wait.

use crate::db::{Conn, DbError, Tx, sql};
use crate::domain::Millis;

/// Lets an actor work on a report that waits. False: somebody else does since `stale` or later, or
/// it was decided.
///
/// # Errors
/// The engine's.
pub async fn assign(
    tx: &mut Tx,
    id: i64,
    actor_id: i64,
    stale: Millis,
    now: Millis,
) -> Result<bool, DbError> {
    let taken = sql("UPDATE abuses SET assignee_id = $1, assigned_at = $2 WHERE id = $3 \
         AND state = 1 AND (assignee_id IS NULL OR assignee_id = $1 OR assigned_at < $4)")
    .int(actor_id)
    .int(now.0)
    .int(id)
    .int(stale.0)
    .run(tx)
    .await?;
    Ok(taken > 0)
}

/// Nobody works on a report any more.
///
/// # Errors
/// The engine's.
pub async fn unassign(tx: &mut Tx, id: i64) -> Result<(), DbError> {
    sql("UPDATE abuses SET assignee_id = NULL, assigned_at = NULL WHERE id = $1")
        .int(id)
        .run(tx)
        .await?;
    Ok(())
}

/// How many reports wait, how many of them `actor_id` works on, and since when the oldest waits.
///
/// # Errors
/// The engine's.
pub async fn waiting(
    conn: &mut Conn,
    actor_id: i64,
) -> Result<(i64, i64, Option<Millis>), DbError> {
    let row = sql("SELECT COUNT(*) AS n, CAST(COALESCE(SUM(CASE WHEN assignee_id = $1 THEN 1 \
                   ELSE 0 END), 0) AS BIGINT) AS mine, CAST(MIN(created_at) AS BIGINT) AS oldest \
                   FROM abuses WHERE state = 1")
    .int(actor_id)
    .one(conn)
    .await?;
    Ok((row.int("n")?, row.int("mine")?, row.int_opt("oldest")?.map(Millis)))
}
