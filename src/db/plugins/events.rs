//! What is there to tell plugins of an event? The rows that it is about, and who wants to hear.

use crate::db::{Conn, DbError, Row, Tx, jobs, sql};
use crate::domain::{Job, Millis, PluginEvent, PluginEventKind};

/// What an event is about, as far as it is still there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// UUID of the video that it is about.
    pub video_uuid: Option<String>,
    /// The video's name, or the user's.
    pub title: Option<String>,
    /// The comment, or the reason of a report.
    pub text: Option<String>,
    /// `actors.id` of whose it is.
    pub actor_id: Option<i64>,
    /// When the row was made.
    pub at: Millis,
}

/// Queues an event for every plugin that hears of its kind. Call it in the transaction that makes
/// it happen, and wake the jobs after the commit.
///
/// # Errors
/// The engine's.
pub async fn tell(tx: &mut Tx, event: PluginEvent, now: Millis) -> Result<(), DbError> {
    for plugin_id in super::hearing(tx, event.what.name()).await? {
        jobs::enqueue(tx, &Job::PluginEvent { plugin_id, event }, now, None, now).await?;
    }
    Ok(())
}

/// What an event is about; `None` when it is gone meanwhile, or not for everybody: plugins carry
/// what they hear to other servers.
///
/// # Errors
/// The engine's.
pub async fn describe(conn: &mut Conn, event: PluginEvent) -> Result<Option<EventRow>, DbError> {
    let text = match event.what {
        PluginEventKind::CommentCreated => {
            "SELECT videos.uuid, videos.name AS title, comments.text, comments.actor_id, \
             comments.created_at FROM comments JOIN videos ON videos.id = comments.video_id \
             WHERE comments.id = $1 AND comments.state = 'shown' AND videos.privacy = 1 AND videos.held = 0"
        }
        PluginEventKind::VideoPublished => {
            "SELECT videos.uuid, videos.name AS title, NULL AS text, channels.actor_id, \
             videos.created_at FROM videos JOIN channels ON channels.id = videos.channel_id \
             WHERE videos.id = $1 AND videos.privacy = 1 AND videos.held = 0"
        }
        // Not who filed it, nor what is not for everybody.
        PluginEventKind::ReportFiled => {
            "SELECT videos.uuid, videos.name AS title, abuses.reason AS text, \
             CAST(NULL AS BIGINT) AS actor_id, abuses.created_at FROM abuses LEFT JOIN videos \
             ON videos.id = abuses.video_id AND videos.privacy = 1 AND videos.held = 0 \
             WHERE abuses.id = $1"
        }
        PluginEventKind::UserRegistered => {
            "SELECT NULL AS uuid, users.username AS title, NULL AS text, accounts.actor_id, \
             users.created_at FROM users JOIN accounts ON accounts.user_id = users.id \
             WHERE users.id = $1"
        }
    };
    sql(text).int(event.id).optional(conn).await?.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<EventRow, DbError> {
    Ok(EventRow {
        video_uuid: row.text_opt("uuid")?,
        title: row.text_opt("title")?,
        text: row.text_opt("text")?,
        actor_id: row.int_opt("actor_id")?,
        at: Millis(row.int("created_at")?),
    })
}
