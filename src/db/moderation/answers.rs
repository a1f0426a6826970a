//! What do moderators keep ready to write? Of the instance, and of each channel.

use super::read_scope;
use crate::db::{Conn, DbError, Row, Tx, sql};
use crate::domain::moderation::Scope;
use crate::domain::{Millis, Window, sort_key};

/// An answer that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    /// `kept_answers.id`.
    pub id: i64,
    /// Whose.
    pub scope: Scope,
    /// What it is chosen by.
    pub title: String,
    /// What is written.
    pub text: String,
    /// When it was made.
    pub created_at: Millis,
    /// When it was last changed.
    pub updated_at: Millis,
}

const COLUMNS: &str = "id, scope, scope_id, title, text, created_at, updated_at";

fn read(row: &Row) -> Result<AnswerRow, DbError> {
    Ok(AnswerRow {
        id: row.int("id")?,
        scope: read_scope(row)?,
        title: row.text("title")?,
        text: row.text("text")?,
        created_at: row.millis("created_at")?,
        updated_at: row.millis("updated_at")?,
    })
}

/// Answers of a scope and, where `shared`, those of the instance too, by title; and how many.
///
/// # Errors
/// The engine's.
pub async fn page(
    conn: &mut Conn,
    scope: Scope,
    shared: bool,
    window: Window,
) -> Result<(i64, Vec<AnswerRow>), DbError> {
    let within = "WHERE (scope = $1 AND scope_id = $2) OR ($3 = 1 AND scope = 'instance')";
    let total = sql(format!("SELECT COUNT(*) AS n FROM kept_answers {within}"))
        .text(scope.name())
        .int(scope.id())
        .int(shared)
        .one(conn)
        .await?
        .int("n")?;
    let text = format!(
        "SELECT {COLUMNS} FROM kept_answers {within} ORDER BY title_sort, id LIMIT $4 OFFSET $5"
    );
    let rows = sql(text)
        .text(scope.name())
        .int(scope.id())
        .int(shared)
        .int(window.count)
        .int(window.start)
        .all(conn)
        .await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}

/// How many answers a scope has of its own.
///
/// # Errors
/// The engine's.
pub async fn count(conn: &mut Conn, scope: Scope) -> Result<i64, DbError> {
    sql("SELECT COUNT(*) AS n FROM kept_answers WHERE scope = $1 AND scope_id = $2")
        .text(scope.name())
        .int(scope.id())
        .one(conn)
        .await?
        .int("n")
}

/// One answer.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<AnswerRow>, DbError> {
    let text = format!("SELECT {COLUMNS} FROM kept_answers WHERE id = $1");
    sql(text).int(id).optional(conn).await?.as_ref().map(read).transpose()
}

/// Adds an answer and returns its id.
///
/// # Errors
/// The engine's.
pub async fn insert(
    tx: &mut Tx,
    scope: Scope,
    title: &str,
    text: &str,
    now: Millis,
) -> Result<i64, DbError> {
    sql("INSERT INTO kept_answers (scope, scope_id, title, title_sort, text, created_at, \
         updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id")
    .text(scope.name())
    .int(scope.id())
    .text(title)
    .text(sort_key(title))
    .text(text)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

/// Changes an answer.
///
/// # Errors
/// The engine's.
pub async fn update(
    tx: &mut Tx,
    id: i64,
    title: &str,
    text: &str,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE kept_answers SET title = $1, title_sort = $2, text = $3, updated_at = $4 \
         WHERE id = $5")
    .text(title)
    .text(sort_key(title))
    .text(text)
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}

/// Removes an answer.
///
/// # Errors
/// The engine's.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<(), DbError> {
    sql("DELETE FROM kept_answers WHERE id = $1").int(id).run(tx).await?;
    Ok(())
}
