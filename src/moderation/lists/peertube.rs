//! Lists as PeerTube knows them: a name and words. They only tag; its policies hold what has a tag.

use farandole_word_filter::Mode;

use super::{NOT_FOUND, editable, log, taken, usual, words};
use crate::app::App;
use crate::db::Tx;
use crate::db::moderation::entries::{self, NewEntry};
use crate::db::moderation::lists::{self, ListRow, ListTexts};
use crate::domain::moderation::{Action, Deed, Scope};
use crate::domain::{Millis, Principal, Window};
use crate::moderation::{ModerationError, require};
use crate::transact;

/// Words of a list made in PeerTube's way at most.
const MOST_WORDS: usize = 10_000;

/// A list with its words.
#[derive(Debug, Clone)]
pub struct WithWords {
    /// The list.
    pub list: ListRow,
    /// Its entries as written, oldest first.
    pub words: Vec<String>,
}

/// Lists of a scope with their words; and how many lists there are.
///
/// # Errors
/// [`ModerationError::Forbidden`]; the database's.
pub async fn page(
    app: &App,
    who: &Principal,
    scope: Scope,
    search: Option<&str>,
    window: Window,
) -> Result<(i64, Vec<WithWords>), ModerationError> {
    require(app, who, Deed::SeeLists(scope)).await?;
    let mut conn = app.db().read().await?;
    let (total, rows) = lists::page(&mut conn, scope, search, window).await?;
    let mut all = Vec::with_capacity(rows.len());
    for list in rows {
        let found = entries::all(&mut conn, list.id).await?;
        all.push(WithWords { words: found.into_iter().map(|row| row.entry.text).collect(), list });
    }
    Ok((total, all))
}

fn read(given: &[String]) -> Result<Vec<NewEntry>, ModerationError> {
    if given.is_empty() || given.len() > MOST_WORDS {
        return Err(ModerationError::invalid("words", "Should be 1 to 10,000 words."));
    }
    let mut new = Vec::with_capacity(given.len());
    for word in given {
        let text = word.trim();
        // PeerTube looks for whole words, and knows no others.
        let mode = if text.contains(char::is_whitespace) { Mode::Phrase } else { Mode::WholeWord };
        let entry =
            NewEntry { mode: mode.name().to_owned(), text: text.to_owned(), ..NewEntry::default() };
        words::check(&entry).map_err(|error| match error {
            ModerationError::Invalid { problem, .. } => ModerationError::invalid("words", problem),
            other => other,
        })?;
        new.push(entry);
    }
    Ok(new)
}

fn name(given: &str) -> Result<String, ModerationError> {
    let name = given.trim();
    if (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    Err(ModerationError::invalid("listName", "Should be one line of 1 to 100 characters."))
}

/// Makes a list that tags what it finds.
///
/// # Errors
/// [`ModerationError::Invalid`], [`ModerationError::Conflict`], [`ModerationError::Forbidden`].
pub async fn add(
    app: &App,
    who: &Principal,
    scope: Scope,
    list_name: &str,
    given: &[String],
) -> Result<i64, ModerationError> {
    require(app, who, Deed::EditLists(scope)).await?;
    let texts = ListTexts { name: name(list_name)?, action: Action::Tag, ..usual() };
    let new = read(given)?;
    let now = app.now();
    transact!(app.db(), tx => {
        let id = lists::insert(tx, scope, &texts, now).await.map_err(taken)?;
        put(tx, who, (scope, id), &texts.name, &new, now).await?;
        Ok(id)
    })
}

async fn put(
    tx: &mut Tx,
    who: &Principal,
    (scope, id): (Scope, i64),
    name: &str,
    new: &[NewEntry],
    now: Millis,
) -> Result<(), ModerationError> {
    entries::insert_all(tx, id, new, false, now).await?;
    lists::touch(tx, id, now).await?;
    let what = format!("holds {} words", new.len());
    log(tx, who, scope, id, name, &what, now).await?;
    super::exchange::fits(tx, id).await
}

/// Changes a list of a scope: its name, its words, or both. What it does stays as it is.
///
/// # Errors
/// As for [`add`], and [`ModerationError::NoSuch`].
pub async fn change(
    app: &App,
    who: &Principal,
    scope: Scope,
    id: i64,
    list_name: Option<&str>,
    given: Option<&[String]>,
) -> Result<(), ModerationError> {
    within(app, who, scope, id).await?;
    let renamed = list_name.map(name).transpose()?;
    let new = given.map(read).transpose()?;
    let now = app.now();
    transact!(app.db(), tx => {
        let list = lists::by_id(tx, id).await?.ok_or(NOT_FOUND)?;
        let mut texts = list.texts.clone();
        if let Some(name) = &renamed {
            texts.name.clone_from(name);
            lists::update(tx, id, &texts, now).await.map_err(taken)?;
        }
        if let Some(new) = &new {
            // Entries that say more than PeerTube knows stay as long as their word is named.
            for row in entries::all(tx, id).await? {
                if !row.subscribed && !new.iter().any(|entry| entry.text == row.entry.text) {
                    entries::delete(tx, id, row.id).await?;
                }
            }
            let there = entries::all(tx, id).await?;
            let fresh: Vec<NewEntry> = new
                .iter()
                .filter(|entry| !there.iter().any(|row| row.entry.text == entry.text))
                .cloned()
                .collect();
            put(tx, who, (scope, id), &texts.name, &fresh, now).await?;
        }
        Ok(())
    })
}

/// Removes a list of a scope.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn remove(
    app: &App,
    who: &Principal,
    scope: Scope,
    id: i64,
) -> Result<(), ModerationError> {
    within(app, who, scope, id).await?;
    super::remove(app, who, id).await
}

async fn within(app: &App, who: &Principal, scope: Scope, id: i64) -> Result<(), ModerationError> {
    require(app, who, Deed::EditLists(scope)).await?;
    let list = editable(app, who, id).await?;
    if list.scope == scope { Ok(()) } else { Err(NOT_FOUND) }
}
