//! What do moderators note about an account, for each other?

use crate::db::{Conn, DbError, Row, Tx, sql};
use crate::domain::{Millis, Window};

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRow {
    /// `account_notes.id`.
    pub id: i64,
    /// `accounts.id` of whom it is about.
    pub account_id: i64,
    /// `actors.id` of who wrote it, while they are here.
    pub author_id: Option<i64>,
    /// The text.
    pub text: String,
    /// When it was written.
    pub created_at: Millis,
    /// When it was last changed.
    pub updated_at: Millis,
}

const COLUMNS: &str = "id, account_id, author_id, text, created_at, updated_at";

fn read(row: &Row) -> Result<NoteRow, DbError> {
    Ok(NoteRow {
        id: row.int("id")?,
        account_id: row.int("account_id")?,
        author_id: row.int_opt("author_id")?,
        text: row.text("text")?,
        created_at: row.millis("created_at")?,
        updated_at: row.millis("updated_at")?,
    })
}

/// Notes about an account, newest first; and how many there are.
///
/// # Errors
/// The engine's.
pub async fn page(
    conn: &mut Conn,
    account_id: i64,
    window: Window,
) -> Result<(i64, Vec<NoteRow>), DbError> {
    let total = count(conn, account_id).await?;
    let text = format!(
        "SELECT {COLUMNS} FROM account_notes WHERE account_id = $1 ORDER BY id DESC \
         LIMIT $2 OFFSET $3"
    );
    let rows = sql(text).int(account_id).int(window.count).int(window.start).all(conn).await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}

/// How many notes there are about an account.
///
/// # Errors
/// The engine's.
pub async fn count(conn: &mut Conn, account_id: i64) -> Result<i64, DbError> {
    let row = sql("SELECT COUNT(*) AS n FROM account_notes WHERE account_id = $1");
    row.int(account_id).one(conn).await?.int("n")
}

/// One note about an account.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, account_id: i64, id: i64) -> Result<Option<NoteRow>, DbError> {
    let text = format!("SELECT {COLUMNS} FROM account_notes WHERE account_id = $1 AND id = $2");
    let row = sql(text).int(account_id).int(id).optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// Adds a note and returns its id.
///
/// # Errors
/// The engine's.
pub async fn insert(
    tx: &mut Tx,
    account_id: i64,
    author_id: i64,
    text: &str,
    now: Millis,
) -> Result<i64, DbError> {
    sql("INSERT INTO account_notes (account_id, author_id, text, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $4) RETURNING id")
    .int(account_id)
    .int(author_id)
    .text(text)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

/// Changes the text of a note.
///
/// # Errors
/// The engine's.
pub async fn update(tx: &mut Tx, id: i64, text: &str, now: Millis) -> Result<(), DbError> {
    sql("UPDATE account_notes SET text = $1, updated_at = $2 WHERE id = $3")
        .text(text)
        .int(now.0)
        .int(id)
        .run(tx)
        .await?;
    Ok(())
}

/// Removes a note.
///
/// # Errors
/// The engine's.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<(), DbError> {
    sql("DELETE FROM account_notes WHERE id = $1").int(id).run(tx).await?;
    Ok(())
}
