//! Which accounts can everybody see?

use super::AccountsError;
use super::channels::split;
use crate::app::App;
use crate::db::accounts::{self, AccountOrder, AccountRow};
use crate::domain::{Order, Window};

/// An account by `name` or `name@host`.
///
/// # Errors
/// [`AccountsError::NoSuch`].
pub async fn find(app: &App, handle: &str) -> Result<AccountRow, AccountsError> {
    let (name, host) = split(app, handle);
    let mut conn = app.db().read().await?;
    let account = accounts::by_handle(&mut conn, name, host).await?;
    account.ok_or(AccountsError::NoSuch("Account not found"))
}

/// Accounts, and how many there are.
///
/// # Errors
/// The database's.
pub async fn list(
    app: &App,
    order: Order<AccountOrder>,
    window: Window,
) -> Result<(i64, Vec<AccountRow>), AccountsError> {
    let mut conn = app.db().read().await?;
    Ok(accounts::list(&mut conn, order, window).await?)
}
