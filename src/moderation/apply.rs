//! How is a list applied to what was written before it? As one batch in the background: what it
//! finds in public texts is held or refused, and one call puts everything back. Each page commits
//! with its progress, so that a kill loses nothing and does nothing twice.

use std::sync::Arc;

use farandole_word_filter::Hit;
use tokio_util::sync::CancellationToken;

use super::decide::tell;
use super::lists::trial::Tried;
use super::lists::{self as verbs};
use super::previews::{days_ago, read_page, scan, stored};
use super::{ModerationError, judge, require};
use crate::app::App;
use crate::db::moderation::audit::{self, Deed as Done, NewAudit};
use crate::db::moderation::batches::{self, BatchRow, BatchState, Before, NewBatch, Progress};
use crate::db::moderation::items::{self, ItemState};
use crate::db::moderation::lists::{self, ListRow};
use crate::db::moderation::statements::{self, NewStatement};
use crate::db::moderation::subjects;
use crate::db::revisions::{self, RevisionRow};
use crate::db::{DbError, Tx, jobs};
use crate::domain::moderation::{Deed, Reason, RevisionState, Verdict};
use crate::domain::statement::Act;
use crate::domain::{Job, Millis, NotifyEvent, Principal};
use crate::transact;

/// Texts of one page.
const PAGE: i64 = 1_000;

/// Begins to apply a list to what was written in the last `days` days.
///
/// # Errors
/// [`ModerationError::Conflict`] for a list that only tags, or is empty;
/// [`ModerationError::Invalid`], [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn begin(
    app: &App,
    who: &Principal,
    list_id: i64,
    days: u32,
) -> Result<BatchRow, ModerationError> {
    let list = verbs::editable(app, who, list_id).await?;
    require(app, who, Deed::Decide(list.scope)).await?;
    if list.texts.action.verdict() == Verdict::Show || list.entry_count == 0 {
        let why = "A list that is empty or only tags changes nothing that was written before.";
        return Err(ModerationError::Conflict(why.to_owned()));
    }
    let since = days_ago(app, days)?;
    let now = app.now();
    let extent = {
        let mut conn = app.db().read().await?;
        revisions::measure(&mut conn, &stored(list.scope, since, i64::MAX)).await?
    };
    let new = NewBatch {
        list: Some((list.id, list.version)),
        since: Some(since),
        ..NewBatch::of(list.scope, who.actor_id)
    };
    let id = transact!(app.db(), tx => {
        let id = batches::insert(tx, &new, now).await?;
        let progress = Progress {
            cursor_id: (extent.first_id - 1).max(0),
            last_id: extent.last_id,
            examined: 0,
            total: extent.total,
            changed: 0,
        };
        batches::advance(tx, id, progress, now).await?;
        jobs::enqueue(tx, &Job::ApplyList { batch_id: id }, now, None, now).await?;
        Ok::<_, DbError>(id)
    })?;
    app.wake_jobs();
    let mut conn = app.db().read().await?;
    batches::by_id(&mut conn, id).await?.ok_or(verbs::NOT_FOUND)
}

/// Goes on applying a list until all is looked at, or somebody undoes it.
///
/// # Errors
/// [`ModerationError::Interrupted`] when the server stops; the list is gone; the database's.
pub async fn run(
    app: &App,
    batch_id: i64,
    interrupted: &CancellationToken,
) -> Result<(), ModerationError> {
    let mut conn = app.db().read().await?;
    let Some(mut batch) = batches::by_id(&mut conn, batch_id).await? else { return Ok(()) };
    let (Some(list), Some(since)) = (batch.list_id, batch.since) else { return Ok(()) };
    let list = lists::by_id(&mut conn, list).await?.ok_or(verbs::NOT_FOUND)?;
    let tried = Arc::new(Tried::list(&mut conn, &list).await?);
    drop(conn);
    let all = stored(batch.scope, since, batch.last_id);
    while batch.state == BatchState::Running {
        if interrupted.is_cancelled() {
            return Err(ModerationError::Interrupted);
        }
        let page = read_page(app, &all, batch.cursor_id, PAGE).await?;
        let examined = i64::try_from(page.len()).unwrap_or(i64::MAX);
        let last = page.last().map(|row| row.id);
        let found = scan(app, &tried, page).await?;
        batch = commit(app, &list, &batch, &found, (last, examined)).await?;
        app.wake_jobs();
    }
    Ok(())
}

