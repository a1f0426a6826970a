//! How does somebody who lost their password come in again? With a new one, all sessions ended.

use super::AccountsError;
use super::create::check_password;
use crate::app::App;
use crate::auth::{password, principal};
use crate::db::changes::{self, ChangeKind};
use crate::db::{tokens, users};
use crate::transact;

/// Sets a user's password and ends every session they have, file tokens got with them included.
///
/// # Errors
/// [`AccountsError::Invalid`] for a password that cannot be used, [`AccountsError::NoSuch`].
pub async fn reset_password(app: &App, username: &str, new: &str) -> Result<(), AccountsError> {
    check_password("password", new)?;
    let hash = password::hash(app, new).await?;
    let now = app.now();
    transact!(app.db(), tx => {
        let user = users::by_login(tx, username).await?;
        let user = user.ok_or(AccountsError::NoSuch("User not found"))?;
        users::set_password(tx, user.id, &hash, now).await?;
        tokens::revoke_all(tx, user.id, None).await?;
        changes::record(tx, ChangeKind::User, user.id, now).await?;
        Ok::<(), AccountsError>(())
    })?;
    principal::forget(app);
    Ok(())
}
