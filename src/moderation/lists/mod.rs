//! Lists of watched words: made, changed and removed by those whose they are.

pub mod exchange;
pub mod peertube;
pub mod trial;
pub mod words;

use super::{ModerationError, require};
use crate::app::App;
use crate::db::moderation::audit::{self, Deed as Done, NewAudit};
use crate::db::moderation::lists::{self, ListRow, ListTexts};
use crate::db::{DbError, Tx};
use crate::domain::moderation::{Action, Deed, Scope, Surface};
use crate::domain::{Millis, Principal, Window};
use crate::transact;

/// Lists that one scope may have.
const MOST_LISTS: i64 = 200;
/// Characters of a name at most (PeerTube has 100).
const MOST_NAME: usize = 100;
/// A year.
const MOST_MINUTES: u32 = 366 * 24 * 60;

pub(crate) const NOT_FOUND: ModerationError = ModerationError::NoSuch("There is no such list.");

/// What somebody says of a list; what is not said stays, or is as usual for a new one.
#[derive(Debug, Clone, Default)]
pub struct ListChanges {
    /// Name.
    pub name: Option<String>,
    /// Language code; `Some(None)` takes it away.
    pub language: Option<Option<String>>,
    /// Which evasions are seen through, by name.
    pub options: Option<Vec<String>>,
    /// What it does, by name.
    pub action: Option<String>,
    /// How long a time-out lasts.
    pub time_out_minutes: Option<u32>,
    /// Where it looks, by name; empty: everywhere.
    pub surfaces: Option<Vec<String>>,
    /// In force.
    pub enabled: Option<bool>,
    /// No longer in force from then on; `Some(None)`: it stays.
    pub expires_at: Option<Option<Millis>>,
    /// Served to everybody, signed.
    pub published: Option<bool>,
}

/// Options from their names.
///
/// # Errors
/// [`ModerationError::Invalid`] for a name that none has.
pub fn options(names: &[String]) -> Result<farandole_word_filter::Options, ModerationError> {
    let mut options = farandole_word_filter::Options::default();
    for name in names {
        if !options.switch_on(name) {
            let known = farandole_word_filter::Options::NAMES.join(", ");
            return Err(ModerationError::invalid("options", format!("Should be among: {known}.")));
        }
    }
    Ok(options)
}

/// Names of the options of a list.
#[must_use]
pub fn option_names(texts: &ListTexts) -> Vec<String> {
    let options = super::matchers::options(&texts.options);
    options.names().into_iter().map(str::to_owned).collect()
}

/// Surfaces from their names.
///
/// # Errors
/// [`ModerationError::Invalid`] for a name that none has.
pub fn surfaces(names: &[String]) -> Result<Vec<Surface>, ModerationError> {
    let known = || Surface::ALL.map(Surface::name).join(", ");
    names
        .iter()
        .map(|name| {
            Surface::parse(name).ok_or_else(|| {
                ModerationError::invalid("surfaces", format!("Should be among: {}.", known()))
            })
        })
        .collect()
}

/// An action from its name.
///
/// # Errors
/// [`ModerationError::Invalid`] for a name that none has, or minutes out of range.
pub fn action(name: &str, minutes: u32) -> Result<Action, ModerationError> {
    let action = Action::parse(name, minutes).ok_or_else(|| {
        ModerationError::invalid("action", "Should be tag, hold, reject, block-author or time-out.")
    })?;
    if matches!(action, Action::TimeOut { .. }) && !(1..=MOST_MINUTES).contains(&minutes) {
        return Err(ModerationError::invalid("timeOutMinutes", "Should be 1 to 527,040."));
    }
    Ok(action)
}

