//! How do moderators keep a video from the public? By the blocklist; and new videos wait in it for
//! a first look when the instance wants that. Owners and moderators go on seeing what is blocked.

use super::VideosError;
use super::access;
use super::cache;
use super::shown::{self, Shown};
use super::token::Holder;
use crate::app::App;
use crate::db::moderation::audit::{self, Deed, NewAudit};
use crate::db::moderation::statements::{self, NewStatement};
use crate::db::revisions::SubjectKind;
use crate::db::videos::blocks::{self, BlockOrder, BlockRow, NewBlock};
use crate::db::videos::{VideoRow, read};
use crate::db::{DbError, Tx, jobs};
use crate::domain::statement::Act;
use crate::domain::{BlockKind, Job, Millis, NotifyEvent, Order, Principal, VideoRef, Window};
use crate::transact;

/// Characters of a reason or note (PeerTube's).
const TEXT: std::ops::RangeInclusive<usize> = 2..=300;
/// PeerTube's `UserAdminFlag.BYPASS_VIDEO_AUTO_BLACKLIST`.
const TRUSTED: i64 = 1;

/// A video in the blocklist, as lists show it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its block.
    pub block: BlockRow,
    /// The video.
    pub video: Shown,
}

/// What a moderator says about a block. What is not said stays; `Some(None)` takes it away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// For the owner.
    pub reason: Option<Option<String>>,
    /// For moderators.
    pub internal_note: Option<Option<String>>,
}

impl Said {
    fn check(&self) -> Result<(), VideosError> {
        for (param, text) in [("reason", &self.reason), ("internalNote", &self.internal_note)] {
            if let Some(Some(text)) = text
                && !TEXT.contains(&text.chars().count())
            {
                return Err(VideosError::param(param, "Should have 2 to 300 characters."));
            }
        }
        Ok(())
    }
}

fn require_moderator(who: &Principal) -> Result<(), VideosError> {
    if who.role.moderates() { Ok(()) } else { Err(VideosError::ModeratorsDecide) }
}

/// Puts a video into the blocklist: from now on nobody but its owner and moderators gets anything
/// of it. One that waits for a first look becomes one that a moderator blocked.
///
/// # Errors
/// [`VideosError::ModeratorsDecide`], [`VideosError::NotFound`], [`VideosError::InvalidParam`],
/// [`VideosError::Conflict`] when a moderator blocked it already.
pub async fn block(
    app: &App,
    who: &Principal,
    video: VideoRef,
    said: &Said,
    unfederate: bool,
) -> Result<(), VideosError> {
    require_moderator(who)?;
    said.check()?;
    let guard = access::guard(app, video).await?;
    let now = app.now();
    transact!(app.db(), tx => {
        let row = find(tx, guard.id).await?;
        let waited = blocks::of_video(tx, row.id).await?;
        if waited.is_some_and(|block| block.kind == BlockKind::Manual) {
            return Err(VideosError::Conflict(
                "This video is blocked already. Its reason can be changed.",
            ));
        }
        let reason = said.reason.clone().flatten();
        let note = said.internal_note.clone().flatten();
        let new = NewBlock {
            video_id: row.id,
            kind: BlockKind::Manual,
            reason: reason.as_deref(),
            internal_note: note.as_deref(),
            unfederated: unfederate,
            by_actor_id: Some(who.actor_id),
        };
        put(tx, &row, &new, now).await?;
        Ok::<(), VideosError>(())
    })?;
    cache::forget(app, guard.id);
    app.wake_jobs();
    tracing::info!(video.id = guard.id, user.id = who.user_id, "a video was blocked");
    Ok(())
}

/// Writes a block, the row of the log, and the notification.
async fn put(tx: &mut Tx, row: &VideoRow, new: &NewBlock<'_>, now: Millis) -> Result<(), DbError> {
    let block_id = blocks::put(tx, new, now).await?;
    let audit_id = log(tx, Deed::VideoBlocked, row, new.by_actor_id, new.reason, now).await?;
    state_reasons(tx, row, new, audit_id, now).await?;
    tell(tx, NotifyEvent::VideoBlocked { block_id }, now).await
}

/// Keeps the statement of a block, in the place of an earlier one.
async fn state_reasons(
    tx: &mut Tx,
    row: &VideoRow,
    new: &NewBlock<'_>,
    audit_id: i64,
    now: Millis,
) -> Result<(), DbError> {
    end_statements(tx, row.id, now).await?;
    let owner = blocks::standing(tx, row.id).await?.map(|standing| standing.owner_actor_id);
    let statement = NewStatement {
        act: match new.kind {
            BlockKind::Manual => Act::VideoBlocked,
            BlockKind::Automatic => Act::VideoHeld,
        },
        subject: Some((SubjectKind::Video, row.id)),
        label: &row.name,
        to_actor_id: owner,
        by_actor_id: new.by_actor_id,
        automated: new.kind == BlockKind::Automatic,
        reason: new.reason.unwrap_or_default(),
        audit_id: Some(audit_id),
        ..NewStatement::default()
    };
    statements::record(tx, &statement, now).await?;
    Ok(())
}

async fn end_statements(tx: &mut Tx, video_id: i64, now: Millis) -> Result<(), DbError> {
    for act in [Act::VideoBlocked, Act::VideoHeld] {
        let of = statements::To::Subject((SubjectKind::Video, video_id));
        statements::lift(tx, act, of, now).await?;
    }
    Ok(())
}

