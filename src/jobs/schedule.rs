//! Which jobs come back on their own? They are queued by the clock; the queue's dedupe key makes
//! several nodes queue each only once.

use std::time::Duration;

use crate::app::App;
use crate::db::jobs;
use crate::domain::Job;
use crate::transact;

/// Kinds and how often each is queued. What is in scratch only its own node can sweep.
fn plan(node: &str) -> [(Job, Duration); 5] {
    let quarter = Duration::from_secs(15 * 60);
    [
        (Job::PublishScheduled, Duration::from_secs(60)),
        (Job::Sweep, quarter),
        (Job::SyncLists, quarter),
        (Job::SweepScratch { node: node.to_owned() }, quarter),
        (Job::SweepObjects, Duration::from_secs(24 * 3600)),
    ]
}

/// Starts one clock per kind.
pub(super) fn start(app: &App) {
    for (job, every) in plan(&app.claimant().node) {
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
                let only_node = match &job {
                    Job::SweepScratch { node } => Some(node.as_str()),
                    _ => None,
                };
                let queued = transact!(clock.db(), tx => {
                    jobs::enqueue(tx, &job, now, only_node, now).await
                });
                match queued {
                    Ok(_) => clock.wake_jobs(),
                    Err(error) => tracing::warn!(error = %error, job.kind = job.kind(), "a scheduled job was not queued"),
                }
            }
        });
    }
}
