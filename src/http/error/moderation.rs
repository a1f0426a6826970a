//! Moderation, as problems.

use axum::http::StatusCode;

use super::Problem;
use crate::auth::AuthError;
use crate::moderation::ModerationError;

impl From<ModerationError> for Problem {
    fn from(error: ModerationError) -> Self {
        match error {
            ModerationError::SignInRequired => AuthError::MissingToken.into(),
            ModerationError::Forbidden(why) => Self::forbidden(why),
            ModerationError::NoSuch(what) => Self::not_found(what),
            ModerationError::Invalid { param, problem } => Self::invalid_param(param, &problem),
            ModerationError::Conflict(why) => Self::new(StatusCode::CONFLICT, why),
            ModerationError::TooMany(why) => Self::new(StatusCode::TOO_MANY_REQUESTS, why),
            ModerationError::Interrupted => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "The server is about to stop. Nothing was changed; try again in a minute.",
            ),
            ModerationError::Db(error) => error.into(),
        }
    }
}
