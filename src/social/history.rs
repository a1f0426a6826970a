//! What did a comment say before? For moderators of the video alone.

use std::collections::HashMap;

use super::{Rights, SocialError, comment, place};
use crate::app::App;
use crate::db::accounts::{self, AccountRow};
use crate::db::comments::texts::{self, Version};
use crate::domain::Principal;

/// A version with its author.
#[derive(Debug, Clone)]
pub struct Written {
    /// The version.
    pub version: Version,
    /// Who wrote it.
    pub author: Option<AccountRow>,
}

/// Every version of a comment, oldest first.
///
/// # Errors
/// [`SocialError::NoSuchComment`], [`SocialError::Denied`].
pub async fn history(
    app: &App,
    who: &Principal,
    video_id: i64,
    id: i64,
) -> Result<Vec<Written>, SocialError> {
    let mut conn = app.db().read().await?;
    let place = place(&mut conn, video_id).await?;
    let rights = Rights::of(&mut conn, Some(who), &place).await?;
    comment(&mut conn, &place, id, &rights).await?;
    if !rights.moderates {
        return Err(SocialError::Denied("Only moderators see what a comment said before."));
    }
    let versions = texts::history(&mut conn, id).await?;
    let mut ids: Vec<i64> = versions.iter().filter_map(|version| version.actor_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let authors = accounts::by_actors(&mut conn, &ids).await?;
    let authors: HashMap<i64, AccountRow> =
        authors.into_iter().map(|account| (account.actor.id, account)).collect();
    let written = versions.into_iter().map(|version| Written {
        author: version.actor_id.and_then(|id| authors.get(&id).cloned()),
        version,
    });
    Ok(written.collect())
}
