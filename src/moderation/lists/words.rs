//! Entries and exceptions of a list, one by one.

use farandole_word_filter::{
    Entry, Exception, ListSpec, MAX_ENTRIES, MAX_EXCEPTIONS, MAX_REGEXES, Matcher, Mode, Options,
};

use super::{NOT_FOUND, editable, find, log};
use crate::app::App;
use crate::db::moderation::entries::{self, EntryRow, ExceptionRow, NewEntry};
use crate::db::moderation::lists::{self, ListRow};
use crate::db::{DbError, Tx};
use crate::domain::{Principal, Window};
use crate::moderation::ModerationError;
use crate::transact;

/// Characters of a note at most.
const MOST_NOTE: usize = 500;

const NO_ENTRY: ModerationError = ModerationError::NoSuch("The list has no such entry.");

/// Entries of a list, and how many there are.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn page(
    app: &App,
    who: &Principal,
    list_id: i64,
    search: Option<&str>,
    window: Window,
) -> Result<(i64, Vec<EntryRow>), ModerationError> {
    find(app, who, list_id).await?;
    let mut conn = app.db().read().await?;
    Ok(entries::page(&mut conn, list_id, search, window).await?)
}

/// What a mode should be.
pub(super) fn modes() -> String {
    format!("Should be among: {}.", Mode::ALL.map(Mode::name).join(", "))
}

/// Makes sure that an entry can be looked for.
///
/// # Errors
/// [`ModerationError::Invalid`], with what the filter says of it.
pub fn check(new: &NewEntry) -> Result<(), ModerationError> {
    let mode = Mode::from_name(&new.mode);
    let mode = mode.ok_or_else(|| ModerationError::invalid("mode", modes()))?;
    if new.note.as_ref().is_some_and(|note| note.chars().count() > MOST_NOTE) {
        return Err(ModerationError::invalid("note", "Should have at most 500 characters."));
    }
    let language = new.language.clone();
    let entry = Entry { id: 1, text: new.text.clone(), mode, language };
    build(&[entry], &[])
}

fn build(entries: &[Entry], exceptions: &[Exception]) -> Result<(), ModerationError> {
    let spec = ListSpec { id: 1, options: Options::default(), entries, exceptions };
    match Matcher::build(&[spec]) {
        Ok(_) => Ok(()),
        Err(error) => Err(ModerationError::invalid("text", error.to_string())),
    }
}

fn full(list: &ListRow, regex: bool) -> Option<ModerationError> {
    let fits = |count: i64, most: usize| usize::try_from(count).is_ok_and(|count| count < most);
    if !fits(list.entry_count, MAX_ENTRIES) {
        return Some(ModerationError::Conflict("The list has 100,000 entries already.".to_owned()));
    }
    if regex && !fits(list.regex_count, MAX_REGEXES) {
        let problem = "The list has 500 regular expressions already.";
        return Some(ModerationError::Conflict(problem.to_owned()));
    }
    None
}

/// Adds an entry, and returns it.
///
/// # Errors
/// [`ModerationError::Invalid`], [`ModerationError::Conflict`] when the list has it already or is
/// full, [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn add(
    app: &App,
    who: &Principal,
    list_id: i64,
    new: &NewEntry,
) -> Result<EntryRow, ModerationError> {
    editable(app, who, list_id).await?;
    check(new)?;
    let now = app.now();
    transact!(app.db(), tx => {
        let list = lists::by_id(tx, list_id).await?.ok_or(NOT_FOUND)?;
        if let Some(error) = full(&list, new.mode == Mode::Regex.name()) {
            return Err(error);
        }
        let Some(id) = entries::insert(tx, list_id, new, false, now).await? else {
            return Err(ModerationError::Conflict("The list has this entry already.".to_owned()));
        };
        changed(app, tx, who, &list, &format!("added {}: {}", new.mode, new.text)).await?;
        entries::by_id(tx, list_id, id).await?.ok_or(NO_ENTRY)
    })
}

