//! Users, profiles and channels, as problems.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};

use super::Problem;
use crate::accounts::AccountsError;

/// A sentence, with what the moderator wrote behind it.
fn with_words(says: &str, words: Option<&str>) -> String {
    match words {
        Some(words) => format!("{says} The moderator wrote: {words}"),
        None => says.to_owned(),
    }
}

/// Who may not come in, or not yet.
fn at_the_door(error: AccountsError) -> Problem {
    match error {
        AccountsError::Blocked { reason } => Problem::bad_request(with_words(
            "This account is suspended by the moderators of this site.",
            reason.as_deref(),
        ))
        .code("account_blocked")
        .field("reason", reason),
        AccountsError::Waiting => Problem::bad_request(
            "A moderator has not looked at your request for an account yet. Try again later.",
        )
        .code("account_waiting_for_approval"),
        AccountsError::Refused { response } => Problem::bad_request(with_words(
            "Your request for an account was refused.",
            response.as_deref(),
        ))
        .code("account_approval_rejected")
        .field("reason", response),
        AccountsError::AlreadyDecided => {
            Problem::new(StatusCode::CONFLICT, "A moderator decided this request already.")
        }
        AccountsError::TooManySignups { retry_after } => {
            let seconds = retry_after.as_millis().div_ceil(1000).max(1);
            Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "Many asked for an account from your address. Wait a few minutes, then try \
                     again.",
            )
            .code("too_many_signups")
            .header(header::RETRY_AFTER, HeaderValue::from(u64::try_from(seconds).unwrap_or(300)))
        }
        // The others are told where they come from.
        _ => Problem::internal(),
    }
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        match error {
            AccountsError::Invalid { param, problem } => Self::invalid_param(param, problem),
            AccountsError::NameTaken => Self::new(
                StatusCode::CONFLICT,
                "An account or channel of this instance has, or had, that name. Choose another.",
            ),
            AccountsError::EmailTaken => {
                Self::new(StatusCode::CONFLICT, "Another user has that e-mail address.")
            }
            AccountsError::InvalidClient => {
                Self::bad_request("This client is not known here. Ask oauth-clients/local anew.")
                    .code("invalid_client")
            }
            AccountsError::InvalidGrant => {
                Self::bad_request("The name or the password is wrong.").code("invalid_grant")
            }
            AccountsError::InvalidRefreshToken => {
                Self::bad_request("Your session has ended. Sign in again.").code("invalid_grant")
            }
            error @ (AccountsError::Blocked { .. }
            | AccountsError::Waiting
            | AccountsError::Refused { .. }
            | AccountsError::AlreadyDecided
            | AccountsError::TooManySignups { .. }) => at_the_door(error),
            AccountsError::NoSuch(what) => Self::not_found(what),
            AccountsError::Forbidden(why) => Self::forbidden(why),
            AccountsError::Impossible(why) => Self::bad_request(why),
            AccountsError::LastChannel => Self::new(
                StatusCode::CONFLICT,
                "This is the last channel of its owner. Make another one first.",
            ),
            AccountsError::NotAPicture(why) => Self::bad_request(why),
            AccountsError::PictureTooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The picture should have at most 4 MB.")
                    .header(
                        HeaderName::from_static("x-file-maximum-size"),
                        HeaderValue::from_static("4M"),
                    )
            }
            AccountsError::Store(error) => error.into(),
            AccountsError::WrongCurrentPassword => {
                Self::new(StatusCode::UNAUTHORIZED, "The current password is wrong.")
                    .code("current_password_is_invalid")
            }
            AccountsError::Auth(error) => error.into(),
            AccountsError::Db(error) => error.into(),
        }
    }
}
