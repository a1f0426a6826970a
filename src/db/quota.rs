//! How much room does a user take? Sizes of uploaded files, and of uploads still on their way.

use std::time::Duration;

use super::{Conn, DbError, sql};
use crate::domain::Millis;
use crate::domain::quota::{Quota, Usage};

/// What counts as today.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The limits of a user; `None` when there is no such user.
///
/// # Errors
/// The engine's.
pub async fn limits(conn: &mut Conn, user_id: i64) -> Result<Option<Quota>, DbError> {
    sql("SELECT video_quota, video_quota_daily FROM users WHERE id = $1")
        .int(user_id)
        .optional(conn)
        .await?
        .map(|row| {
            Ok(Quota {
                total_bytes: row.int("video_quota")?,
                daily_bytes: row.int("video_quota_daily")?,
            })
        })
        .transpose()
}

/// What the videos of a user take, without uploads on their way. A replaced file counts for the
/// day it came, and no longer for the total.
///
/// # Errors
/// The engine's.
pub async fn stored(conn: &mut Conn, user_id: i64, now: Millis) -> Result<Usage, DbError> {
    let row = sql("SELECT \
         CAST(COALESCE(SUM(CASE WHEN o.id = (SELECT MAX(n.id) FROM originals n WHERE n.video_id = o.video_id) \
           THEN o.size_bytes ELSE 0 END), 0) AS BIGINT) AS total, \
         CAST(COALESCE(SUM(CASE WHEN o.created_at > $1 THEN o.size_bytes ELSE 0 END), 0) AS BIGINT) AS daily \
         FROM originals o JOIN videos v ON v.id = o.video_id \
         JOIN channels c ON c.id = v.channel_id JOIN accounts a ON a.id = c.account_id \
         WHERE a.user_id = $2")
    .int(now.minus(DAY).0)
    .int(user_id)
    .one(conn)
    .await?;
    Ok(Usage { total_bytes: row.int("total")?, daily_bytes: row.int("daily")? })
}

/// What the open uploads of a user will take when they are complete, except the upload
/// `but_not`.
///
/// # Errors
/// The engine's.
pub async fn reserved(
    conn: &mut Conn,
    user_id: i64,
    but_not: Option<&str>,
    now: Millis,
) -> Result<Usage, DbError> {
    let row = sql("SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) AS total, \
         CAST(COALESCE(SUM(CASE WHEN created_at > $1 THEN size_bytes ELSE 0 END), 0) AS BIGINT) AS daily \
         FROM uploads WHERE user_id = $2 AND state <> 'done' AND expires_at > $3 AND id <> $4")
    .int(now.minus(DAY).0)
    .int(user_id)
    .int(now.0)
    .text(but_not.unwrap_or_default())
    .one(conn)
    .await?;
    Ok(Usage { total_bytes: row.int("total")?, daily_bytes: row.int("daily")? })
}
