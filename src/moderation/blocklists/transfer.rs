//! Blocklists as files: what is read into a list, and a list as it is written.

use super::instance::log_server;
use super::{ModerationError, elsewhere, here, mutes};
use crate::app::App;
use crate::db::blocklists::mutes as muted;
use crate::db::blocklists::servers::{self, NewServerBlock};
use crate::db::blocklists::{self, Listed};
use crate::db::moderation::audit::Deed as Done;
use crate::db::moderation::blocks::{self, BlockFilter, NewHiding};
use crate::db::{Conn, Tx};
use crate::domain::blocklist::{self, Entry, Format, Kept, Skipped, Target};
use crate::domain::moderation::{Deed, Scope};
use crate::domain::{Millis, Principal, Role, Window};
use crate::moderation::require;
use crate::transact;

/// Entries written in one transaction.
const AT_ONCE: usize = 500;
/// A list is written whole.
const ALL: Window = Window { start: 0, count: 1_000_000 };

/// Whose list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// That of the one who asks.
    Mine,
    /// The instance's.
    Instance,
}

/// What came of reading a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Accounts that the list had not.
    pub accounts: usize,
    /// Servers that the list had not.
    pub servers: usize,
    /// Entries that it had.
    pub known: usize,
    /// What was not taken.
    pub skipped: Vec<Skipped>,
}

/// An entry that can be written.
enum Found {
    Account { actor: i64, name: String, reason: Option<String> },
    Server { host: String, reason: Option<String> },
}

/// Reads a file into a list. What cannot be taken is named; everything else is there.
///
/// # Errors
/// [`ModerationError::Forbidden`]; [`ModerationError::Invalid`] for what is no list;
/// [`ModerationError::Conflict`] when one's own list would be too long; the database's.
pub async fn import(
    app: &App,
    who: &Principal,
    whose: Whose,
    format: Option<Format>,
    data: &str,
) -> Result<Imported, ModerationError> {
    if whose == Whose::Instance {
        require(app, who, Deed::Block(Scope::Instance)).await?;
    }
    let read = blocklist::read(format, data);
    let read = read.map_err(|problem| ModerationError::invalid("data", problem))?;
    let mut done = Imported { skipped: read.skipped, ..Imported::default() };
    let mut conn = app.db().read().await?;
    if whose == Whose::Mine {
        let more = i64::try_from(read.entries.len()).unwrap_or(i64::MAX);
        mutes::room(&mut conn, who, more).await?;
    }
    let mut found = Vec::with_capacity(read.entries.len());
    for entry in read.entries {
        match find(app, &mut conn, who, whose, &entry).await? {
            Ok(one) => found.push(one),
            Err(why) => {
                let text = entry.target.address();
                done.skipped.push(Skipped { line: entry.line, text, why });
            }
        }
    }
    drop(conn);
    for piece in found.chunks(AT_ONCE) {
        let (accounts, servers) = match whose {
            Whose::Mine => mute(app, who, piece).await?,
            Whose::Instance => block(app, who, piece).await?,
        };
        done.accounts += accounts;
        done.servers += servers;
        done.known += piece.len() - accounts - servers;
    }
    app.wake_jobs();
    tracing::info!(
        user.id = who.user_id,
        instance = whose == Whose::Instance,
        accounts = done.accounts,
        servers = done.servers,
        skipped = done.skipped.len(),
        "a blocklist was read from a file"
    );
    Ok(done)
}

/// What an entry means here, or why it is left out.
async fn find(
    app: &App,
    conn: &mut Conn,
    who: &Principal,
    whose: Whose,
    entry: &Entry,
) -> Result<Result<Found, &'static str>, ModerationError> {
    let reason = entry.reason.clone();
    Ok(match &entry.target {
        Target::Server(host) => match elsewhere(app, host) {
            Ok(host) => Ok(Found::Server { host, reason }),
            Err(_) => Err("This is your own server."),
        },
        Target::Account { name, host } => {
            let host = here(app, host.clone());
            match blocklists::account_actor(conn, name, &host).await? {
                None => Err("This account is not known here."),
                Some(actor) if actor == who.actor_id => Err("This is yourself."),
                Some(actor) if whose == Whose::Instance && staff(conn, actor).await? => {
                    Err("Moderators and administrators are not blocked.")
                }
                Some(actor) => Ok(Found::Account { actor, name: name.clone(), reason }),
            }
        }
    })
}

async fn staff(conn: &mut Conn, actor: i64) -> Result<bool, ModerationError> {
    Ok(blocklists::role_of(conn, actor).await?.is_some_and(Role::moderates))
}

