//! Whom does somebody not want to see, and whom does the instance show to nobody? People's own
//! lists are [`mutes`], the instance's [`instance`]; both are read and written as files by
//! [`transfer`].

pub mod instance;
pub mod mutes;
pub mod transfer;

use std::collections::HashMap;

use super::ModerationError;
use crate::app::App;
use crate::db::accounts::{self, AccountRow};
use crate::db::blocklists::{self, servers};
use crate::db::moderation::blocks;
use crate::db::{Conn, DbError};
use crate::domain::Principal;
use crate::domain::blocklist::{self, Target};

/// An account, as somebody names it, with a host that is empty for this server.
///
/// # Errors
/// [`ModerationError::Invalid`].
fn named(app: &App, handle: &str) -> Result<(String, String), ModerationError> {
    match blocklist::account(handle) {
        Some(Target::Account { name, host }) => Ok((name, here(app, host))),
        _ => {
            let problem = "Should be the address of an account: name, or name@host.";
            Err(ModerationError::invalid("accountName", problem))
        }
    }
}

/// A host as actors have it: empty for this server.
fn here(app: &App, host: String) -> String {
    if host.eq_ignore_ascii_case(&app.config().public_host()) { String::new() } else { host }
}

/// The actor behind a handle.
///
/// # Errors
/// [`ModerationError::Invalid`], [`ModerationError::NoSuch`]; the database's.
async fn actor(app: &App, conn: &mut Conn, handle: &str) -> Result<i64, ModerationError> {
    let (name, host) = named(app, handle)?;
    let found = blocklists::account_actor(conn, &name, &host).await?;
    found.ok_or(ModerationError::NoSuch("Account not found"))
}

/// Another server's host.
///
/// # Errors
/// [`ModerationError::Invalid`]; [`ModerationError::Conflict`] for this server itself.
fn elsewhere(app: &App, host: &str) -> Result<String, ModerationError> {
    let Some(host) = blocklist::host(host) else {
        return Err(ModerationError::invalid("host", "Should be the host of a server."));
    };
    if here(app, host.clone()).is_empty() {
        return Err(ModerationError::Conflict("This is your own server.".to_owned()));
    }
    Ok(host)
}

/// Accounts by their actors.
async fn people(conn: &mut Conn, actors: &[i64]) -> Result<HashMap<i64, AccountRow>, DbError> {
    let mut actors = actors.to_vec();
    actors.sort_unstable();
    actors.dedup();
    let found = accounts::by_actors(conn, &actors).await?;
    Ok(found.into_iter().map(|account| (account.actor.id, account)).collect())
}

/// Whether somebody or something is blocked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Status {
    /// By the instance.
    pub by_server: bool,
    /// By the one who asks.
    pub by_user: bool,
}

/// Names that are asked for at once, at most.
const MOST_ASKED: usize = 100;

/// How accounts and servers stand, for `who`; those that are not known are not blocked.
///
/// # Errors
/// [`ModerationError::Invalid`] when there are too many; the database's.
pub async fn status(
    app: &App,
    who: Option<&Principal>,
    handles: &[String],
    hosts: &[String],
) -> Result<(Vec<Status>, Vec<Status>), ModerationError> {
    if handles.len() + hosts.len() > MOST_ASKED {
        return Err(ModerationError::invalid("accounts", "Should be 100 names at most."));
    }
    let mut conn = app.db().read().await?;
    let mut of_accounts = Vec::with_capacity(handles.len());
    for handle in handles {
        let Ok((name, host)) = named(app, handle) else {
            of_accounts.push(Status::default());
            continue;
        };
        let mut status = Status::default();
        if let Some(actor) = blocklists::account_actor(&mut conn, &name, &host).await? {
            status.by_server = blocks::hidden(&mut conn, actor).await?;
            if let Some(who) = who {
                let (owner, conn) = (who.actor_id, &mut conn);
                status.by_user = blocklists::mutes::has_account(conn, owner, actor).await?;
            }
        }
        of_accounts.push(status);
    }
    let mut of_servers = Vec::with_capacity(hosts.len());
    for host in hosts {
        let mut status = Status::default();
        if let Some(host) = blocklist::host(host) {
            status.by_server = servers::has(&mut conn, &host).await?;
            if let Some(who) = who {
                let (owner, conn) = (who.actor_id, &mut conn);
                status.by_user = blocklists::mutes::has_server(conn, owner, &host).await?;
            }
        }
        of_servers.push(status);
    }
    Ok((of_accounts, of_servers))
}
