//! Which comments may everybody read who follows a feed? The newest shown ones under videos that
//! everybody may find.

use super::{COLUMNS, CommentRow, read};
use crate::db::blocklists::unseen_by;
use crate::db::{Conn, DbError, sql};

/// What a feed is narrowed to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Feed {
    /// Under this video, which need not be listed.
    pub video_id: Option<i64>,
    /// Under videos of this channel.
    pub channel_id: Option<i64>,
    /// Under videos of this account.
    pub account_id: Option<i64>,
}

/// The newest comments of a feed.
///
/// # Errors
/// The engine's.
pub async fn newest(conn: &mut Conn, feed: Feed, count: i64) -> Result<Vec<CommentRow>, DbError> {
    let text = format!(
        "SELECT {COLUMNS} FROM comments c JOIN videos v ON v.id = c.video_id \
         JOIN channels ch ON ch.id = v.channel_id \
         WHERE c.state = 'shown' AND v.available = 1 AND v.held = 0 AND v.comments_policy <> 2 \
         AND (v.privacy = 1 OR ($1 <> 0 AND v.privacy = 2)) \
         AND ($1 = 0 OR c.video_id = $1) AND ($2 = 0 OR v.channel_id = $2) \
         AND ($3 = 0 OR ch.account_id = $3) AND c.actor_id NOT IN {} ORDER BY c.created_at DESC, c.id DESC LIMIT $4",
        unseen_by("SELECT o.actor_id FROM accounts o WHERE o.id = ch.account_id")
    );
    sql(text)
        .int(feed.video_id.unwrap_or(0))
        .int(feed.channel_id.unwrap_or(0))
        .int(feed.account_id.unwrap_or(0))
        .int(count)
        .all(conn)
        .await?
        .iter()
        .map(read)
        .collect()
}
