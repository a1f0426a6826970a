//! How is everything that somebody commented decided at once? As one batch, which one call puts
//! back: what is public is taken back or refused, or what waits is released. Nothing is deleted.
//! Each step commits with its progress, so that a kill loses nothing and does nothing twice.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::decide::{self, Deciding, Decision, Verdicts};
use super::previews::days_ago;
use super::review::Subject;
use super::{ModerationError, require};
use crate::app::App;
use crate::db::moderation::audit::{self, Deed as Done, NewAudit};
use crate::db::moderation::authors::{self, Comments};
use crate::db::moderation::batches::{self, BatchRow, BatchState, Before, NewBatch, Progress};
use crate::db::moderation::items::{self, Decided, ItemState};
use crate::db::moderation::statements::{self, NewStatement};
use crate::db::moderation::subjects;
use crate::db::revisions::{self, RevisionRow};
use crate::db::{DbError, Tx, jobs};
use crate::domain::moderation::{Deed, RevisionState, Scope, Standing, Verdict};
use crate::domain::statement::Act;
use crate::domain::{Job, Millis, NotifyEvent, Principal, Role};
use crate::transact;

/// Comments decided in one transaction.
const AT_ONCE: i64 = 50;
/// So many are decided before the answer.
const SMALL: i64 = 100;
/// When the queue looks after work that was begun before the answer and may have been killed.
const LATER: Duration = Duration::from_secs(60);
/// Characters of a note or answer at most.
const MOST_WORDS: usize = 2_000;

const GONE: ModerationError = ModerationError::NoSuch("There is no such batch.");

/// What is to become of somebody's comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Public ones are taken back and wait for a look.
    Hold,
    /// Public and waiting ones are refused.
    Reject,
    /// Waiting ones are released.
    Release,
}

impl Fate {
    const ALL: [Self; 3] = [Self::Hold, Self::Reject, Self::Release];

    /// Its name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Reject => "reject",
            Self::Release => "release",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fate| fate.name() == name)
    }

    /// Versions that it reaches.
    const fn reaches(self) -> &'static [RevisionState] {
        match self {
            Self::Hold => &[RevisionState::Shown],
            Self::Reject => &[RevisionState::Shown, RevisionState::Held],
            Self::Release => &[RevisionState::Held],
        }
    }
}

/// A decision on everything that somebody commented.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What becomes of the comments.
    pub fate: Fate,
    /// Only those of so many days; `None`: all.
    pub days: Option<u32>,
    /// For other moderators.
    pub note: Option<String>,
    /// For the author.
    pub answer: Option<String>,
}

/// Begins to decide on what somebody commented. A few comments are decided before the answer.
///
/// # Errors
/// [`ModerationError::Invalid`]; [`ModerationError::Forbidden`], also for the comments of other
/// moderators unless an administrator asks.
pub async fn begin(
    app: &App,
    who: &Principal,
    of: &Subject,
    wanted: &Wanted,
) -> Result<BatchRow, ModerationError> {
    require(app, who, Deed::Decide(Scope::Instance)).await?;
    check(who, of, wanted)?;
    let since = wanted.days.map(|days| days_ago(app, days)).transpose()?;
    let now = app.now();
    let which = Comments {
        actor_id: of.account.actor.id,
        states: wanted.fate.reaches(),
        since: since.unwrap_or(Millis(0)),
    };
    let mut conn = app.db().read().await?;
    let (total, last_id) = authors::measure(&mut conn, which).await?;
    drop(conn);
    let new = NewBatch {
        decision: Some(wanted.fate.name()),
        author_id: Some(which.actor_id),
        note: wanted.note.as_deref(),
        answer: wanted.answer.as_deref(),
        since,
        ..NewBatch::of(Scope::Instance, who.actor_id)
    };
    let at = if total > SMALL { now } else { now.plus(LATER) };
    let id = transact!(app.db(), tx => {
        let id = batches::insert(tx, &new, now).await?;
        let progress = Progress { cursor_id: 0, last_id, examined: 0, total, changed: 0 };
        batches::advance(tx, id, progress, now).await?;
        jobs::enqueue(tx, &Job::DecideAuthor { batch_id: id }, at, None, now).await?;
        Ok::<_, DbError>(id)
    })?;
    if total <= SMALL {
        run(app, id, &CancellationToken::new()).await?;
    }
    app.wake_jobs();
    let mut conn = app.db().read().await?;
    batches::by_id(&mut conn, id).await?.ok_or(GONE)
}

