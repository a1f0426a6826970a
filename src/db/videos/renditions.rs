//! What is in a complete media set? One row per file, with its plan and segment index.

use farandole_transcoder::index::SegmentIndex;
use farandole_transcoder::spec::RenditionPlan;

use crate::db::{Conn, DbError, Row, sql};

/// One complete rendition.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRendition {
    /// `renditions.id`.
    pub id: i64,
    /// What it holds, and its file name within the set.
    pub plan: RenditionPlan,
    /// Its segments.
    pub index: SegmentIndex,
    /// Size, bytes.
    pub size_bytes: i64,
    /// Where it is in storage.
    pub storage_key: String,
}

fn read(row: &Row) -> Result<StoredRendition, DbError> {
    let damaged = |column: &str, wanted| DbError::Column { column: column.to_owned(), wanted };
    Ok(StoredRendition {
        id: row.int("id")?,
        plan: serde_json::from_str(&row.text("plan")?)
            .map_err(|_| damaged("plan", "rendition plan"))?,
        index: SegmentIndex::from_bytes(&row.bytes("segments")?)
            .map_err(|_| damaged("segments", "segment index"))?,
        size_bytes: row.int("size_bytes")?,
        storage_key: row.text("storage_key")?,
    })
}

/// Every rendition of a set, in the order of its plan.
///
/// # Errors
/// The engine's.
pub async fn of_set(conn: &mut Conn, media_set_id: i64) -> Result<Vec<StoredRendition>, DbError> {
    sql("SELECT id, plan, segments, size_bytes, storage_key FROM renditions \
         WHERE media_set_id = $1 ORDER BY position")
    .int(media_set_id)
    .all(conn)
    .await?
    .iter()
    .map(read)
    .collect()
}
