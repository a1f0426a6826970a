//! Whom does one person not want to see? Their comments, videos in lists, and notifications of
//! them; nobody else's. Comments under one's own videos are the exception: there, nobody sees what
//! the owner does not want to see, and it is not taken any more (`social::write`).

use super::{ModerationError, actor, elsewhere, people};
use crate::app::App;
use crate::db::accounts::AccountRow;
use crate::db::blocklists::Listed;
use crate::db::blocklists::mutes::{self, ServerMute};
use crate::db::{Conn, accounts};
use crate::domain::{Millis, Principal, Window};
use crate::transact;

/// Accounts and servers that somebody mutes at most.
pub const MOST: i64 = 20_000;

/// A muted account.
#[derive(Debug, Clone)]
pub struct Muted {
    /// Who.
    pub account: AccountRow,
    /// Since when.
    pub since: Millis,
}

/// Room for `more` on a list.
pub(super) async fn room(
    conn: &mut Conn,
    who: &Principal,
    more: i64,
) -> Result<(), ModerationError> {
    if mutes::count(conn, who.actor_id).await? + more > MOST {
        let full = format!("Your list holds {MOST} accounts and servers at most.");
        return Err(ModerationError::Conflict(full));
    }
    Ok(())
}

/// `who` does not want to see an account any more; once is enough.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Conflict`] for oneself or a full list,
/// [`ModerationError::Invalid`]; the database's.
pub async fn mute_account(app: &App, who: &Principal, handle: &str) -> Result<(), ModerationError> {
    let mut conn = app.db().read().await?;
    let muted = actor(app, &mut conn, handle).await?;
    drop(conn);
    if muted == who.actor_id {
        return Err(ModerationError::Conflict("You cannot mute yourself.".to_owned()));
    }
    let now = app.now();
    transact!(app.db(), tx => {
        room(tx, who, 1).await?;
        mutes::add_account(tx, who.actor_id, muted, now).await?;
        Ok::<(), ModerationError>(())
    })
}

/// `who` sees an account again.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Invalid`]; the database's.
pub async fn unmute_account(
    app: &App,
    who: &Principal,
    handle: &str,
) -> Result<(), ModerationError> {
    let mut conn = app.db().read().await?;
    let muted = actor(app, &mut conn, handle).await?;
    drop(conn);
    transact!(app.db(), tx => {
        if !mutes::remove_account(tx, who.actor_id, muted).await? {
            return Err(ModerationError::NoSuch("This account is not muted."));
        }
        Ok(())
    })
}

/// `who` does not want to see anything of another server any more; once is enough.
///
/// # Errors
/// [`ModerationError::Conflict`] for this server or a full list, [`ModerationError::Invalid`]; the
/// database's.
pub async fn mute_server(app: &App, who: &Principal, host: &str) -> Result<(), ModerationError> {
    let host = elsewhere(app, host)?;
    let now = app.now();
    transact!(app.db(), tx => {
        room(tx, who, 1).await?;
        mutes::add_server(tx, who.actor_id, &host, now).await?;
        Ok::<(), ModerationError>(())
    })
}

/// `who` sees what is on another server again.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Conflict`], [`ModerationError::Invalid`]; the
/// database's.
pub async fn unmute_server(app: &App, who: &Principal, host: &str) -> Result<(), ModerationError> {
    let host = elsewhere(app, host)?;
    transact!(app.db(), tx => {
        if !mutes::remove_server(tx, who.actor_id, &host).await? {
            return Err(ModerationError::NoSuch("This server is not muted."));
        }
        Ok(())
    })
}

/// Accounts that `who` muted, and how many there are.
///
/// # Errors
/// The database's.
pub async fn accounts(
    app: &App,
    who: &Principal,
    listed: &Listed,
    window: Window,
) -> Result<(i64, Vec<Muted>), ModerationError> {
    let mut conn = app.db().read().await?;
    let (total, rows) = mutes::accounts(&mut conn, who.actor_id, listed, window).await?;
    let actors: Vec<i64> = rows.iter().map(|row| row.actor_id).collect();
    let mut people = people(&mut conn, &actors).await?;
    let muted = rows.into_iter().filter_map(|row| {
        Some(Muted { account: people.remove(&row.actor_id)?, since: row.created_at })
    });
    Ok((total, muted.collect()))
}

/// Servers that `who` muted, and how many there are.
///
/// # Errors
/// The database's.
pub async fn servers(
    app: &App,
    who: &Principal,
    listed: &Listed,
    window: Window,
) -> Result<(i64, Vec<ServerMute>), ModerationError> {
    let mut conn = app.db().read().await?;
    Ok(mutes::servers(&mut conn, who.actor_id, listed, window).await?)
}

/// The account of the one who asks, which their lists name.
///
/// # Errors
/// [`ModerationError::NoSuch`]; the database's.
pub async fn owner(app: &App, who: &Principal) -> Result<AccountRow, ModerationError> {
    let mut conn = app.db().read().await?;
    let found = accounts::by_id(&mut conn, who.account_id).await?;
    found.ok_or(ModerationError::NoSuch("Account not found"))
}
