//! What was reported, by whom, and what became of it? The texts that were reported are kept as
//! they were, so that a report can be judged after its object is gone.

mod assignment;
mod list;
mod messages;

pub use assignment::{assign, unassign, waiting};
pub use list::{AbuseFilter, AbuseOrder, page};
pub use messages::{MessageRow, add_message, message, messages, remove_message};

use super::{Conn, DbError, Row, Tx, sql};
use crate::domain::abuse::{AbuseKind, AbuseState};
use crate::domain::{Millis, sort_key};

/// What is reported, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What it is.
    pub kind: AbuseKind,
    /// `actors.id` of who is behind it.
    pub flagged_actor_id: i64,
    /// Their name, with the host for remote ones.
    pub flagged_name: String,
    /// The video, or the one a comment is under: id, UUID, title.
    pub video: Option<(i64, String, String)>,
    /// The comment: id, id of its thread, text.
    pub comment: Option<(i64, i64, String)>,
}

/// What is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// In the reporter's words.
    pub reason: String,
    /// Words of [`crate::domain::abuse::PREDEFINED_REASONS`].
    pub predefined: Vec<String>,
    /// Where in the video it begins, seconds.
    pub start_at_s: Option<i64>,
    /// Where in the video it ends, seconds.
    pub end_at_s: Option<i64>,
}

/// Somebody works on a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    /// `actors.id`.
    pub actor_id: i64,
    /// `accounts.id`, while they have one.
    pub account_id: Option<i64>,
    /// Since when.
    pub at: Millis,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbuseRow {
    /// `abuses.id`.
    pub id: i64,
    /// What is reported.
    pub kind: AbuseKind,
    /// `accounts.id` of the reporter, while they have one.
    pub reporter_account_id: Option<i64>,
    /// `actors.id` of the reporter.
    pub reporter_actor_id: Option<i64>,
    /// `accounts.id` of who is behind it, while they have one.
    pub flagged_account_id: Option<i64>,
    /// `actors.id` of who is behind it.
    pub flagged_actor_id: Option<i64>,
    /// `videos.id`, while there is the video.
    pub video_id: Option<i64>,
    /// Channel of that video.
    pub channel_id: Option<i64>,
    /// It is marked as sensitive.
    pub nsfw: bool,
    /// `comments.id`.
    pub comment_id: Option<i64>,
    /// `comments.id` of its thread.
    pub comment_thread_id: Option<i64>,
    /// Its text when it was reported.
    pub comment_text: Option<String>,
    /// The comment is not there any more.
    pub comment_deleted: bool,
    /// UUID of the video.
    pub video_uuid: Option<String>,
    /// Its title when it was reported.
    pub video_name: Option<String>,
    /// What was said.
    pub said: Said,
    /// What became of it.
    pub state: AbuseState,
    /// For moderators.
    pub moderation_comment: Option<String>,
    /// Who works on it.
    pub assignment: Option<Assignment>,
    /// Messages between reporter and moderators.
    pub messages: i64,
    /// Reports of the same video.
    pub video_reports: i64,
    /// Which of them it is, from 1.
    pub video_nth: i64,
    /// Reports by the same reporter.
    pub reporter_reports: i64,
    /// Reports of what the same person is behind.
    pub flagged_reports: i64,
    /// When it was filed.
    pub created_at: Millis,
    /// When its state or note last changed.
    pub updated_at: Millis,
}

const COLUMNS: &str = "b.id, b.kind, b.reporter_actor_id, b.flagged_actor_id, \
    b.assignee_id, b.assigned_at, sa.id AS assignee_account_id, ra.id AS reporter_account_id, \
    fa.id AS flagged_account_id, b.video_id, v.channel_id, CAST(COALESCE(v.nsfw, 0) AS BIGINT) AS nsfw, \
    b.comment_id, b.comment_thread_id, b.comment_text, \
    CAST(CASE WHEN b.comment_id IS NULL OR EXISTS (SELECT 1 FROM comments k WHERE k.id = b.comment_id \
    AND k.state <> 'deleted') THEN 0 ELSE 1 END AS BIGINT) AS comment_deleted, \
    b.video_uuid, b.video_name, b.reason, b.predefined, b.start_at_s, b.end_at_s, b.state, \
    b.moderation_comment, b.created_at, b.updated_at, \
    (SELECT COUNT(*) FROM abuse_messages m WHERE m.abuse_id = b.id) AS messages, \
    (SELECT COUNT(*) FROM abuses o WHERE o.video_id = b.video_id AND o.kind = 'video') \
    AS video_reports, \
    (SELECT COUNT(*) FROM abuses o WHERE o.video_id = b.video_id AND o.kind = 'video' \
    AND o.id <= b.id) AS video_nth, \
    (SELECT COUNT(*) FROM abuses o WHERE o.reporter_actor_id = b.reporter_actor_id) \
    AS reporter_reports, \
    (SELECT COUNT(*) FROM abuses o WHERE o.flagged_actor_id = b.flagged_actor_id) \
    AS flagged_reports";

