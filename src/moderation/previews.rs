//! What would a list or a plugin have found in what was written lately? Tried in the background on stored
//! text, page by page; each page commits with its counts, so that a kill loses nothing and counts
//! nothing twice.

use std::sync::Arc;

use farandole_word_filter::Hit;
use serde_json::{Map, Value};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::lists::trial::{Draft, Tried};
use super::lists::{self as verbs, words};
use super::plugins::{PluginError, preview as plugin};
use super::{ModerationError, require, visible};
use crate::app::App;
use crate::db::moderation::lists;
use crate::db::moderation::previews::{self, NewPreview, PreviewRow, Sample, Step};
use crate::db::revisions::{self, RevisionRow, Stored};
use crate::db::{DbError, jobs};
use crate::domain::moderation::{Deed, Scope};
use crate::domain::{Job, Millis, Principal};
use crate::transact;

/// First byte of each place, and the byte behind its last.
pub(super) type Places = Vec<(usize, usize)>;

/// Texts of one page.
const PAGE: i64 = 4_000;
/// Texts of one page that a plugin judges.
const PLUGIN_PAGE: i64 = 200;
/// Threads that look through a page.
const THREADS: usize = 2;
/// Samples kept of one surface.
const SAMPLES: i64 = 60;
/// Trials that one scope may have running.
const MOST_RUNNING: i64 = 4;

const NOT_FOUND: ModerationError = ModerationError::NoSuch("There is no such preview.");

/// Text that a scope's lists are about, written since then.
pub(super) fn stored(scope: Scope, since: Millis, last_id: i64) -> Stored {
    let (channel_id, owner_account_id) = match scope {
        Scope::Instance => (None, None),
        Scope::Channel(id) => (Some(id), None),
        Scope::Account(id) => (None, Some(id)),
    };
    Stored { since, last_id, channel_id, owner_account_id }
}

/// The moment some days ago.
pub(super) fn days_ago(app: &App, days: u32) -> Result<Millis, ModerationError> {
    let most = app.config().moderation.preview_days;
    if !(1..=most).contains(&days) {
        return Err(ModerationError::invalid("days", format!("Should be 1 to {most}.")));
    }
    Ok(app.now().minus(std::time::Duration::from_secs(u64::from(days) * 24 * 3600)))
}

/// Begins a trial of a list as it is kept, or of a draft (of a change to a list, when both are
/// named); returns its id.
///
/// # Errors
/// [`ModerationError::Invalid`], also for a draft that cannot be looked for;
/// [`ModerationError::Conflict`] while too many run; [`ModerationError::NoSuch`],
/// [`ModerationError::Forbidden`].
pub async fn begin(
    app: &App,
    who: &Principal,
    scope: Scope,
    list_id: Option<i64>,
    draft: Option<&Draft>,
    days: u32,
) -> Result<i64, ModerationError> {
    let scope = match list_id {
        Some(id) => verbs::editable(app, who, id).await?.scope,
        None => scope,
    };
    require(app, who, Deed::EditLists(scope)).await?;
    let since = days_ago(app, days)?;
    match (draft, list_id) {
        (Some(draft), _) => {
            Tried::draft(draft, false).await?;
        }
        (None, Some(_)) => {}
        (None, None) => {
            let problem = "Should be a list, or say a draft.";
            return Err(ModerationError::invalid("listId", problem));
        }
    }
    let json = draft.map_or(Ok(String::new()), serde_json::to_string);
    let json = json.map_err(|_| ModerationError::invalid("draft", "Should be storable."))?;
    insert(app, who, scope, &json, since, (list_id, None)).await
}

/// Begins a trial of a plugin, on or off, with these settings instead of its saved ones; returns
/// its id.
///
/// # Errors
/// Not an administrator; there is no such plugin; it cannot be tried so; not so many days; too
/// many run.
pub async fn begin_plugin(
    app: &App,
    who: &Principal,
    name: &str,
    settings: Option<Map<String, Value>>,
    days: u32,
) -> Result<i64, PluginError> {
    let chosen = plugin::choose(app, who, name, settings).await?;
    let since = days_ago(app, days)?;
    let of = (None, Some(chosen.plugin_id));
    Ok(insert(app, who, Scope::Instance, &chosen.settings, since, of).await?)
}

