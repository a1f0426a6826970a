//! Does any row name a stored object?

use crate::db::{Conn, DbError, actor_images, sql};

/// Tables whose `storage_key` column names objects.
const NAMED_BY: [&str; 5] =
    ["renditions", "video_images", "originals", "captions", "caption_versions"];

/// A row names the object, or it belongs to a media set that is being made.
///
/// # Errors
/// The engine's.
pub async fn is_named(conn: &mut Conn, key: &str) -> Result<bool, DbError> {
    if let Some(file) = key.strip_prefix("actor-images/") {
        return Ok(actor_images::by_file(conn, file).await?.is_some());
    }
    for table in NAMED_BY {
        let row = sql(format!("SELECT storage_key FROM {table} WHERE storage_key = $1 LIMIT 1"))
            .text(key)
            .optional(conn)
            .await?;
        if row.is_some() {
            return Ok(true);
        }
    }
    // `hls/{video}/{generation}/{file}`, see `domain::keys`.
    let mut parts = key.split('/');
    let (Some("hls"), Some(_), Some(generation)) = (parts.next(), parts.next(), parts.next())
    else {
        return Ok(false);
    };
    let row = sql("SELECT id FROM media_sets WHERE generation = $1 \
                   AND (state = 'growing' OR state = 'waiting') LIMIT 1")
    .text(generation)
    .optional(conn)
    .await?;
    Ok(row.is_some())
}