async fn commit(
    app: &App,
    list: &ListRow,
    seen: &BatchRow,
    found: &[(RevisionRow, Vec<Hit>)],
    (last, examined): (Option<i64>, i64),
) -> Result<BatchRow, ModerationError> {
    let now = app.now();
    transact!(app.db(), tx => {
        let batch = batches::by_id(tx, seen.id).await?.ok_or(verbs::NOT_FOUND)?;
        // Undone, or done by another node, meanwhile.
        if batch.state != BatchState::Running || batch.cursor_id != seen.cursor_id {
            return Ok(batch);
        }
        let mut changed = batch.changed;
        for (revision, hits) in found {
            changed += i64::from(withhold(tx, list, &batch, revision, hits, now).await?);
        }
        let cursor_id = last.unwrap_or(batch.last_id);
        let progress = Progress {
            cursor_id,
            last_id: batch.last_id,
            examined: batch.examined + examined,
            total: batch.total,
            changed,
        };
        batches::advance(tx, batch.id, progress, now).await?;
        if last.is_none() || cursor_id >= batch.last_id {
            let from = [BatchState::Running];
            batches::move_to(tx, batch.id, &from, BatchState::Done, None, now).await?;
            tell(tx, NotifyEvent::BatchDecided { batch_id: batch.id }, now).await?;
        }
        batches::by_id(tx, batch.id).await?.ok_or(verbs::NOT_FOUND)
    })
}

/// Withholds one public text. False: it is not public any more. Authors are not blocked for what
/// they wrote before the rule was there.
async fn withhold(
    tx: &mut Tx,
    list: &ListRow,
    batch: &BatchRow,
    seen: &RevisionRow,
    hits: &[Hit],
    now: Millis,
) -> Result<bool, DbError> {
    let Some(mut revision) = revisions::by_id(tx, seen.id).await? else { return Ok(false) };
    if revision.state != RevisionState::Shown {
        return Ok(false);
    }
    let verdict = list.texts.action.verdict();
    let reasons: Vec<Reason> = hits
        .iter()
        .take(100)
        .map(|hit| judge::found(list, hit.entry_id).at(&revision.text, hit.start, hit.end))
        .collect();
    let place = revision.place.as_ref();
    let new = NewAudit {
        subject: Some(revision.subject),
        field: Some(&revision.field),
        surface: place.map(|place| place.surface),
        revision_id: Some(revision.id),
        verdict: Some(verdict),
        reasons: &reasons,
        author_id: revision.actor_id,
        by: batch.by,
        channel_id: place.and_then(|place| place.channel_id),
        batch_id: Some(batch.id),
        text: &revision.text,
        ..NewAudit::default()
    };
    let audit_id = audit::insert(tx, Done::Applied, &new, now).await?;
    items::insert(tx, audit_id, &revision, verdict, now).await?;
    items::withheld_by(tx, audit_id, batch.by, now).await?;
    let held = verdict == Verdict::Hold;
    let new = NewStatement {
        act: if held { Act::TextHeld } else { Act::TextRefused },
        subject: Some(revision.subject),
        label: &revision.text,
        to_actor_id: revision.actor_id,
        by_actor_id: batch.by,
        automated: true,
        audit_id: Some(audit_id),
        ..NewStatement::default()
    };
    statements::text_withheld(tx, &new, &reasons, now).await?;
    revision.state = RevisionState::from(verdict);
    revisions::set_state(tx, revision.id, revision.state).await?;
    subjects::withdraw(tx, &revision, now).await?;
    let before = Before {
        item_id: audit_id,
        revision_id: revision.id,
        revision_state: RevisionState::Shown,
        item_state: ItemState::Gone,
        shown_revision_id: None,
        block_id: None,
    };
    batches::remember(tx, batch.id, &before).await?;
    Ok(true)
}

/// A batch cannot go on: its row says so; what was done stays, and can be undone.
///
/// # Errors
/// The database's.
pub async fn fail(app: &App, batch_id: i64, error: &str, now: Millis) -> Result<(), DbError> {
    transact!(app.db(), tx => {
        let from = [BatchState::Running];
        if batches::move_to(tx, batch_id, &from, BatchState::Failed, Some(error), now).await? {
            tell(tx, NotifyEvent::BatchDecided { batch_id }, now).await?;
        }
        Ok::<_, DbError>(())
    })?;
    Ok(())
}
