//! What does somebody see of a comment? Its text as they may read it, rendered; who wrote it; and
//! for its author and moderators, what moderation said.

use std::collections::{HashMap, HashSet};

use farandole_player::Language;

use super::explain::{self, Told};
use super::render::{self, Names};
use super::rights::{May, Rights};
use crate::app::App;
use crate::db::accounts::{self, AccountRow};
use crate::db::comments::texts::{self, Version};
use crate::db::comments::{CommentRow, mentions};
use crate::db::moderation::{audit, items};
use crate::db::revisions::SubjectKind;
use crate::db::{Conn, DbError};
use crate::domain::comment::{CommentState, Mention, mentions as mentions_of};

/// A text as Markdown and as HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Markdown.
    pub text: String,
    /// Safe to show.
    pub html: String,
}

/// A change of the text that the public does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The text.
    pub written: Written,
    /// Held or rejected.
    pub state: CommentState,
}

/// A comment as somebody sees it.
#[derive(Debug, Clone)]
pub struct View {
    /// The row.
    pub row: CommentRow,
    /// Only that there is something: it is gone, or not for this reader.
    pub hidden: bool,
    /// What this reader reads; empty when hidden.
    pub written: Written,
    /// Who wrote it, unless it is hidden.
    pub author: Option<AccountRow>,
    /// For its author and moderators: a change that was kept back.
    pub edit: Option<Edit>,
    /// For its author and moderators: what moderation said.
    pub told: Option<Told>,
    /// What this reader may do with it.
    pub may: May,
}

/// Shows comments to somebody who sees nothing of the actors `unseen`.
///
/// # Errors
/// The database's.
pub async fn of(
    app: &App,
    conn: &mut Conn,
    rows: Vec<CommentRow>,
    rights: &Rights,
    unseen: &HashSet<i64>,
    language: Language,
) -> Result<Vec<View>, DbError> {
    let hidden = |row: &CommentRow| hidden(row, rights, unseen);
    let concerned: Vec<i64> = rows
        .iter()
        .filter(|row| row.state != CommentState::Deleted && !hidden(row))
        .filter(|row| rights.sees_kept_back(row))
        .map(|row| row.id)
        .collect();
    let mut versions = texts::kept_back(conn, &concerned).await?;
    let mut told = told(conn, &concerned, &rows, rights, language).await?;
    let seen = rows.iter().filter(|row| !hidden(row)).map(|row| row.actor_id).collect();
    let authors = authors(conn, seen).await?;
    let names = names(app, conn, &rows, &versions).await?;
    let view = |row: CommentRow| {
        let hidden = hidden(&row);
        let version = versions.remove(&row.id);
        let public = row.state == CommentState::Shown;
        let text = match (&version, hidden, public) {
            (_, true, _) => String::new(),
            (Some(version), false, false) => version.text.clone(),
            (_, false, _) => row.text.clone(),
        };
        View {
            hidden,
            written: written(text, &names),
            author: if hidden { None } else { authors.get(&row.actor_id).cloned() },
            edit: version.filter(|_| public).and_then(|version| {
                let state = version.kept_back()?;
                Some(Edit { written: written(version.text, &names), state })
            }),
            told: told.remove(&row.id),
            may: if hidden { May::default() } else { rights.may(&row) },
            row,
        }
    };
    Ok(rows.into_iter().map(view).collect())
}

/// The text is not for this reader, who sees nothing of the actors `unseen`.
pub(super) fn hidden(row: &CommentRow, rights: &Rights, unseen: &HashSet<i64>) -> bool {
    match row.state {
        CommentState::Shown => unseen.contains(&row.actor_id),
        CommentState::Deleted => true,
        CommentState::Held | CommentState::Rejected => !rights.sees_kept_back(row),
    }
}

fn written(text: String, names: &Names) -> Written {
    Written { html: render::html(&text, names), text }
}

async fn authors(conn: &mut Conn, ids: HashSet<i64>) -> Result<HashMap<i64, AccountRow>, DbError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<i64> = ids.into_iter().collect();
    let found = accounts::by_actors(conn, &ids).await?;
    Ok(found.into_iter().map(|account| (account.actor.id, account)).collect())
}

/// Pages of those who are mentioned and exist.
async fn names(
    app: &App,
    conn: &mut Conn,
    rows: &[CommentRow],
    versions: &HashMap<i64, Version>,
) -> Result<Names, DbError> {
    let here = app.config().public_host().to_ascii_lowercase();
    let texts = rows.iter().map(|row| &row.text).chain(versions.values().map(|v| &v.text));
    // As they were written, and as actors are known: without a host when it is ours.
    let mut asked: HashMap<Mention, Mention> = HashMap::new();
    for (_, mention) in texts.flat_map(|text| mentions_of(text)) {
        let host = if mention.host == here { String::new() } else { mention.host.clone() };
        asked.insert(mention.clone(), Mention { name: mention.name, host });
    }
    let mut known: Vec<Mention> = asked.values().cloned().collect();
    known.sort_unstable_by(|a, b| (&a.name, &a.host).cmp(&(&b.name, &b.host)));
    known.dedup();
    let found = mentions::known(conn, &known).await?;
    let base = app.config().public_url();
    let page = |mention: &Mention| {
        let actor = found.get(mention)?;
        Some(match (actor.local, actor.channel) {
            (true, false) => format!("{base}/a/{}", mention.name),
            (true, true) => format!("{base}/c/{}", mention.name),
            (false, _) => actor.ap_url.clone(),
        })
    };
    Ok(asked
        .into_iter()
        .filter_map(|(written, meant)| page(&meant).map(|page| (written, page)))
        .collect())
}

/// What moderation said of those comments that this reader may know it of.
async fn told(
    conn: &mut Conn,
    ids: &[i64],
    rows: &[CommentRow],
    rights: &Rights,
    language: Language,
) -> Result<HashMap<i64, Told>, DbError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let items = items::of_subjects(conn, SubjectKind::Comment, ids).await?;
    let audits: Vec<i64> = items.iter().map(|item| item.id).collect();
    let reasons = audit::by_ids(conn, &audits).await?;
    let mut reasons: HashMap<i64, _> =
        reasons.into_iter().map(|row| (row.id, row.reasons)).collect();
    let wrote: HashSet<i64> =
        rows.iter().filter(|row| rights.wrote(row)).map(|row| row.id).collect();
    let told = items.into_iter().map(|item| {
        let reasons = reasons.remove(&item.id).unwrap_or_default();
        let (id, author) = (item.subject.1, wrote.contains(&item.subject.1));
        (id, explain::tell(item, reasons, author, rights.moderates, language))
    });
    Ok(told.collect())
}
