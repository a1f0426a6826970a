//! What is around a text that somebody decides on? Its video, its conversation, what its author
//! wrote lately.

use std::collections::HashMap;

use crate::db::revisions::{self, RevisionRow, SubjectKind};
use crate::db::{Conn, DbError, sql};
use crate::domain::Millis;

/// Comments shown around one.
const THREAD: i64 = 60;

/// A video in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoBrief {
    /// `videos.id`.
    pub id: i64,
    /// `videos.uuid`.
    pub uuid: uuid::Uuid,
    /// Title.
    pub name: String,
}

/// The videos that texts are about or below, by subject.
///
/// # Errors
/// The engine's.
pub async fn videos(
    conn: &mut Conn,
    subjects: &[(SubjectKind, i64)],
) -> Result<HashMap<(SubjectKind, i64), VideoBrief>, DbError> {
    let mut found = HashMap::new();
    let from = [
        (SubjectKind::Video, "videos v WHERE v.id", "v.id"),
        (SubjectKind::Comment, "comments t JOIN videos v ON v.id = t.video_id WHERE t.id", "t.id"),
        (SubjectKind::Caption, "captions t JOIN videos v ON v.id = t.video_id WHERE t.id", "t.id"),
    ];
    for (kind, tables, id) in from {
        let of_kind = subjects.iter().filter(|subject| subject.0 == kind);
        let ids: Vec<i64> = of_kind.map(|subject| subject.1).collect();
        if ids.is_empty() {
            continue;
        }
        let within = conn.engine().ints_in("$1");
        let text = format!(
            "SELECT {id} AS subject_id, v.id AS video_id, v.uuid, v.name FROM {tables} IN {within}"
        );
        for row in sql(text).ints(&ids).all(conn).await? {
            let brief = VideoBrief {
                id: row.int("video_id")?,
                uuid: row.uuid("uuid")?,
                name: row.text("name")?,
            };
            found.insert((kind, row.int("subject_id")?), brief);
        }
    }
    Ok(found)
}

/// A video that waits for a moderator's first look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingVideo {
    /// The video.
    pub video: VideoBrief,
    /// `actors.id` of its owner.
    pub owner_id: i64,
    /// Since when.
    pub since: Millis,
}

/// How many videos wait for a moderator's first look, since when the oldest does, and the `limit`
/// that wait longest.
///
/// # Errors
/// The engine's.
pub async fn waiting_videos(
    conn: &mut Conn,
    limit: i64,
) -> Result<(i64, Option<Millis>, Vec<WaitingVideo>), DbError> {
    let all = sql("SELECT COUNT(*) AS n, CAST(MIN(created_at) AS BIGINT) AS oldest \
                   FROM video_blocks WHERE kind = 2")
    .one(conn)
    .await?;
    let rows = sql("SELECT v.id, v.uuid, v.name, a.actor_id, b.created_at FROM video_blocks b \
         JOIN videos v ON v.id = b.video_id JOIN channels c ON c.id = v.channel_id \
         JOIN accounts a ON a.id = c.account_id WHERE b.kind = 2 \
         ORDER BY b.created_at, b.id LIMIT $1")
    .int(limit)
    .all(conn)
    .await?;
    let waiting = rows.iter().map(|row| {
        Ok(WaitingVideo {
            video: VideoBrief {
                id: row.int("id")?,
                uuid: row.uuid("uuid")?,
                name: row.text("name")?,
            },
            owner_id: row.int("actor_id")?,
            since: row.millis("created_at")?,
        })
    });
    let waiting = waiting.collect::<Result<Vec<_>, DbError>>()?;
    Ok((all.int("n")?, all.int_opt("oldest")?.map(Millis), waiting))
}

/// `actors.id` and `accounts.id` of some accounts.
///
/// # Errors
/// The engine's.
pub async fn accounts_of(conn: &mut Conn, actors: &[i64]) -> Result<Vec<(i64, i64)>, DbError> {
    let within = conn.engine().ints_in("$1");
    sql(format!("SELECT actor_id, id FROM accounts WHERE actor_id IN {within}"))
        .ints(actors)
        .all(conn)
        .await?
        .iter()
        .map(|row| Ok((row.int("actor_id")?, row.int("id")?)))
        .collect()
}

/// A comment near another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    /// `comments.id`.
    pub id: i64,
    /// The comment it answers.
    pub parent_id: Option<i64>,
    /// `actors.id`.
    pub actor_id: i64,
    /// What everybody sees; empty while that is nothing.
    pub text: String,
    /// `shown`, `held`, `rejected` or `deleted`.
    pub state: String,
    /// When it was written.
    pub created_at: Millis,
}

/// The conversation that a comment stands in: the beginning of its thread, oldest first.
///
/// # Errors
/// The engine's.
pub async fn thread(conn: &mut Conn, subject: (SubjectKind, i64)) -> Result<Vec<Around>, DbError> {
    if subject.0 != SubjectKind::Comment {
        return Ok(Vec::new());
    }
    let rows = sql("SELECT c.id, c.parent_id, c.actor_id, c.text, c.state, c.created_at \
         FROM comments c JOIN comments me ON me.id = $1 \
         WHERE (c.id = COALESCE(me.thread_id, me.id) OR c.thread_id = COALESCE(me.thread_id, me.id)) \
         AND (c.id <= me.id OR c.parent_id = me.id) ORDER BY c.id DESC LIMIT $2")
    .int(subject.1)
    .int(THREAD)
    .all(conn)
    .await?;
    let mut thread = rows
        .iter()
        .map(|row| {
            Ok(Around {
                id: row.int("id")?,
                parent_id: row.int_opt("parent_id")?,
                actor_id: row.int("actor_id")?,
                text: row.text("text")?,
                state: row.text("state")?,
                created_at: row.millis("created_at")?,
            })
        })
        .collect::<Result<Vec<_>, DbError>>()?;
    thread.reverse();
    Ok(thread)
}

/// What somebody wrote lately, of everything or of one channel, newest first.
///
/// # Errors
/// The engine's.
pub async fn written_by(
    conn: &mut Conn,
    actor_id: i64,
    channel_id: Option<i64>,
    limit: i64,
) -> Result<Vec<RevisionRow>, DbError> {
    let rows = sql("SELECT id FROM revisions WHERE actor_id = $1 AND state <> 'superseded' \
                    AND surface IS NOT NULL AND ($2 = 0 OR channel_id = $2) \
                    ORDER BY id DESC LIMIT $3")
    .int(actor_id)
    .int(channel_id.unwrap_or(0))
    .int(limit)
    .all(conn)
    .await?;
    let ids = rows.iter().map(|row| row.int("id")).collect::<Result<Vec<_>, _>>()?;
    let mut written = revisions::by_ids(conn, &ids).await?;
    written.reverse();
    Ok(written)
}
