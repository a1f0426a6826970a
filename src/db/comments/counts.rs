//! How many comments are there? `videos.comments` and the replies of a thread, kept with every
//! change so that no page counts.

use super::CommentRow;
use crate::db::{DbError, Tx, sql};

/// A comment appears (`by` is 1) or disappears (-1).
///
/// # Errors
/// The engine's.
pub(super) async fn shift(tx: &mut Tx, comment: &CommentRow, by: i64) -> Result<(), DbError> {
    sql("UPDATE videos SET comments = comments + $1 WHERE id = $2")
        .int(by)
        .int(comment.video_id)
        .run(tx)
        .await?;
    let Some(thread_id) = comment.thread_id else { return Ok(()) };
    sql("UPDATE comments SET total_replies = total_replies + $1, owner_replies = owner_replies + \
         $1 * (SELECT COUNT(*) FROM videos v JOIN channels ch ON ch.id = v.channel_id \
         JOIN accounts a ON a.id = ch.account_id WHERE v.id = $2 AND a.actor_id = $3) \
         WHERE id = $4")
    .int(by)
    .int(comment.video_id)
    .int(comment.actor_id)
    .int(thread_id)
    .run(tx)
    .await?;
    Ok(())
}

/// Counts anew wherever an actor commented.
///
/// # Errors
/// The engine's.
pub(super) async fn recount_where(tx: &mut Tx, actor_id: i64) -> Result<(), DbError> {
    sql("UPDATE videos SET comments = (SELECT COUNT(*) FROM comments c \
         WHERE c.video_id = videos.id AND c.state = 'shown') \
         WHERE id IN (SELECT video_id FROM comments WHERE actor_id = $1)")
    .int(actor_id)
    .run(tx)
    .await?;
    sql("UPDATE comments SET total_replies = (SELECT COUNT(*) FROM comments r \
         WHERE r.thread_id = comments.id AND r.state = 'shown'), \
         owner_replies = (SELECT COUNT(*) FROM comments r JOIN videos v ON v.id = r.video_id \
         JOIN channels ch ON ch.id = v.channel_id JOIN accounts a ON a.id = ch.account_id \
         WHERE r.thread_id = comments.id AND r.state = 'shown' AND r.actor_id = a.actor_id) \
         WHERE id IN (SELECT thread_id FROM comments WHERE actor_id = $1 \
         AND thread_id IS NOT NULL)")
    .int(actor_id)
    .run(tx)
    .await?;
    Ok(())
}
