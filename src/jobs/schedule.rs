//! Which jobs come back on their own? They are queued by the clock; the queue's dedupe key makes
//! several nodes queue each only once.

use std::time::Duration;

use crate::app::App;
use crate::db::jobs;
use crate::domain::Job;
use crate::transact;

/// Kinds and how often each is queued.
const PLAN: [(Job, Duration); 3] = [
    (Job::PublishScheduled, Duration::from_secs(60)),
    (Job::Sweep, Duration::from_secs(15 * 60)),
    (Job::SweepObjects, Duration::from_secs(24 * 3600)),
];

/// Starts one clock per kind.
pub(super) fn start(app: &App) {
    for (job, every) in PLAN {
        let clock = app.clone();
        app.spawn(async move {
            let stopping = clock.stopping();
            let mut ticks = tokio::time::interval(every);
            loop {
                tokio::select! {
                    () = stopping.cancelled() => return,
                    _ = ticks.tick() => {}
                }
                let now = clock.now();
                let queued = transact!(clock.db(), tx => { jobs::enqueue(tx, &job, now, None, now).await });
                match queued {
                    Ok(_) => clock.wake_jobs(),
                    Err(error) => tracing::warn!(error = %error, job.kind = job.kind(), "a scheduled job was not queued"),
                }
            }
        });
    }
}
