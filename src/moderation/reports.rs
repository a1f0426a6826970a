//! What do people report, and what becomes of it? Everybody files and follows their own reports;
//! moderators see, answer and decide all of them.

use std::time::Duration;

use super::ModerationError;
use crate::app::App;
use crate::db::abuses::{self, AbuseFilter, AbuseOrder, AbuseRow, MessageRow, Said, Target};
use crate::db::accounts::{self, AccountRow};
use crate::db::channels::{self, ChannelRow};
use crate::db::moderation::audit::{self, Deed, NewAudit};
use crate::db::plugins::events;
use crate::db::{DbError, Tx, jobs};
use crate::domain::abuse::{AbuseState, PREDEFINED_REASONS};
use crate::domain::{
    Job, Millis, NotifyEvent, Order, PluginEvent, PluginEventKind, Principal, Window,
};
use crate::transact;

/// Characters of a reason, a note or a message (PeerTube's).
const TEXT: std::ops::RangeInclusive<usize> = 2..=3_000;
/// Reports that one person files in an hour at most.
const AN_HOUR: i64 = 30;
/// Messages about one report at most: the newest are shown.
const MESSAGES: i64 = 500;

const NOT_FOUND: ModerationError = ModerationError::NoSuch("Abuse not found");

/// What somebody wants to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported {
    /// `videos.id`.
    Video(i64),
    /// `comments.id`.
    Comment(i64),
    /// `accounts.id`.
    Account(i64),
}

/// A report with whoever and whatever it is about.
#[derive(Debug, Clone)]
pub struct Report {
    /// The report.
    pub abuse: AbuseRow,
    /// Who filed it.
    pub reporter: Option<AccountRow>,
    /// Who is behind what is reported.
    pub flagged: Option<AccountRow>,
    /// The channel of the video.
    pub channel: Option<ChannelRow>,
    /// Who works on it.
    pub assignee: Option<AccountRow>,
}

/// A message with its author.
#[derive(Debug, Clone)]
pub struct Message {
    /// The message.
    pub row: MessageRow,
    /// Who wrote it.
    pub account: Option<AccountRow>,
}

/// What `reported` is. Whether the reporter may see it at all is for the caller to ask.
///
/// # Errors
/// [`ModerationError::NoSuch`].
pub async fn target(app: &App, reported: Reported) -> Result<Target, ModerationError> {
    let mut conn = app.db().read().await?;
    let (found, what) = match reported {
        Reported::Video(id) => (abuses::of_video(&mut conn, id).await?, "Video not found"),
        Reported::Comment(id) => (abuses::of_comment(&mut conn, id).await?, "Comment not found"),
        Reported::Account(id) => (abuses::of_account(&mut conn, id).await?, "Account not found"),
    };
    found.ok_or(ModerationError::NoSuch(what))
}

/// Files a report and returns its id. A second report of the same thing by the same person, while
/// the first waits, is that one.
///
/// # Errors
/// [`ModerationError::Invalid`]; [`ModerationError::TooMany`].
pub async fn file(
    app: &App,
    by: &Principal,
    target: &Target,
    said: &Said,
) -> Result<i64, ModerationError> {
    check(said)?;
    let now = app.now();
    let since = now.minus(Duration::from_secs(3_600));
    let id = transact!(app.db(), tx => {
        if let Some(id) = abuses::pending(tx, by.actor_id, target).await? {
            return Ok(id);
        }
        if abuses::filed_since(tx, by.actor_id, since).await? >= AN_HOUR {
            return Err(ModerationError::TooMany(
                "You filed many reports within an hour. Those were received; wait before the next.",
            ));
        }
        let id = abuses::insert(tx, by.actor_id, target, said, now).await?;
        tell(tx, NotifyEvent::AbuseFiled { abuse_id: id }, now).await?;
        events::tell(tx, PluginEvent { what: PluginEventKind::ReportFiled, id }, now).await?;
        Ok(id)
    })?;
    app.wake_jobs();
    Ok(id)
}

async fn tell(tx: &mut Tx, event: NotifyEvent, now: Millis) -> Result<(), DbError> {
    jobs::enqueue(tx, &Job::Notify { event }, now, None, now).await?;
    Ok(())
}

fn check(said: &Said) -> Result<(), ModerationError> {
    let invalid =
        |param, problem: &str| Err(ModerationError::Invalid { param, problem: problem.to_owned() });
    text("reason", &said.reason)?;
    if said.predefined.iter().any(|word| !PREDEFINED_REASONS.contains(&word.as_str())) {
        return invalid("predefinedReasons", "Should be words of the list that PeerTube knows.");
    }
    let moments = [("startAt", said.start_at_s), ("endAt", said.end_at_s)];
    for (param, moment) in moments {
        if moment.is_some_and(|at| at < 0) {
            return invalid(param, "Should be a number of seconds, 0 or more.");
        }
    }
    if let (Some(start), Some(end)) = (said.start_at_s, said.end_at_s)
        && end < start
    {
        return invalid("endAt", "Should not be before startAt.");
    }
    Ok(())
}

