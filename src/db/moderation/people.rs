//! Who helps to moderate which channel?

use crate::db::{Conn, DbError, Row, Tx, sql};
use crate::domain::Millis;

/// Ids of the channels of an account, and of those that its actor was made moderator of.
///
/// # Errors
/// The engine's.
pub async fn channels_of(
    conn: &mut Conn,
    account_id: i64,
    actor_id: i64,
) -> Result<(Vec<i64>, Vec<i64>), DbError> {
    let own = sql("SELECT id FROM channels WHERE account_id = $1 ORDER BY id")
        .int(account_id)
        .all(conn)
        .await?;
    let helped = sql("SELECT channel_id AS id FROM channel_moderators WHERE actor_id = $1 \
                      ORDER BY channel_id")
    .int(actor_id)
    .all(conn)
    .await?;
    Ok((ids(&own)?, ids(&helped)?))
}

fn ids(rows: &[Row]) -> Result<Vec<i64>, DbError> {
    rows.iter().map(|row| row.int("id")).collect()
}

/// Account ids of the moderators of a channel with the moment they were named, oldest first.
///
/// # Errors
/// The engine's.
pub async fn moderators(conn: &mut Conn, channel_id: i64) -> Result<Vec<(i64, Millis)>, DbError> {
    sql("SELECT a.id, m.created_at FROM channel_moderators m \
         JOIN accounts a ON a.actor_id = m.actor_id \
         WHERE m.channel_id = $1 ORDER BY m.created_at, m.actor_id")
    .int(channel_id)
    .all(conn)
    .await?
    .iter()
    .map(|row| Ok((row.int("id")?, row.millis("created_at")?)))
    .collect()
}

/// Makes somebody a moderator of a channel. False: they are one already.
///
/// # Errors
/// The engine's.
pub async fn insert(
    tx: &mut Tx,
    channel_id: i64,
    actor_id: i64,
    by: i64,
    now: Millis,
) -> Result<bool, DbError> {
    let added = sql("INSERT INTO channel_moderators (channel_id, actor_id, added_by, created_at) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (channel_id, actor_id) DO NOTHING")
    .int(channel_id)
    .int(actor_id)
    .int(by)
    .int(now.0)
    .run(tx)
    .await?;
    Ok(added > 0)
}

/// Somebody is a moderator of a channel no longer. False: they were none.
///
/// # Errors
/// The engine's.
pub async fn delete(tx: &mut Tx, channel_id: i64, actor_id: i64) -> Result<bool, DbError> {
    let gone = sql("DELETE FROM channel_moderators WHERE channel_id = $1 AND actor_id = $2")
        .int(channel_id)
        .int(actor_id)
        .run(tx)
        .await?;
    Ok(gone > 0)
}
