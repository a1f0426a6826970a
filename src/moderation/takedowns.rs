//! How is something taken down? It is out of everybody's sight at once, kept as evidence for a set
//! time, and can be restored for as long; then it is removed for good.
//!
//! A takedown withholds like any refusal: its item of the queue is what its author contests and what
//! a moderator releases.

use std::time::Duration;

use serde_json::{Value, json};

use super::decide::{self, Decision, Verdicts};
use super::{ModerationError, queue, require};
use crate::app::App;
use crate::db::accounts::AccountRow;
use crate::db::comments::{self, place};
use crate::db::moderation::audit::{self, Deed as Done, NewAudit};
use crate::db::moderation::items::{self, Decided, ItemState};
use crate::db::moderation::statements::{self, NewStatement};
use crate::db::moderation::subjects;
use crate::db::moderation::takedowns::{self, NewTakedown, TakedownRow};
use crate::db::revisions::{self, RevisionRow, SubjectKind};
use crate::db::{DbError, Tx, videos};
use crate::domain::comment::CommentState;
use crate::domain::moderation::{
    Action, Deed, Format, Place, Reason, RevisionState, Scope, Source, Surface, Verdict,
};
use crate::domain::statement::{Act, Why};
use crate::domain::{Millis, Principal, Window};
use crate::transact;

/// The label of the reason that an item of a takedown has.
pub const TAKEDOWN: &str = "takedown";
/// Characters of a reference at most.
const MOST_REFERENCE: usize = 200;
/// Takedowns that one sweep ends at most; the next goes on.
const AT_ONCE: i64 = 50;
/// Versions of a text that are kept at most.
const MOST_VERSIONS: i64 = 50;

const NOT_FOUND: ModerationError = ModerationError::NoSuch("There is no such takedown.");

/// What is to be taken down, and why.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// A comment or a video.
    pub subject: (SubjectKind, i64),
    /// The reason is not empty.
    pub why: Why,
    /// Number of an order or a letter, for moderators.
    pub reference: Option<String>,
}

/// What is about to be withheld.
struct Found {
    /// The version that is refused, as its item shows it.
    revision: RevisionRow,
    owner_actor_id: i64,
    evidence: Value,
}

/// Takes something down and returns the takedown's id.
///
/// # Errors
/// [`ModerationError::Forbidden`], [`ModerationError::NoSuch`], [`ModerationError::Invalid`];
/// [`ModerationError::Conflict`] for what is not public.
pub async fn take_down(
    app: &App,
    who: &Principal,
    order: &NewOrder,
) -> Result<i64, ModerationError> {
    require(app, who, Deed::Decide(Scope::Instance)).await?;
    if order.why.reason.is_empty() {
        let problem = "Say why: whom it concerns is told.";
        return Err(ModerationError::invalid("reason", problem));
    }
    if order.reference.as_ref().is_some_and(|text| text.chars().count() > MOST_REFERENCE) {
        let problem = "Should have at most 200 characters.";
        return Err(ModerationError::invalid("reference", problem));
    }
    let now = app.now();
    let days = u64::from(app.config().moderation.takedown_days);
    let keep_until = now.plus(Duration::from_secs(days * 24 * 3_600));
    let id = transact!(app.db(), tx => {
        let found = match order.subject {
            (SubjectKind::Comment, id) => comment(tx, id).await?,
            (SubjectKind::Video, id) => video(tx, id, now).await?,
            _ => {
                let problem = "Should be comment or video.";
                return Err(ModerationError::invalid("kind", problem));
            }
        };
        let item_id = withhold(tx, who, order, &found, now).await?;
        let evidence = found.evidence.to_string();
        let new = NewTakedown {
            item_id,
            subject: order.subject,
            label: &found.revision.text,
            actor_id: found.owner_actor_id,
            by_actor_id: who.actor_id,
            ground: order.why.ground.name(),
            reason: &order.why.reason,
            reference: order.reference.as_deref(),
            evidence: &evidence,
            keep_until,
        };
        Ok(takedowns::insert(tx, &new, now).await?)
    })?;
    app.wake_jobs();
    tracing::info!(takedown.id = id, user.id = who.user_id, "something was taken down");
    Ok(id)
}

