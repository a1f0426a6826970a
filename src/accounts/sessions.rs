//! Where is a user signed in? For themselves and for administrators.

use super::AccountsError;
use crate::app::App;
use crate::db::tokens::{self, SessionRow};
use crate::db::users;
use crate::domain::{Principal, Window};

/// Lets only the user themselves and administrators see or end sessions of `user_id`.
///
/// # Errors
/// [`AccountsError::Forbidden`], [`AccountsError::NoSuch`].
pub async fn require_own(app: &App, who: &Principal, user_id: i64) -> Result<(), AccountsError> {
    if who.user_id == user_id {
        return Ok(());
    }
    if !who.role.administers() {
        return Err(AccountsError::Forbidden("These are the sessions of somebody else."));
    }
    let mut conn = app.db().read().await?;
    users::by_id(&mut conn, user_id).await?.ok_or(AccountsError::NoSuch("User not found"))?;
    Ok(())
}

/// The open sessions of a user, newest first, and how many there are.
///
/// # Errors
/// [`AccountsError::Forbidden`], [`AccountsError::NoSuch`].
pub async fn list(
    app: &App,
    who: &Principal,
    user_id: i64,
    window: Window,
) -> Result<(i64, Vec<SessionRow>), AccountsError> {
    require_own(app, who, user_id).await?;
    let mut conn = app.db().read().await?;
    Ok(tokens::list(&mut conn, user_id, app.now(), window.start, window.count).await?)
}
