//! What do moderators note about an account, for each other? Everybody on the staff reads and
//! writes; only who wrote a note changes it, and they or an administrator remove it.

use super::queue::people;
use super::review::subject;
use super::{ModerationError, require};
use crate::app::App;
use crate::db::accounts::AccountRow;
use crate::db::moderation::notes::{self, NoteRow};
use crate::domain::moderation::{Deed, Scope};
use crate::domain::{Principal, Role, Window};
use crate::transact;

/// Characters of a note at most.
const MOST_WORDS: usize = 3_000;
/// Notes about one account at most.
const MOST: i64 = 500;

const NOT_FOUND: ModerationError = ModerationError::NoSuch("There is no such note.");

/// A note with who wrote it.
pub type Note = (NoteRow, Option<AccountRow>);

/// Notes about an account, newest first; and how many there are.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`]; the database's.
pub async fn page(
    app: &App,
    who: &Principal,
    account_id: i64,
    window: Window,
) -> Result<(i64, Vec<Note>), ModerationError> {
    subject(app, who, account_id).await?;
    let mut conn = app.db().read().await?;
    let (total, rows) = notes::page(&mut conn, account_id, window).await?;
    let authors: Vec<i64> = rows.iter().filter_map(|row| row.author_id).collect();
    let authors = people(&mut conn, &authors).await?;
    let with_author = |row: NoteRow| {
        let author = row.author_id.and_then(|id| authors.get(&id)).cloned();
        (row, author)
    };
    Ok((total, rows.into_iter().map(with_author).collect()))
}

fn checked(text: &str) -> Result<&str, ModerationError> {
    let text = text.trim();
    if (1..=MOST_WORDS).contains(&text.chars().count()) {
        return Ok(text);
    }
    Err(ModerationError::invalid("text", "Should have 1 to 3,000 characters."))
}

/// Adds a note.
///
/// # Errors
/// [`ModerationError::Invalid`], [`ModerationError::Conflict`] when there are very many;
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`].
pub async fn add(
    app: &App,
    who: &Principal,
    account_id: i64,
    text: &str,
) -> Result<Note, ModerationError> {
    subject(app, who, account_id).await?;
    let (text, now) = (checked(text)?, app.now());
    let id = transact!(app.db(), tx => {
        if notes::count(tx, account_id).await? >= MOST {
            let why = "There are 500 notes about this account. Remove some that nobody needs.";
            return Err(ModerationError::Conflict(why.to_owned()));
        }
        Ok(notes::insert(tx, account_id, who.actor_id, text, now).await?)
    })?;
    one(app, account_id, id).await
}

async fn one(app: &App, account_id: i64, id: i64) -> Result<Note, ModerationError> {
    let mut conn = app.db().read().await?;
    let row = notes::by_id(&mut conn, account_id, id).await?.ok_or(NOT_FOUND)?;
    let author = match row.author_id {
        Some(id) => people(&mut conn, &[id]).await?.remove(&id),
        None => None,
    };
    Ok((row, author))
}

/// Changes one's own note.
///
/// # Errors
/// [`ModerationError::Invalid`], [`ModerationError::Forbidden`], [`ModerationError::NoSuch`].
pub async fn change(
    app: &App,
    who: &Principal,
    account_id: i64,
    id: i64,
    text: &str,
) -> Result<Note, ModerationError> {
    require(app, who, Deed::SeeQueue(Scope::Instance)).await?;
    let (text, now) = (checked(text)?, app.now());
    transact!(app.db(), tx => {
        let row = notes::by_id(tx, account_id, id).await?.ok_or(NOT_FOUND)?;
        if row.author_id != Some(who.actor_id) {
            return Err(ModerationError::Forbidden("Only who wrote a note changes it."));
        }
        Ok(notes::update(tx, id, text, now).await?)
    })?;
    one(app, account_id, id).await
}

/// Removes a note.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`].
pub async fn remove(
    app: &App,
    who: &Principal,
    account_id: i64,
    id: i64,
) -> Result<(), ModerationError> {
    require(app, who, Deed::SeeQueue(Scope::Instance)).await?;
    transact!(app.db(), tx => {
        let row = notes::by_id(tx, account_id, id).await?.ok_or(NOT_FOUND)?;
        if row.author_id != Some(who.actor_id) && who.role != Role::Administrator {
            let why = "Only who wrote a note, or an administrator, removes it.";
            return Err(ModerationError::Forbidden(why));
        }
        Ok(notes::delete(tx, id).await?)
    })
}