impl ListChanges {
    /// What is said of a list after this was said over `kept`.
    fn over(&self, kept: &ListTexts) -> Result<ListTexts, ModerationError> {
        let mut new = kept.clone();
        if let Some(name) = &self.name {
            name.trim().clone_into(&mut new.name);
        }
        let length = new.name.chars().count();
        if !(1..=MOST_NAME).contains(&length) || new.name.chars().any(char::is_control) {
            let problem = "Should be one line of 1 to 100 characters.";
            return Err(ModerationError::invalid("name", problem));
        }
        if let Some(language) = &self.language {
            let known = language.as_ref().is_none_or(|code| (2..=20).contains(&code.len()));
            if !known {
                let problem = "Should be a language code, such as fr.";
                return Err(ModerationError::invalid("language", problem));
            }
            new.language.clone_from(language);
        }
        if let Some(names) = &self.options {
            new.options = serde_json::to_string(&options(names)?)
                .map_err(|_| ModerationError::invalid("options", "Should be storable."))?;
        }
        let minutes = match (self.time_out_minutes, kept.action) {
            (Some(minutes), _) | (None, Action::TimeOut { minutes }) => minutes,
            (None, _) => 0,
        };
        new.action = action(self.action.as_deref().unwrap_or(kept.action.name()), minutes)?;
        if let Some(names) = &self.surfaces {
            new.surfaces = surfaces(names)?;
        }
        new.enabled = self.enabled.unwrap_or(kept.enabled);
        new.expires_at = self.expires_at.unwrap_or(kept.expires_at);
        new.published = self.published.unwrap_or(kept.published);
        Ok(new)
    }
}

/// What a new list is as long as nobody says otherwise: switched on, for a human to look first.
pub(super) fn usual() -> ListTexts {
    ListTexts {
        name: String::new(),
        language: None,
        options: "{}".to_owned(),
        action: Action::Hold,
        surfaces: Vec::new(),
        enabled: true,
        expires_at: None,
        published: false,
    }
}

/// Lists of a scope, and how many there are.
///
/// # Errors
/// [`ModerationError::Forbidden`].
pub async fn page(
    app: &App,
    who: &Principal,
    scope: Scope,
    search: Option<&str>,
    window: Window,
) -> Result<(i64, Vec<ListRow>), ModerationError> {
    require(app, who, Deed::SeeLists(scope)).await?;
    let mut conn = app.db().read().await?;
    Ok(lists::page(&mut conn, scope, search, window).await?)
}

/// A list that `who` may see.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn find(app: &App, who: &Principal, id: i64) -> Result<ListRow, ModerationError> {
    let mut conn = app.db().read().await?;
    let list = lists::by_id(&mut conn, id).await?.ok_or(NOT_FOUND)?;
    drop(conn);
    require(app, who, Deed::SeeLists(list.scope)).await?;
    Ok(list)
}

/// A list that `who` may change.
pub(super) async fn editable(
    app: &App,
    who: &Principal,
    id: i64,
) -> Result<ListRow, ModerationError> {
    let list = find(app, who, id).await?;
    require(app, who, Deed::EditLists(list.scope)).await?;
    Ok(list)
}

/// Makes an empty list.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::Invalid`], [`ModerationError::Conflict`]
/// when the scope has a list of that name, or too many.
pub async fn add(
    app: &App,
    who: &Principal,
    scope: Scope,
    said: &ListChanges,
) -> Result<i64, ModerationError> {
    require(app, who, Deed::EditLists(scope)).await?;
    let texts = said.over(&usual())?;
    let now = app.now();
    let id = transact!(app.db(), tx => {
        let there = lists::page(tx, scope, None, Window { start: 0, count: 0 }).await?.0;
        if there >= MOST_LISTS {
            return Err(ModerationError::Conflict("There are 200 lists already.".to_owned()));
        }
        let id = lists::insert(tx, scope, &texts, now).await.map_err(taken)?;
        log(tx, who, scope, id, &texts.name, "made", now).await?;
        Ok(id)
    })?;
    Ok(id)
}

fn taken(error: DbError) -> ModerationError {
    if error.unique_violation() {
        return ModerationError::Conflict("There is a list of that name already.".to_owned());
    }
    error.into()
}