/// A public comment.
async fn comment(tx: &mut Tx, id: i64) -> Result<Found, ModerationError> {
    let missing = ModerationError::NoSuch("There is no such comment.");
    let row = comments::by_id(tx, id).await?.filter(|row| row.state != CommentState::Deleted);
    let row = row.ok_or(missing)?;
    let subject = (SubjectKind::Comment, id);
    let shown = revisions::shown(tx, subject, "text").await?;
    let Some(revision) = shown.filter(|_| row.state == CommentState::Shown) else {
        let why = "This comment is not public: decide on it in the queue.";
        return Err(ModerationError::Conflict(why.to_owned()));
    };
    let place = place::of_video(tx, row.video_id).await?;
    let versions = revisions::history(tx, subject, "text", MOST_VERSIONS).await?;
    let versions: Vec<Value> = versions
        .iter()
        .map(|version| json!({ "text": version.text, "at": version.created_at.rfc3339() }))
        .collect();
    let video = place.map(|place| json!({ "uuid": place.uuid, "name": place.name }));
    let evidence = json!({
        "text": row.text,
        "versions": versions,
        "url": row.ap_url,
        "video": video,
        "writtenAt": row.created_at.rfc3339(),
    });
    Ok(Found { revision, owner_actor_id: row.actor_id, evidence })
}

/// A video that is not taken down.
async fn video(tx: &mut Tx, id: i64, now: Millis) -> Result<Found, ModerationError> {
    let place = place::of_video(tx, id).await?;
    let place = place.ok_or(ModerationError::NoSuch("There is no such video."))?;
    let version = takedowns::version_of_video(tx, id, &place.name, now).await?;
    let revision = revisions::by_id(tx, version).await?;
    let mut revision = revision.ok_or(ModerationError::NoSuch("There is no such video."))?;
    if revision.state == RevisionState::Rejected {
        let why = "This video is taken down already.";
        return Err(ModerationError::Conflict(why.to_owned()));
    }
    // The item shows the title. It stands in no channel: only the instance decides on it.
    revision.text.clone_from(&place.name);
    revision.actor_id = Some(place.owner_actor_id);
    revision.place = Some(Place {
        surface: Surface::VideoTitle,
        format: Format::Plain,
        channel_id: None,
        owner_account_id: None,
        language: None,
    });
    let kept = takedowns::video_evidence(tx, id).await?;
    let evidence = json!({
        "name": place.name,
        "description": kept.description,
        "tags": kept.tags,
        "channel": kept.channel,
        "uuid": place.uuid,
        "url": place.ap_url,
        "privacy": kept.privacy,
        "durationMs": kept.duration_ms,
        "publishedAt": kept.published_at.rfc3339(),
    });
    Ok(Found { revision, owner_actor_id: place.owner_actor_id, evidence })
}

/// Writes audit row, item and statement, and takes the version out of sight; returns the item's id.
async fn withhold(
    tx: &mut Tx,
    who: &Principal,
    order: &NewOrder,
    found: &Found,
    now: Millis,
) -> Result<i64, DbError> {
    let reason = Reason::plain(Source::Policy, TAKEDOWN, Action::Reject).of_instance(true);
    let place = found.revision.place.as_ref();
    let new = NewAudit {
        subject: Some(order.subject),
        field: Some(&found.revision.field),
        surface: place.map(|place| place.surface),
        revision_id: Some(found.revision.id),
        verdict: Some(Verdict::Reject),
        reasons: &[reason],
        author_id: Some(found.owner_actor_id),
        by: Some(who.actor_id),
        channel_id: place.and_then(|place| place.channel_id),
        note: Some(&order.why.reason),
        text: &found.revision.text,
        ..NewAudit::default()
    };
    let item_id = audit::insert(tx, Done::TakenDown, &new, now).await?;
    let mut revision = found.revision.clone();
    items::insert(tx, item_id, &revision, Verdict::Reject, now).await?;
    let decided = Decided {
        state: ItemState::Rejected,
        by: Some(who.actor_id),
        note: None,
        answer: Some(&order.why.reason),
    };
    items::decide(tx, item_id, decided, now).await?;
    revisions::set_state(tx, revision.id, RevisionState::Rejected).await?;
    revision.state = RevisionState::Rejected;
    subjects::withdraw(tx, &revision, now).await?;
    let video = order.subject.0 == SubjectKind::Video;
    let new = NewStatement {
        act: if video { Act::VideoTakenDown } else { Act::CommentTakenDown },
        subject: Some(order.subject),
        label: &found.revision.text,
        to_actor_id: Some(found.owner_actor_id),
        by_actor_id: Some(who.actor_id),
        automated: false,
        ground: order.why.ground,
        reason: &order.why.reason,
        audit_id: Some(item_id),
    };
    statements::of_item(tx, &new, item_id, now).await?;
    Ok(item_id)
}

