//! What do people write under videos? Rows of `comments`; every version of a text is in
//! `revisions`. One file per concern.

pub mod counts;
pub mod feed;
pub mod list;
pub mod marks;
pub mod mentions;
pub mod place;
pub mod remove;
pub mod tags;
pub mod texts;
pub mod threads;
pub mod write;

pub use place::VideoPlace;
pub use write::decided;

use super::{Conn, DbError, Row, sql};
use crate::domain::Millis;
use crate::domain::comment::CommentState;

/// A row of `comments`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentRow {
    /// `comments.id`.
    pub id: i64,
    /// ActivityPub id.
    pub ap_url: String,
    /// `videos.id`.
    pub video_id: i64,
    /// `actors.id` of its author.
    pub actor_id: i64,
    /// The comment its thread begins with; `None`: this one.
    pub thread_id: Option<i64>,
    /// What it answers.
    pub parent_id: Option<i64>,
    /// Markdown, as the public sees it; empty while it sees nothing.
    pub text: String,
    /// Where it stands.
    pub state: CommentState,
    /// Since when it stands first.
    pub pinned_at: Option<Millis>,
    /// When the video's owner gave it a heart.
    pub hearted_at: Option<Millis>,
    /// When its author changed it last.
    pub edited_at: Option<Millis>,
    /// When it was removed.
    pub deleted_at: Option<Millis>,
    /// Shown replies of its thread, when it begins one.
    pub total_replies: i64,
    /// Those of them by the video's owner.
    pub owner_replies: i64,
    /// When it was written.
    pub created_at: Millis,
    /// Last change.
    pub updated_at: Millis,
}

/// Columns that [`read`] wants, of `comments c`.
const COLUMNS: &str = "c.id, c.ap_url, c.video_id, c.actor_id, c.thread_id, c.parent_id, c.text, \
    c.state, c.pinned_at, c.hearted_at, c.edited_at, c.deleted_at, c.total_replies, \
    c.owner_replies, c.created_at, c.updated_at";

fn read(row: &Row) -> Result<CommentRow, DbError> {
    let state = CommentState::parse(&row.text("state")?)
        .ok_or_else(|| DbError::Column { column: "state".to_owned(), wanted: "comment state" })?;
    Ok(CommentRow {
        id: row.int("id")?,
        ap_url: row.text("ap_url")?,
        video_id: row.int("video_id")?,
        actor_id: row.int("actor_id")?,
        thread_id: row.int_opt("thread_id")?,
        parent_id: row.int_opt("parent_id")?,
        text: row.text("text")?,
        state,
        pinned_at: row.int_opt("pinned_at")?.map(Millis),
        hearted_at: row.int_opt("hearted_at")?.map(Millis),
        edited_at: row.int_opt("edited_at")?.map(Millis),
        deleted_at: row.int_opt("deleted_at")?.map(Millis),
        total_replies: row.int("total_replies")?,
        owner_replies: row.int("owner_replies")?,
        created_at: row.millis("created_at")?,
        updated_at: row.millis("updated_at")?,
    })
}

/// A comment, whatever became of it.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<CommentRow>, DbError> {
    let text = format!("SELECT {COLUMNS} FROM comments c WHERE c.id = $1");
    sql(text).int(id).optional(conn).await?.as_ref().map(read).transpose()
}

/// Comments by id, in no order.
///
/// # Errors
/// The engine's.
pub async fn by_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<CommentRow>, DbError> {
    let text =
        format!("SELECT {COLUMNS} FROM comments c WHERE c.id IN {}", conn.engine().ints_in("$1"));
    sql(text).ints(ids).all(conn).await?.iter().map(read).collect()
}

/// How many comments an account wrote and did not remove.
///
/// # Errors
/// The engine's.
pub async fn count_of_actor(conn: &mut Conn, actor_id: i64) -> Result<i64, DbError> {
    sql("SELECT COUNT(*) AS n FROM comments WHERE actor_id = $1 AND state <> 'deleted'")
        .int(actor_id)
        .one(conn)
        .await?
        .int("n")
}