fn text(param: &'static str, text: &str) -> Result<(), ModerationError> {
    if TEXT.contains(&text.trim().chars().count()) {
        return Ok(());
    }
    Err(ModerationError::Invalid { param, problem: "Should have 2 to 3000 characters.".to_owned() })
}

fn require_moderator(who: &Principal) -> Result<(), ModerationError> {
    if who.role.moderates() {
        return Ok(());
    }
    Err(ModerationError::Forbidden("Reports are worked on by the moderators of this instance."))
}

/// Reports of everybody, and how many there are: for moderators.
///
/// # Errors
/// [`ModerationError::Forbidden`].
pub async fn list(
    app: &App,
    who: &Principal,
    filter: &AbuseFilter,
    order: Order<AbuseOrder>,
    window: Window,
) -> Result<(i64, Vec<Report>), ModerationError> {
    require_moderator(who)?;
    page(app, filter, order, window).await
}

/// What `who` reported, and how much that is.
///
/// # Errors
/// The database's.
pub async fn mine(
    app: &App,
    who: &Principal,
    filter: AbuseFilter,
    order: Order<AbuseOrder>,
    window: Window,
) -> Result<(i64, Vec<Report>), ModerationError> {
    let filter = AbuseFilter { reporter_actor_id: Some(who.actor_id), ..filter };
    page(app, &filter, order, window).await
}

async fn page(
    app: &App,
    filter: &AbuseFilter,
    order: Order<AbuseOrder>,
    window: Window,
) -> Result<(i64, Vec<Report>), ModerationError> {
    let mut conn = app.db().read().await?;
    let (total, rows) = abuses::page(&mut conn, filter, order, window).await?;
    let people: Vec<i64> = rows
        .iter()
        .flat_map(|row| {
            let assignee = row.assignment.and_then(|one| one.account_id);
            [row.reporter_account_id, row.flagged_account_id, assignee]
        })
        .flatten()
        .collect();
    let places: Vec<i64> = rows.iter().filter_map(|row| row.channel_id).collect();
    let people = accounts::by_ids(&mut conn, &people).await?;
    let places = channels::by_ids(&mut conn, &places).await?;
    let account = |id: Option<i64>| people.iter().find(|one| Some(one.id) == id).cloned();
    let reports = rows
        .into_iter()
        .map(|abuse| Report {
            reporter: account(abuse.reporter_account_id),
            flagged: account(abuse.flagged_account_id),
            assignee: account(abuse.assignment.and_then(|one| one.account_id)),
            channel: places.iter().find(|one| Some(one.id) == abuse.channel_id).cloned(),
            abuse,
        })
        .collect();
    Ok((total, reports))
}

/// What a moderator makes of a report. What is not said stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// What became of it.
    pub state: Option<AbuseState>,
    /// For moderators; `Some(None)` takes it away.
    pub moderation_comment: Option<Option<String>>,
}

/// Decides about a report, or notes something beside it.
///
/// # Errors
/// [`ModerationError::Conflict`] when somebody else works on it; [`ModerationError::Forbidden`],
/// [`ModerationError::NoSuch`], [`ModerationError::Invalid`].
pub async fn decide(
    app: &App,
    who: &Principal,
    id: i64,
    decision: &Decision,
) -> Result<(), ModerationError> {
    require_moderator(who)?;
    if let Some(Some(note)) = &decision.moderation_comment {
        text("moderationComment", note)?;
    }
    let now = app.now();
    let stale = super::decide::stale(app, now);
    transact!(app.db(), tx => {
        let row = abuses::by_id(tx, id).await?.ok_or(NOT_FOUND)?;
        let other = row.assignment.filter(|one| one.actor_id != who.actor_id && one.at >= stale);
        if decision.state.is_some() && other.is_some() {
            return Err(ModerationError::Conflict("Somebody else works on this.".to_owned()));
        }
        let state = decision.state.unwrap_or(row.state);
        let note = decision.moderation_comment.clone().unwrap_or(row.moderation_comment);
        abuses::update(tx, id, state, note.as_deref(), now).await?;
        if state != row.state {
            abuses::unassign(tx, id).await?;
            let new = NewAudit {
                author_id: row.flagged_actor_id,
                by: Some(who.actor_id),
                channel_id: row.channel_id,
                note: Some(state.label()),
                text: &row.said.reason,
                ..NewAudit::default()
            };
            audit::insert(tx, Deed::ReportDecided, &new, now).await?;
            tell(tx, NotifyEvent::AbuseDecided { abuse_id: id }, now).await?;
        }
        Ok::<(), ModerationError>(())
    })?;
    app.wake_jobs();
    Ok(())
}