async fn log(
    tx: &mut Tx,
    deed: Deed,
    row: &VideoRow,
    by: Option<i64>,
    note: Option<&str>,
    now: Millis,
) -> Result<i64, DbError> {
    let owner = blocks::standing(tx, row.id).await?.map(|standing| standing.owner_actor_id);
    let new = NewAudit {
        subject: Some((SubjectKind::Video, row.id)),
        author_id: owner,
        by,
        channel_id: Some(row.channel_id),
        note,
        text: &row.name,
        ..NewAudit::default()
    };
    audit::insert(tx, deed, &new, now).await
}

async fn tell(tx: &mut Tx, event: NotifyEvent, now: Millis) -> Result<(), DbError> {
    jobs::enqueue(tx, &Job::Notify { event }, now, None, now).await?;
    Ok(())
}

async fn find(tx: &mut Tx, id: i64) -> Result<VideoRow, VideosError> {
    read::find(tx, VideoRef::Id(id)).await?.ok_or(VideosError::NotFound)
}

async fn block_of(tx: &mut Tx, id: i64) -> Result<BlockRow, VideosError> {
    let block = blocks::of_video(tx, id).await?;
    block.ok_or(VideosError::PartNotFound("Block of this video"))
}

/// Changes why a video is blocked, or what is noted beside it.
///
/// # Errors
/// [`VideosError::ModeratorsDecide`], [`VideosError::NotFound`], [`VideosError::PartNotFound`],
/// [`VideosError::InvalidParam`].
pub async fn explain(
    app: &App,
    who: &Principal,
    video: VideoRef,
    said: &Said,
) -> Result<(), VideosError> {
    require_moderator(who)?;
    said.check()?;
    let guard = access::guard(app, video).await?;
    let now = app.now();
    transact!(app.db(), tx => {
        let block = block_of(tx, guard.id).await?;
        let reason = said.reason.clone().unwrap_or(block.reason);
        let note = said.internal_note.clone().unwrap_or(block.internal_note);
        blocks::explain(tx, block.id, reason.as_deref(), note.as_deref(), now).await?;
        Ok::<(), VideosError>(())
    })?;
    cache::forget(app, guard.id);
    Ok(())
}

/// Takes a video out of the blocklist.
///
/// # Errors
/// [`VideosError::ModeratorsDecide`], [`VideosError::NotFound`], [`VideosError::PartNotFound`].
pub async fn lift(app: &App, who: &Principal, video: VideoRef) -> Result<(), VideosError> {
    require_moderator(who)?;
    let guard = access::guard(app, video).await?;
    let now = app.now();
    transact!(app.db(), tx => {
        let row = find(tx, guard.id).await?;
        let block = block_of(tx, guard.id).await?;
        blocks::lift(tx, &block, now).await?;
        end_statements(tx, guard.id, now).await?;
        log(tx, Deed::VideoUnblocked, &row, Some(who.actor_id), None, now).await?;
        let event = NotifyEvent::VideoUnblocked { video_id: guard.id, block_id: block.id };
        tell(tx, event, now).await?;
        Ok::<(), VideosError>(())
    })?;
    cache::forget(app, guard.id);
    app.wake_jobs();
    tracing::info!(video.id = guard.id, user.id = who.user_id, "a video was unblocked");
    Ok(())
}

/// A part of the blocklist, and how long it is: for moderators.
///
/// # Errors
/// [`VideosError::ModeratorsDecide`]; the database's.
pub async fn list(
    app: &App,
    who: &Principal,
    kind: Option<BlockKind>,
    search: Option<&str>,
    order: Order<BlockOrder>,
    window: Window,
) -> Result<(i64, Vec<Listed>), VideosError> {
    require_moderator(who)?;
    let mut conn = app.db().read().await?;
    let (total, found) = blocks::page(&mut conn, kind, search, order, window).await?;
    let ids: Vec<i64> = found.iter().map(|block| block.video_id).collect();
    let rows = read::by_ids(&mut conn, &ids).await?;
    let videos = shown::gather(&mut conn, rows, |row| {
        (shown::picture_token(app, row, Holder::Session(who.session_id)), true)
    })
    .await?;
    let listed = found.into_iter().filter_map(|block| {
        let video = videos.iter().find(|video| video.row.id == block.video_id)?.clone();
        Some(Listed { block, video })
    });
    Ok((total, listed.collect()))
}

/// Why a video may have to wait for a first look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fresh {
    /// It is new, or more people may see it than before.
    Published,
    /// It has another file than the one that was looked at.
    Replaced,
}

/// Puts a video that people who do not know its owner are about to see into the blocklist, when
/// the instance wants moderators to look first. Videos of moderators, of people who are trusted,
/// and those that were looked at do not wait. `by`: who did it, if somebody did just now.
///
/// # Errors
/// The database's.
pub(super) async fn wait_for_a_look(
    app: &App,
    tx: &mut Tx,
    by: Option<&Principal>,
    video_id: i64,
    fresh: Fresh,
    now: Millis,
) -> Result<(), DbError> {
    if !app.config().moderation.hold_new_videos || by.is_some_and(|by| by.role.moderates()) {
        return Ok(());
    }
    let Some(standing) = blocks::standing(tx, video_id).await? else { return Ok(()) };
    let trusted = standing.owner_role.moderates() || standing.owner_flags & TRUSTED != 0;
    let looked_at = standing.reviewed && fresh == Fresh::Published;
    if fresh == Fresh::Replaced {
        blocks::forget_review(tx, video_id).await?;
    }
    if trusted || looked_at || standing.blocked || !standing.privacy.meets_strangers() {
        return Ok(());
    }
    let Some(row) = read::find(tx, VideoRef::Id(video_id)).await? else { return Ok(()) };
    let new = NewBlock {
        video_id,
        kind: BlockKind::Automatic,
        reason: None,
        internal_note: None,
        unfederated: false,
        by_actor_id: None,
    };
    put(tx, &row, &new, now).await
}
