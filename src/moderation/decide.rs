//! What do people decide on held and refused texts? Release, refuse, undo; alone and in batches.
//!
//! Each decision is one transition in one transaction: the state of the version, what everybody
//! sees of it, the item, a row of the audit log, and word to the author.

use super::{ModerationError, standing};
use crate::app::App;
use crate::db::moderation::audit::{self, Deed as Done, NewAudit};
use crate::db::moderation::batches::{self, BatchState, Before, NewBatch};
use crate::db::moderation::items::{self, Decided, ItemRow, ItemState};
use crate::db::moderation::statements::{self, NewStatement};
use crate::db::moderation::{blocks, subjects};
use crate::db::revisions::{self, RevisionRow, SubjectKind};
use crate::db::{DbError, Tx, jobs};
use crate::domain::moderation::{Answer, Deed, Reason, RevisionState, Scope, Standing, Verdict};
use crate::domain::statement::Act;
use crate::domain::{Job, Millis, NotifyEvent, Principal};
use crate::transact;

/// Items decided in one call at most.
const MOST: usize = 1_000;
/// Items decided in one transaction.
const AT_ONCE: usize = 50;
/// Characters of a note or answer at most.
const MOST_WORDS: usize = 2_000;

/// What is to become of some items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Everybody may see them.
    Release,
    /// Nobody may.
    Reject,
}

impl Decision {
    /// Its name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Reject => "reject",
        }
    }
}

/// A decision on some items.
#[derive(Debug, Clone)]
pub struct Verdicts {
    /// Items (`review_items.id`).
    pub ids: Vec<i64>,
    /// What becomes of them.
    pub decision: Decision,
    /// For moderators.
    pub note: Option<String>,
    /// For the authors.
    pub answer: Option<String>,
    /// Refuse what their authors write from now on.
    pub block_author: bool,
}

/// What came of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What undoes it.
    pub batch_id: i64,
    /// Items that were decided.
    pub done: usize,
    /// Items that were not, and why, in a sentence for people.
    pub failed: Vec<(i64, &'static str)>,
}

/// Who decides, and how.
pub(super) struct Deciding<'a> {
    /// `actors.id`.
    pub(super) actor_id: i64,
    pub(super) standing: &'a Standing,
    pub(super) verdicts: &'a Verdicts,
    /// Assignments before this no longer count.
    pub(super) stale: Millis,
    pub(super) now: Millis,
}

/// Assignments before this no longer count.
pub(super) fn stale(app: &App, now: Millis) -> Millis {
    let kept = u64::from(app.config().moderation.assignment_minutes) * 60;
    now.minus(std::time::Duration::from_secs(kept))
}

/// Decides on items. Those that cannot be decided are named; the others are decided all the same.
///
/// # Errors
/// [`ModerationError::Invalid`], [`ModerationError::Forbidden`] for somebody who moderates
/// nothing; the database's.
pub async fn decide(
    app: &App,
    who: &Principal,
    verdicts: &Verdicts,
) -> Result<Outcome, ModerationError> {
    check(verdicts)?;
    let standing = standing(app, Some(who)).await?;
    let scope = widest(&standing)?;
    let now = app.now();
    let deciding = Deciding {
        actor_id: who.actor_id,
        standing: &standing,
        verdicts,
        stale: stale(app, now),
        now,
    };
    let decision = Some(verdicts.decision.name());
    let new = NewBatch { decision, ..NewBatch::of(scope, who.actor_id) };
    let batch_id = transact!(app.db(), tx => { batches::insert(tx, &new, now).await })?;
    let mut outcome = Outcome { batch_id, done: 0, failed: Vec::new() };
    for ids in verdicts.ids.chunks(AT_ONCE) {
        let failed = transact!(app.db(), tx => {
            let mut failed = Vec::new();
            for id in ids {
                if let Err(why) = one(tx, &deciding, batch_id, *id).await? {
                    failed.push((*id, why));
                }
            }
            if failed.len() < ids.len() {
                tell(tx, NotifyEvent::BatchDecided { batch_id }, now).await?;
            }
            Ok::<_, DbError>(failed)
        })?;
        outcome.done += ids.len() - failed.len();
        outcome.failed.extend(failed);
    }
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let progress = batches::Progress {
        cursor_id: 0,
        last_id: 0,
        examined: count(verdicts.ids.len()),
        total: count(verdicts.ids.len()),
        changed: count(outcome.done),
    };
    transact!(app.db(), tx => {
        batches::advance(tx, batch_id, progress, now).await?;
        batches::move_to(tx, batch_id, &[BatchState::Running], BatchState::Done, None, now).await
    })?;
    app.wake_jobs();
    Ok(outcome)
}

