//! Which captions does a video have? One public file a language, and those of versions that wait
//! for a moderator or that a decision may bring back.

use crate::db::changes::{self, ChangeKind};
use crate::db::revisions::{self, SubjectKind};
use crate::db::{Conn, DbError, Row, Tx, jobs, sql};
use crate::domain::moderation::RevisionState;
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

/// The captions of a language, or a new row for these that nobody sees yet; returns their id. The
/// caller keeps the version of their text, then calls [`keep`].
///
/// # Errors
/// The engine's.
pub async fn open(tx: &mut Tx, new: &NewCaption, now: Millis) -> Result<i64, DbError> {
    sql("INSERT INTO captions (video_id, language, file, storage_key, held, created_at, \
         updated_at) VALUES ($1, $2, $3, $4, 1, $5, $5) \
         ON CONFLICT (video_id, language) DO UPDATE SET language = excluded.language RETURNING id")
    .int(new.video_id)
    .text(&new.language)
    .text(&new.file)
    .text(&new.storage_key)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

/// Keeps the file of the newest version of captions. A public one takes the place of all others,
/// whose files are queued for deletion. One that waits or was refused takes the place of those
/// that waited or were refused; what is public stays.
///
/// # Errors
/// The engine's.
pub async fn keep(
    tx: &mut Tx,
    id: i64,
    new: &NewCaption,
    public: bool,
    now: Millis,
) -> Result<(), DbError> {
    let newest = revisions::newest(tx, (SubjectKind::Caption, id), "text").await?;
    if let Some(revision_id) = newest {
        remember(tx, id, revision_id, new, now).await?;
    }
    let hidden = sql("SELECT held FROM captions WHERE id = $1").int(id).one(tx).await?;
    if public || hidden.flag("held")? {
        // Where nothing is public, the row names what waits.
        name(tx, id, &new.file, &new.storage_key, !public, now).await?;
    }
    // What a release put aside is still needed to undo it.
    let spared = if public {
        ""
    } else {
        " AND EXISTS (SELECT 1 FROM revisions r WHERE r.id = caption_versions.revision_id \
         AND r.state = 'superseded') AND NOT EXISTS (SELECT 1 FROM moderation_batch_items b \
         WHERE b.shown_revision_id = caption_versions.revision_id AND b.undone = 0)"
    };
    let text = format!(
        "DELETE FROM caption_versions WHERE caption_id = $1 AND revision_id <> $2{spared} \
         RETURNING storage_key"
    );
    let gone = sql(text).int(id).int(newest.unwrap_or(0)).all(tx).await?;
    delete_files(tx, &gone, now).await?;
    changes::record(tx, ChangeKind::Video, new.video_id, now).await
}

/// Keeps which file a version has. The same words with other times are the same version.
async fn remember(
    tx: &mut Tx,
    id: i64,
    revision_id: i64,
    new: &NewCaption,
    now: Millis,
) -> Result<(), DbError> {
    let before = sql("SELECT storage_key FROM caption_versions WHERE revision_id = $1")
        .int(revision_id)
        .all(tx)
        .await?;
    sql("INSERT INTO caption_versions (revision_id, caption_id, file, storage_key, created_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (revision_id) DO UPDATE SET \
         file = excluded.file, storage_key = excluded.storage_key")
    .int(revision_id)
    .int(id)
    .text(&new.file)
    .text(&new.storage_key)
    .int(now.0)
    .run(tx)
    .await?;
    delete_files(tx, &before, now).await
}

/// Makes a file that of the captions of a language.
async fn name(
    tx: &mut Tx,
    id: i64,
    file: &str,
    storage_key: &str,
    held: bool,
    now: Millis,
) -> Result<(), DbError> {
    let before = sql("SELECT storage_key FROM captions WHERE id = $1 AND storage_key <> $2")
        .int(id)
        .text(storage_key)
        .all(tx)
        .await?;
    sql(
        "UPDATE captions SET file = $1, storage_key = $2, held = $3, updated_at = $4 WHERE id = $5",
    )
    .text(file)
    .text(storage_key)
    .int(held)
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    delete_files(tx, &before, now).await
}

/// Queues files for deletion; one that a row still names then stays.
async fn delete_files(tx: &mut Tx, rows: &[Row], now: Millis) -> Result<(), DbError> {
    for row in rows {
        let prefix = row.text("storage_key")?;
        jobs::enqueue(tx, &Job::DeleteObjects { prefix }, now, None, now).await?;
    }
    Ok(())
}

/// Makes the file of a version the one that everybody gets. False: it is gone, and nobody gets any.
///
/// # Errors
/// The engine's.
pub async fn show(tx: &mut Tx, id: i64, revision_id: i64, now: Millis) -> Result<bool, DbError> {
    let kept = sql("SELECT v.file, v.storage_key, c.video_id FROM caption_versions v \
                    JOIN captions c ON c.id = v.caption_id WHERE v.revision_id = $1 AND c.id = $2")
    .int(revision_id)
    .int(id)
    .optional(tx)
    .await?;
    let Some(kept) = kept else {
        // Another version must not pass for this one.
        sql("UPDATE captions SET held = 1 WHERE id = $1").int(id).run(tx).await?;
        return Ok(false);
    };
    name(tx, id, &kept.text("file")?, &kept.text("storage_key")?, false, now).await?;
    changes::record(tx, ChangeKind::Video, kept.int("video_id")?, now).await?;
    Ok(true)
}

/// Languages of a video whose public captions have a replacement that waits or was refused, and
/// which of both.
///
/// # Errors
/// The engine's.
pub async fn replacements(
    conn: &mut Conn,
    video_id: i64,
) -> Result<Vec<(String, RevisionState)>, DbError> {
    let rows = sql("SELECT c.language, r.state FROM captions c \
                    JOIN caption_versions v ON v.caption_id = c.id \
                    JOIN revisions r ON r.id = v.revision_id WHERE c.video_id = $1 AND c.held = 0 \
                    AND (r.state = 'held' OR r.state = 'rejected') ORDER BY r.id")
    .int(video_id)
    .all(conn)
    .await?;
    let read = rows.iter().map(|row| {
        let state = RevisionState::parse(&row.text("state")?).unwrap_or(RevisionState::Held);
        Ok((row.text("language")?, state))
    });
    read.collect()
}

/// Takes the captions of a language away, with what waits to replace them. False: there are none.
///
/// # Errors
/// The engine's.
pub async fn delete(
    tx: &mut Tx,
    video_id: i64,
    language: &str,
    now: Millis,
) -> Result<bool, DbError> {
    let found = sql("SELECT id FROM captions WHERE video_id = $1 AND language = $2")
        .int(video_id)
        .text(language)
        .optional(tx)
        .await?;
    let Some(found) = found else { return Ok(false) };
    let id = found.int("id")?;
    for text in [
        "DELETE FROM caption_versions WHERE caption_id = $1 RETURNING storage_key",
        "DELETE FROM captions WHERE id = $1 RETURNING storage_key",
    ] {
        let gone = sql(text).int(id).all(tx).await?;
        delete_files(tx, &gone, now).await?;
    }
    revisions::forget(tx, SubjectKind::Caption, id).await?;
    changes::record(tx, ChangeKind::Video, video_id, now).await?;
    Ok(true)
}

/// Forgets versions that no decision can bring back any more, because the audit log forgot it;
/// their files are queued for deletion.
///
/// # Errors
/// The engine's.
pub async fn forget(tx: &mut Tx, now: Millis) -> Result<(), DbError> {
    let gone = sql("DELETE FROM caption_versions WHERE EXISTS (SELECT 1 FROM revisions r \
         WHERE r.id = caption_versions.revision_id AND r.state IN ('superseded', 'rejected')) \
         AND NOT EXISTS (SELECT 1 FROM review_items i \
         WHERE i.revision_id = caption_versions.revision_id) \
         AND NOT EXISTS (SELECT 1 FROM moderation_batch_items b \
         JOIN review_items i ON i.id = b.item_id \
         WHERE b.shown_revision_id = caption_versions.revision_id AND b.undone = 0) \
         AND NOT EXISTS (SELECT 1 FROM captions c \
         WHERE c.storage_key = caption_versions.storage_key) RETURNING storage_key")
    .all(tx)
    .await?;
    delete_files(tx, &gone, now).await
}
