//! Which chapters does a video have?

use crate::db::{Conn, DbError, Tx, sql};

/// Where a part of a video begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// Whole seconds from the beginning.
    pub timecode_s: i64,
    /// What the part is called.
    pub title: String,
}

/// Chapters of a video, in order of time.
///
/// # Errors
/// The engine's.
pub async fn of_video(conn: &mut Conn, video_id: i64) -> Result<Vec<Chapter>, DbError> {
    sql("SELECT timecode_s, title FROM chapters WHERE video_id = $1 ORDER BY timecode_s")
        .int(video_id)
        .all(conn)
        .await?
        .iter()
        .map(|row| Ok(Chapter { timecode_s: row.int("timecode_s")?, title: row.text("title")? }))
        .collect()
}

/// Puts `chapters` in the place of a video's chapters.
///
/// # Errors
/// The engine's.
pub async fn replace(tx: &mut Tx, video_id: i64, chapters: &[Chapter]) -> Result<(), DbError> {
    sql("DELETE FROM chapters WHERE video_id = $1").int(video_id).run(tx).await?;
    for chapter in chapters {
        sql("INSERT INTO chapters (video_id, timecode_s, title) VALUES ($1, $2, $3)")
            .int(video_id)
            .int(chapter.timecode_s)
            .text(&chapter.title)
            .run(tx)
            .await?;
    }
    Ok(())
}
