//! What do moderators keep ready to write to people? Answers of the instance, which all of its
//! moderators and those of channels choose from, and answers of each channel.

use super::{ModerationError, require};
use crate::app::App;
use crate::db::moderation::answers::{self, AnswerRow};
use crate::domain::moderation::{Deed, Scope};
use crate::domain::{Principal, Window};
use crate::transact;

/// Characters of a title at most.
const MOST_TITLE: usize = 100;
/// Characters of a text at most: as many as an answer to an author has.
const MOST_TEXT: usize = 1_000;
/// Answers of one scope at most.
const MOST: i64 = 100;

const NOT_FOUND: ModerationError = ModerationError::NoSuch("There is no such answer.");

/// Answers that the moderators of a scope choose from, by title; and how many there are. Those of
/// a channel have the instance's too.
///
/// # Errors
/// [`ModerationError::Forbidden`]; the database's.
pub async fn page(
    app: &App,
    who: &Principal,
    scope: Scope,
    window: Window,
) -> Result<(i64, Vec<AnswerRow>), ModerationError> {
    require(app, who, Deed::SeeQueue(scope)).await?;
    let mut conn = app.db().read().await?;
    Ok(answers::page(&mut conn, scope, true, window).await?)
}

fn checked<'a>(title: &'a str, text: &'a str) -> Result<(&'a str, &'a str), ModerationError> {
    let (title, text) = (title.trim(), text.trim());
    if !(1..=MOST_TITLE).contains(&title.chars().count()) {
        return Err(ModerationError::invalid("title", "Should have 1 to 100 characters."));
    }
    if !(1..=MOST_TEXT).contains(&text.chars().count()) {
        return Err(ModerationError::invalid("text", "Should have 1 to 1,000 characters."));
    }
    Ok((title, text))
}

/// Keeps an answer.
///
/// # Errors
/// [`ModerationError::Invalid`], [`ModerationError::Conflict`] when there are very many;
/// [`ModerationError::Forbidden`]; the database's.
pub async fn add(
    app: &App,
    who: &Principal,
    scope: Scope,
    title: &str,
    text: &str,
) -> Result<AnswerRow, ModerationError> {
    require(app, who, Deed::Decide(scope)).await?;
    if matches!(scope, Scope::Account(_)) {
        return Err(ModerationError::invalid("scope", "Should be instance or channel."));
    }
    let ((title, text), now) = (checked(title, text)?, app.now());
    transact!(app.db(), tx => {
        if answers::count(tx, scope).await? >= MOST {
            let why = "There are 100 answers. Remove some that nobody needs.";
            return Err(ModerationError::Conflict(why.to_owned()));
        }
        let id = answers::insert(tx, scope, title, text, now).await?;
        answers::by_id(tx, id).await?.ok_or(NOT_FOUND)
    })
}

/// The answer, for somebody who may change it.
async fn own(app: &App, who: &Principal, id: i64) -> Result<AnswerRow, ModerationError> {
    let mut conn = app.db().read().await?;
    let row = answers::by_id(&mut conn, id).await?.ok_or(NOT_FOUND)?;
    drop(conn);
    require(app, who, Deed::Decide(row.scope)).await?;
    Ok(row)
}

/// Changes an answer. What is not said stays.
///
/// # Errors
/// [`ModerationError::Invalid`], [`ModerationError::Forbidden`], [`ModerationError::NoSuch`].
pub async fn change(
    app: &App,
    who: &Principal,
    id: i64,
    title: Option<&str>,
    text: Option<&str>,
) -> Result<AnswerRow, ModerationError> {
    let row = own(app, who, id).await?;
    let (title, text) = (title.unwrap_or(&row.title), text.unwrap_or(&row.text));
    let ((title, text), now) = (checked(title, text)?, app.now());
    transact!(app.db(), tx => {
        answers::update(tx, id, title, text, now).await?;
        answers::by_id(tx, id).await?.ok_or(NOT_FOUND)
    })
}

/// Removes an answer.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`].
pub async fn remove(app: &App, who: &Principal, id: i64) -> Result<(), ModerationError> {
    own(app, who, id).await?;
    transact!(app.db(), tx => { Ok::<_, ModerationError>(answers::delete(tx, id).await?) })
}
