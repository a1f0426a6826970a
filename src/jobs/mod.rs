//! Who does the queued work, when, and what happens when it fails? Claim, dispatch, retry,
//! schedule. The work itself is in the rooms below.

mod dispatch;
mod runner;
mod schedule;

pub use runner::Runner;

/// How a job ended when it did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Worth another try later: something outside was away, full or slow.
    #[error("{0}")]
    Retry(String),
    /// No try will help. The reason is kept for the admin.
    #[error("{0}")]
    Fail(String),
    /// The server stops, or somebody else has the job now.
    #[error("interrupted")]
    Interrupted,
}

impl From<crate::db::DbError> for JobError {
    fn from(error: crate::db::DbError) -> Self {
        Self::Retry(error.to_string())
    }
}
