//! What does the owner of a video mark? One comment that stands first, and hearts.

use crate::db::{DbError, Tx, sql};
use crate::domain::Millis;

/// Puts one thread first under a video, in the place of another one that was; `None`: none.
///
/// # Errors
/// The engine's.
pub async fn pin(
    tx: &mut Tx,
    video_id: i64,
    comment_id: Option<i64>,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE comments SET pinned_at = NULL WHERE video_id = $1 AND pinned_at IS NOT NULL")
        .int(video_id)
        .run(tx)
        .await?;
    if let Some(id) = comment_id {
        sql("UPDATE comments SET pinned_at = $1 WHERE id = $2 AND video_id = $3")
            .int(now.0)
            .int(id)
            .int(video_id)
            .run(tx)
            .await?;
    }
    Ok(())
}

/// Gives a comment the owner's heart, or takes it back.
///
/// # Errors
/// The engine's.
pub async fn heart(tx: &mut Tx, comment_id: i64, at: Option<Millis>) -> Result<(), DbError> {
    sql("UPDATE comments SET hearted_at = $1 WHERE id = $2")
        .int_opt(at.map(|at| at.0))
        .int(comment_id)
        .run(tx)
        .await?;
    Ok(())
}
