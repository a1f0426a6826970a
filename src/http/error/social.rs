//! Comments, as problems: PeerTube's statuses and sentences.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};

use super::Problem;
use crate::domain::comment::BadText;
use crate::social::SocialError;

impl From<SocialError> for Problem {
    fn from(error: SocialError) -> Self {
        let says = error.to_string();
        match error {
            SocialError::NoSuchVideo | SocialError::NoSuchComment | SocialError::NoSuchAccount => {
                Self::not_found(says)
            }
            SocialError::Disabled => {
                Self::new(StatusCode::CONFLICT, says).code("comments_disabled")
            }
            SocialError::BadText(bad) => {
                let problem = Self::invalid_param("text", &says);
                match bad {
                    BadText::Empty => problem,
                    BadText::TooLong => problem.code("comment_too_long"),
                    BadText::TooManyMentions => problem.code("comment_mentions_too_many"),
                }
            }
            SocialError::Denied(_) => Self::forbidden(says),
            SocialError::Conflict(_) => Self::new(StatusCode::CONFLICT, says),
            SocialError::NotHeld => Self::bad_request(says),
            SocialError::TooSoon { retry_after } => later(says, "comment_slow_mode", retry_after),
            SocialError::TooMany { retry_after } => later(says, "comment_throttled", retry_after),
            SocialError::Moderation(error) => error.into(),
            SocialError::Db(error) => error.into(),
        }
    }
}

fn later(says: String, code: &'static str, wait: Duration) -> Problem {
    // A part of a second counts as a whole one: earlier would be refused again.
    let seconds = u64::try_from(wait.as_millis().div_ceil(1000).max(1)).unwrap_or(60);
    Problem::new(StatusCode::TOO_MANY_REQUESTS, says)
        .code(code)
        .header(header::RETRY_AFTER, HeaderValue::from(seconds))
}
