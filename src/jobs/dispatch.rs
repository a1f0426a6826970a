//! Which verb does which job call?

use tokio_util::sync::CancellationToken;

use super::JobError;
use crate::app::App;
use crate::db::jobs::Claimed;
use crate::domain::Job;
use crate::transact;

/// Runs one claimed job to its end. `interrupted` fires when the server stops or the claim is
/// lost: the work then ends soon with [`JobError::Interrupted`].
pub(super) async fn run(
    app: &App,
    claimed: &Claimed,
    interrupted: &CancellationToken,
) -> Result<(), JobError> {
    let _ = interrupted;
    match &claimed.job {
        Job::Sweep => sweep(app).await,
        other => Err(JobError::Fail(format!("{} jobs are not known here", other.kind()))),
    }
}

/// A job failed for good: tells the room whose thing it was about.
pub(super) async fn abandoned(app: &App, job: &Job, error: &str) {
    let _ = (app, job, error);
}

/// Forgets what nobody reads any more.
async fn sweep(app: &App) -> Result<(), JobError> {
    let now = app.now();
    let week = std::time::Duration::from_secs(7 * 24 * 3600);
    transact!(app.db(), tx => {
        crate::db::changes::forget(tx, now.minus(week)).await?;
        crate::db::jobs::forget_finished(tx, now.minus(week)).await
    })?;
    Ok(())
}
