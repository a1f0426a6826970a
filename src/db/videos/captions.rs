//! Which captions does a video have? One file a language.

use crate::db::changes::{self, ChangeKind};
use crate::db::revisions::{self, SubjectKind};
use crate::db::{Conn, DbError, Row, Tx, jobs, sql};
use crate::domain::{Job, Millis};

/// The captions of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptionRow {
    /// `captions.id`.
    pub id: i64,
    /// `videos.id`.
    pub video_id: i64,
    /// Language code.
    pub language: String,
    /// Name in addresses.
    pub file: String,
    /// Where its bytes are in storage.
    pub storage_key: String,
    /// Made by a machine.
    pub automatic: bool,
    /// Last change.
    pub updated_at: Millis,
}

const COLUMNS: &str =
    "SELECT id, video_id, language, file, storage_key, automatic, updated_at FROM captions";

fn read(row: &Row) -> Result<CaptionRow, DbError> {
    Ok(CaptionRow {
        id: row.int("id")?,
        video_id: row.int("video_id")?,
        language: row.text("language")?,
        file: row.text("file")?,
        storage_key: row.text("storage_key")?,
        automatic: row.flag("automatic")?,
        updated_at: row.millis("updated_at")?,
    })
}

/// Every language a video has captions in that everybody may see.
///
/// # Errors
/// The engine's.
pub async fn of_video(conn: &mut Conn, video_id: i64) -> Result<Vec<CaptionRow>, DbError> {
    let text = format!("{COLUMNS} WHERE video_id = $1 AND held = 0 ORDER BY language");
    sql(text).int(video_id).all(conn).await?.iter().map(read).collect()
}

/// The captions with this file name.
///
/// # Errors
/// The engine's.
pub async fn by_file(conn: &mut Conn, file: &str) -> Result<Option<CaptionRow>, DbError> {
    let text = format!("{COLUMNS} WHERE file = $1 AND held = 0");
    sql(text).text(file).optional(conn).await?.as_ref().map(read).transpose()
}

/// Captions whose bytes are in storage.
#[derive(Debug, Clone)]
pub struct NewCaption {
    /// `videos.id`.
    pub video_id: i64,
    /// Language code.
    pub language: String,
    /// Name in addresses.
    pub file: String,
    /// Where its bytes are in storage.
    pub storage_key: String,
}

/// Puts captions in the place of those of the same language, whose file is queued for deletion;
/// returns their id. The caller keeps the version of their text.
///
/// # Errors
/// The engine's.
pub async fn put(tx: &mut Tx, new: &NewCaption, now: Millis) -> Result<i64, DbError> {
    delete(tx, new.video_id, &new.language, now).await?;
    let id = sql("INSERT INTO captions (video_id, language, file, storage_key, created_at, \
         updated_at) VALUES ($1, $2, $3, $4, $5, $5) RETURNING id")
    .int(new.video_id)
    .text(&new.language)
    .text(&new.file)
    .text(&new.storage_key)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")?;
    changes::record(tx, ChangeKind::Video, new.video_id, now).await?;
    Ok(id)
}

/// Takes the captions of a language away. False: there are none.
///
/// # Errors
/// The engine's.
pub async fn delete(
    tx: &mut Tx,
    video_id: i64,
    language: &str,
    now: Millis,
) -> Result<bool, DbError> {
    let gone = sql("DELETE FROM captions WHERE video_id = $1 AND language = $2 \
                    RETURNING id, storage_key")
    .int(video_id)
    .text(language)
    .optional(tx)
    .await?;
    let Some(gone) = gone else { return Ok(false) };
    let prefix = gone.text("storage_key")?;
    revisions::forget(tx, SubjectKind::Caption, gone.int("id")?).await?;
    jobs::enqueue(tx, &Job::DeleteObjects { prefix }, now, None, now).await?;
    changes::record(tx, ChangeKind::Video, video_id, now).await?;
    Ok(true)
}
