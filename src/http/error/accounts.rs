//! Users, profiles and channels, as problems.

use axum::http::StatusCode;

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
            AccountsError::Auth(error) => error.into(),
            AccountsError::Db(error) => error.into(),
        }
    }
}
