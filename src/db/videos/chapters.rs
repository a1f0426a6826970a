//! Which chapters does a video have? Those that everybody sees, and those of every judged version.

use crate::db::revisions::{self, SubjectKind};
use crate::db::{Conn, DbError, Tx, sql};
use crate::domain::Millis;
use crate::domain::moderation::RevisionState;

/// The field of a video whose versions are the titles of its chapters.
pub const FIELD: &str = "chapters";

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

/// The titles as one text, a line each.
#[must_use]
pub fn titles(chapters: &[Chapter]) -> String {
    let titles: Vec<&str> = chapters.iter().map(|chapter| chapter.title.as_str()).collect();
    titles.join("\n")
}

/// Keeps the times and titles that the newest version of a video's chapters stands for. The same
/// titles at other times are the same version.
///
/// # Errors
/// The engine's.
pub async fn keep(tx: &mut Tx, video_id: i64, chapters: &[Chapter]) -> Result<(), DbError> {
    let newest = revisions::newest(tx, (SubjectKind::Video, video_id), FIELD).await?;
    let Some(revision_id) = newest else { return Ok(()) };
    let pairs: Vec<(i64, &str)> =
        chapters.iter().map(|chapter| (chapter.timecode_s, chapter.title.as_str())).collect();
    let json = serde_json::to_string(&pairs).map_err(|_| odd())?;
    sql("INSERT INTO chapter_versions (revision_id, chapters) VALUES ($1, $2) \
         ON CONFLICT (revision_id) DO UPDATE SET chapters = excluded.chapters")
    .int(revision_id)
    .text(json)
    .run(tx)
    .await?;
    Ok(())
}

/// Keeps chapters that were public before their titles were judged as a version, so that a refusal
/// finds its way back to them.
///
/// # Errors
/// The engine's.
pub async fn keep_first(tx: &mut Tx, video_id: i64, now: Millis) -> Result<(), DbError> {
    let subject = (SubjectKind::Video, video_id);
    if revisions::newest(tx, subject, FIELD).await?.is_some() {
        return Ok(());
    }
    let there = of_video(tx, video_id).await?;
    if there.is_empty() {
        return Ok(());
    }
    revisions::record(tx, subject.0, subject.1, FIELD, &titles(&there), None, now).await?;
    keep(tx, video_id, &there).await
}

/// Puts the chapters of a version in the place of a video's. False: the video is gone.
///
/// # Errors
/// The engine's.
pub async fn show(
    tx: &mut Tx,
    video_id: i64,
    revision_id: i64,
    now: Millis,
) -> Result<bool, DbError> {
    let there = sql("UPDATE videos SET updated_at = $1 WHERE id = $2").int(now.0).int(video_id);
    if there.run(tx).await? == 0 {
        return Ok(false);
    }
    let kept = sql("SELECT chapters FROM chapter_versions WHERE revision_id = $1")
        .int(revision_id)
        .optional(tx)
        .await?;
    let pairs: Vec<(i64, String)> = match kept {
        Some(row) => serde_json::from_str(&row.text("chapters")?).map_err(|_| odd())?,
        // A version without any: all were taken away.
        None => Vec::new(),
    };
    let chapters: Vec<Chapter> =
        pairs.into_iter().map(|(timecode_s, title)| Chapter { timecode_s, title }).collect();
    replace(tx, video_id, &chapters).await?;
    Ok(true)
}

fn odd() -> DbError {
    DbError::Column { column: "chapters".to_owned(), wanted: "chapters" }
}

/// How the newest chapters stand when the public does not see them: held or refused.
///
/// # Errors
/// The engine's.
pub async fn withheld(conn: &mut Conn, video_id: i64) -> Result<Option<RevisionState>, DbError> {
    let newest = revisions::history(conn, (SubjectKind::Video, video_id), FIELD, 1).await?;
    let state = newest.first().map(|version| version.state);
    Ok(state.filter(|state| matches!(state, RevisionState::Held | RevisionState::Rejected)))
}