fn check(who: &Principal, of: &Subject, wanted: &Wanted) -> Result<(), ModerationError> {
    for (param, text) in [("note", &wanted.note), ("answer", &wanted.answer)] {
        if text.as_ref().is_some_and(|text| text.chars().count() > MOST_WORDS) {
            return Err(ModerationError::invalid(param, "Should have at most 2,000 characters."));
        }
    }
    if of.account.id == who.account_id {
        return Err(ModerationError::Forbidden("Nobody decides on their own texts."));
    }
    let staff = of.user.as_ref().is_some_and(|user| user.role.moderates());
    if staff && who.role != Role::Administrator {
        let why = "Only administrators decide on the comments of other moderators.";
        return Err(ModerationError::Forbidden(why));
    }
    Ok(())
}

/// Goes on deciding until all is done, or somebody undoes it.
///
/// # Errors
/// [`ModerationError::Interrupted`] when the server stops; the database's.
pub async fn run(
    app: &App,
    batch_id: i64,
    interrupted: &CancellationToken,
) -> Result<(), ModerationError> {
    loop {
        if interrupted.is_cancelled() {
            return Err(ModerationError::Interrupted);
        }
        let now = app.now();
        let stale = decide::stale(app, now);
        let goes_on = transact!(app.db(), tx => { step(tx, batch_id, stale, now).await })?;
        app.wake_jobs();
        if !goes_on {
            return Ok(());
        }
    }
}

/// Decides on the next few. False: nothing is left to do.
async fn step(tx: &mut Tx, batch_id: i64, stale: Millis, now: Millis) -> Result<bool, DbError> {
    let Some(batch) = batches::by_id(tx, batch_id).await? else { return Ok(false) };
    let fate = batch.decision.as_deref().and_then(Fate::parse);
    let (Some(fate), Some(actor_id), Some(by)) = (fate, batch.author_id, batch.by) else {
        // Who began it is gone: nobody would answer for the rest.
        let from = [BatchState::Running];
        batches::move_to(tx, batch_id, &from, BatchState::Done, None, now).await?;
        return Ok(false);
    };
    if batch.state != BatchState::Running {
        return Ok(false);
    }
    let since = batch.since.unwrap_or(Millis(0));
    let which = Comments { actor_id, states: fate.reaches(), since };
    let some = authors::next(tx, which, (batch.cursor_id, batch.last_id), AT_ONCE).await?;
    let mut changed = batch.changed;
    for revision in &some {
        let deciding = Step { batch: &batch, fate, by, stale, now };
        changed += i64::from(one(tx, &deciding, revision).await?);
    }
    let examined = i64::try_from(some.len()).unwrap_or(i64::MAX);
    let progress = Progress {
        cursor_id: some.last().map_or(batch.last_id, |row| row.id),
        last_id: batch.last_id,
        examined: batch.examined + examined,
        total: batch.total,
        changed,
    };
    batches::advance(tx, batch_id, progress, now).await?;
    if examined < AT_ONCE {
        let from = [BatchState::Running];
        batches::move_to(tx, batch_id, &from, BatchState::Done, None, now).await?;
        decide::tell(tx, NotifyEvent::BatchDecided { batch_id }, now).await?;
        return Ok(false);
    }
    Ok(true)
}

/// One decision of many.
struct Step<'a> {
    batch: &'a BatchRow,
    fate: Fate,
    /// `actors.id` of who began it.
    by: i64,
    /// Assignments before this no longer count.
    stale: Millis,
    now: Millis,
}

