//! Which comments does a viewer see under a video? Threads, and the replies of one.

use super::{COLUMNS, CommentRow, read};
use crate::db::blocklists::{Eyes, unseen_by};
use crate::db::{Conn, DbError, Sql, sql};
use crate::domain::{Order, Window};

/// How threads are ordered. A pinned one always comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadOrder {
    /// By the moment they began.
    CreatedAt,
    /// By shown replies.
    Replies,
}

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Viewer {
    /// `actors.id` of who looks (0: nobody) and of the video's owner.
    pub eyes: Eyes,
    /// Sees what waits for review.
    pub manages: bool,
}

/// What a viewer reads, whatever answers it: `$1` is theirs, `$2` whether they manage, `$4` the
/// owner's.
fn read_by_viewer() -> String {
    format!(
        "((c.state = 'shown' AND (c.actor_id = $1 OR c.actor_id NOT IN {})) \
         OR ($2 = 1 AND c.state = 'held') \
         OR (c.actor_id = $1 AND c.state IN ('held', 'rejected')))",
        unseen_by("$1, $4")
    )
}

/// What a viewer sees of threads, placeholders of hidden ones with replies included.
fn seen_threads() -> String {
    format!("(c.total_replies > 0 OR {})", read_by_viewer())
}

/// The same of replies.
fn seen_replies() -> String {
    let answered = "EXISTS (SELECT 1 FROM comments k WHERE k.parent_id = c.id)";
    format!("({} OR {answered})", read_by_viewer())
}

impl Viewer {
    fn bind(self, text: String, of: i64) -> Sql {
        sql(text).int(self.eyes.reader).int(self.manages).int(of).int(self.eyes.owner)
    }
}

async fn all(conn: &mut Conn, query: Sql) -> Result<Vec<CommentRow>, DbError> {
    query.all(conn).await?.iter().map(read).collect()
}

/// Threads under a video, and how many there are.
///
/// # Errors
/// The engine's.
pub async fn threads(
    conn: &mut Conn,
    video_id: i64,
    viewer: Viewer,
    order: Order<ThreadOrder>,
    window: Window,
) -> Result<(i64, Vec<CommentRow>), DbError> {
    let of = format!("c.video_id = $3 AND c.thread_id IS NULL AND {}", seen_threads());
    let count = format!("SELECT COUNT(*) AS n FROM comments c WHERE {of}");
    let total = viewer.bind(count, video_id).one(conn).await?.int("n")?;
    let text = format!(
        "SELECT {COLUMNS} FROM comments c WHERE c.pinned_at IS NOT NULL AND {of} \
         ORDER BY c.pinned_at, c.id"
    );
    let pinned = all(conn, viewer.bind(text, video_id)).await?;
    let first = i64::try_from(pinned.len()).unwrap_or(0);
    let way = order.way();
    let keys = match order.by {
        ThreadOrder::CreatedAt => format!("c.created_at {way}, c.id {way}"),
        ThreadOrder::Replies => {
            format!("c.total_replies {way}, c.created_at {way}, c.id {way}")
        }
    };
    // The pinned ones take the first places of the list.
    let skipped = usize::try_from(window.start.min(first)).unwrap_or(0);
    let mut rows: Vec<CommentRow> =
        pinned.into_iter().skip(skipped).take(usize::try_from(window.count).unwrap_or(0)).collect();
    let left = window.count - i64::try_from(rows.len()).unwrap_or(0);
    let text = format!(
        "SELECT {COLUMNS} FROM comments c WHERE c.pinned_at IS NULL AND {of} \
         ORDER BY {keys} LIMIT $5 OFFSET $6"
    );
    let rest = viewer.bind(text, video_id).int(left).int((window.start - first).max(0));
    rows.extend(all(conn, rest).await?);
    Ok((total, rows))
}

/// Replies of a thread, oldest first, whatever they answer; and how many there are.
///
/// # Errors
/// The engine's.
pub async fn replies(
    conn: &mut Conn,
    thread_id: i64,
    viewer: Viewer,
    window: Window,
) -> Result<(i64, Vec<CommentRow>), DbError> {
    let of = format!("c.thread_id = $3 AND {}", seen_replies());
    let count = format!("SELECT COUNT(*) AS n FROM comments c WHERE {of}");
    let total = viewer.bind(count, thread_id).one(conn).await?.int("n")?;
    let text = format!(
        "SELECT {COLUMNS} FROM comments c WHERE {of} ORDER BY c.created_at, c.id \
         LIMIT $5 OFFSET $6"
    );
    let rows = viewer.bind(text, thread_id).int(window.count).int(window.start);
    Ok((total, all(conn, rows).await?))
}
