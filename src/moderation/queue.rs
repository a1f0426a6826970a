//! What waits for a human, with what one needs to decide: the text, why it was withheld, what was
//! there before, who wrote it and what else they wrote.

use std::collections::HashMap;

use super::decide::{Decision, refused};
use super::{ModerationError, require, standing};
use crate::app::App;
use crate::db::accounts::{self, AccountRow};
use crate::db::channels::{self, ChannelRow};
use crate::db::moderation::around::{self, Around, VideoBrief};
use crate::db::moderation::audit::{self, AuditRow, Deed as Done, NewAudit};
use crate::db::moderation::items::{self, ItemFilter, ItemRow};
use crate::db::revisions::{self, RevisionRow};
use crate::db::{Conn, DbError, jobs};
use crate::domain::moderation::{Deed, Scope};
use crate::domain::{Job, NotifyEvent, Principal, Window};
use crate::transact;

/// Characters of a contest at most.
const MOST_CONTEST: usize = 2_000;

const NOT_FOUND: ModerationError = ModerationError::NoSuch("There is no such item.");

/// An item with all that is shown of it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The item.
    pub item: ItemRow,
    /// Why it was withheld.
    pub audit: AuditRow,
    /// The text; empty when it was removed.
    pub text: String,
    /// What everybody sees in its place.
    pub previous: Option<String>,
    /// Who wrote it.
    pub author: Option<AccountRow>,
    /// Who works on it.
    pub assignee: Option<AccountRow>,
    /// The video it is about or below.
    pub video: Option<VideoBrief>,
    /// The channel it is about or below.
    pub channel: Option<ChannelRow>,
    /// The one who asks may release it.
    pub releasable: bool,
}

/// Items of a scope that wait; and how many there are.
///
/// # Errors
/// [`ModerationError::Forbidden`]; the database's.
pub async fn page(
    app: &App,
    who: &Principal,
    scope: Scope,
    mut filter: ItemFilter,
    window: Window,
) -> Result<(i64, Vec<Shown>), ModerationError> {
    require(app, who, Deed::SeeQueue(scope)).await?;
    if let Scope::Channel(id) = scope {
        filter.channel_id = Some(id);
    }
    let standing = standing(app, Some(who)).await?;
    let mut conn = app.db().read().await?;
    let (total, rows) = items::page(&mut conn, &filter, window).await?;
    let mut shown = surround(&mut conn, rows).await?;
    for one in &mut shown {
        let reasons = &one.audit.reasons;
        let no = refused(&standing, who.actor_id, &one.item, reasons, Decision::Release);
        one.releasable = no.is_none();
    }
    Ok((total, shown))
}

/// Fetches what belongs to items, in a few statements for all of them.
async fn surround(conn: &mut Conn, rows: Vec<ItemRow>) -> Result<Vec<Shown>, DbError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let audits = audit::by_ids(conn, &ids).await?;
    let mut audits: HashMap<i64, AuditRow> = audits.into_iter().map(|row| (row.id, row)).collect();
    let ids: Vec<i64> = rows.iter().map(|row| row.revision_id).collect();
    let texts = revisions::by_ids(conn, &ids).await?;
    let texts: HashMap<i64, RevisionRow> = texts.into_iter().map(|row| (row.id, row)).collect();
    let actors: Vec<i64> =
        rows.iter().flat_map(|row| [row.author_id, row.assignee_id]).flatten().collect();
    let people = people(conn, &actors).await?;
    let subjects: Vec<_> = rows.iter().map(|row| row.subject).collect();
    let videos = around::videos(conn, &subjects).await?;
    let ids: Vec<i64> = rows.iter().filter_map(|row| row.channel_id).collect();
    let found = channels::by_ids(conn, &ids).await?;
    let found: HashMap<i64, ChannelRow> = found.into_iter().map(|row| (row.id, row)).collect();
    let mut shown = Vec::with_capacity(rows.len());
    for item in rows {
        let Some(audit) = audits.remove(&item.id) else { continue };
        let previous = revisions::shown(conn, item.subject, &item.field).await?;
        let previous = previous.filter(|previous| previous.id != item.revision_id);
        let person = |id: Option<i64>| id.and_then(|id| people.get(&id)).cloned();
        shown.push(Shown {
            text: texts.get(&item.revision_id).map(|row| row.text.clone()).unwrap_or_default(),
            previous: previous.map(|previous| previous.text),
            author: person(item.author_id),
            assignee: person(item.assignee_id),
            video: videos.get(&item.subject).cloned(),
            channel: item.channel_id.and_then(|id| found.get(&id)).cloned(),
            releasable: false,
            audit,
            item,
        });
    }
    Ok(shown)
}

/// Accounts by `actors.id`.
///
/// # Errors
/// The database's.
pub async fn people(conn: &mut Conn, actors: &[i64]) -> Result<HashMap<i64, AccountRow>, DbError> {
    let pairs = around::accounts_of(conn, actors).await?;
    let ids: Vec<i64> = pairs.iter().map(|(_, account)| *account).collect();
    let rows = accounts::by_ids(conn, &ids).await?;
    let rows: HashMap<i64, AccountRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    let found = pairs.into_iter();
    Ok(found.filter_map(|(actor, id)| Some((actor, rows.get(&id)?.clone()))).collect())
}

