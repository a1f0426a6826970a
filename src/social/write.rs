//! How does a comment come to be? Checked, judged, then kept in one transaction with its version,
//! its tags, what the log says of it, and the job that tells people.

use std::net::IpAddr;
use std::time::Duration;

use super::{Rights, SocialError, comment, place, throttle};
use crate::app::App;
use crate::db::Tx;
use crate::db::blocklists::mutes;
use crate::db::comments::place::last_comment;
use crate::db::comments::write::{NewComment, insert};
use crate::db::comments::{CommentRow, VideoPlace, tags};
use crate::db::moderation::audit;
use crate::db::revisions::{self, NewRevision, SubjectKind};
use crate::domain::comment::{self as text, CommentState};
use crate::domain::moderation::{Action, Format, Judgement, Reason, Source, Surface, Verdict};
use crate::domain::{Millis, Principal};
use crate::moderation::{self, Item};
use crate::transact;

/// PeerTube's comments policies.
const DISABLED: i64 = 2;
const APPROVAL: i64 = 3;
/// The reason of comments that the owner reads first.
pub(super) const NEEDS_APPROVAL: &str = "approval";
/// The reason of comments by somebody whom the video's owner muted.
pub(super) const MUTED: &str = "muted";
/// The reason of edits of what waits or was refused.
pub(super) const KEPT_BACK: &str = "kept-back";

/// What somebody sends.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// Who.
    pub who: &'a Principal,
    /// From where.
    pub from: IpAddr,
    /// Markdown.
    pub text: &'a str,
}

/// Adds a comment, or a reply to `parent`, and returns its id. It may wait for review.
///
/// # Errors
/// [`SocialError::Disabled`], [`SocialError::BadText`], [`SocialError::TooSoon`],
/// [`SocialError::TooMany`], [`SocialError::NoSuchComment`] for what is answered.
pub async fn add(
    app: &App,
    video_id: i64,
    parent: Option<i64>,
    sent: Sent<'_>,
) -> Result<i64, SocialError> {
    let kept = text::checked(sent.text)?;
    let mut conn = app.db().read().await?;
    let place = place(&mut conn, video_id).await?;
    let rights = Rights::of(&mut conn, Some(sent.who), &place).await?;
    let parent = match parent {
        Some(id) => Some(answered(comment(&mut conn, &place, id, &rights).await?)?),
        None => None,
    };
    drop(conn);
    open(&place)?;
    throttle::take(app, sent.who.actor_id, sent.from)?;
    let judgement = judge(app, &place, &rights, sent.who, &kept).await?;
    let (uuid, now) = (app.new_uuid(), app.now());
    let id = transact!(app.db(), tx => {
        if !rights.moderates {
            pause(tx, &place, sent.who.actor_id, now).await?;
        }
        let new = NewComment {
            uuid,
            actor_id: sent.who.actor_id,
            parent: parent.as_ref(),
            text: &kept,
            state: state(judgement.verdict),
        };
        let id = insert(tx, &place, &new, now).await?;
        keep(tx, id, &kept, sent.who, &judgement, now).await?;
        Ok::<i64, SocialError>(id)
    })?;
    app.wake_jobs();
    tracing::info!(
        comment.id = id,
        video.id = video_id,
        verdict = judgement.verdict.name(),
        "a comment was sent"
    );
    Ok(id)
}

/// The video takes comments.
pub(super) fn open(place: &VideoPlace) -> Result<(), SocialError> {
    if place.policy == DISABLED { Err(SocialError::Disabled) } else { Ok(()) }
}

/// Only what can be read can be answered.
fn answered(row: CommentRow) -> Result<CommentRow, SocialError> {
    match row.state {
        CommentState::Shown => Ok(row),
        CommentState::Deleted => Err(SocialError::Conflict("This comment was deleted.")),
        CommentState::Held | CommentState::Rejected => {
            Err(SocialError::Conflict("Nobody can answer this comment before it is approved."))
        }
    }
}

/// What moderation says of a text, and the video's own rule.
pub(super) async fn judge(
    app: &App,
    place: &VideoPlace,
    rights: &Rights,
    who: &Principal,
    text: &str,
) -> Result<Judgement, SocialError> {
    let item = Item {
        surface: Surface::Comment,
        text,
        format: Format::Markdown,
        author_actor_id: Some(who.actor_id),
        author_role: Some(who.role),
        channel_id: Some(place.channel_id),
        owner_account_id: Some(place.account_id),
        language: place.language.as_deref(),
    };
    let mut judgement = moderation::judge(app, &item).await?;
    if !rights.moderates && muted(app, place, who).await? {
        judgement.add(Reason::plain(Source::Block, MUTED, Action::Reject));
    }
    if place.policy == APPROVAL && !rights.moderates {
        judgement.add(Reason::policy(NEEDS_APPROVAL));
    }
    Ok(judgement)
}

/// The owner of a video does not want to read somebody, so that nobody does there.
async fn muted(app: &App, place: &VideoPlace, who: &Principal) -> Result<bool, SocialError> {
    let mut conn = app.db().read().await?;
    Ok(mutes::mutes(&mut conn, place.owner_actor_id, who.actor_id).await?)
}

/// Where a text with this verdict stands.
pub(super) const fn state(verdict: Verdict) -> CommentState {
    match verdict {
        Verdict::Show => CommentState::Shown,
        Verdict::Hold => CommentState::Held,
        Verdict::Reject => CommentState::Rejected,
    }
}

/// Keeps the version, its tags, and what the log says of it.
pub(super) async fn keep(
    tx: &mut Tx,
    id: i64,
    text: &str,
    who: &Principal,
    judgement: &Judgement,
    now: Millis,
) -> Result<(), SocialError> {
    let subject = (SubjectKind::Comment, id);
    let version = NewRevision {
        subject,
        field: "text",
        text,
        actor_id: Some(who.actor_id),
        verdict: judgement.verdict,
        state: judgement.verdict.into(),
        place: &judgement.place,
    };
    let revision = revisions::put(tx, &version, now).await?;
    tags::set(tx, id, &judgement.tags).await?;
    audit::judged(tx, judgement, subject, revision, now).await?;
    Ok(())
}

/// Lets one comment after the other through, as the video or its channel wants.
async fn pause(
    tx: &mut Tx,
    place: &VideoPlace,
    actor_id: i64,
    now: Millis,
) -> Result<(), SocialError> {
    let pause = Duration::from_secs(u64::try_from(place.pause_s).unwrap_or(0));
    if pause.is_zero() {
        return Ok(());
    }
    let Some(last) = last_comment(tx, place.id, actor_id).await? else { return Ok(()) };
    let next = last.plus(pause);
    if next <= now {
        return Ok(());
    }
    let retry_after = Duration::from_millis(u64::try_from(next.0 - now.0).unwrap_or(0));
    Err(SocialError::TooSoon { retry_after })
}