/// Decides on one version. False: it stands otherwise meanwhile, or somebody else works on it.
async fn one(tx: &mut Tx, by: &Step<'_>, seen: &RevisionRow) -> Result<bool, DbError> {
    let Some(revision) = revisions::by_id(tx, seen.id).await? else { return Ok(false) };
    if !by.fate.reaches().contains(&revision.state) {
        return Ok(false);
    }
    if revision.state == RevisionState::Shown {
        return take_back(tx, by, revision).await.map(|()| true);
    }
    let item = items::of_revision(tx, revision.id).await?;
    let Some(item) = item.filter(|item| item.state == ItemState::Open) else { return Ok(false) };
    let decision = match by.fate {
        Fate::Release => Decision::Release,
        Fate::Hold | Fate::Reject => Decision::Reject,
    };
    let verdicts = Verdicts {
        ids: vec![item.id],
        decision,
        note: by.batch.note.clone(),
        answer: by.batch.answer.clone(),
        block_author: false,
    };
    // Asked when the batch was begun.
    let standing = Standing { role: Some(Role::Moderator), ..Standing::default() };
    let deciding = Deciding {
        actor_id: by.by,
        standing: &standing,
        verdicts: &verdicts,
        stale: by.stale,
        now: by.now,
    };
    Ok(decide::one(tx, &deciding, by.batch.id, item.id).await?.is_ok())
}

/// Takes a public comment back: to wait for a look, or for good.
async fn take_back(tx: &mut Tx, by: &Step<'_>, mut revision: RevisionRow) -> Result<(), DbError> {
    let (deed, verdict) = match by.fate {
        Fate::Reject => (Done::Rejected, Verdict::Reject),
        Fate::Hold | Fate::Release => (Done::Withdrawn, Verdict::Hold),
    };
    let item_id = log(tx, by, &revision, deed, verdict).await?;
    items::insert(tx, item_id, &revision, verdict, by.now).await?;
    if verdict == Verdict::Reject {
        let decided = Decided {
            state: ItemState::Rejected,
            by: Some(by.by),
            note: by.batch.note.as_deref(),
            answer: by.batch.answer.as_deref(),
        };
        items::decide(tx, item_id, decided, by.now).await?;
    } else {
        items::withheld_by(tx, item_id, Some(by.by), by.now).await?;
    }
    let new = NewStatement {
        act: if verdict == Verdict::Hold { Act::TextHeld } else { Act::TextRefused },
        subject: Some(revision.subject),
        label: &revision.text,
        to_actor_id: revision.actor_id,
        by_actor_id: Some(by.by),
        reason: by.batch.answer.as_deref().unwrap_or_default(),
        audit_id: Some(item_id),
        ..NewStatement::default()
    };
    statements::of_item(tx, &new, item_id, by.now).await?;
    revision.state = RevisionState::from(verdict);
    revisions::set_state(tx, revision.id, revision.state).await?;
    subjects::withdraw(tx, &revision, by.now).await?;
    let before = Before {
        item_id,
        revision_id: revision.id,
        revision_state: RevisionState::Shown,
        item_state: ItemState::Gone,
        shown_revision_id: None,
        block_id: None,
    };
    batches::remember(tx, by.batch.id, &before).await?;
    Ok(())
}

/// Writes the row of the audit log, whose id is that of the item.
async fn log(
    tx: &mut Tx,
    by: &Step<'_>,
    revision: &RevisionRow,
    deed: Done,
    verdict: Verdict,
) -> Result<i64, DbError> {
    let place = revision.place.as_ref();
    let new = NewAudit {
        subject: Some(revision.subject),
        field: Some(&revision.field),
        surface: place.map(|place| place.surface),
        revision_id: Some(revision.id),
        verdict: Some(verdict),
        author_id: revision.actor_id,
        by: Some(by.by),
        channel_id: place.and_then(|place| place.channel_id),
        batch_id: Some(by.batch.id),
        note: by.batch.note.as_deref(),
        text: &revision.text,
        ..NewAudit::default()
    };
    audit::insert(tx, deed, &new, by.now).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fate_is_known_by_its_name_and_spares_what_was_refused() {
        for fate in Fate::ALL {
            assert_eq!(Fate::parse(fate.name()), Some(fate));
            assert!(!fate.reaches().contains(&RevisionState::Rejected));
            assert!(!fate.reaches().contains(&RevisionState::Superseded));
        }
        assert_eq!(Fate::parse("delete"), None);
    }
}