/// Changes what is said of a list.
///
/// # Errors
/// As for [`add`], and [`ModerationError::NoSuch`].
pub async fn change(
    app: &App,
    who: &Principal,
    id: i64,
    said: &ListChanges,
) -> Result<ListRow, ModerationError> {
    editable(app, who, id).await?;
    let now = app.now();
    transact!(app.db(), tx => {
        let list = lists::by_id(tx, id).await?.ok_or(NOT_FOUND)?;
        let texts = said.over(&list.texts)?;
        if texts != list.texts {
            lists::update(tx, id, &texts, now).await.map_err(taken)?;
            log(tx, who, list.scope, id, &texts.name, &difference(&list.texts, &texts), now)
                .await?;
        }
        lists::by_id(tx, id).await?.ok_or(NOT_FOUND)
    })
}

/// What changed, for the log.
fn difference(old: &ListTexts, new: &ListTexts) -> String {
    let mut changes = Vec::new();
    if old.name != new.name {
        changes.push(format!("name was {}", old.name));
    }
    if old.action != new.action {
        changes.push(format!("action {} → {}", old.action.name(), new.action.name()));
    }
    if old.enabled != new.enabled {
        changes.push(if new.enabled { "switched on" } else { "switched off" }.to_owned());
    }
    if old.options != new.options {
        changes.push(format!("options {} → {}", old.options, new.options));
    }
    if old.surfaces != new.surfaces {
        let names: Vec<&str> = new.surfaces.iter().map(|surface| surface.name()).collect();
        changes.push(format!("surfaces: {}", names.join(" ")));
    }
    if changes.is_empty() { "changed".to_owned() } else { changes.join("; ") }
}

/// Removes a list. What it did stays as it is, and can be undone by its batches.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn remove(app: &App, who: &Principal, id: i64) -> Result<(), ModerationError> {
    let list = editable(app, who, id).await?;
    let now = app.now();
    transact!(app.db(), tx => {
        lists::delete(tx, id, now).await?;
        log(tx, who, list.scope, id, &list.texts.name, "removed", now).await?;
        Ok(())
    })
}

/// Writes a change of a list to the audit log.
pub(super) async fn log(
    tx: &mut Tx,
    who: &Principal,
    scope: Scope,
    list_id: i64,
    name: &str,
    what: &str,
    now: Millis,
) -> Result<(), DbError> {
    let channel_id = match scope {
        Scope::Channel(id) => Some(id),
        Scope::Instance | Scope::Account(_) => None,
    };
    let new = NewAudit {
        by: Some(who.actor_id),
        channel_id,
        list_id: Some(list_id),
        note: Some(what),
        text: name,
        ..NewAudit::default()
    };
    audit::insert(tx, Done::ListChanged, &new, now).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> ListChanges {
        ListChanges { name: Some(name.to_owned()), ..ListChanges::default() }
    }

    #[test]
    fn what_is_not_said_stays() {
        let first = named(" Insults ").over(&usual()).unwrap();
        assert_eq!((first.name.as_str(), first.action), ("Insults", Action::Hold));
        let said = ListChanges {
            action: Some("time-out".to_owned()),
            time_out_minutes: Some(5),
            ..ListChanges::default()
        };
        let second = said.over(&first).unwrap();
        assert_eq!(second.action, Action::TimeOut { minutes: 5 });
        assert_eq!(named("Other").over(&second).unwrap().action, second.action);
        assert!(difference(&first, &second).contains("hold → time-out"));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let bad = |said: ListChanges| said.over(&named("a").over(&usual()).unwrap()).is_err();
        assert!(bad(named("")) && bad(named("a\nb")) && bad(named(&"x".repeat(101))));
        let with = |change: fn(&mut ListChanges)| {
            let mut said = ListChanges::default();
            change(&mut said);
            said
        };
        assert!(bad(with(|said| said.action = Some("explode".to_owned()))));
        assert!(bad(with(|said| said.action = Some("time-out".to_owned()))), "no minutes");
        assert!(bad(with(|said| said.options = Some(vec!["magic".to_owned()]))));
        assert!(bad(with(|said| said.surfaces = Some(vec!["moon".to_owned()]))));
        assert!(bad(with(|said| said.language = Some(Some("x".to_owned())))));
    }
}