fn check(verdicts: &Verdicts) -> Result<(), ModerationError> {
    if verdicts.ids.is_empty() || verdicts.ids.len() > MOST {
        return Err(ModerationError::invalid("ids", "Should be 1 to 1,000 items."));
    }
    for (param, text) in [("note", &verdicts.note), ("answer", &verdicts.answer)] {
        if text.as_ref().is_some_and(|text| text.chars().count() > MOST_WORDS) {
            return Err(ModerationError::invalid(param, "Should have at most 2,000 characters."));
        }
    }
    Ok(())
}

/// The scope that a batch of somebody counts for: that of a channel can be seen by its others.
fn widest(standing: &Standing) -> Result<Scope, ModerationError> {
    let channels = standing.owns.iter().chain(&standing.moderates);
    let mut scopes = std::iter::once(Scope::Instance).chain(channels.map(|id| Scope::Channel(*id)));
    let scope = scopes.find(|scope| standing.may(Deed::Decide(*scope)) == Answer::Yes);
    scope.ok_or(ModerationError::Forbidden("You do not moderate anything here."))
}

/// Why somebody may not decide so on an item, if they may not.
#[must_use]
pub fn refused(
    standing: &Standing,
    actor_id: i64,
    item: &ItemRow,
    reasons: &[Reason],
    decision: Decision,
) -> Option<&'static str> {
    if standing.may(Deed::Decide(Scope::Instance)) == Answer::Yes {
        return None;
    }
    // What a channel says of itself is the instance's business.
    let channel = item.channel_id.filter(|_| item.subject.0 == SubjectKind::Comment);
    let scope = channel.map_or(Scope::Instance, Scope::Channel);
    if standing.may(Deed::Decide(scope)) != Answer::Yes {
        return Some("This is for other moderators.");
    }
    if item.author_id == Some(actor_id) {
        return Some("Nobody decides on their own texts.");
    }
    let bound = reasons.iter().any(Reason::binds_channels);
    if decision == Decision::Release && bound {
        return Some("A rule of the whole instance withheld it: only its moderators release it.");
    }
    None
}

type Refusal = Result<(), &'static str>;

/// Decides on one item, or says why not.
pub(super) async fn one(
    tx: &mut Tx,
    by: &Deciding<'_>,
    batch_id: i64,
    id: i64,
) -> Result<Refusal, DbError> {
    let Some(item) = items::by_id(tx, id).await? else {
        return Ok(Err("There is no such item."));
    };
    let reasons = audit::by_ids(tx, &[id]).await?.pop().map(|row| row.reasons);
    let reasons = reasons.unwrap_or_default();
    let decision = by.verdicts.decision;
    if let Some(why) = refused(by.standing, by.actor_id, &item, &reasons, decision) {
        return Ok(Err(why));
    }
    if let Some(why) = decided_before(&item, decision) {
        return Ok(Err(why));
    }
    let taken = item.assignee_id.filter(|other| *other != by.actor_id);
    if taken.is_some() && items::assigned_since(tx, id, by.stale).await? {
        return Ok(Err("Somebody else works on this."));
    }
    let Some(revision) = revisions::by_id(tx, item.revision_id).await? else {
        return Ok(Err("The text was removed."));
    };
    if revision.state == RevisionState::Superseded {
        return Ok(Err("A later text took its place."));
    }
    write(tx, by, batch_id, &item, revision).await
}

