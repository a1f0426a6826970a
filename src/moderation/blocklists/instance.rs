//! Whom does the instance show to nobody, and whose texts are refused? Moderators block accounts
//! and servers; lists and decisions block authors too, and all of it is lifted here.

use super::{ModerationError, actor, elsewhere, people};
use crate::app::App;
use crate::db::accounts::AccountRow;
use crate::db::blocklists::servers::{self, NewServerBlock, ServerBlock};
use crate::db::blocklists::{self, Listed};
use crate::db::channels::{self, ChannelRow};
use crate::db::moderation::audit::{self, Deed as Done, NewAudit};
use crate::db::moderation::blocks::{self, Block, BlockFilter, NewHiding};
use crate::db::revisions::SubjectKind;
use crate::db::{DbError, Tx, accounts};
use crate::domain::blocklist::MAX_REASON;
use crate::domain::moderation::{Deed, Reason, Scope};
use crate::domain::{Millis, Principal, Role, Window};
use crate::moderation::require;
use crate::transact;

/// A block with whoever has to do with it.
#[derive(Debug, Clone)]
pub struct Blocked {
    /// The block.
    pub block: Block,
    /// Whose texts are refused.
    pub account: AccountRow,
    /// Who did it; `None`: the server by its rules, or somebody who is gone.
    pub by: Option<AccountRow>,
    /// The channel it is about.
    pub channel: Option<ChannelRow>,
    /// What led to it.
    pub reasons: Vec<Reason>,
    /// The beginning of the text that led to it, when one did.
    pub text: Option<String>,
    /// What moderators noted for each other with the decision.
    pub note: Option<String>,
}

/// A blocked server.
#[derive(Debug, Clone)]
pub struct BlockedServer {
    /// The block.
    pub block: ServerBlock,
    /// Who did it, unless they are gone.
    pub by: Option<AccountRow>,
}

/// A reason as it is kept.
///
/// # Errors
/// [`ModerationError::Invalid`].
fn checked(reason: Option<&str>) -> Result<Option<&str>, ModerationError> {
    let reason = reason.map(str::trim).filter(|text| !text.is_empty());
    if reason.is_some_and(|text| text.chars().count() > MAX_REASON) {
        return Err(ModerationError::invalid("reason", "Should have 500 characters at most."));
    }
    Ok(reason)
}

/// Shows an account to nobody, and takes no texts from it; once is enough.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`], [`ModerationError::Invalid`],
/// [`ModerationError::Conflict`] for those who moderate; the database's.
pub async fn block_account(
    app: &App,
    who: &Principal,
    handle: &str,
    reason: Option<&str>,
) -> Result<(), ModerationError> {
    require(app, who, Deed::Block(Scope::Instance)).await?;
    let reason = checked(reason)?;
    let mut conn = app.db().read().await?;
    let actor = actor(app, &mut conn, handle).await?;
    drop(conn);
    let now = app.now();
    transact!(app.db(), tx => {
        if blocklists::role_of(tx, actor).await?.is_some_and(Role::moderates) {
            return Err(ModerationError::Conflict(
                "Moderators and administrators are not blocked. Take the role away first."
                    .to_owned(),
            ));
        }
        if blocks::hidden(tx, actor).await? {
            return Ok(());
        }
        let account = account_of(tx, actor).await?;
        let label = account.as_ref().map_or("", |account| &account.actor.name);
        let told = NewAudit { note: reason, ..about(who, account.as_ref(), actor) };
        let audit_id = audit::insert(tx, Done::Blocked, &told, now).await?;
        let new = NewHiding { actor_id: actor, label, reason, by: who.actor_id, audit_id };
        blocks::hide(tx, &new, now).await?;
        blocklists::changed(tx, actor, now).await?;
        Ok(())
    })?;
    app.wake_jobs();
    tracing::info!(actor.id = actor, user.id = who.user_id, "an account is blocked");
    Ok(())
}

/// Shows an account again and takes its texts, whatever blocked it on the whole instance.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`], [`ModerationError::Invalid`]; the
/// database's.
pub async fn lift_account(app: &App, who: &Principal, handle: &str) -> Result<(), ModerationError> {
    require(app, who, Deed::Block(Scope::Instance)).await?;
    let mut conn = app.db().read().await?;
    let actor = actor(app, &mut conn, handle).await?;
    drop(conn);
    let now = app.now();
    transact!(app.db(), tx => {
        if blocks::delete_of_instance(tx, actor, now).await? == 0 {
            return Err(ModerationError::NoSuch("This account is not blocked."));
        }
        let account = account_of(tx, actor).await?;
        let new = about(who, account.as_ref(), actor);
        audit::insert(tx, Done::Unblocked, &new, now).await?;
        blocklists::changed(tx, actor, now).await?;
        Ok(())
    })?;
    tracing::info!(actor.id = actor, user.id = who.user_id, "an account is blocked no longer");
    Ok(())
}

/// Lifts one block, of whatever scope.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`]; the database's.
pub async fn lift(app: &App, who: &Principal, id: i64) -> Result<(), ModerationError> {
    const GONE: ModerationError = ModerationError::NoSuch("This block was lifted before.");
    let mut conn = app.db().read().await?;
    let found = blocks::by_id(&mut conn, id).await?;
    drop(conn);
    let scope = found.as_ref().map_or(Scope::Instance, |block| block.scope);
    require(app, who, Deed::Block(scope)).await?;
    let block = found.ok_or(GONE)?;
    let now = app.now();
    transact!(app.db(), tx => {
        if !blocks::delete(tx, block.id, now).await? {
            return Err(GONE);
        }
        let account = account_of(tx, block.actor_id).await?;
        let new = NewAudit {
            channel_id: match block.scope {
                Scope::Channel(id) => Some(id),
                Scope::Instance | Scope::Account(_) => None,
            },
            ..about(who, account.as_ref(), block.actor_id)
        };
        audit::insert(tx, Done::Unblocked, &new, now).await?;
        blocklists::changed(tx, block.actor_id, now).await?;
        Ok(())
    })
}

