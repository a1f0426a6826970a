//! `/api/v1/users/…`

mod sessions;
mod token;