const FROM: &str = "FROM abuses b LEFT JOIN accounts ra ON ra.actor_id = b.reporter_actor_id \
    LEFT JOIN accounts fa ON fa.actor_id = b.flagged_actor_id \
    LEFT JOIN accounts sa ON sa.actor_id = b.assignee_id \
    LEFT JOIN videos v ON v.id = b.video_id";

fn read(row: &Row) -> Result<AbuseRow, DbError> {
    let wrong = |column: &str| DbError::Column { column: column.to_owned(), wanted: "report" };
    let predefined = serde_json::from_str(&row.text("predefined")?);
    let account_id = row.int_opt("assignee_account_id")?;
    let assigned = row.int_opt("assignee_id")?.zip(row.int_opt("assigned_at")?.map(Millis));
    Ok(AbuseRow {
        id: row.int("id")?,
        kind: AbuseKind::of(&row.text("kind")?).ok_or_else(|| wrong("kind"))?,
        reporter_account_id: row.int_opt("reporter_account_id")?,
        reporter_actor_id: row.int_opt("reporter_actor_id")?,
        flagged_account_id: row.int_opt("flagged_account_id")?,
        flagged_actor_id: row.int_opt("flagged_actor_id")?,
        video_id: row.int_opt("video_id")?,
        channel_id: row.int_opt("channel_id")?,
        nsfw: row.flag("nsfw")?,
        comment_id: row.int_opt("comment_id")?,
        comment_thread_id: row.int_opt("comment_thread_id")?,
        comment_text: row.text_opt("comment_text")?,
        comment_deleted: row.flag("comment_deleted")?,
        video_uuid: row.text_opt("video_uuid")?,
        video_name: row.text_opt("video_name")?,
        said: Said {
            reason: row.text("reason")?,
            predefined: predefined.map_err(|_| wrong("predefined"))?,
            start_at_s: row.int_opt("start_at_s")?,
            end_at_s: row.int_opt("end_at_s")?,
        },
        state: AbuseState::try_from(row.int("state")?).map_err(|_| wrong("state"))?,
        moderation_comment: row.text_opt("moderation_comment")?,
        assignment: assigned.map(|(actor_id, at)| Assignment { actor_id, account_id, at }),
        messages: row.int("messages")?,
        video_reports: row.int("video_reports")?,
        video_nth: row.int("video_nth")?,
        reporter_reports: row.int("reporter_reports")?,
        flagged_reports: row.int("flagged_reports")?,
        created_at: row.millis("created_at")?,
        updated_at: row.millis("updated_at")?,
    })
}

/// What a report of a video is about; `None` when there is no such video.
///
/// # Errors
/// The engine's.
pub async fn of_video(conn: &mut Conn, video_id: i64) -> Result<Option<Target>, DbError> {
    target(conn, AbuseKind::Video, "v.id = $1", video_id).await
}

/// What a report of an account is about; `None` when there is no such account.
///
/// # Errors
/// The engine's.
pub async fn of_account(conn: &mut Conn, account_id: i64) -> Result<Option<Target>, DbError> {
    let row = sql("SELECT x.id AS actor_id, x.name, x.host FROM accounts a \
                   JOIN actors x ON x.id = a.actor_id WHERE a.id = $1 AND x.deleted_at IS NULL")
    .int(account_id)
    .optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Target {
        kind: AbuseKind::Account,
        flagged_actor_id: row.int("actor_id")?,
        flagged_name: handle(&row)?,
        video: None,
        comment: None,
    }))
}

/// What a report of a comment is about, for somebody who may see its video; `None` when there is
/// no such comment, or nobody may read it.
///
/// # Errors
/// The engine's.
pub async fn of_comment(conn: &mut Conn, comment_id: i64) -> Result<Option<Target>, DbError> {
    let row = sql("SELECT k.id, COALESCE(k.thread_id, k.id) AS thread_id, k.text, k.video_id, \
                   x.id AS actor_id, x.name, x.host FROM comments k \
                   JOIN actors x ON x.id = k.actor_id WHERE k.id = $1 AND k.state = 'shown'")
    .int(comment_id)
    .optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let video = target(conn, AbuseKind::Comment, "v.id = $1", row.int("video_id")?).await?;
    let Some(video) = video else { return Ok(None) };
    Ok(Some(Target {
        flagged_actor_id: row.int("actor_id")?,
        flagged_name: handle(&row)?,
        comment: Some((row.int("id")?, row.int("thread_id")?, row.text("text")?)),
        ..video
    }))
}

