//! Which texts of comments does the public not read? The latest version that was kept back, and
//! every version there was.

use std::collections::HashMap;

use crate::db::{Conn, DbError, Row, sql};
use crate::domain::Millis;
use crate::domain::comment::CommentState;

/// A version of a comment's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// `revisions.id`.
    pub revision_id: i64,
    /// Markdown.
    pub text: String,
    /// `shown`, `held`, `rejected` or `superseded`.
    pub state: String,
    /// What judging it gave: `show`, `hold` or `reject`.
    pub verdict: String,
    /// `actors.id` of who wrote it.
    pub actor_id: Option<i64>,
    /// When.
    pub created_at: Millis,
}

impl Version {
    /// Where it stands, when it is not public and not replaced.
    #[must_use]
    pub fn kept_back(&self) -> Option<CommentState> {
        match CommentState::parse(&self.state) {
            Some(state @ (CommentState::Held | CommentState::Rejected)) => Some(state),
            _ => None,
        }
    }
}

const COLUMNS: &str = "SELECT id, subject_id, text, state, verdict, actor_id, created_at \
    FROM revisions WHERE subject_kind = 'comment' AND field = 'text'";

fn read(row: &Row) -> Result<Version, DbError> {
    Ok(Version {
        revision_id: row.int("id")?,
        text: row.text("text")?,
        state: row.text("state")?,
        verdict: row.text("verdict")?,
        actor_id: row.int_opt("actor_id")?,
        created_at: row.millis("created_at")?,
    })
}

/// The latest version of each of these comments that is held or rejected, where it is the latest
/// of all that count.
///
/// # Errors
/// The engine's.
pub async fn kept_back(
    conn: &mut Conn,
    comment_ids: &[i64],
) -> Result<HashMap<i64, Version>, DbError> {
    if comment_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let within = conn.engine().ints_in("$1");
    let text = format!(
        "{COLUMNS} AND subject_id IN {within} AND state IN ('held', 'rejected') ORDER BY id"
    );
    let mut latest = HashMap::new();
    for row in sql(text).ints(comment_ids).all(conn).await? {
        latest.insert(row.int("subject_id")?, read(&row)?);
    }
    Ok(latest)
}

/// Every version of a comment, oldest first.
///
/// # Errors
/// The engine's.
pub async fn history(conn: &mut Conn, comment_id: i64) -> Result<Vec<Version>, DbError> {
    let text = format!("{COLUMNS} AND subject_id = $1 ORDER BY id");
    sql(text).int(comment_id).all(conn).await?.iter().map(read).collect()
}
