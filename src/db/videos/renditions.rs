//! What is in a complete media set? One row per file, with its plan and segment index.

use farandole_transcoder::index::SegmentIndex;
use farandole_transcoder::spec::RenditionPlan;

use crate::db::{Conn, DbError, Row, Tx, sql};
use crate::domain::Millis;

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
    /// When it was complete.
    pub created_at: Millis,
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
        created_at: Millis(row.int("created_at")?),
    })
}

/// Every rendition of a set, in the order of its plan.
///
/// # Errors
/// The engine's.
pub async fn of_set(conn: &mut Conn, media_set_id: i64) -> Result<Vec<StoredRendition>, DbError> {
    sql("SELECT id, plan, segments, size_bytes, storage_key, created_at FROM renditions \
         WHERE media_set_id = $1 ORDER BY position")
    .int(media_set_id)
    .all(conn)
    .await?
    .iter()
    .map(read)
    .collect()
}

/// A rendition whose file is in storage, about to become a row.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRendition {
    /// What it holds, and its file name within the set.
    pub plan: RenditionPlan,
    /// `SegmentIndex::to_bytes`.
    pub segments: Vec<u8>,
    /// Size, bytes.
    pub size_bytes: i64,
    /// Where it is in storage.
    pub storage_key: String,
}

impl NewRendition {
    /// The row of a finished file.
    #[must_use]
    pub fn new(
        plan: &RenditionPlan,
        index: &SegmentIndex,
        size_bytes: u64,
        storage_key: String,
    ) -> Self {
        Self {
            plan: plan.clone(),
            segments: index.to_bytes(),
            size_bytes: i64::try_from(size_bytes).unwrap_or(i64::MAX),
            storage_key,
        }
    }

    /// Frames per thousand seconds, 0 for sound.
    fn fps_millis(&self) -> i64 {
        self.plan.fps.map_or(0, |fps| {
            let num = i64::from(fps.num).saturating_mul(1000);
            num.checked_div(i64::from(fps.den)).unwrap_or(0)
        })
    }
}

/// Adds a rendition to a set.
///
/// # Errors
/// The engine's.
pub(super) async fn insert(
    tx: &mut Tx,
    media_set_id: i64,
    rendition: &NewRendition,
    now: Millis,
) -> Result<(), DbError> {
    let plan = &rendition.plan;
    sql("INSERT INTO renditions (media_set_id, position, plan, resolution, width, height, \
         fps_millis, file, size_bytes, storage_key, segments, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
    .int(media_set_id)
    .int(i64::try_from(plan.index).unwrap_or(i64::MAX))
    .text(serde_json::json!(plan).to_string())
    .int(plan.resolution)
    .int(plan.width)
    .int(plan.height)
    .int(rendition.fps_millis())
    .text(plan.file.clone())
    .int(rendition.size_bytes)
    .text(rendition.storage_key.clone())
    .bytes(rendition.segments.clone())
    .int(now.0)
    .run(tx)
    .await?;
    Ok(())
}