/// A takedown with the people it names.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The takedown.
    pub row: TakedownRow,
    /// Whose it was.
    pub account: Option<AccountRow>,
    /// Who took it down.
    pub by: Option<AccountRow>,
}

/// Takedowns, newest first; and how many there are.
///
/// # Errors
/// [`ModerationError::Forbidden`]; the database's.
pub async fn page(
    app: &App,
    who: &Principal,
    search: Option<&str>,
    window: Window,
) -> Result<(i64, Vec<Shown>), ModerationError> {
    require(app, who, Deed::SeeQueue(Scope::Instance)).await?;
    let mut conn = app.db().read().await?;
    let (total, rows) = takedowns::page(&mut conn, search, window).await?;
    let actors: Vec<i64> =
        rows.iter().flat_map(|row| [row.actor_id, row.by_actor_id]).flatten().collect();
    let people = queue::people(&mut conn, &actors).await?;
    let person = |id: Option<i64>| id.and_then(|id| people.get(&id)).cloned();
    let shown = rows.into_iter().map(|row| Shown {
        account: person(row.actor_id),
        by: person(row.by_actor_id),
        row,
    });
    Ok((total, shown.collect()))
}

/// Shows again what was taken down.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`]; [`ModerationError::Conflict`] for
/// what is gone or was restored before.
pub async fn restore(app: &App, who: &Principal, id: i64) -> Result<(), ModerationError> {
    require(app, who, Deed::Decide(Scope::Instance)).await?;
    let mut conn = app.db().read().await?;
    let row = takedowns::by_id(&mut conn, id).await?.ok_or(NOT_FOUND)?;
    drop(conn);
    let verdicts = Verdicts {
        ids: vec![row.item_id],
        decision: Decision::Release,
        note: None,
        answer: None,
        block_author: false,
    };
    let outcome = decide::decide(app, who, &verdicts).await?;
    match outcome.failed.first() {
        None => Ok(()),
        Some((_, why)) => Err(ModerationError::Conflict((*why).to_owned())),
    }
}

/// Ends takedowns whose time is over: what still stands is removed for good, and the evidence is
/// forgotten.
///
/// # Errors
/// The database's.
pub async fn sweep(app: &App) -> Result<(), DbError> {
    let now = app.now();
    let mut conn = app.db().read().await?;
    let due = takedowns::due(&mut conn, now, AT_ONCE).await?;
    drop(conn);
    for row in due {
        transact!(app.db(), tx => {
            if row.item_state.as_deref() == Some(ItemState::Rejected.name()) {
                match row.subject {
                    (SubjectKind::Comment, id) => {
                        comments::remove::remove(tx, id, now).await?;
                    }
                    (SubjectKind::Video, id) => {
                        videos::remove::remove(tx, id, now).await?;
                    }
                    _ => {}
                }
            }
            takedowns::forget(tx, row.id).await
        })?;
        tracing::info!(takedown.id = row.id, "the evidence of a takedown was forgotten");
    }
    app.wake_jobs();
    Ok(())
}
