//! Where is the file somebody uploaded? In one node's scratch, in storage, or dropped.

use uuid::Uuid;

use crate::db::{Conn, DbError, Row, Tx, sql};

/// Where the bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// In the scratch of `node`, where the upload put them.
    Scratch {
        /// Whose scratch.
        node: String,
        /// The file there.
        path: String,
    },
    /// In storage.
    Stored {
        /// Under this key.
        key: String,
    },
    /// Not kept.
    Dropped,
}

/// One uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// `originals.id`.
    pub id: i64,
    /// `videos.id`.
    pub video_id: i64,
    /// `videos.uuid`.
    pub video_uuid: Uuid,
    /// Part of its key.
    pub generation: Uuid,
    /// As its owner named it.
    pub filename: String,
    /// Where its bytes are.
    pub location: Location,
}

fn read(row: &Row) -> Result<Original, DbError> {
    let missing = |column: &str| DbError::Column { column: column.to_owned(), wanted: "text" };
    let location = match row.text("location")?.as_str() {
        "scratch" => Location::Scratch {
            node: row.text_opt("node")?.ok_or_else(|| missing("node"))?,
            path: row.text_opt("scratch_path")?.ok_or_else(|| missing("scratch_path"))?,
        },
        "stored" => Location::Stored {
            key: row.text_opt("storage_key")?.ok_or_else(|| missing("storage_key"))?,
        },
        _ => Location::Dropped,
    };
    Ok(Original {
        id: row.int("id")?,
        video_id: row.int("video_id")?,
        video_uuid: row.uuid("uuid")?,
        generation: row.uuid("generation")?,
        filename: row.text("filename")?,
        location,
    })
}

const COLUMNS: &str = "SELECT o.id, o.video_id, v.uuid, o.generation, o.filename, o.location, \
    o.node, o.scratch_path, o.storage_key FROM originals o JOIN videos v ON v.id = o.video_id";

/// One uploaded file.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<Original>, DbError> {
    let row = sql(format!("{COLUMNS} WHERE o.id = $1")).int(id).optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// The uploaded file that addresses call by its generation.
///
/// # Errors
/// The engine's.
pub async fn by_generation(conn: &mut Conn, generation: Uuid) -> Result<Option<Original>, DbError> {
    let text = format!("{COLUMNS} WHERE o.generation = $1");
    let row = sql(text).text(generation.to_string()).optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// The newest uploaded file of a video.
///
/// # Errors
/// The engine's.
pub async fn current(conn: &mut Conn, video_id: i64) -> Result<Option<Original>, DbError> {
    let text = format!("{COLUMNS} WHERE o.video_id = $1 ORDER BY o.id DESC LIMIT 1");
    sql(text).int(video_id).optional(conn).await?.as_ref().map(read).transpose()
}

/// A worker may still read the file: some set made from it waits or grows.
///
/// # Errors
/// The engine's.
pub async fn in_use(conn: &mut Conn, id: i64) -> Result<bool, DbError> {
    let row = sql("SELECT id FROM media_sets WHERE original_id = $1 \
                   AND (state = 'waiting' OR state = 'growing') LIMIT 1")
    .int(id)
    .optional(conn)
    .await?;
    Ok(row.is_some())
}

/// Some set made from it is complete.
///
/// # Errors
/// The engine's.
pub async fn is_made(conn: &mut Conn, id: i64) -> Result<bool, DbError> {
    let row =
        sql("SELECT id FROM media_sets WHERE original_id = $1 AND state = 'complete' LIMIT 1")
            .int(id)
            .optional(conn)
            .await?;
    Ok(row.is_some())
}

/// The bytes moved. False when the row is gone (the video was deleted meanwhile).
///
/// # Errors
/// The engine's.
pub async fn moved(tx: &mut Tx, id: i64, location: &Location) -> Result<bool, DbError> {
    let (name, node, path, key) = match location {
        Location::Scratch { node, path } => ("scratch", Some(node), Some(path), None),
        Location::Stored { key } => ("stored", None, None, Some(key)),
        Location::Dropped => ("dropped", None, None, None),
    };
    let changed = sql("UPDATE originals SET location = $1, node = $2, scratch_path = $3, \
                       storage_key = $4 WHERE id = $5")
    .text(name)
    .text_opt(node.map(String::as_str))
    .text_opt(path.map(String::as_str))
    .text_opt(key.map(String::as_str))
    .int(id)
    .run(tx)
    .await?;
    Ok(changed > 0)
}

/// Files of this node's scratch that no waiting or growing set needs any more.
///
/// # Errors
/// The engine's.
pub async fn idle_in_scratch(conn: &mut Conn, node: &str) -> Result<Vec<i64>, DbError> {
    sql("SELECT o.id FROM originals o WHERE o.location = 'scratch' AND o.node = $1 \
         AND NOT EXISTS (SELECT 1 FROM media_sets s WHERE s.original_id = o.id \
         AND (s.state = 'waiting' OR s.state = 'growing'))")
    .text(node)
    .all(conn)
    .await?
    .iter()
    .map(|row| row.int("id"))
    .collect()
}
