//! How does a comment go? With its versions and what was told of it; a mark stays while it has
//! replies.

use super::{CommentRow, by_id, counts};
use crate::db::changes::{self, ChangeKind};
use crate::db::revisions::{self, SubjectKind};
use crate::db::{Conn, DbError, Tx, sql};
use crate::domain::Millis;
use crate::domain::comment::CommentState;

/// Marks that no row has replies to any more are removed in so many rounds at most; the next
/// sweep goes on.
const ROUNDS: usize = 64;

/// Removes a comment. False: it is gone already.
///
/// # Errors
/// The engine's.
pub async fn remove(tx: &mut Tx, id: i64, now: Millis) -> Result<bool, DbError> {
    let Some(row) = by_id(tx, id).await? else { return Ok(false) };
    if row.state == CommentState::Deleted {
        return Ok(false);
    }
    if row.state == CommentState::Shown {
        counts::shift(tx, &row, -1).await?;
        changes::record(tx, ChangeKind::Video, row.video_id, now).await?;
    }
    revisions::forget(tx, SubjectKind::Comment, id).await?;
    sql("DELETE FROM notifications WHERE comment_id = $1").int(id).run(tx).await?;
    sql("UPDATE comments SET state = 'deleted', text = '', folded = '', pinned_at = NULL, \
         hearted_at = NULL, deleted_at = $1, updated_at = $1 WHERE id = $2")
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    climb(tx, row, now).await?;
    Ok(true)
}

/// Removes the rows of gone comments without replies, from `row` upwards.
async fn climb(tx: &mut Tx, row: CommentRow, now: Millis) -> Result<(), DbError> {
    let mut next = Some(row.id);
    while let Some(id) = next {
        let gone = sql("SELECT ap_url, parent_id FROM comments c WHERE c.id = $1 \
                        AND c.state = 'deleted' \
                        AND NOT EXISTS (SELECT 1 FROM comments k WHERE k.parent_id = c.id)")
        .int(id)
        .optional(tx)
        .await?;
        let Some(gone) = gone else { return Ok(()) };
        sql("INSERT INTO tombstones (ap_url, kind, deleted_at) VALUES ($1, 'comment', $2) \
             ON CONFLICT (ap_url) DO NOTHING")
        .text(gone.text("ap_url")?)
        .int(now.0)
        .run(tx)
        .await?;
        next = gone.int_opt("parent_id")?;
        sql("DELETE FROM comments WHERE id = $1").int(id).run(tx).await?;
    }
    Ok(())
}

/// Takes away everything an actor wrote, at once: their account ends. Marks without replies are
/// left to [`sweep`].
///
/// # Errors
/// The engine's.
pub async fn of_actor(tx: &mut Tx, actor_id: i64, now: Millis) -> Result<(), DbError> {
    forget_texts(tx, "actor_id", actor_id).await?;
    sql("DELETE FROM notifications WHERE actor_id = $1 \
         OR comment_id IN (SELECT id FROM comments WHERE actor_id = $1)")
    .int(actor_id)
    .run(tx)
    .await?;
    let videos = sql("SELECT DISTINCT video_id FROM comments WHERE actor_id = $1 \
                      AND state = 'shown' ORDER BY video_id")
    .int(actor_id)
    .all(tx)
    .await?;
    sql("UPDATE comments SET state = 'deleted', text = '', folded = '', pinned_at = NULL, \
         hearted_at = NULL, deleted_at = $1, updated_at = $1 \
         WHERE actor_id = $2 AND state <> 'deleted'")
    .int(now.0)
    .int(actor_id)
    .run(tx)
    .await?;
    counts::recount_where(tx, actor_id).await?;
    for video in videos {
        changes::record(tx, ChangeKind::Video, video.int("video_id")?, now).await?;
    }
    Ok(())
}

/// Forgets the versions of the comments of a video that goes; the rows go with it.
///
/// # Errors
/// The engine's.
pub async fn of_video(tx: &mut Tx, video_id: i64) -> Result<(), DbError> {
    forget_texts(tx, "video_id", video_id).await
}

/// Forgets every version of some comments, and takes them out of the queue.
async fn forget_texts(tx: &mut Tx, column: &'static str, id: i64) -> Result<(), DbError> {
    let of = format!(
        "subject_kind = 'comment' AND subject_id IN (SELECT id FROM comments WHERE {column} = $1)"
    );
    sql(format!(
        "UPDATE review_items SET state = 'gone', waiting = 0, text_folded = '' WHERE {of}"
    ))
    .int(id)
    .run(tx)
    .await?;
    sql(format!("DELETE FROM revisions WHERE {of}")).int(id).run(tx).await?;
    Ok(())
}

/// Ids of the next comments of an actor that are to be removed, latest first so that replies go
/// before what they answer: under videos of one account or of all, up to `up_to`.
///
/// # Errors
/// The engine's.
pub async fn next_of_actor(
    conn: &mut Conn,
    actor_id: i64,
    owner_account_id: Option<i64>,
    up_to: i64,
    count: i64,
) -> Result<Vec<i64>, DbError> {
    sql("SELECT c.id FROM comments c WHERE c.actor_id = $1 AND c.state <> 'deleted' \
         AND c.id <= $2 AND ($3 = 0 OR c.video_id IN (SELECT v.id FROM videos v \
         JOIN channels ch ON ch.id = v.channel_id WHERE ch.account_id = $3)) \
         ORDER BY c.id DESC LIMIT $4")
    .int(actor_id)
    .int(up_to)
    .int(owner_account_id.unwrap_or(0))
    .int(count)
    .all(conn)
    .await?
    .iter()
    .map(|row| row.int("id"))
    .collect()
}

/// `comments.id` of the latest comment of all.
///
/// # Errors
/// The engine's.
pub async fn latest(conn: &mut Conn) -> Result<i64, DbError> {
    sql("SELECT CAST(COALESCE(MAX(id), 0) AS BIGINT) AS id FROM comments")
        .one(conn)
        .await?
        .int("id")
}

/// Removes marks that have no replies any more.
///
/// # Errors
/// The engine's.
pub async fn sweep(tx: &mut Tx, now: Millis) -> Result<(), DbError> {
    const BARE: &str = "FROM comments d WHERE d.state = 'deleted' \
        AND NOT EXISTS (SELECT 1 FROM comments k WHERE k.parent_id = d.id)";
    for _ in 0..ROUNDS {
        sql(format!(
            "INSERT INTO tombstones (ap_url, kind, deleted_at) \
             SELECT d.ap_url, 'comment', $1 {BARE} ON CONFLICT (ap_url) DO NOTHING"
        ))
        .int(now.0)
        .run(tx)
        .await?;
        let gone = sql(format!("DELETE FROM comments WHERE id IN (SELECT d.id {BARE})"));
        if gone.run(tx).await? == 0 {
            break;
        }
    }
    Ok(())
}