fn decided_before(item: &ItemRow, decision: Decision) -> Option<&'static str> {
    match (item.state, decision) {
        (ItemState::Gone, _) => Some("A later text took its place, or it was removed."),
        (ItemState::Released, Decision::Release) => Some("It was released before."),
        (ItemState::Rejected, Decision::Reject) if !item.waiting => Some("It was refused before."),
        _ => None,
    }
}

async fn write(
    tx: &mut Tx,
    by: &Deciding<'_>,
    batch_id: i64,
    item: &ItemRow,
    revision: RevisionRow,
) -> Result<Refusal, DbError> {
    let shown = revisions::shown(tx, revision.subject, &revision.field).await?;
    let shown = shown.filter(|shown| shown.id != revision.id).map(|shown| shown.id);
    let before_state = revision.state;
    let (item_state, there) = match by.verdicts.decision {
        Decision::Release => (ItemState::Released, release(tx, revision.clone(), by.now).await?),
        Decision::Reject => {
            let public = before_state == RevisionState::Shown || shown.is_none();
            reject(tx, revision.clone(), public, by.now).await?;
            (ItemState::Rejected, true)
        }
    };
    if !there {
        return Ok(Err("What it belonged to was removed."));
    }
    let decided = Decided {
        state: item_state,
        by: Some(by.actor_id),
        note: by.verdicts.note.as_deref(),
        answer: by.verdicts.answer.as_deref(),
    };
    items::decide(tx, item.id, decided, by.now).await?;
    let audit_id = log(tx, by, batch_id, item, &revision).await?;
    // Where a refusal is confirmed, nothing more is restricted.
    if by.verdicts.decision == Decision::Reject && item.state != ItemState::Rejected {
        let new = NewStatement {
            act: Act::TextRefused,
            subject: Some(item.subject),
            label: &revision.text,
            to_actor_id: item.author_id,
            by_actor_id: Some(by.actor_id),
            reason: by.verdicts.answer.as_deref().unwrap_or_default(),
            audit_id: Some(audit_id),
            ..NewStatement::default()
        };
        statements::of_item(tx, &new, item.id, by.now).await?;
    }
    let mut block_id = None;
    if let (true, Some(author)) = (by.verdicts.block_author, item.author_id) {
        let scope = match by.standing.may(Deed::Decide(Scope::Instance)) {
            Answer::Yes => Scope::Instance,
            _ => item.channel_id.map_or(Scope::Instance, Scope::Channel),
        };
        let who = Some(by.actor_id);
        block_id = Some(blocks::insert(tx, scope, author, None, who, audit_id, by.now).await?);
    }
    let before = Before {
        item_id: item.id,
        revision_id: revision.id,
        revision_state: before_state,
        item_state: item.state,
        shown_revision_id: shown,
        block_id,
    };
    batches::remember(tx, batch_id, &before).await?;
    Ok(Ok(()))
}

async fn log(
    tx: &mut Tx,
    by: &Deciding<'_>,
    batch_id: i64,
    item: &ItemRow,
    revision: &RevisionRow,
) -> Result<i64, DbError> {
    let (deed, verdict) = match by.verdicts.decision {
        Decision::Release => (Done::Released, Verdict::Show),
        Decision::Reject => (Done::Rejected, Verdict::Reject),
    };
    let new = NewAudit {
        subject: Some(item.subject),
        field: Some(&item.field),
        surface: revision.place.as_ref().map(|place| place.surface),
        revision_id: Some(revision.id),
        verdict: Some(verdict),
        author_id: item.author_id,
        by: Some(by.actor_id),
        channel_id: item.channel_id,
        batch_id: Some(batch_id),
        of_id: Some(item.id),
        note: by.verdicts.note.as_deref(),
        text: &revision.text,
        ..NewAudit::default()
    };
    audit::insert(tx, deed, &new, by.now).await
}