async fn insert(
    app: &App,
    who: &Principal,
    scope: Scope,
    draft: &str,
    since: Millis,
    (list_id, plugin_id): (Option<i64>, Option<i64>),
) -> Result<i64, ModerationError> {
    let now = app.now();
    let extent = {
        let mut conn = app.db().read().await?;
        revisions::measure(&mut conn, &stored(scope, since, i64::MAX)).await?
    };
    let new = NewPreview { by: who.actor_id, scope, list_id, plugin_id, draft, since, extent };
    let id = transact!(app.db(), tx => {
        if previews::running(tx, scope).await? >= MOST_RUNNING {
            let why = "Four previews run already. Wait for one, or remove it.";
            return Err(ModerationError::Conflict(why.to_owned()));
        }
        let id = previews::insert(tx, &new, now).await?;
        jobs::enqueue(tx, &Job::PreviewList { preview_id: id }, now, None, now).await?;
        Ok(id)
    })?;
    app.wake_jobs();
    Ok(id)
}

/// A trial of `who`'s scope.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn find(app: &App, who: &Principal, id: i64) -> Result<PreviewRow, ModerationError> {
    let mut conn = app.db().read().await?;
    let row = previews::by_id(&mut conn, id).await?.ok_or(NOT_FOUND)?;
    drop(conn);
    require(app, who, Deed::SeeLists(row.scope)).await?;
    Ok(row)
}

/// A sample with its text.
#[derive(Debug, Clone)]
pub struct Found {
    /// What was found.
    pub sample: Sample,
    /// The text, as it is kept.
    pub revision: RevisionRow,
    /// Name of who wrote it.
    pub author: Option<String>,
}

/// Samples of a trial, with their texts; those removed meanwhile are left out.
///
/// # Errors
/// The database's.
pub async fn samples(app: &App, id: i64) -> Result<Vec<Found>, ModerationError> {
    let mut conn = app.db().read().await?;
    let samples = previews::samples(&mut conn, id).await?;
    let ids: Vec<i64> = samples.iter().map(|sample| sample.revision_id).collect();
    let rows = revisions::by_ids(&mut conn, &ids).await?;
    let actors: Vec<i64> = rows.iter().filter_map(|row| row.actor_id).collect();
    let people = super::queue::people(&mut conn, &actors).await?;
    let found = samples.into_iter().filter_map(|sample| {
        let revision = rows.iter().find(|row| row.id == sample.revision_id)?.clone();
        let author = people.get(&revision.actor_id.unwrap_or(0));
        Some(Found { author: author.map(|a| a.actor.name.clone()), sample, revision })
    });
    Ok(found.collect())
}

/// Removes a trial; one that runs ends.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn remove(app: &App, who: &Principal, id: i64) -> Result<(), ModerationError> {
    let row = find(app, who, id).await?;
    require(app, who, Deed::EditLists(row.scope)).await?;
    transact!(app.db(), tx => { previews::delete(tx, id).await })?;
    Ok(())
}

/// Goes on with a trial until it is done.
///
/// # Errors
/// [`ModerationError::Interrupted`] when the server stops; what is wrong with the list; the
/// database's.
pub async fn run(
    app: &App,
    id: i64,
    interrupted: &CancellationToken,
) -> Result<(), ModerationError> {
    let mut conn = app.db().read().await?;
    let Some(mut row) = previews::by_id(&mut conn, id).await? else { return Ok(()) };
    drop(conn);
    let Some(mut tried) = Trial::of(app, &row).await? else { return Ok(()) };
    let all = stored(row.scope, row.since, row.last_id);
    while row.state == "running" {
        if interrupted.is_cancelled() {
            return Err(ModerationError::Interrupted);
        }
        let page = read_page(app, &all, row.cursor_id, tried.page()).await?;
        let step = look(app, &mut tried, page, &row).await?;
        let now = app.now();
        let from = row.cursor_id;
        let next = transact!(app.db(), tx => {
            previews::advance(tx, id, from, &step, SAMPLES, now).await?;
            previews::by_id(tx, id).await
        })?;
        let Some(next) = next else { return Ok(()) };
        row = next;
    }
    Ok(())
}

/// What is tried.
enum Trial {
    List(Arc<Tried>),
    Plugin(Box<plugin::Ready>),
}

