//! How does a comment that waits get approved? As any decision of moderation, for the endpoint
//! that PeerTube's clients know.

use super::{Rights, SocialError, comment, place};
use crate::app::App;
use crate::db::moderation::items::{self, ItemState};
use crate::db::revisions::SubjectKind;
use crate::domain::Principal;
use crate::moderation::decide::{Decision, Verdicts, decide};

/// Releases a comment, or an edit of one, that waits for review.
///
/// # Errors
/// [`SocialError::NoSuchComment`], [`SocialError::Denied`], [`SocialError::NotHeld`].
pub async fn approve(
    app: &App,
    who: &Principal,
    video_id: i64,
    id: i64,
) -> Result<(), SocialError> {
    let mut conn = app.db().read().await?;
    let place = place(&mut conn, video_id).await?;
    let rights = Rights::of(&mut conn, Some(who), &place).await?;
    comment(&mut conn, &place, id, &rights).await?;
    if !rights.moderates {
        return Err(SocialError::Denied("Only the owner of the video and moderators approve."));
    }
    let item = items::of_subjects(&mut conn, SubjectKind::Comment, &[id]).await?.pop();
    drop(conn);
    let item = item.filter(|item| item.state == ItemState::Open).ok_or(SocialError::NotHeld)?;
    let verdicts = Verdicts {
        ids: vec![item.id],
        decision: Decision::Release,
        note: None,
        answer: None,
        block_author: false,
    };
    let outcome = decide(app, who, &verdicts).await?;
    match outcome.failed.first() {
        Some((_, why)) => Err(SocialError::Denied(why)),
        None => Ok(()),
    }
}