/// Changes an entry. One that came by subscription can only be switched off and on.
///
/// # Errors
/// As for [`add`].
pub async fn change(
    app: &App,
    who: &Principal,
    list_id: i64,
    id: i64,
    new: &NewEntry,
    switched_off: bool,
) -> Result<EntryRow, ModerationError> {
    editable(app, who, list_id).await?;
    check(new)?;
    transact!(app.db(), tx => {
        let list = lists::by_id(tx, list_id).await?.ok_or(NOT_FOUND)?;
        let kept = entries::by_id(tx, list_id, id).await?.ok_or(NO_ENTRY)?;
        let same = kept.entry.mode == new.mode && kept.entry.text == new.text;
        if kept.subscribed && !same {
            let problem = "It came by subscription: switch it off, and add your own.";
            return Err(ModerationError::Conflict(problem.to_owned()));
        }
        let written = entries::update(tx, list_id, id, new, switched_off).await;
        written.map_err(|error: DbError| match error.unique_violation() {
            true => ModerationError::Conflict("The list has this entry already.".to_owned()),
            false => error.into(),
        })?;
        let what = format!("{} {} became {} {}", kept.entry.mode, kept.entry.text, new.mode,
            new.text);
        changed(app, tx, who, &list, &what).await?;
        entries::by_id(tx, list_id, id).await?.ok_or(NO_ENTRY)
    })
}

/// Takes an entry out.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn remove(
    app: &App,
    who: &Principal,
    list_id: i64,
    id: i64,
) -> Result<(), ModerationError> {
    editable(app, who, list_id).await?;
    transact!(app.db(), tx => {
        let list = lists::by_id(tx, list_id).await?.ok_or(NOT_FOUND)?;
        let kept = entries::by_id(tx, list_id, id).await?.ok_or(NO_ENTRY)?;
        entries::delete(tx, list_id, id).await?;
        let what = format!("removed {}: {}", kept.entry.mode, kept.entry.text);
        changed(app, tx, who, &list, &what).await
    })
}

/// Exceptions of a list, oldest first.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn exceptions(
    app: &App,
    who: &Principal,
    list_id: i64,
) -> Result<Vec<ExceptionRow>, ModerationError> {
    find(app, who, list_id).await?;
    let mut conn = app.db().read().await?;
    Ok(entries::exceptions(&mut conn, list_id).await?)
}

/// Adds exceptions; those that the list has already stay as they are. Returns all of them.
///
/// # Errors
/// [`ModerationError::Invalid`], [`ModerationError::Conflict`] when the list is full,
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn except(
    app: &App,
    who: &Principal,
    list_id: i64,
    texts: &[String],
    note: Option<&str>,
) -> Result<Vec<ExceptionRow>, ModerationError> {
    editable(app, who, list_id).await?;
    let new: Vec<Exception> =
        texts.iter().map(|text| Exception { text: text.trim().to_owned() }).collect();
    let probe = Entry { id: 1, text: "a".to_owned(), mode: Mode::WholeWord, language: None };
    build(&[probe], &new)?;
    let now = app.now();
    transact!(app.db(), tx => {
        let list = lists::by_id(tx, list_id).await?.ok_or(NOT_FOUND)?;
        if entries::exceptions(tx, list_id).await?.len() + new.len() > MAX_EXCEPTIONS {
            let problem = "A list has at most 10,000 exceptions.";
            return Err(ModerationError::Conflict(problem.to_owned()));
        }
        let mut added = Vec::new();
        for one in &new {
            if entries::except(tx, list_id, &one.text, note, false, now).await?.is_some() {
                added.push(one.text.as_str());
            }
        }
        if !added.is_empty() {
            changed(app, tx, who, &list, &format!("exceptions: {}", added.join(", "))).await?;
        }
        Ok(entries::exceptions(tx, list_id).await?)
    })
}

/// Takes an exception out.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn unexcept(
    app: &App,
    who: &Principal,
    list_id: i64,
    id: i64,
) -> Result<(), ModerationError> {
    editable(app, who, list_id).await?;
    transact!(app.db(), tx => {
        let list = lists::by_id(tx, list_id).await?.ok_or(NOT_FOUND)?;
        if !entries::unexcept(tx, list_id, id).await? {
            return Err(ModerationError::NoSuch("The list has no such exception."));
        }
        changed(app, tx, who, &list, "removed an exception").await
    })
}

/// A list's words changed: its version goes up, and the log says how.
pub(super) async fn changed(
    app: &App,
    tx: &mut Tx,
    who: &Principal,
    list: &ListRow,
    what: &str,
) -> Result<(), ModerationError> {
    let now = app.now();
    lists::touch(tx, list.id, now).await?;
    log(tx, who, list.scope, list.id, &list.texts.name, what, now).await?;
    Ok(())
}