impl Trial {
    /// `None`: it is gone.
    async fn of(app: &App, row: &PreviewRow) -> Result<Option<Self>, ModerationError> {
        if let Some(plugin_id) = row.plugin_id {
            let chosen = plugin::Chosen { plugin_id, settings: row.draft.clone() };
            let ready = plugin::open(app, &chosen).await.map_err(|error| match error {
                PluginError::Db(error) => ModerationError::Db(error),
                other => ModerationError::Conflict(other.to_string()),
            })?;
            return Ok(ready.map(Box::new).map(Self::Plugin));
        }
        let tried = match (row.draft.is_empty(), row.list_id) {
            (true, Some(list)) => {
                let mut conn = app.db().read().await?;
                let list = lists::by_id(&mut conn, list).await?.ok_or(verbs::NOT_FOUND)?;
                Tried::list(&mut conn, &list).await?
            }
            _ => {
                let draft: Draft = serde_json::from_str(&row.draft).unwrap_or_default();
                Tried::draft(&draft, row.scope != Scope::Instance).await?
            }
        };
        Ok(Some(Self::List(Arc::new(tried))))
    }

    const fn page(&self) -> i64 {
        match self {
            Self::List(_) => PAGE,
            Self::Plugin(_) => PLUGIN_PAGE,
        }
    }

    /// Texts of a page in which something is found, and where.
    async fn scan(
        &mut self,
        app: &App,
        page: Vec<RevisionRow>,
    ) -> Result<Vec<(RevisionRow, Places)>, ModerationError> {
        match self {
            Self::List(tried) => {
                let found = scan(app, tried, page).await?.into_iter();
                let places = |hits: Vec<Hit>| hits.iter().map(|hit| (hit.start, hit.end)).collect();
                Ok(found.map(|(row, hits)| (row, places(hits))).collect())
            }
            Self::Plugin(ready) => ready.scan(page).await.map_err(ModerationError::Conflict),
        }
    }
}

/// What a page has, counted on top of what was found before.
async fn look(
    app: &App,
    tried: &mut Trial,
    page: Vec<RevisionRow>,
    row: &PreviewRow,
) -> Result<Step, ModerationError> {
    let examined = i64::try_from(page.len()).unwrap_or(i64::MAX);
    let last = page.last().map(|row| row.id);
    let found = tried.scan(app, page).await?;
    let mut by_surface = row.by_surface.clone();
    let mut by_language = row.by_language.clone();
    let mut samples = Vec::new();
    let hits = i64::try_from(found.len()).unwrap_or(i64::MAX);
    for (revision, places) in found {
        let Some(place) = &revision.place else { continue };
        *by_surface.entry(place.surface.name().to_owned()).or_insert(0) += 1;
        let language = place.language.clone().unwrap_or_else(|| "unknown".to_owned());
        *by_language.entry(language).or_insert(0) += 1;
        samples.push(Sample {
            revision_id: revision.id,
            surface: place.surface.name().to_owned(),
            hits: places,
            fine: false,
        });
    }
    Ok(Step {
        cursor_id: last.unwrap_or(row.last_id),
        examined: row.examined + examined,
        hits: row.hits + hits,
        by_surface,
        by_language,
        samples,
        done: last.is_none_or(|last| last >= row.last_id),
    })
}

/// The next `limit` texts after version `after`.
pub(super) async fn read_page(
    app: &App,
    all: &Stored,
    after: i64,
    limit: i64,
) -> Result<Vec<RevisionRow>, ModerationError> {
    let (db, all, runtime) = (app.db().clone(), *all, Handle::current());
    let page = aside(move || {
        runtime.block_on(async {
            let mut conn = db.read().await?;
            revisions::judged_since(&mut conn, &all, after, limit).await
        })
    });
    Ok(page?.await.map_err(|_| ModerationError::Interrupted)??)
}

