//! How is everything somebody commented removed at once? Queued, then removed piece by piece, so
//! that thousands of comments hold nothing up.

use super::SocialError;
use crate::app::App;
use crate::db::comments::{self, remove};
use crate::db::moderation::audit;
use crate::db::moderation::removals::{self, By};
use crate::db::{accounts, jobs};
use crate::domain::statement::Why;
use crate::domain::{Job, Principal};
use crate::transact;

/// Comments removed in one transaction.
const PIECE: i64 = 100;

/// Where somebody's comments are removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Under one's own videos.
    MyVideos,
    /// Everywhere: for moderators.
    Instance,
}

/// Queues the removal of what an account (by name and host, empty for this server) has commented
/// until now. The audit log keeps what others wrote, and they are told why.
///
/// # Errors
/// [`SocialError::NoSuchAccount`], [`SocialError::Denied`].
pub async fn remove_of(
    app: &App,
    who: &Principal,
    (name, host): (&str, &str),
    reach: Reach,
    why: &Why,
) -> Result<(), SocialError> {
    if reach == Reach::Instance && !who.role.moderates() {
        return Err(SocialError::Denied("Only moderators remove comments everywhere."));
    }
    let now = app.now();
    let queued = transact!(app.db(), tx => {
        let account = accounts::by_handle(tx, name, host).await?;
        let account = account.ok_or(SocialError::NoSuchAccount)?;
        let audit_id = if account.actor.id == who.actor_id {
            None
        } else {
            let by = By { actor_id: who.actor_id, why, of_id: None };
            Some(removals::comments_of(tx, account.actor.id, by, now).await?)
        };
        let job = Job::RemoveComments {
            actor_id: account.actor.id,
            owner_account_id: (reach == Reach::MyVideos).then_some(who.account_id),
            up_to: remove::latest(tx).await?,
            audit_id,
        };
        jobs::enqueue(tx, &job, now, None, now).await?;
        Ok::<i64, SocialError>(account.actor.id)
    })?;
    app.wake_jobs();
    tracing::info!(
        actor.id = queued,
        user.id = who.user_id,
        everywhere = reach == Reach::Instance,
        "somebody's comments are to be removed"
    );
    Ok(())
}

/// Removes them: [`Job::RemoveComments`]. With the row of the audit log that says who removes them
/// and why, each leaves one of its own.
///
/// # Errors
/// The database's.
pub async fn carry_out(
    app: &App,
    actor_id: i64,
    owner_account_id: Option<i64>,
    up_to: i64,
    audit_id: Option<i64>,
) -> Result<(), SocialError> {
    let mut conn = app.db().read().await?;
    let of = match audit_id {
        Some(id) => audit::by_ids(&mut conn, &[id]).await?.pop(),
        None => None,
    };
    drop(conn);
    let by = of.and_then(|row| row.by.map(|by| (row.id, by)));
    let why = Why::default();
    loop {
        let now = app.now();
        let removed = transact!(app.db(), tx => {
            let ids =
                remove::next_of_actor(tx, actor_id, owner_account_id, up_to, PIECE).await?;
            for id in &ids {
                if let Some((of_id, actor_id)) = by
                    && let Some(row) = comments::by_id(tx, *id).await?
                {
                    let by = By { actor_id, why: &why, of_id: Some(of_id) };
                    removals::comment(tx, &row, by, now).await?;
                }
                remove::remove(tx, *id, now).await?;
            }
            Ok::<usize, SocialError>(ids.len())
        })?;
        if removed == 0 {
            return Ok(());
        }
    }
}
