//! What did a killed server leave behind on this node? Folders nobody writes to, uploaded files
//! that should be in storage, and media sets that no job will ever finish.

use super::{failed, scratch};
use crate::app::App;
use crate::db::videos::{media_sets, originals};
use crate::db::{DbError, jobs};
use crate::domain::Job;
use crate::transact;
use crate::videos::growing::Growing;

/// Cleans up after what was interrupted. Safe at any time.
///
/// # Errors
/// The database's.
pub async fn sweep(app: &App) -> Result<(), DbError> {
    let growing = Growing::of(app);
    for media_set_id in scratch::sets(app) {
        if growing.by_id(media_set_id).is_none() {
            scratch::remove_set(app, media_set_id);
        }
    }
    let now = app.now();
    let node = &app.claimant().node;
    let mut conn = app.db().read().await?;
    let idle = originals::idle_in_scratch(&mut conn, node).await?;
    let stranded = media_sets::without_job(&mut conn).await?;
    drop(conn);
    for original_id in idle {
        let job = Job::StoreOriginal { original_id };
        transact!(app.db(), tx => { jobs::enqueue(tx, &job, now, Some(node), now).await })?;
    }
    for media_set_id in stranded {
        let reason = "Processing was interrupted too often and given up. It can be started again.";
        failed::abandon(app, media_set_id, reason).await?;
    }
    app.wake_jobs();
    Ok(())
}
