//! Notifications, as problems.

use super::Problem;
use crate::notify::read::NotifyError;

impl From<NotifyError> for Problem {
    fn from(error: NotifyError) -> Self {
        match error {
            NotifyError::Invalid { param, problem } => Self::invalid_param(&param, problem),
            NotifyError::Db(error) => error.into(),
        }
    }
}