/// Blocks that are in force, and how many there are: of one scope, or (for moderators of the
/// instance) of all.
///
/// # Errors
/// [`ModerationError::Forbidden`]; the database's.
pub async fn page(
    app: &App,
    who: &Principal,
    filter: &BlockFilter,
    window: Window,
) -> Result<(i64, Vec<Blocked>), ModerationError> {
    require(app, who, Deed::Block(filter.scope.unwrap_or(Scope::Instance))).await?;
    let mut conn = app.db().read().await?;
    let (total, rows) = blocks::page(&mut conn, filter, window, app.now()).await?;
    let actors: Vec<i64> =
        rows.iter().flat_map(|row| [Some(row.actor_id), row.by]).flatten().collect();
    let people = people(&mut conn, &actors).await?;
    let audits: Vec<i64> = rows.iter().filter_map(|row| row.audit_id).collect();
    let audits = audit::by_ids(&mut conn, &audits).await?;
    let in_channels = rows.iter().filter_map(|row| match row.scope {
        Scope::Channel(id) => Some(id),
        Scope::Instance | Scope::Account(_) => None,
    });
    let in_channels: Vec<i64> = in_channels.collect();
    let channels = channels::by_ids(&mut conn, &in_channels).await?;
    let found = rows.into_iter().filter_map(|block| {
        let cause = audits.iter().find(|row| Some(row.id) == block.audit_id);
        let channel = channels.iter().find(|row| block.scope == Scope::Channel(row.id));
        // Where a moderator blocked an account by itself, the log has its name and the reason.
        let written = cause.filter(|row| row.revision_id.is_some());
        Some(Blocked {
            account: people.get(&block.actor_id)?.clone(),
            by: block.by.and_then(|id| people.get(&id)).cloned(),
            channel: channel.cloned(),
            reasons: cause.map(|row| row.reasons.clone()).unwrap_or_default(),
            text: written.map(|row| row.excerpt.clone()),
            note: written.and_then(|row| row.note.clone()),
            block,
        })
    });
    Ok((total, found.collect()))
}

/// Shows nothing of another server to anybody; once is enough.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::Invalid`], [`ModerationError::Conflict`] for
/// this server; the database's.
pub async fn block_server(
    app: &App,
    who: &Principal,
    host: &str,
    reason: Option<&str>,
) -> Result<(), ModerationError> {
    require(app, who, Deed::Block(Scope::Instance)).await?;
    let (host, reason) = (elsewhere(app, host)?, checked(reason)?);
    let now = app.now();
    transact!(app.db(), tx => {
        if servers::has(tx, &host).await? {
            return Ok(());
        }
        let audit_id = log_server(tx, who, Done::Blocked, &host, reason, now).await?;
        let new = NewServerBlock { host: &host, reason, by: who.actor_id, audit_id };
        servers::insert(tx, &new, now).await?;
        blocklists::changed(tx, 0, now).await?;
        Ok::<(), ModerationError>(())
    })?;
    tracing::info!(host, user.id = who.user_id, "a server is blocked");
    Ok(())
}

/// Shows what is on another server again.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`], [`ModerationError::Invalid`]; the
/// database's.
pub async fn lift_server(app: &App, who: &Principal, host: &str) -> Result<(), ModerationError> {
    require(app, who, Deed::Block(Scope::Instance)).await?;
    let host = elsewhere(app, host)?;
    let now = app.now();
    transact!(app.db(), tx => {
        if !servers::delete(tx, &host, now).await? {
            return Err(ModerationError::NoSuch("This server is not blocked."));
        }
        log_server(tx, who, Done::Unblocked, &host, None, now).await?;
        blocklists::changed(tx, 0, now).await?;
        Ok(())
    })
}

/// Blocked servers, and how many there are.
///
/// # Errors
/// [`ModerationError::Forbidden`]; the database's.
pub async fn servers(
    app: &App,
    who: &Principal,
    listed: &Listed,
    window: Window,
) -> Result<(i64, Vec<BlockedServer>), ModerationError> {
    require(app, who, Deed::Block(Scope::Instance)).await?;
    let mut conn = app.db().read().await?;
    let (total, rows) = servers::page(&mut conn, listed, window).await?;
    let actors: Vec<i64> = rows.iter().filter_map(|row| row.by).collect();
    let people = people(&mut conn, &actors).await?;
    let found = rows
        .into_iter()
        .map(|block| BlockedServer { by: block.by.and_then(|id| people.get(&id)).cloned(), block });
    Ok((total, found.collect()))
}

async fn account_of(tx: &mut Tx, actor: i64) -> Result<Option<AccountRow>, DbError> {
    Ok(accounts::by_actors(tx, &[actor]).await?.pop())
}

/// What the log says of an account.
fn about<'a>(who: &Principal, account: Option<&'a AccountRow>, actor: i64) -> NewAudit<'a> {
    NewAudit {
        subject: account.map(|account| (SubjectKind::Account, account.id)),
        author_id: Some(actor),
        by: Some(who.actor_id),
        text: account.map_or("", |account| &account.actor.name),
        ..NewAudit::default()
    }
}

pub(super) async fn log_server(
    tx: &mut Tx,
    who: &Principal,
    deed: Done,
    text: &str,
    reason: Option<&str>,
    now: Millis,
) -> Result<i64, DbError> {
    let new = NewAudit { by: Some(who.actor_id), note: reason, text, ..NewAudit::default() };
    audit::insert(tx, deed, &new, now).await
}