/// Texts of a page in which a list finds something, looked through by two threads.
pub(super) async fn scan(
    app: &App,
    tried: &Arc<Tried>,
    mut page: Vec<RevisionRow>,
) -> Result<Vec<(RevisionRow, Vec<Hit>)>, ModerationError> {
    let now = app.now();
    let part = page.len().div_ceil(THREADS).max(1);
    let mut work = Vec::new();
    while !page.is_empty() {
        let rest = page.split_off(part.min(page.len()));
        let (some, tried) = (std::mem::replace(&mut page, rest), Arc::clone(tried));
        work.push(aside(move || found_in(&tried, some, now))?);
    }
    let mut all = Vec::new();
    for part in work {
        all.extend(part.await.map_err(|_| ModerationError::Interrupted)?);
    }
    Ok(all)
}

/// Does something on a thread of the lowest priority, so that everything else on the machine goes
/// first. On Linux the priority is the thread's own (setpriority(2), "C library/kernel
/// differences"), and a thread of tokio's pool would keep it.
fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<oneshot::Receiver<T>, ModerationError> {
    let (done, result) = oneshot::channel();
    let thread = std::thread::Builder::new().name("preview".to_owned()).spawn(move || {
        if let Err(error) = rustix::process::setpriority_process(None, 19) {
            tracing::debug!(%error, "a preview runs at the priority of the server");
        }
        // Nobody waits any more when the job was stopped.
        drop(done.send(work()));
    });
    thread.map_err(|_| ModerationError::Interrupted)?;
    Ok(result)
}

fn found_in(tried: &Tried, texts: Vec<RevisionRow>, now: Millis) -> Vec<(RevisionRow, Vec<Hit>)> {
    let mut found = Vec::new();
    for row in texts {
        let Some(place) = &row.place else { continue };
        if !tried.looks_at(place.surface) {
            continue;
        }
        let hits = tried.built.find(&visible(&row.text, place.format), now);
        if !hits.is_empty() {
            found.push((row, hits));
        }
    }
    found
}

/// Marks that a text a trial found something in was fine, and makes exceptions of the words
/// there: of the list, or, when a draft was tried, of the draft. Returns them.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`]; [`ModerationError::Conflict`]
/// when no words around tell it from what the list is for.
pub async fn fine(
    app: &App,
    who: &Principal,
    id: i64,
    revision_id: i64,
) -> Result<Vec<String>, ModerationError> {
    let row = find(app, who, id).await?;
    require(app, who, Deed::EditLists(row.scope)).await?;
    if row.plugin_id.is_some() {
        let why = "A plugin has no exceptions. Change its settings instead.";
        return Err(ModerationError::Conflict(why.to_owned()));
    }
    let mut conn = app.db().read().await?;
    let sample = previews::sample(&mut conn, id, revision_id).await?;
    let sample = sample.ok_or(ModerationError::NoSuch("The preview has no such sample."))?;
    let revision = revisions::by_id(&mut conn, revision_id).await?;
    let revision = revision.ok_or(ModerationError::NoSuch("The text was removed."))?;
    drop(conn);
    let mut exceptions: Vec<String> = Vec::new();
    for (start, end) in &sample.hits {
        if let Some(text) = super::words_around::around(&revision.text, *start, *end)
            && !exceptions.contains(&text)
        {
            exceptions.push(text);
        }
    }
    if exceptions.is_empty() {
        let why = "The text holds nothing but what the list looks for. Change the entry instead.";
        return Err(ModerationError::Conflict(why.to_owned()));
    }
    match (row.draft.is_empty(), row.list_id) {
        (true, Some(list)) => {
            words::except(app, who, list, &exceptions, Some("found to be fine")).await?;
        }
        _ => {
            let mut draft: Draft = serde_json::from_str(&row.draft).unwrap_or_default();
            for text in &exceptions {
                if !draft.exceptions.contains(text) {
                    draft.exceptions.push(text.clone());
                }
            }
            let json = serde_json::to_string(&draft)
                .map_err(|_| ModerationError::invalid("draft", "Should be storable."))?;
            transact!(app.db(), tx => {
                previews::set_draft(tx, id, &json).await
            })?;
        }
    }
    transact!(app.db(), tx => { previews::set_fine(tx, id, revision_id).await })?;
    Ok(exceptions)
}

/// A trial cannot be done: its row says so.
///
/// # Errors
/// The database's.
pub async fn fail(app: &App, id: i64, error: &str) -> Result<(), DbError> {
    let now = app.now();
    transact!(app.db(), tx => { previews::fail(tx, id, error, now).await })
}