async fn target(
    conn: &mut Conn,
    kind: AbuseKind,
    which: &'static str,
    id: i64,
) -> Result<Option<Target>, DbError> {
    let row = sql(format!(
        "SELECT v.id, v.uuid, v.name AS title, x.id AS actor_id, x.name, x.host FROM videos v \
         JOIN channels c ON c.id = v.channel_id JOIN accounts a ON a.id = c.account_id \
         JOIN actors x ON x.id = a.actor_id WHERE {which}"
    ))
    .int(id)
    .optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Target {
        kind,
        flagged_actor_id: row.int("actor_id")?,
        flagged_name: handle(&row)?,
        video: Some((row.int("id")?, row.text("uuid")?, row.text("title")?)),
        comment: None,
    }))
}

fn handle(row: &Row) -> Result<String, DbError> {
    let (name, host) = (row.text("name")?, row.text("host")?);
    Ok(if host.is_empty() { name } else { format!("{name}@{host}") })
}

/// Files a report and returns its id.
///
/// # Errors
/// The engine's.
pub async fn insert(
    tx: &mut Tx,
    reporter_actor_id: i64,
    target: &Target,
    said: &Said,
    now: Millis,
) -> Result<i64, DbError> {
    let video = target.video.as_ref();
    let comment = target.comment.as_ref();
    let searched = [
        Some(said.reason.as_str()),
        Some(target.flagged_name.as_str()),
        video.map(|(_, _, name)| name.as_str()),
        comment.map(|(_, _, text)| text.as_str()),
    ];
    let searched: Vec<&str> = searched.into_iter().flatten().collect();
    sql("INSERT INTO abuses (kind, reporter_actor_id, flagged_actor_id, video_id, comment_id, \
         reason, predefined, start_at_s, end_at_s, video_uuid, video_name, comment_text, \
         comment_thread_id, flagged_name, folded, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16) \
         RETURNING id")
    .text(target.kind.name())
    .int(reporter_actor_id)
    .int(target.flagged_actor_id)
    .int_opt(video.map(|(id, _, _)| *id))
    .int_opt(comment.map(|(id, _, _)| *id))
    .text(&said.reason)
    .text(serde_json::Value::from(said.predefined.as_slice()).to_string())
    .int_opt(said.start_at_s)
    .int_opt(said.end_at_s)
    .text_opt(video.map(|(_, uuid, _)| uuid.as_str()))
    .text_opt(video.map(|(_, _, name)| name.as_str()))
    .text_opt(comment.map(|(_, _, text)| text.as_str()))
    .int_opt(comment.map(|(_, thread, _)| *thread))
    .text(&target.flagged_name)
    .text(sort_key(&searched.join("\n")))
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

/// Reports that somebody filed since a moment.
///
/// # Errors
/// The engine's.
pub async fn filed_since(
    conn: &mut Conn,
    reporter_actor_id: i64,
    since: Millis,
) -> Result<i64, DbError> {
    sql("SELECT COUNT(*) AS n FROM abuses WHERE reporter_actor_id = $1 AND created_at > $2")
        .int(reporter_actor_id)
        .int(since.0)
        .one(conn)
        .await?
        .int("n")
}

/// A pending report by the same person of the same thing, if there is one.
///
/// # Errors
/// The engine's.
pub async fn pending(
    conn: &mut Conn,
    reporter_actor_id: i64,
    target: &Target,
) -> Result<Option<i64>, DbError> {
    let about = |id: Option<i64>| id.unwrap_or(0);
    sql("SELECT id FROM abuses WHERE reporter_actor_id = $1 AND state = 1 AND kind = $2 \
         AND flagged_actor_id = $3 AND COALESCE(video_id, 0) = $4 AND COALESCE(comment_id, 0) = $5 \
         ORDER BY id LIMIT 1")
    .int(reporter_actor_id)
    .text(target.kind.name())
    .int(target.flagged_actor_id)
    .int(about(target.video.as_ref().map(|(id, _, _)| *id)))
    .int(about(target.comment.as_ref().map(|(id, _, _)| *id)))
    .optional(conn)
    .await?
    .map(|row| row.int("id"))
    .transpose()
}

/// One report.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<AbuseRow>, DbError> {
    let row =
        sql(format!("SELECT {COLUMNS} {FROM} WHERE b.id = $1")).int(id).optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// Writes what became of a report, and the moderators' note.
///
/// # Errors
/// The engine's.
pub async fn update(
    tx: &mut Tx,
    id: i64,
    state: AbuseState,
    moderation_comment: Option<&str>,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE abuses SET state = $1, moderation_comment = $2, updated_at = $3, decided_at = \
         CASE WHEN $1 = 1 THEN NULL WHEN state <> $1 THEN $3 ELSE decided_at END WHERE id = $4")
    .int(state.id())
    .text_opt(moderation_comment)
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}

/// Removes a report with its messages. False: there was none.
///
/// # Errors
/// The engine's.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<bool, DbError> {
    Ok(sql("DELETE FROM abuses WHERE id = $1").int(id).run(tx).await? > 0)
}
