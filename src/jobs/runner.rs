//! The loops that claim and run jobs on this node.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{JobError, dispatch, schedule};
use crate::app::App;
use crate::db::DbError;
use crate::db::jobs::{self, Claimed, Weight};
use crate::transact;

/// How long a claim lasts unless renewed; other nodes take the job after that.
const LEASE: Duration = Duration::from_secs(30);
/// How often a claim is renewed.
const RENEWAL: Duration = Duration::from_secs(10);
/// How often the queue is looked at when nobody rings (jobs of other nodes, retries).
const PATIENCE: Duration = Duration::from_secs(1);
/// Light jobs at once.
const LIGHT_SLOTS: u32 = 2;

/// Runs this node's jobs.
#[derive(Clone)]
pub struct Runner {
    app: App,
}

impl Runner {
    /// A runner for this node.
    #[must_use]
    pub fn new(app: App) -> Self {
        Self { app }
    }

    /// Takes back what an earlier life of this node had claimed, then starts the loops. They end
    /// when the app stops.
    ///
    /// # Errors
    /// The database's.
    pub async fn start(&self) -> Result<(), DbError> {
        let (app, now) = (&self.app, self.app.now());
        let released = transact!(app.db(), tx => { jobs::release_older_boots(tx, app.claimant(), now).await })?;
        if released > 0 {
            tracing::info!(jobs = released, "jobs of an earlier start go on");
        }
        schedule::start(app);
        for _ in 0..LIGHT_SLOTS {
            let runner = self.clone();
            app.spawn(async move { runner.serve(Weight::Light).await });
        }
        for _ in 0..app.config().transcoding.concurrency {
            let runner = self.clone();
            app.spawn(async move { runner.serve(Weight::Heavy).await });
        }
        Ok(())
    }

    async fn serve(&self, weight: Weight) {
        let stopping = self.app.stopping();
        while !stopping.is_cancelled() {
            match self.run_next(weight).await {
                Ok(true) => {}
                Ok(false) => {
                    tokio::select! {
                        () = stopping.cancelled() => {}
                        () = self.app.jobs_woken() => {}
                        () = tokio::time::sleep(PATIENCE) => {}
                    }
                }
                Err(error) => {
                    tracing::error!(error = %error, cause = ?error, "the job queue cannot be read");
                    tokio::select! {
                        () = stopping.cancelled() => {}
                        () = tokio::time::sleep(PATIENCE * 5) => {}
                    }
                }
            }
        }
    }

    /// Claims one job and runs it to its end. False: none was due.
    ///
    /// # Errors
    /// The database's.
    pub async fn run_next(&self, weight: Weight) -> Result<bool, DbError> {
        let (app, now) = (&self.app, self.app.now());
        let claimed = transact!(app.db(), tx => { jobs::claim(tx, app.claimant(), weight, LEASE, now).await })?;
        let Some(claimed) = claimed else { return Ok(false) };
        if claimed.attempt > claimed.max_attempts {
            let error =
                "it was interrupted too often (the server may have been killed while it ran)";
            self.give_up(&claimed, error, false).await?;
            dispatch::abandoned(app, &claimed.job, error).await;
            return Ok(true);
        }
        let interrupted = app.stopping().child_token();
        let outcome = {
            let work = dispatch::run(app, &claimed, &interrupted);
            let keep = self.keep_lease(&claimed, &interrupted);
            tokio::pin!(work);
            tokio::select! {
                outcome = &mut work => outcome,
                () = keep => work.await,
            }
        };
        self.settle(&claimed, outcome).await?;
        Ok(true)
    }

    /// Renews the claim until it is lost; then interrupts the work.
    async fn keep_lease(&self, claimed: &Claimed, interrupted: &CancellationToken) {
        let app = &self.app;
        loop {
            tokio::time::sleep(RENEWAL).await;
            let now = app.now();
            let renewed = transact!(app.db(), tx => { jobs::renew(tx, claimed.id, app.claimant(), LEASE, now).await });
            match renewed {
                Ok(true) => {}
                Ok(false) => {
                    tracing::warn!(job.id = claimed.id, "the claim was lost, the work is stopped");
                    interrupted.cancel();
                    return;
                }
                Err(error) => {
                    tracing::warn!(job.id = claimed.id, error = %error, "the claim was not renewed");
                }
            }
        }
    }

    async fn settle(
        &self,
        claimed: &Claimed,
        outcome: Result<(), JobError>,
    ) -> Result<(), DbError> {
        let (app, now) = (&self.app, self.app.now());
        match outcome {
            Ok(()) => {
                transact!(app.db(), tx => { jobs::finish(tx, claimed.id, app.claimant(), now).await })?;
            }
            Err(JobError::Interrupted) => {
                transact!(app.db(), tx => { jobs::hand_back(tx, claimed.id, app.claimant(), now).await })?;
            }
            Err(JobError::Retry(error)) if claimed.attempt < claimed.max_attempts => {
                tracing::warn!(
                    job.id = claimed.id,
                    job.kind = claimed.job.kind(),
                    error,
                    "a job will be tried again"
                );
                self.give_up(claimed, &error, true).await?;
            }
            Err(JobError::Retry(error) | JobError::Fail(error)) => {
                tracing::error!(
                    job.id = claimed.id,
                    job.kind = claimed.job.kind(),
                    error,
                    "a job failed"
                );
                self.give_up(claimed, &error, false).await?;
                dispatch::abandoned(app, &claimed.job, &error).await;
            }
        }
        Ok(())
    }

    async fn give_up(&self, claimed: &Claimed, error: &str, again: bool) -> Result<(), DbError> {
        let (app, now) = (&self.app, self.app.now());
        let run_at = again.then(|| now.plus(back_off(claimed.attempt)));
        transact!(app.db(), tx => {
            jobs::give_up(tx, claimed.id, app.claimant(), error, run_at, now).await
        })
    }
}

/// 5 s, 10 s, 20 s … one hour at most.
fn back_off(attempt: i64) -> Duration {
    let doublings = u32::try_from(attempt.clamp(1, 11)).unwrap_or(11) - 1;
    Duration::from_secs((5 << doublings).min(3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_wait_longer_each_time_but_never_over_an_hour() {
        assert_eq!(back_off(1), Duration::from_secs(5));
        assert_eq!(back_off(2), Duration::from_secs(10));
        assert_eq!(back_off(60), Duration::from_secs(3600));
    }
}
