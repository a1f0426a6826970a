//! Which words does a list hold? Entries and exceptions, as pages and whole.

use super::text_key;
use crate::db::conn::like;
use crate::db::{Conn, DbError, Engine, Row, Tx, sql};
use crate::domain::{Millis, Window, sort_key};

/// An entry as somebody writes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewEntry {
    /// How it is looked for, by name.
    pub mode: String,
    /// What is looked for.
    pub text: String,
    /// Language code.
    pub language: Option<String>,
    /// For moderators.
    pub note: Option<String>,
    /// No longer looked for from then on.
    pub expires_at: Option<Millis>,
}

/// An entry as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// `word_entries.id`.
    pub id: i64,
    /// What was written.
    pub entry: NewEntry,
    /// It came by subscription.
    pub subscribed: bool,
    /// It came by subscription and was switched off here.
    pub switched_off: bool,
    /// When it was added.
    pub created_at: Millis,
}

const SELECT: &str = "SELECT id, mode, text, language, note, expires_at, origin, switched_off, \
    created_at FROM word_entries";

fn read(row: &Row) -> Result<EntryRow, DbError> {
    Ok(EntryRow {
        id: row.int("id")?,
        entry: NewEntry {
            mode: row.text("mode")?,
            text: row.text("text")?,
            language: row.text_opt("language")?,
            note: row.text_opt("note")?,
            expires_at: row.int_opt("expires_at")?.map(Millis),
        },
        subscribed: row.text("origin")? == "subscription",
        switched_off: row.flag("switched_off")?,
        created_at: row.millis("created_at")?,
    })
}

const fn origin(subscribed: bool) -> &'static str {
    if subscribed { "subscription" } else { "local" }
}

/// Adds an entry. `None`: the list has it already, and it stays as it is.
///
/// # Errors
/// The engine's.
pub async fn insert(
    tx: &mut Tx,
    list_id: i64,
    new: &NewEntry,
    subscribed: bool,
    now: Millis,
) -> Result<Option<i64>, DbError> {
    sql("INSERT INTO word_entries (list_id, mode, text, text_folded, text_key, language, note, \
         expires_at, origin, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (list_id, text_key) DO NOTHING RETURNING id")
    .int(list_id)
    .text(&new.mode)
    .text(&new.text)
    .text(sort_key(&new.text))
    .text(text_key(&[&new.mode, &new.text]))
    .text_opt(new.language.as_deref())
    .text_opt(new.note.as_deref())
    .int_opt(new.expires_at.map(|at| at.0))
    .text(origin(subscribed))
    .int(now.0)
    .optional(tx)
    .await?
    .map(|row| row.int("id"))
    .transpose()
}

/// Entries that go into one statement.
const AT_ONCE: usize = 2_000;

/// Adds entries, those that the list has not already; returns how many.
///
/// # Errors
/// The engine's.
pub async fn insert_all(
    tx: &mut Tx,
    list_id: i64,
    new: &[NewEntry],
    subscribed: bool,
    now: Millis,
) -> Result<u64, DbError> {
    // One statement for many: a list of 100,000 would be 100,000 round trips.
    let fields = match tx.engine() {
        Engine::Sqlite => {
            "json_extract(value, '$[0]'), json_extract(value, '$[1]'), \
             json_extract(value, '$[2]'), json_extract(value, '$[3]'), \
             json_extract(value, '$[4]'), json_extract(value, '$[5]'), \
             json_extract(value, '$[6]'), $3, $4 FROM json_each($2)"
        }
        Engine::Postgres => {
            "value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, \
             (value->>6)::bigint, $3, $4 FROM jsonb_array_elements($2::jsonb)"
        }
    };
    let text = format!(
        "INSERT INTO word_entries (list_id, mode, text, text_folded, text_key, language, note, \
         expires_at, origin, created_at) SELECT $1, {fields} WHERE true \
         ON CONFLICT (list_id, text_key) DO NOTHING"
    );
    let mut added = 0;
    for some in new.chunks(AT_ONCE) {
        let json: Vec<serde_json::Value> = some
            .iter()
            .map(|e| {
                serde_json::json!([
                    e.mode,
                    e.text,
                    sort_key(&e.text),
                    text_key(&[&e.mode, &e.text]),
                    e.language,
                    e.note,
                    e.expires_at
                ])
            })
            .collect();
        added += sql(text.clone())
            .int(list_id)
            .text(serde_json::Value::from(json).to_string())
            .text(origin(subscribed))
            .int(now.0)
            .run(tx)
            .await?;
    }
    Ok(added)
}

/// Changes an entry of a list. False: it has no such entry.
///
/// # Errors
/// [`DbError::unique_violation`] when the list has such an entry already; else the engine's.
pub async fn update(
    tx: &mut Tx,
    list_id: i64,
    id: i64,
    new: &NewEntry,
    switched_off: bool,
) -> Result<bool, DbError> {
    let changed = sql("UPDATE word_entries SET mode = $1, text = $2, text_folded = $3, \
         text_key = $4, language = $5, note = $6, expires_at = $7, switched_off = $8 \
         WHERE list_id = $9 AND id = $10")
    .text(&new.mode)
    .text(&new.text)
    .text(sort_key(&new.text))
    .text(text_key(&[&new.mode, &new.text]))
    .text_opt(new.language.as_deref())
    .text_opt(new.note.as_deref())
    .int_opt(new.expires_at.map(|at| at.0))
    .int(switched_off)
    .int(list_id)
    .int(id)
    .run(tx)
    .await?;
    Ok(changed > 0)
}

