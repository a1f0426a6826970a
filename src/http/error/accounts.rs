//! Users, profiles and channels, as problems.

use axum::http::{HeaderName, HeaderValue, StatusCode};

use super::Problem;
use crate::accounts::AccountsError;

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
            AccountsError::Blocked => {
                Self::bad_request("This account is blocked. Ask an administrator of this instance.")
                    .code("account_blocked")
            }
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
