//! What would a list find? In one text at once; in stored text as [`super::super::previews`] do.

use std::collections::HashMap;
use std::sync::Arc;

use farandole_word_filter::{Entry, Exception, Hit, Mode, Visible};
use serde::{Deserialize, Serialize};

use super::{action, find, options, surfaces, words};
use crate::app::App;
use crate::db::Conn;
use crate::db::moderation::entries;
use crate::db::moderation::lists::ListRow;
use crate::domain::Principal;
use crate::domain::moderation::{Format, Surface, Verdict};
use crate::moderation::matchers::{self, Built, Words};
use crate::moderation::{ModerationError, visible};

/// Bytes of a text that is tested at most.
const MOST_TEXT: usize = 100_000;

/// A list that is not kept yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Draft {
    /// Language code.
    pub language: Option<String>,
    /// Which evasions are seen through, by name.
    pub options: Vec<String>,
    /// What it would do, by name; hold when not said.
    pub action: Option<String>,
    /// Where it would look, by name; empty: everywhere.
    pub surfaces: Vec<String>,
    /// What it would look for.
    pub entries: Vec<DraftEntry>,
    /// What it would not find.
    pub exceptions: Vec<String>,
}

/// An entry of a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DraftEntry {
    /// What is looked for.
    pub text: String,
    /// How, by name; `whole_word` when not said.
    pub mode: Option<String>,
    /// Language code.
    pub language: Option<String>,
}

/// A list to be tried: its automaton, and what it would do.
pub(in crate::moderation) struct Tried {
    pub built: Arc<Built>,
    pub verdict: Verdict,
    /// Empty: everywhere.
    pub surfaces: Vec<Surface>,
    /// Entries as written, by id.
    pub entries: HashMap<u64, String>,
    /// A list of a channel or account, which is about comments unless it says otherwise.
    pub of_part: bool,
}

impl Tried {
    /// It would look at such texts.
    pub fn looks_at(&self, surface: Surface) -> bool {
        match (self.surfaces.is_empty(), self.of_part) {
            (true, false) => true,
            (true, true) => matches!(surface, Surface::Comment | Surface::Chat),
            (false, _) => self.surfaces.contains(&surface),
        }
    }

    async fn new(
        words: Words,
        verdict: Verdict,
        surfaces: Vec<Surface>,
        of_part: bool,
    ) -> Result<Self, ModerationError> {
        let names = words.entries.iter().map(|entry| (entry.id, entry.text.clone())).collect();
        let built = tokio::task::spawn_blocking(move || Built::new(&[words], HashMap::new())).await;
        let built = built.map_err(|_| ModerationError::Interrupted)?;
        let built = built.map_err(|problem| ModerationError::invalid("entries", problem))?;
        Ok(Self { built: Arc::new(built), verdict, surfaces, entries: names, of_part })
    }

    /// A list as it is kept.
    pub async fn list(conn: &mut Conn, list: &ListRow) -> Result<Self, ModerationError> {
        let of_part = list.scope != crate::domain::moderation::Scope::Instance;
        let words = matchers::words(conn, list).await?.0;
        Self::new(words, list.texts.action.verdict(), list.texts.surfaces.clone(), of_part).await
    }

    /// A list that is not kept.
    pub async fn draft(draft: &Draft, of_part: bool) -> Result<Self, ModerationError> {
        let name = draft.action.as_deref().unwrap_or("hold");
        let verdict = action(name, 1)?.verdict();
        let mut all = Vec::with_capacity(draft.entries.len());
        for (id, entry) in (1..).zip(&draft.entries) {
            let mode = match entry.mode.as_deref() {
                None => Mode::default(),
                Some(name) => Mode::from_name(name)
                    .ok_or_else(|| ModerationError::invalid("mode", words::modes()))?,
            };
            let language = entry.language.clone().or_else(|| draft.language.clone());
            all.push(Entry { id, text: entry.text.clone(), mode, language });
        }
        let exceptions = draft.exceptions.iter().map(|text| Exception { text: text.clone() });
        let words = Words {
            list_id: 0,
            options: options(&draft.options)?,
            entries: all,
            exceptions: exceptions.collect(),
        };
        Self::new(words, verdict, surfaces(&draft.surfaces)?, of_part).await
    }
}

/// What a list would find in a text.
#[derive(Debug, Clone)]
pub struct Tested {
    /// What it would do.
    pub verdict: Verdict,
    /// Where.
    pub hits: Vec<Hit>,
    /// Entries as written, by id.
    pub entries: HashMap<u64, String>,
}

/// Tries a list, or a draft, on one text.
///
/// # Errors
/// [`ModerationError::Invalid`]; [`ModerationError::NoSuch`], [`ModerationError::Forbidden`] for
/// a list.
pub async fn test(
    app: &App,
    who: &Principal,
    list_id: Option<i64>,
    draft: Option<&Draft>,
    text: String,
    format: Format,
) -> Result<Tested, ModerationError> {
    if text.len() > MOST_TEXT {
        return Err(ModerationError::invalid("text", "Should have at most 100,000 bytes."));
    }
    let tried = match (draft, list_id) {
        (Some(draft), _) => Tried::draft(draft, false).await?,
        (None, Some(id)) => {
            let list = find(app, who, id).await?;
            Tried::list(&mut app.db().read().await?, &list).await?
        }
        (None, None) => {
            let problem = "Should be a list, or say a draft.";
            return Err(ModerationError::invalid("listId", problem));
        }
    };
    let (built, now) = (Arc::clone(&tried.built), app.now());
    let found = tokio::task::spawn_blocking(move || {
        let seen: Visible = visible(&text, format);
        built.find(&seen, now)
    });
    let hits = found.await.map_err(|_| ModerationError::Interrupted)?;
    let verdict = if hits.is_empty() { Verdict::Show } else { tried.verdict };
    let mut names = tried.entries;
    if let (Some(id), None) = (list_id, draft) {
        // Names of what was found only: a list may be long.
        let mut conn = app.db().read().await?;
        names.clear();
        for hit in &hits {
            if let Some(row) = entries::by_id(&mut conn, id, hit.entry_id.cast_signed()).await? {
                names.insert(hit.entry_id, row.entry.text);
            }
        }
    }
    Ok(Tested { verdict, hits, entries: names })
}