async fn mute(
    app: &App,
    who: &Principal,
    piece: &[Found],
) -> Result<(usize, usize), ModerationError> {
    let now = app.now();
    transact!(app.db(), tx => {
        let (mut accounts, mut servers) = (0, 0);
        for one in piece {
            match one {
                Found::Account { actor, .. } => {
                    let new = muted::add_account(tx, who.actor_id, *actor, now).await?;
                    accounts += usize::from(new);
                }
                Found::Server { host, .. } => {
                    let new = muted::add_server(tx, who.actor_id, host, now).await?;
                    servers += usize::from(new);
                }
            }
        }
        Ok((accounts, servers))
    })
}

async fn block(
    app: &App,
    who: &Principal,
    piece: &[Found],
) -> Result<(usize, usize), ModerationError> {
    let now = app.now();
    transact!(app.db(), tx => {
        let new = fresh(tx, piece).await?;
        if new.is_empty() {
            return Ok((0, 0));
        }
        let audit_id = log(tx, who, &new, now).await?;
        let (mut accounts, mut servers) = (0, 0);
        for one in new {
            match one {
                Found::Account { actor, name, reason } => {
                    let (by, reason) = (who.actor_id, reason.as_deref());
                    let new = NewHiding { actor_id: *actor, label: name, reason, by, audit_id };
                    accounts += usize::from(blocks::hide(tx, &new, now).await?.is_some());
                }
                Found::Server { host, reason } => {
                    let reason = reason.as_deref();
                    let new = NewServerBlock { host, reason, by: who.actor_id, audit_id };
                    servers += usize::from(servers::insert(tx, &new, now).await?);
                }
            }
        }
        blocklists::changed(tx, 0, now).await?;
        Ok((accounts, servers))
    })
}

/// Those that are not blocked yet.
async fn fresh<'a>(tx: &mut Tx, piece: &'a [Found]) -> Result<Vec<&'a Found>, ModerationError> {
    let mut new = Vec::with_capacity(piece.len());
    for one in piece {
        let known = match one {
            Found::Account { actor, .. } => blocks::hidden(tx, *actor).await?,
            Found::Server { host, .. } => servers::has(tx, host).await?,
        };
        if !known {
            new.push(one);
        }
    }
    Ok(new)
}

/// One row of the log stands for the piece: it names the servers as far as there is room.
async fn log(
    tx: &mut Tx,
    who: &Principal,
    new: &[&Found],
    now: Millis,
) -> Result<i64, ModerationError> {
    let hosts: Vec<&str> = new
        .iter()
        .filter_map(|one| match one {
            Found::Server { host, .. } => Some(host.as_str()),
            Found::Account { .. } => None,
        })
        .collect();
    let note =
        format!("from a file: {} accounts, {} servers", new.len() - hosts.len(), hosts.len());
    Ok(log_server(tx, who, Done::Blocked, &hosts.join(" "), Some(&note), now).await?)
}

/// A list as a file.
///
/// # Errors
/// [`ModerationError::Forbidden`]; the database's.
pub async fn export(
    app: &App,
    who: &Principal,
    whose: Whose,
    format: Format,
) -> Result<String, ModerationError> {
    let listed = Listed { oldest_first: true, ..Listed::default() };
    let kept = match whose {
        Whose::Mine => {
            let (_, accounts) = mutes::accounts(app, who, &listed, ALL).await?;
            let (_, servers) = mutes::servers(app, who, &listed, ALL).await?;
            let accounts =
                accounts.iter().map(|one| (address(app, &one.account.actor), None, one.since));
            let servers =
                servers.into_iter().map(|one| (Target::Server(one.host), None, one.created_at));
            accounts.chain(servers).map(kept).collect::<Vec<_>>()
        }
        Whose::Instance => {
            let filter = BlockFilter {
                scope: Some(Scope::Instance),
                hiding: true,
                listed: listed.clone(),
                ..BlockFilter::default()
            };
            let (_, accounts) = super::instance::page(app, who, &filter, ALL).await?;
            let (_, servers) = super::instance::servers(app, who, &listed, ALL).await?;
            let accounts = accounts.into_iter().map(|one| {
                (address(app, &one.account.actor), one.block.reason, one.block.created_at)
            });
            let servers = servers.into_iter().map(|one| {
                (Target::Server(one.block.host), one.block.reason, one.block.created_at)
            });
            accounts.chain(servers).map(kept).collect()
        }
    };
    Ok(blocklist::write(format, &kept))
}

fn kept((target, reason, since): (Target, Option<String>, Millis)) -> Kept {
    Kept { target, reason, created_at: since.rfc3339() }
}

fn address(app: &App, actor: &crate::db::accounts::ActorRow) -> Target {
    let host = if actor.host.is_empty() { app.config().public_host() } else { actor.host.clone() };
    Target::Account { name: actor.name.clone(), host }
}