/// What is around an item.
#[derive(Debug, Clone)]
pub struct Context {
    /// The item.
    pub shown: Shown,
    /// The conversation it stands in, oldest first; empty for what is no comment.
    pub thread: Vec<Around>,
    /// Earlier versions of the same text, newest first.
    pub history: Vec<RevisionRow>,
    /// What its author wrote lately, newest first.
    pub others: Vec<RevisionRow>,
    /// How many of their texts wait, were released, were refused.
    pub counts: Vec<(String, i64)>,
    /// People named in the thread, by `actors.id`.
    pub people: HashMap<i64, AccountRow>,
}

/// An item, when `who` may see it.
async fn visible(app: &App, who: &Principal, id: i64) -> Result<ItemRow, ModerationError> {
    let mut conn = app.db().read().await?;
    let item = items::by_id(&mut conn, id).await?.ok_or(NOT_FOUND)?;
    drop(conn);
    let scope = item.channel_id.map_or(Scope::Instance, Scope::Channel);
    require(app, who, Deed::SeeQueue(scope)).await?;
    Ok(item)
}

/// What is around an item.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`]; the database's.
pub async fn context(app: &App, who: &Principal, id: i64) -> Result<Context, ModerationError> {
    let item = visible(app, who, id).await?;
    let standing = standing(app, Some(who)).await?;
    let mut conn = app.db().read().await?;
    let thread = around::thread(&mut conn, item.subject).await?;
    let history = revisions::history(&mut conn, item.subject, &item.field, 20).await?;
    let (author, subject) = (item.author_id, item.subject);
    // A channel's people see what was written in their channel.
    let within = match standing.may(Deed::SeeQueue(Scope::Instance)) {
        crate::domain::moderation::Answer::Yes => None,
        _ => item.channel_id,
    };
    let (others, counts) = match author {
        Some(author) => (
            around::written_by(&mut conn, author, within, 30).await?,
            items::counts_of(&mut conn, author, within).await?,
        ),
        None => (Vec::new(), Vec::new()),
    };
    let actors: Vec<i64> = thread.iter().map(|one| one.actor_id).collect();
    let people = people(&mut conn, &actors).await?;
    let mut shown = surround(&mut conn, vec![item]).await?.pop().ok_or(NOT_FOUND)?;
    let no = refused(&standing, who.actor_id, &shown.item, &shown.audit.reasons, Decision::Release);
    shown.releasable = no.is_none();
    let others = others.into_iter().filter(|row| row.subject != subject).collect();
    Ok(Context { shown, thread, history, others, counts, people })
}

/// Lets `who` work on an item; nobody else decides on it meanwhile.
///
/// # Errors
/// [`ModerationError::Conflict`] when somebody else does; [`ModerationError::NoSuch`],
/// [`ModerationError::Forbidden`].
pub async fn assign(app: &App, who: &Principal, id: i64) -> Result<(), ModerationError> {
    visible(app, who, id).await?;
    let now = app.now();
    let stale = super::decide::stale(app, now);
    let taken = transact!(app.db(), tx => {
        items::assign(tx, id, who.actor_id, stale, now).await
    })?;
    if taken {
        return Ok(());
    }
    let why = "Somebody else works on this, or it was decided already.";
    Err(ModerationError::Conflict(why.to_owned()))
}

/// Gives an item back. Only who took it, or moderators of the instance.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn unassign(app: &App, who: &Principal, id: i64) -> Result<(), ModerationError> {
    let item = visible(app, who, id).await?;
    let other = item.assignee_id.is_some_and(|actor| actor != who.actor_id);
    if other && !who.role.moderates() {
        return Err(ModerationError::Forbidden("Somebody else works on this."));
    }
    transact!(app.db(), tx => { items::unassign(tx, id).await })?;
    Ok(())
}

/// Keeps what the author of a text says against it being withheld: once.
///
/// # Errors
/// [`ModerationError::Invalid`]; [`ModerationError::Conflict`] the second time, or when it is
/// public; [`ModerationError::NoSuch`], [`ModerationError::Forbidden`] for texts of others.
pub async fn contest(
    app: &App,
    who: &Principal,
    id: i64,
    text: &str,
) -> Result<(), ModerationError> {
    let text = text.trim();
    if !(1..=MOST_CONTEST).contains(&text.chars().count()) {
        return Err(ModerationError::invalid("text", "Should have 1 to 2,000 characters."));
    }
    let mut conn = app.db().read().await?;
    let item = items::by_id(&mut conn, id).await?.ok_or(NOT_FOUND)?;
    drop(conn);
    let author = match item.author_id == Some(who.actor_id) {
        true => who.account_id,
        false => 0,
    };
    require(app, who, Deed::Contest(author)).await?;
    let now = app.now();
    let kept = transact!(app.db(), tx => {
        let kept = items::contest(tx, id, text, now).await?;
        if kept {
            let new = NewAudit {
                subject: Some(item.subject),
                field: Some(&item.field),
                revision_id: Some(item.revision_id),
                author_id: item.author_id,
                by: Some(who.actor_id),
                channel_id: item.channel_id,
                of_id: Some(id),
                text,
                ..NewAudit::default()
            };
            audit::insert(tx, Done::Contested, &new, now).await?;
            let event = NotifyEvent::Contested { audit_id: id };
            jobs::enqueue(tx, &Job::Notify { event }, now, None, now).await?;
        }
        Ok::<_, DbError>(kept)
    })?;
    if kept {
        app.wake_jobs();
        return Ok(());
    }
    let why = "A decision can be contested once, as long as the text is withheld.";
    Err(ModerationError::Conflict(why.to_owned()))
}
