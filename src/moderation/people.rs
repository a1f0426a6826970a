//! Who moderates which channel? Its owner names them.

use super::{ModerationError, require, standing};
use crate::app::App;
use crate::db::accounts::{self, AccountRow};
use crate::db::channels::{self, ChannelRow};
use crate::db::moderation::audit::{self, Deed as Done, NewAudit};
use crate::db::moderation::people;
use crate::db::{DbError, Tx};
use crate::domain::moderation::Deed;
use crate::domain::{Millis, Principal};
use crate::transact;

/// Moderators of a channel with the moment they were named.
///
/// # Errors
/// [`ModerationError::Forbidden`]; the database's.
pub async fn moderators(
    app: &App,
    who: &Principal,
    channel: i64,
) -> Result<Vec<(AccountRow, Millis)>, ModerationError> {
    require(app, who, Deed::SeeModerators(channel)).await?;
    let mut conn = app.db().read().await?;
    let named = people::moderators(&mut conn, channel).await?;
    let ids: Vec<i64> = named.iter().map(|(id, _)| *id).collect();
    let rows = accounts::by_ids(&mut conn, &ids).await?;
    let found = named
        .into_iter()
        .filter_map(|(id, since)| Some((rows.iter().find(|row| row.id == id)?.clone(), since)));
    Ok(found.collect())
}

/// Channels that somebody may moderate: their own, and those they were named for.
///
/// # Errors
/// The database's.
pub async fn channels(app: &App, who: &Principal) -> Result<Vec<ChannelRow>, ModerationError> {
    let standing = standing(app, Some(who)).await?;
    let mut ids = standing.owns;
    ids.extend(standing.moderates);
    ids.sort_unstable();
    ids.dedup();
    let mut conn = app.db().read().await?;
    let mut rows = channels::by_ids(&mut conn, &ids).await?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

/// Makes somebody a moderator of a channel.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`]; the database's.
pub async fn name(
    app: &App,
    who: &Principal,
    channel: i64,
    account: i64,
) -> Result<(), ModerationError> {
    require(app, who, Deed::NameModerators(channel)).await?;
    let now = app.now();
    transact!(app.db(), tx => {
        let named = found(tx, account).await?;
        if people::insert(tx, channel, named.actor.id, who.actor_id, now).await? {
            log(tx, who, channel, &named, "is a moderator of the channel", now).await?;
        }
        Ok(())
    })
}

/// Somebody is a moderator of a channel no longer; one may always step down.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`]; the database's.
pub async fn dismiss(
    app: &App,
    who: &Principal,
    channel: i64,
    account: i64,
) -> Result<(), ModerationError> {
    if who.account_id != account {
        require(app, who, Deed::NameModerators(channel)).await?;
    }
    let now = app.now();
    transact!(app.db(), tx => {
        let named = found(tx, account).await?;
        if !people::delete(tx, channel, named.actor.id).await? {
            return Err(ModerationError::NoSuch("They do not moderate this channel."));
        }
        log(tx, who, channel, &named, "is no moderator of the channel any more", now).await?;
        Ok(())
    })
}

async fn found(tx: &mut Tx, account: i64) -> Result<AccountRow, ModerationError> {
    let found = accounts::by_id(tx, account).await?;
    found.ok_or(ModerationError::NoSuch("Account not found"))
}

async fn log(
    tx: &mut Tx,
    who: &Principal,
    channel: i64,
    named: &AccountRow,
    what: &str,
    now: Millis,
) -> Result<(), DbError> {
    let new = NewAudit {
        by: Some(who.actor_id),
        channel_id: Some(channel),
        note: Some(what),
        text: &named.actor.name,
        ..NewAudit::default()
    };
    audit::insert(tx, Done::RuleChanged, &new, now).await?;
    Ok(())
}