/// Takes an entry out. False: the list has no such entry.
///
/// # Errors
/// The engine's.
pub async fn delete(tx: &mut Tx, list_id: i64, id: i64) -> Result<bool, DbError> {
    let gone = sql("DELETE FROM word_entries WHERE list_id = $1 AND id = $2")
        .int(list_id)
        .int(id)
        .run(tx)
        .await?;
    Ok(gone > 0)
}

/// Takes out every entry and exception that did not come by subscription.
///
/// # Errors
/// The engine's.
pub async fn clear_local(tx: &mut Tx, list_id: i64) -> Result<(), DbError> {
    for table in ["word_entries", "word_exceptions"] {
        let text = format!("DELETE FROM {table} WHERE list_id = $1 AND origin = 'local'");
        sql(text).int(list_id).run(tx).await?;
    }
    Ok(())
}

/// Takes out every exception that came by subscription.
///
/// # Errors
/// The engine's.
pub async fn clear_subscribed_exceptions(tx: &mut Tx, list_id: i64) -> Result<(), DbError> {
    sql("DELETE FROM word_exceptions WHERE list_id = $1 AND origin = 'subscription'")
        .int(list_id)
        .run(tx)
        .await?;
    Ok(())
}

/// One entry of a list.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, list_id: i64, id: i64) -> Result<Option<EntryRow>, DbError> {
    let text = format!("{SELECT} WHERE list_id = $1 AND id = $2");
    sql(text).int(list_id).int(id).optional(conn).await?.as_ref().map(read).transpose()
}

/// Entries of a list, newest first, those whose text holds `search`; and how many there are.
///
/// # Errors
/// The engine's.
pub async fn page(
    conn: &mut Conn,
    list_id: i64,
    search: Option<&str>,
    window: Window,
) -> Result<(i64, Vec<EntryRow>), DbError> {
    let filter = "WHERE list_id = $1 AND text_folded LIKE $2 ESCAPE '!'";
    let pattern = like(&sort_key(search.unwrap_or_default()));
    let total = sql(format!("SELECT COUNT(*) AS n FROM word_entries {filter}"))
        .int(list_id)
        .text(&pattern)
        .one(conn)
        .await?
        .int("n")?;
    let rows = sql(format!("{SELECT} {filter} ORDER BY id DESC LIMIT $3 OFFSET $4"))
        .int(list_id)
        .text(&pattern)
        .int(window.count)
        .int(window.start)
        .all(conn)
        .await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}

/// Every entry of a list, oldest first.
///
/// # Errors
/// The engine's.
pub async fn all(conn: &mut Conn, list_id: i64) -> Result<Vec<EntryRow>, DbError> {
    let text = format!("{SELECT} WHERE list_id = $1 ORDER BY id");
    sql(text).int(list_id).all(conn).await?.iter().map(read).collect()
}

/// What a list must not find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionRow {
    /// `word_exceptions.id`.
    pub id: i64,
    /// The words.
    pub text: String,
    /// For moderators.
    pub note: Option<String>,
    /// When it was added.
    pub created_at: Millis,
}

fn read_exception(row: &Row) -> Result<ExceptionRow, DbError> {
    Ok(ExceptionRow {
        id: row.int("id")?,
        text: row.text("text")?,
        note: row.text_opt("note")?,
        created_at: row.millis("created_at")?,
    })
}

/// Adds an exception; `None`: the list has it already.
///
/// # Errors
/// The engine's.
pub async fn except(
    tx: &mut Tx,
    list_id: i64,
    text: &str,
    note: Option<&str>,
    subscribed: bool,
    now: Millis,
) -> Result<Option<i64>, DbError> {
    sql("INSERT INTO word_exceptions (list_id, text, text_key, note, origin, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (list_id, text_key) DO NOTHING RETURNING id")
    .int(list_id)
    .text(text)
    .text(text_key(&[text]))
    .text_opt(note)
    .text(origin(subscribed))
    .int(now.0)
    .optional(tx)
    .await?
    .map(|row| row.int("id"))
    .transpose()
}

/// Takes an exception out. False: the list has no such exception.
///
/// # Errors
/// The engine's.
pub async fn unexcept(tx: &mut Tx, list_id: i64, id: i64) -> Result<bool, DbError> {
    let gone = sql("DELETE FROM word_exceptions WHERE list_id = $1 AND id = $2")
        .int(list_id)
        .int(id)
        .run(tx)
        .await?;
    Ok(gone > 0)
}

/// Every exception of a list, oldest first.
///
/// # Errors
/// The engine's.
pub async fn exceptions(conn: &mut Conn, list_id: i64) -> Result<Vec<ExceptionRow>, DbError> {
    sql("SELECT id, text, note, created_at FROM word_exceptions WHERE list_id = $1 ORDER BY id")
        .int(list_id)
        .all(conn)
        .await?
        .iter()
        .map(read_exception)
        .collect()
}