/// Makes a version public, in the place of the one that is. False: its subject is gone.
pub(super) async fn release(
    tx: &mut Tx,
    mut revision: RevisionRow,
    now: Millis,
) -> Result<bool, DbError> {
    if let Some(shown) = revisions::shown(tx, revision.subject, &revision.field).await? {
        revisions::set_state(tx, shown.id, RevisionState::Superseded).await?;
    }
    revisions::set_state(tx, revision.id, RevisionState::Shown).await?;
    revision.state = RevisionState::Shown;
    subjects::publish(tx, &revision, now).await
}

async fn reject(
    tx: &mut Tx,
    mut revision: RevisionRow,
    public: bool,
    now: Millis,
) -> Result<(), DbError> {
    revisions::set_state(tx, revision.id, RevisionState::Rejected).await?;
    revision.state = RevisionState::Rejected;
    if public {
        subjects::withdraw(tx, &revision, now).await?;
    }
    Ok(())
}

/// Puts one decision back to how things were before it.
pub(super) async fn restore(
    tx: &mut Tx,
    batch_id: i64,
    by: Option<i64>,
    before: &Before,
    now: Millis,
) -> Result<(), DbError> {
    if let Some(block) = before.block_id {
        blocks::delete(tx, block, now).await?;
    }
    let Some(mut revision) = revisions::by_id(tx, before.revision_id).await? else {
        return Ok(());
    };
    if revision.state == RevisionState::Superseded {
        // Its author wrote something else since: that was judged by itself.
        return Ok(());
    }
    let was_shown = revision.state == RevisionState::Shown;
    revisions::set_state(tx, revision.id, before.revision_state).await?;
    revision.state = before.revision_state;
    let prior = match before.shown_revision_id {
        Some(id) if was_shown => revisions::by_id(tx, id).await?,
        _ => None,
    };
    match (prior, before.revision_state) {
        (Some(mut prior), _) => {
            revisions::set_state(tx, prior.id, RevisionState::Shown).await?;
            prior.state = RevisionState::Shown;
            subjects::publish(tx, &prior, now).await?;
        }
        (None, RevisionState::Shown) => {
            // What was released in its place since stays there.
            let later = revisions::shown(tx, revision.subject, &revision.field).await?;
            let later = later.filter(|later| later.id != revision.id);
            if later.is_some() {
                revisions::set_state(tx, revision.id, RevisionState::Superseded).await?;
            }
            subjects::publish(tx, later.as_ref().unwrap_or(&revision), now).await?;
        }
        (None, _) if was_shown || before.shown_revision_id.is_none() => {
            subjects::withdraw(tx, &revision, now).await?;
        }
        (None, _) => {}
    }
    items::reopen(tx, before.item_id, before.item_state).await?;
    let new = NewAudit {
        subject: Some(revision.subject),
        field: Some(&revision.field),
        surface: revision.place.as_ref().map(|place| place.surface),
        revision_id: Some(revision.id),
        author_id: revision.actor_id,
        by,
        channel_id: revision.place.as_ref().and_then(|place| place.channel_id),
        batch_id: Some(batch_id),
        of_id: Some(before.item_id),
        text: &revision.text,
        ..NewAudit::default()
    };
    audit::insert(tx, Done::Undone, &new, now).await?;
    Ok(())
}

/// Word to the authors whom a batch concerns.
pub(super) async fn tell(tx: &mut Tx, event: NotifyEvent, now: Millis) -> Result<(), DbError> {
    jobs::enqueue(tx, &Job::Notify { event }, now, None, now).await?;
    Ok(())
}
