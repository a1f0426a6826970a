//! Stored bytes that could not be given, as problems.

use axum::http::{HeaderValue, StatusCode, header};
use farandole_storage::StoreError;

use super::Problem;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::NotFound { .. }) {
            // A file of a video that was changed or removed a moment ago; or one that is lost,
            // which the operator should hear of.
            tracing::warn!(error = %error, "a file that was asked for is not in storage");
            return Self::not_found("This file is not here, or no longer.");
        }
        tracing::error!(error = %error, cause = ?error, "a file could not be read");
        if error.may_pass() {
            return Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "The file cannot be read just now. Nothing is lost; try again in a moment.",
            )
            .header(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        Self::internal()
    }
}
