//! Which automatic tags does a comment have? Those that judging its latest text gave.

use std::collections::HashMap;

use crate::db::{Conn, DbError, Tx, sql};

/// Puts `tags` in the place of a comment's tags.
///
/// # Errors
/// The engine's.
pub async fn set(tx: &mut Tx, comment_id: i64, tags: &[String]) -> Result<(), DbError> {
    sql("DELETE FROM comment_tags WHERE comment_id = $1").int(comment_id).run(tx).await?;
    for tag in tags {
        sql("INSERT INTO comment_tags (comment_id, tag) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .int(comment_id)
            .text(tag)
            .run(tx)
            .await?;
    }
    Ok(())
}

/// Tags of some comments, by `comments.id`.
///
/// # Errors
/// The engine's.
pub async fn of_comments(
    conn: &mut Conn,
    comment_ids: &[i64],
) -> Result<HashMap<i64, Vec<String>>, DbError> {
    let within = conn.engine().ints_in("$1");
    let text = format!(
        "SELECT comment_id, tag FROM comment_tags WHERE comment_id IN {within} ORDER BY tag"
    );
    let mut tags: HashMap<i64, Vec<String>> = HashMap::new();
    for row in sql(text).ints(comment_ids).all(conn).await? {
        tags.entry(row.int("comment_id")?).or_default().push(row.text("tag")?);
    }
    Ok(tags)
}
