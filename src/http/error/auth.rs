//! Sessions, passwords and quotas, as problems.

use axum::http::{HeaderValue, StatusCode, header};

use super::Problem;
use crate::auth::AuthError;

/// 401 with the challenge of RFC 6750.
fn unauthorized(detail: &str, code: &'static str, challenge: &'static str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, detail)
        .code(code)
        .header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::MissingToken => unauthorized(
                "Sign in to do this.",
                "unauthorized_request",
                "Bearer realm=\"Service\"",
            ),
            AuthError::InvalidToken => unauthorized(
                "Your session has ended. Sign in again.",
                "invalid_token",
                "Bearer realm=\"Service\", error=\"invalid_token\"",
            ),
            AuthError::Denied => Self::forbidden("Your role does not allow this."),
            AuthError::QuotaReached => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "This upload would pass your video quota. Nothing was kept; delete videos you no \
                 longer need, or ask an administrator for more room.",
            )
            .code("quota_reached"),
            AuthError::TooManyFailures { retry_after } => {
                // A part of a second counts as a whole one: earlier would be refused again.
                let seconds = retry_after.as_millis().div_ceil(1000).max(1);
                Self::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "Too many wrong passwords came from your address. Wait a few minutes, then \
                     try again.",
                )
                .code("too_many_login_failures")
                .header(
                    header::RETRY_AFTER,
                    HeaderValue::from(u64::try_from(seconds).unwrap_or(300)),
                )
            }
            AuthError::Hash(cause) => {
                tracing::error!(cause, "a password could not be hashed or compared");
                Self::internal()
            }
            AuthError::NoKey | AuthError::Sealed(_) => {
                tracing::error!(error = %error, "a channel could not sign");
                Self::internal()
            }
            AuthError::Db(error) => error.into(),
        }
    }
}
