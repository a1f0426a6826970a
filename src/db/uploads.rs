//! Which uploads are on their way? One row for each resumable upload: who sends what where. How
//! many bytes are here only the file itself says.

use super::{Conn, DbError, Row, Tx, sql};
use crate::domain::Millis;

/// What an upload will become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A new video.
    Video,
    /// The new file of this video (`videos.id`).
    Replacement(i64),
}

impl Target {
    const fn kind(self) -> &'static str {
        match self {
            Self::Video => "upload",
            Self::Replacement(_) => "replace",
        }
    }

    const fn video_id(self) -> Option<i64> {
        match self {
            Self::Video => None,
            Self::Replacement(id) => Some(id),
        }
    }
}

/// One upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Unguessable; names the scratch file too.
    pub id: String,
    /// `users.id` of whoever began it.
    pub user_id: i64,
    /// What it will become.
    pub target: Target,
    /// Node whose scratch has the bytes.
    pub node: String,
    /// As its owner named it.
    pub filename: String,
    /// What it says it is.
    pub mime_type: String,
    /// Bytes it will have.
    pub size_bytes: i64,
    /// What was said about the video, sealed, in hex; empty for a replacement.
    pub metadata: String,
    /// Identity of the same file sent again by the same user.
    pub fingerprint: String,
    /// The answer to its last byte, when that was taken (JSON).
    pub result: Option<String>,
    /// Nothing of it is kept after this.
    pub expires_at: Millis,
}

const COLUMNS: &str = "SELECT id, user_id, kind, video_id, node, filename, mime_type, size_bytes, \
    metadata, fingerprint, result, expires_at FROM uploads";

fn read(row: &Row) -> Result<Upload, DbError> {
    let target = match row.int_opt("video_id")? {
        Some(id) if row.text("kind")? == "replace" => Target::Replacement(id),
        _ => Target::Video,
    };
    Ok(Upload {
        id: row.text("id")?,
        user_id: row.int("user_id")?,
        target,
        node: row.text("node")?,
        filename: row.text("filename")?,
        mime_type: row.text("mime_type")?,
        size_bytes: row.int("size_bytes")?,
        metadata: row.text("metadata")?,
        fingerprint: row.text("fingerprint")?,
        result: row.text_opt("result")?,
        expires_at: row.millis("expires_at")?,
    })
}

/// Adds an upload.
///
/// # Errors
/// The engine's.
pub async fn insert(tx: &mut Tx, new: &Upload, now: Millis) -> Result<(), DbError> {
    sql(
        "INSERT INTO uploads (id, user_id, kind, video_id, node, filename, mime_type, size_bytes, \
         metadata, fingerprint, state, created_at, updated_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'receiving', $11, $12, $13)",
    )
    .text(&new.id)
    .int(new.user_id)
    .text(new.target.kind())
    .int_opt(new.target.video_id())
    .text(&new.node)
    .text(&new.filename)
    .text(&new.mime_type)
    .int(new.size_bytes)
    .text(&new.metadata)
    .text(&new.fingerprint)
    .int(now.0)
    .int(now.0)
    .int(new.expires_at.0)
    .run(tx)
    .await?;
    Ok(())
}

/// An upload, expired or not.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: &str) -> Result<Option<Upload>, DbError> {
    let text = format!("{COLUMNS} WHERE id = $1");
    sql(text).text(id).optional(conn).await?.as_ref().map(read).transpose()
}

/// The unfinished upload of the same file by the same user, on the same node.
///
/// # Errors
/// The engine's.
pub async fn same_file(
    conn: &mut Conn,
    like: &Upload,
    now: Millis,
) -> Result<Option<Upload>, DbError> {
    let text = format!(
        "{COLUMNS} WHERE user_id = $1 AND fingerprint = $2 AND node = $3 \
         AND state = 'receiving' AND expires_at > $4 ORDER BY created_at DESC LIMIT 1"
    );
    sql(text)
        .int(like.user_id)
        .text(&like.fingerprint)
        .text(&like.node)
        .int(now.0)
        .optional(conn)
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

/// How many unfinished uploads a user has.
///
/// # Errors
/// The engine's.
pub async fn count_open(conn: &mut Conn, user_id: i64, now: Millis) -> Result<i64, DbError> {
    sql("SELECT COUNT(*) AS n FROM uploads \
         WHERE user_id = $1 AND state <> 'done' AND expires_at > $2")
    .int(user_id)
    .int(now.0)
    .one(conn)
    .await?
    .int("n")
}

/// Says anew what an upload is about, and that it is alive.
///
/// # Errors
/// The engine's.
pub async fn restate(
    tx: &mut Tx,
    id: &str,
    metadata: &str,
    expires_at: Millis,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE uploads SET metadata = $1, expires_at = $2, updated_at = $3 WHERE id = $4")
        .text(metadata)
        .int(expires_at.0)
        .int(now.0)
        .text(id)
        .run(tx)
        .await?;
    Ok(())
}

/// Bytes came: it is alive.
///
/// # Errors
/// The engine's.
pub async fn touch(tx: &mut Tx, id: &str, expires_at: Millis, now: Millis) -> Result<(), DbError> {
    sql("UPDATE uploads SET expires_at = $1, updated_at = $2 WHERE id = $3")
        .int(expires_at.0)
        .int(now.0)
        .text(id)
        .run(tx)
        .await?;
    Ok(())
}

/// Its last byte was taken: keeps the answer for a client that missed it. Call it in the
/// transaction of what it became. False: it was cancelled meanwhile, roll back.
///
/// # Errors
/// The engine's.
pub async fn finish(tx: &mut Tx, id: &str, result: &str, now: Millis) -> Result<bool, DbError> {
    let changed = sql("UPDATE uploads SET state = 'done', result = $1, metadata = '', \
                       updated_at = $2 WHERE id = $3 AND state = 'receiving'")
    .text(result)
    .int(now.0)
    .text(id)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Forgets an upload.
///
/// # Errors
/// The engine's.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<(), DbError> {
    sql("DELETE FROM uploads WHERE id = $1").text(id).run(tx).await?;
    Ok(())
}

/// Ids of a node's uploads that have expired.
///
/// # Errors
/// The engine's.
pub async fn expired(conn: &mut Conn, node: &str, now: Millis) -> Result<Vec<String>, DbError> {
    sql("SELECT id FROM uploads WHERE node = $1 AND expires_at <= $2 ORDER BY expires_at LIMIT 1000")
        .text(node)
        .int(now.0)
        .all(conn)
        .await?
        .iter()
        .map(|row| row.text("id"))
        .collect()
}

/// Ids of a node's unfinished uploads.
///
/// # Errors
/// The engine's.
pub async fn open_on(conn: &mut Conn, node: &str) -> Result<Vec<String>, DbError> {
    sql("SELECT id FROM uploads WHERE node = $1 AND state <> 'done'")
        .text(node)
        .all(conn)
        .await?
        .iter()
        .map(|row| row.text("id"))
        .collect()
}

/// Scratch files of a node that uploaded files still lie in.
///
/// # Errors
/// The engine's.
pub async fn scratch_in_use(conn: &mut Conn, node: &str) -> Result<Vec<String>, DbError> {
    sql("SELECT scratch_path FROM originals WHERE node = $1 AND scratch_path IS NOT NULL")
        .text(node)
        .all(conn)
        .await?
        .iter()
        .map(|row| row.text("scratch_path"))
        .collect()
}
