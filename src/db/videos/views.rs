//! How often was a video seen?

use crate::db::{DbError, Tx, sql};

/// Adds views. No change row goes with it: a popular video would empty every cache all the time,
/// and nobody needs the newest number.
///
/// # Errors
/// The engine's.
pub async fn add(tx: &mut Tx, video_id: i64, views: i64) -> Result<(), DbError> {
    sql("UPDATE videos SET views = views + $1 WHERE id = $2")
        .int(views)
        .int(video_id)
        .run(tx)
        .await?;
    Ok(())
}
