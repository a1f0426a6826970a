//! What was decided together, and how is it undone? One call for any batch; a kill in the middle
//! leaves work in the queue that goes on where it stopped.

use tokio_util::sync::CancellationToken;

use super::decide::{restore, tell};
use super::{ModerationError, require};
use crate::app::App;
use crate::db::moderation::batches::{self, BatchRow, BatchState};
use crate::db::{DbError, jobs};
use crate::domain::moderation::{Deed, Scope};
use crate::domain::{Job, NotifyEvent, Principal, Window};
use crate::transact;

/// Decisions undone in one transaction.
const AT_ONCE: i64 = 50;
/// Batches with at most this many decisions are undone before the answer.
const SMALL: i64 = 100;

const NOT_FOUND: ModerationError = ModerationError::NoSuch("There is no such batch.");

/// Batches of a scope, newest first; and how many there are.
///
/// # Errors
/// [`ModerationError::Forbidden`]; the database's.
pub async fn page(
    app: &App,
    who: &Principal,
    scope: Scope,
    window: Window,
) -> Result<(i64, Vec<BatchRow>), ModerationError> {
    require(app, who, Deed::SeeQueue(scope)).await?;
    let mut conn = app.db().read().await?;
    Ok(batches::page(&mut conn, scope, window).await?)
}

/// A batch.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`]; the database's.
pub async fn find(app: &App, who: &Principal, id: i64) -> Result<BatchRow, ModerationError> {
    let mut conn = app.db().read().await?;
    let batch = batches::by_id(&mut conn, id).await?.ok_or(NOT_FOUND)?;
    drop(conn);
    require(app, who, Deed::SeeQueue(batch.scope)).await?;
    Ok(batch)
}

/// Undoes a batch; one with many decisions in the background.
///
/// # Errors
/// [`ModerationError::Conflict`] when it was undone before; [`ModerationError::NoSuch`],
/// [`ModerationError::Forbidden`]; the database's.
pub async fn undo(app: &App, who: &Principal, id: i64) -> Result<BatchRow, ModerationError> {
    let batch = find(app, who, id).await?;
    require(app, who, Deed::Decide(batch.scope)).await?;
    let now = app.now();
    let from = [BatchState::Running, BatchState::Done, BatchState::Failed];
    let moved = transact!(app.db(), tx => {
        let moved = batches::move_to(tx, id, &from, BatchState::Undoing, None, now).await?;
        if moved {
            batches::undoer(tx, id, who.actor_id).await?;
            jobs::enqueue(tx, &Job::UndoBatch { batch_id: id }, now, None, now).await?;
        }
        Ok::<_, DbError>(moved)
    })?;
    if !moved {
        return Err(ModerationError::Conflict("It was undone before.".to_owned()));
    }
    if batch.changed <= SMALL {
        finish(app, id, &CancellationToken::new()).await?;
    }
    app.wake_jobs();
    find(app, who, id).await
}

/// Undoes what is left of a batch that is being undone.
///
/// # Errors
/// [`ModerationError::Interrupted`] when the server stops; the database's.
pub async fn finish(
    app: &App,
    id: i64,
    interrupted: &CancellationToken,
) -> Result<(), ModerationError> {
    loop {
        if interrupted.is_cancelled() {
            return Err(ModerationError::Interrupted);
        }
        let now = app.now();
        let left = transact!(app.db(), tx => {
            let Some(batch) = batches::by_id(tx, id).await? else { return Ok(0) };
            if batch.state != BatchState::Undoing {
                return Ok(0);
            }
            let by = batches::undone_by(tx, id).await?;
            let some = batches::remembered(tx, id, AT_ONCE).await?;
            for (row, before) in &some {
                // What somebody decided since stands.
                if !batches::decided_later(tx, before.revision_id, *row).await? {
                    restore(tx, id, by, before, now).await?;
                }
                batches::undone(tx, *row).await?;
            }
            if some.is_empty() {
                let from = [BatchState::Undoing];
                batches::move_to(tx, id, &from, BatchState::Undone, None, now).await?;
                tell(tx, NotifyEvent::BatchUndone { batch_id: id }, now).await?;
            }
            Ok::<_, DbError>(some.len())
        })?;
        app.wake_jobs();
        if left == 0 {
            return Ok(());
        }
    }
}