/// Lets `who` work on a report that waits; nobody else decides on it meanwhile.
///
/// # Errors
/// [`ModerationError::Conflict`] when somebody else does, or it was decided;
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`].
pub async fn take(app: &App, who: &Principal, id: i64) -> Result<(), ModerationError> {
    require_moderator(who)?;
    let now = app.now();
    let stale = super::decide::stale(app, now);
    transact!(app.db(), tx => {
        abuses::by_id(tx, id).await?.ok_or(NOT_FOUND)?;
        if abuses::assign(tx, id, who.actor_id, stale, now).await? {
            return Ok(());
        }
        let why = "Somebody else works on this, or it was decided already.";
        Err(ModerationError::Conflict(why.to_owned()))
    })
}

/// Gives a report back, so that anybody may work on it.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`].
pub async fn give_back(app: &App, who: &Principal, id: i64) -> Result<(), ModerationError> {
    require_moderator(who)?;
    transact!(app.db(), tx => {
        abuses::by_id(tx, id).await?.ok_or(NOT_FOUND)?;
        Ok(abuses::unassign(tx, id).await?)
    })
}

/// Removes a report with its messages.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`].
pub async fn remove(app: &App, who: &Principal, id: i64) -> Result<(), ModerationError> {
    require_moderator(who)?;
    transact!(app.db(), tx => {
        if abuses::delete(tx, id).await? {
            return Ok(());
        }
        Err(NOT_FOUND)
    })
}

/// The report, for its reporter and for moderators.
async fn followed(app: &App, who: &Principal, id: i64) -> Result<AbuseRow, ModerationError> {
    let mut conn = app.db().read().await?;
    let row = abuses::by_id(&mut conn, id).await?;
    let row = row.ok_or(NOT_FOUND)?;
    if who.role.moderates() || row.reporter_actor_id == Some(who.actor_id) {
        return Ok(row);
    }
    Err(ModerationError::Forbidden("Only the reporter and moderators follow a report."))
}

/// What reporter and moderators wrote to each other, oldest first.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`].
pub async fn messages(
    app: &App,
    who: &Principal,
    id: i64,
) -> Result<Vec<Message>, ModerationError> {
    followed(app, who, id).await?;
    let mut conn = app.db().read().await?;
    let rows = abuses::messages(&mut conn, id, MESSAGES).await?;
    let people: Vec<i64> = rows.iter().filter_map(|row| row.account_id).collect();
    let people = accounts::by_ids(&mut conn, &people).await?;
    let account = |id: Option<i64>| people.iter().find(|one| Some(one.id) == id).cloned();
    Ok(rows.into_iter().map(|row| Message { account: account(row.account_id), row }).collect())
}

/// Writes a message about a report and returns its id.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`], [`ModerationError::Invalid`].
pub async fn write(
    app: &App,
    who: &Principal,
    id: i64,
    message: &str,
) -> Result<i64, ModerationError> {
    let row = followed(app, who, id).await?;
    text("message", message)?;
    // Somebody on the staff who reports something themselves writes as its reporter.
    let by_moderator = row.reporter_actor_id != Some(who.actor_id);
    let now = app.now();
    let message_id = transact!(app.db(), tx => {
        if abuses::messages(tx, id, MESSAGES).await?.len() as i64 >= MESSAGES {
            return Err(ModerationError::Conflict(
                "This conversation is as long as one can be. File a new report.".to_owned(),
            ));
        }
        let text = message.trim();
        let message_id =
            abuses::add_message(tx, id, who.actor_id, by_moderator, text, now).await?;
        tell(tx, NotifyEvent::AbuseMessage { abuse_id: id, message_id }, now).await?;
        Ok(message_id)
    })?;
    app.wake_jobs();
    Ok(message_id)
}

/// Removes a message: its author's own, or any for moderators.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`].
pub async fn unwrite(
    app: &App,
    who: &Principal,
    id: i64,
    message_id: i64,
) -> Result<(), ModerationError> {
    followed(app, who, id).await?;
    transact!(app.db(), tx => {
        let row = abuses::message(tx, id, message_id).await?;
        let row = row.ok_or(ModerationError::NoSuch("Abuse message not found"))?;
        if !who.role.moderates() && row.actor_id != Some(who.actor_id) {
            return Err(ModerationError::Forbidden("Only its author removes a message."));
        }
        Ok(abuses::remove_message(tx, row.id).await?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(change: impl FnOnce(&mut Said)) -> Result<(), ModerationError> {
        let mut said = Said {
            reason: "It insults people".to_owned(),
            predefined: vec!["hatefulOrAbusive".to_owned()],
            start_at_s: Some(3),
            end_at_s: Some(3),
        };
        change(&mut said);
        check(&said)
    }

    #[test]
    fn what_is_said_of_it_is_checked() {
        assert!(said(|_| {}).is_ok());
        assert!(said(|said| said.reason = " x ".to_owned()).is_err());
        assert!(said(|said| said.reason = "é".repeat(3_000)).is_ok());
        assert!(said(|said| said.reason = "é".repeat(3_001)).is_err());
        assert!(said(|said| said.predefined = vec!["boring".to_owned()]).is_err());
        assert!(said(|said| said.start_at_s = Some(-1)).is_err());
        assert!(said(|said| said.end_at_s = Some(2)).is_err());
    }
}
