//! Transcoding that is not begun, as problems.

use axum::http::StatusCode;

use super::Problem;
use crate::videos::publish::RetryError;

impl From<RetryError> for Problem {
    fn from(error: RetryError) -> Self {
        let says = error.to_string();
        match error {
            RetryError::NoOriginal => Self::new(StatusCode::CONFLICT, says),
            RetryError::Busy => {
                Self::new(StatusCode::CONFLICT, says).code("video_already_being_transcoded")
            }
            RetryError::Db(error) => error.into(),
        }
    }
}
