//! How do lists come in and go out? As text, CSV or JSON, whole; bad lines are named, and then
//! nothing is changed.

use farandole_word_filter::lists::{Format, ListEntry, ListException, WordList};
use farandole_word_filter::{MAX_ENTRIES, MAX_EXCEPTIONS, MAX_REGEXES, Mode};

use super::{NOT_FOUND, editable, find, words};
use crate::app::App;
use crate::db::Conn;
use crate::db::moderation::entries::{self, NewEntry};
use crate::db::moderation::lists::{self, ListRow};
use crate::domain::Principal;
use crate::moderation::{ModerationError, matchers};
use crate::transact;

/// What came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// Entries that the list had not.
    pub added: u64,
    /// Entries in the file.
    pub read: usize,
    /// Exceptions in the file.
    pub exceptions: usize,
}

/// A format by name.
///
/// # Errors
/// [`ModerationError::Invalid`].
pub fn format(name: &str) -> Result<Format, ModerationError> {
    let problem = "Should be text, csv or json.";
    Format::from_name(name).ok_or_else(|| ModerationError::invalid("format", problem))
}

/// An entry of a file as it is kept.
pub(in crate::moderation) fn kept(entry: &ListEntry) -> NewEntry {
    NewEntry {
        mode: entry.mode.name().to_owned(),
        text: entry.text.clone(),
        language: entry.language.clone(),
        note: entry.note.clone(),
        expires_at: None,
    }
}

/// Reads a file into a list. With `replace` it holds nothing else afterwards; what came by
/// subscription stays.
///
/// # Errors
/// [`ModerationError::Invalid`] names every bad line; [`ModerationError::Conflict`] when the list
/// would be too long; [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn import(
    app: &App,
    who: &Principal,
    id: i64,
    format: Format,
    data: String,
    replace: bool,
) -> Result<Imported, ModerationError> {
    editable(app, who, id).await?;
    let read = tokio::task::spawn_blocking(move || WordList::read(format, &data)).await;
    let file = read.map_err(|_| ModerationError::Interrupted)?;
    let file = file.map_err(|error| ModerationError::invalid("data", error.to_string()))?;
    let new: Vec<NewEntry> = file.entries.iter().map(kept).collect();
    let now = app.now();
    transact!(app.db(), tx => {
        let list = lists::by_id(tx, id).await?.ok_or(NOT_FOUND)?;
        if replace {
            entries::clear_local(tx, id).await?;
        }
        let added = entries::insert_all(tx, id, &new, false, now).await?;
        for one in &file.exceptions {
            entries::except(tx, id, &one.text, one.note.as_deref(), false, now).await?;
        }
        let how = if replace { "replaced by" } else { "joined by" };
        let what = format!("{how} {} entries, {} exceptions", new.len(), file.exceptions.len());
        words::changed(app, tx, who, &list, &what).await?;
        fits(tx, id).await?;
        Ok(Imported { added, read: new.len(), exceptions: file.exceptions.len() })
    })
}

/// A list is no longer than a list may be.
pub(in crate::moderation) async fn fits(conn: &mut Conn, id: i64) -> Result<(), ModerationError> {
    let list = lists::by_id(conn, id).await?.ok_or(NOT_FOUND)?;
    let over = |count: i64, most: usize| usize::try_from(count).is_ok_and(|count| count > most);
    let problem = if over(list.entry_count, MAX_ENTRIES) {
        "The list would have more than 100,000 entries. Nothing was changed."
    } else if over(list.regex_count, MAX_REGEXES) {
        "The list would have more than 500 regular expressions. Nothing was changed."
    } else if entries::exceptions(conn, id).await?.len() > MAX_EXCEPTIONS {
        "The list would have more than 10,000 exceptions. Nothing was changed."
    } else {
        return Ok(());
    };
    Err(ModerationError::Conflict(problem.to_owned()))
}

/// A list as a file.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn export(
    app: &App,
    who: &Principal,
    id: i64,
    format: Format,
) -> Result<String, ModerationError> {
    let list = find(app, who, id).await?;
    let mut conn = app.db().read().await?;
    Ok(whole(&mut conn, &list).await?.write(format))
}

/// A list with all its words, as a file holds it.
pub(in crate::moderation) async fn whole(
    conn: &mut Conn,
    list: &ListRow,
) -> Result<WordList, ModerationError> {
    let rows = entries::all(conn, list.id).await?;
    let exceptions = entries::exceptions(conn, list.id).await?;
    Ok(WordList {
        name: Some(list.texts.name.clone()),
        language: list.texts.language.clone(),
        options: matchers::options(&list.texts.options),
        entries: rows
            .into_iter()
            .filter(|row| !row.switched_off)
            .map(|row| ListEntry {
                text: row.entry.text,
                mode: Mode::from_name(&row.entry.mode).unwrap_or_default(),
                language: row.entry.language,
                note: row.entry.note,
            })
            .collect(),
        exceptions: exceptions
            .into_iter()
            .map(|one| ListException { text: one.text, note: one.note })
            .collect(),
    })
}
