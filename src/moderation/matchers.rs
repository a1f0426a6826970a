//! What is found in a text? Automata of the lists, built when they are first needed, away from the
//! threads that answer requests, and kept within a byte budget.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use farandole_word_filter::{Entry, Exception, Hit, ListSpec, Matcher, Mode, Options, Visible};
use moka::future::Cache;

use super::ModerationError;
use super::rules::{Group, GroupKey};
use crate::app::App;
use crate::db::Conn;
use crate::db::moderation::entries::{self, EntryRow};
use crate::db::moderation::lists::ListRow;
use crate::domain::Millis;

/// Texts longer than this many bytes are looked through away from the async threads.
const LONG: usize = 32 * 1024;

/// A list with all its words, owned.
pub(super) struct Words {
    /// `word_lists.id`.
    pub list_id: i64,
    /// Which evasions are seen through.
    pub options: Options,
    /// Entries.
    pub entries: Vec<Entry>,
    /// What is not to be found.
    pub exceptions: Vec<Exception>,
}

/// An automaton of one or more lists.
pub(super) struct Built {
    matcher: Matcher,
    /// Entries that end some day.
    expiring: HashMap<u64, Millis>,
}

impl Built {
    /// Builds one; heavy for long lists.
    ///
    /// # Errors
    /// An entry cannot be looked for; the sentence names it.
    pub fn new(words: &[Words], expiring: HashMap<u64, Millis>) -> Result<Self, String> {
        let specs: Vec<ListSpec<'_>> = words
            .iter()
            .map(|words| ListSpec {
                id: words.list_id.unsigned_abs(),
                options: words.options,
                entries: &words.entries,
                exceptions: &words.exceptions,
            })
            .collect();
        let matcher = Matcher::build(&specs).map_err(|error| error.to_string())?;
        Ok(Self { matcher, expiring })
    }

    /// What is in a text.
    pub fn find(&self, visible: &Visible, now: Millis) -> Vec<Hit> {
        self.look(visible, now).hits
    }

    /// What is in a text, and whether all of it was looked at.
    fn look(&self, visible: &Visible, now: Millis) -> Look {
        let scan = self.matcher.scan(visible);
        let (mut hits, whole) = (scan.hits, scan.complete);
        if !self.expiring.is_empty() {
            hits.retain(|hit| self.expiring.get(&hit.entry_id).is_none_or(|end| *end > now));
        }
        Look { hits, whole }
    }
}

/// What looking through a text gave.
pub(super) struct Look {
    /// What was found.
    pub hits: Vec<Hit>,
    /// False: the text is so tangled that looking at all of it takes too long.
    pub whole: bool,
}

/// The automata of this node.
#[derive(Default)]
struct Shelf(OnceLock<Cache<GroupKey, Arc<Built>>>);

fn shelf(app: &App) -> Cache<GroupKey, Arc<Built>> {
    let budget = app.config().moderation.matcher_memory_bytes;
    let shelf = app.room::<Shelf>();
    let cache = shelf.0.get_or_init(|| {
        Cache::builder()
            // In kilobytes: a weight has 32 bits.
            .weigher(|_: &GroupKey, built: &Arc<Built>| {
                u32::try_from(built.matcher.memory_bytes() / 1024 + 1).unwrap_or(u32::MAX)
            })
            .max_capacity(budget / 1024)
            .build()
    });
    cache.clone()
}

/// Bytes that the automata of this node take.
pub async fn memory_bytes(app: &App) -> u64 {
    let shelf = shelf(app);
    // What was put there last is weighed now and then only.
    shelf.run_pending_tasks().await;
    shelf.weighted_size() * 1024
}

/// What the lists of a group find in a text.
///
/// # Errors
/// The lists cannot be read or built.
pub(super) async fn find(
    app: &App,
    group: &Group,
    visible: &Arc<Visible>,
    bytes: usize,
) -> Result<Look, ModerationError> {
    let now = app.now();
    let built = shelf(app)
        .try_get_with_by_ref(&group.key, build(app, group))
        .await
        .map_err(|error: Arc<ModerationError>| ModerationError::Conflict(error.to_string()))?;
    if bytes <= LONG {
        return Ok(built.look(visible, now));
    }
    let visible = Arc::clone(visible);
    let found = tokio::task::spawn_blocking(move || built.look(&visible, now)).await;
    found.map_err(|_| ModerationError::Interrupted)
}

async fn build(app: &App, group: &Group) -> Result<Arc<Built>, ModerationError> {
    let began = app.now();
    let mut all = Vec::with_capacity(group.lists.len());
    let mut expiring = HashMap::new();
    let mut conn = app.db().read().await?;
    for list in &group.lists {
        let (words, ends) = words(&mut conn, list).await?;
        all.push(words);
        expiring.extend(ends);
    }
    drop(conn);
    let built = tokio::task::spawn_blocking(move || Built::new(&all, expiring)).await;
    let built = built.map_err(|_| ModerationError::Interrupted)?;
    let built = built.map_err(|problem| ModerationError::invalid("entries", problem))?;
    tracing::info!(
        lists = group.lists.len(),
        memory_bytes = built.matcher.memory_bytes(),
        duration_ms = app.now().0 - began.0,
        "an automaton of watched words was built"
    );
    Ok(Arc::new(built))
}

/// A list with its words, and when entries of it end.
///
/// # Errors
/// The database's.
pub(super) async fn words(
    conn: &mut Conn,
    list: &ListRow,
) -> Result<(Words, HashMap<u64, Millis>), ModerationError> {
    let rows = entries::all(conn, list.id).await?;
    let exceptions = entries::exceptions(conn, list.id).await?;
    let ends = rows.iter().filter_map(|row| Some((row.id.unsigned_abs(), row.entry.expires_at?)));
    let ends = ends.collect();
    let language = list.texts.language.as_deref();
    let words = Words {
        list_id: list.id,
        options: options(&list.texts.options),
        entries: rows.iter().filter_map(|row| entry(row, language)).collect(),
        exceptions: exceptions.into_iter().map(|one| Exception { text: one.text }).collect(),
    };
    Ok((words, ends))
}

/// An entry as the filter takes it; one that is switched off is none.
fn entry(row: &EntryRow, language: Option<&str>) -> Option<Entry> {
    (!row.switched_off).then(|| Entry {
        id: row.id.unsigned_abs(),
        text: row.entry.text.clone(),
        mode: Mode::from_name(&row.entry.mode).unwrap_or_default(),
        language: row.entry.language.clone().or_else(|| language.map(str::to_owned)),
    })
}

/// Options as they are kept; those of a newer version count as off.
pub(super) fn options(json: &str) -> Options {
    serde_json::from_str(json).unwrap_or_default()
}
