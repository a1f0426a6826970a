//! What should moderators know of an account before they decide about it? Everything it wrote,
//! its videos, reports from both sides, blocks, and what others noted.

use std::collections::HashMap;

use super::queue::people;
use super::{ModerationError, require};
use crate::app::App;
use crate::db::accounts::{self, AccountRow};
use crate::db::channels::{self, ChannelRow};
use crate::db::moderation::around::{self, VideoBrief};
use crate::db::moderation::authors::{self, Blocked, Counts, OwnVideo, TextFilter};
use crate::db::moderation::batches::{self, BatchRow};
use crate::db::moderation::notes;
use crate::db::revisions::{RevisionRow, SubjectKind};
use crate::db::users::{self, UserRow};
use crate::domain::moderation::{Deed, Scope};
use crate::domain::{Principal, Window};

/// Batches over somebody's comments that are shown.
const BATCHES: i64 = 5;

/// Whom it is about.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The account.
    pub account: AccountRow,
    /// Who signs in to it, for local ones.
    pub user: Option<UserRow>,
}

/// Finds an account for moderators of the instance.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`]; the database's.
pub async fn subject(
    app: &App,
    who: &Principal,
    account_id: i64,
) -> Result<Subject, ModerationError> {
    require(app, who, Deed::SeeQueue(Scope::Instance)).await?;
    let mut conn = app.db().read().await?;
    let account = accounts::by_id(&mut conn, account_id).await?;
    let account = account.ok_or(ModerationError::NoSuch("Account not found"))?;
    let user = match account.user_id {
        Some(id) => users::by_id(&mut conn, id).await?,
        None => None,
    };
    Ok(Subject { account, user })
}

/// A block with its people and places.
#[derive(Debug, Clone)]
pub struct Block {
    /// The block.
    pub row: Blocked,
    /// Who did it.
    pub by: Option<AccountRow>,
    /// Where, for one channel.
    pub channel: Option<ChannelRow>,
}

/// What is known of an account.
#[derive(Debug, Clone)]
pub struct Review {
    /// Whom it is about.
    pub subject: Subject,
    /// Its channels, oldest first.
    pub channels: Vec<ChannelRow>,
    /// Comments by state.
    pub comments: Counts,
    /// Videos, also those that nobody else sees.
    pub videos: i64,
    /// Reports it filed, by state.
    pub reports_by: Counts,
    /// Reports of what it is behind, by state.
    pub reports_against: Counts,
    /// Notes of moderators.
    pub notes: i64,
    /// Where its texts are refused.
    pub blocks: Vec<Block>,
    /// The latest decisions on everything it commented.
    pub batches: Vec<BatchRow>,
}

/// Shows what is known of an account.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`]; the database's.
pub async fn review(
    app: &App,
    who: &Principal,
    account_id: i64,
) -> Result<Review, ModerationError> {
    let subject = subject(app, who, account_id).await?;
    let actor = subject.account.actor.id;
    let mut conn = app.db().read().await?;
    let rows = authors::blocks(&mut conn, actor, app.now()).await?;
    let by: Vec<i64> = rows.iter().filter_map(|row| row.by).collect();
    let by = people(&mut conn, &by).await?;
    let of_channel = |scope: Scope| match scope {
        Scope::Channel(id) => Some(id),
        Scope::Instance | Scope::Account(_) => None,
    };
    let places: Vec<i64> = rows.iter().filter_map(|row| of_channel(row.scope)).collect();
    let places = channels::by_ids(&mut conn, &places).await?;
    let blocks = rows.into_iter().map(|row| Block {
        by: row.by.and_then(|id| by.get(&id)).cloned(),
        channel: places.iter().find(|one| Some(one.id) == of_channel(row.scope)).cloned(),
        row,
    });
    let blocks = blocks.collect();
    let none = Window { start: 0, count: 0 };
    Ok(Review {
        channels: channels::of_accounts(&mut conn, &[account_id]).await?,
        comments: authors::comments(&mut conn, actor).await?,
        videos: authors::videos(&mut conn, account_id, none).await?.0,
        reports_by: authors::reports_by(&mut conn, actor).await?,
        reports_against: authors::reports_against(&mut conn, actor).await?,
        notes: notes::count(&mut conn, account_id).await?,
        blocks,
        batches: batches::of_author(&mut conn, actor, BATCHES).await?,
        subject,
    })
}

/// A version of a text with the video it is about or below.
pub type Written = (RevisionRow, Option<VideoBrief>);

/// What an account wrote, every version of it, newest first; and how much that is.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`]; the database's.
pub async fn texts(
    app: &App,
    who: &Principal,
    account_id: i64,
    filter: &TextFilter,
    window: Window,
) -> Result<(i64, Vec<Written>), ModerationError> {
    let subject = subject(app, who, account_id).await?;
    let mut conn = app.db().read().await?;
    let actor = subject.account.actor.id;
    let (total, rows) = authors::texts(&mut conn, actor, filter, window).await?;
    let about: Vec<(SubjectKind, i64)> = rows.iter().map(|row| row.subject).collect();
    let videos: HashMap<_, _> = around::videos(&mut conn, &about).await?;
    let written = rows.into_iter().map(|row| {
        let video = videos.get(&row.subject).cloned();
        (row, video)
    });
    Ok((total, written.collect()))
}

/// All videos of an account, newest first; and how many there are.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`]; the database's.
pub async fn videos(
    app: &App,
    who: &Principal,
    account_id: i64,
    window: Window,
) -> Result<(i64, Vec<OwnVideo>), ModerationError> {
    subject(app, who, account_id).await?;
    let mut conn = app.db().read().await?;
    Ok(authors::videos(&mut conn, account_id, window).await?)
}
