//! How do users and channels go? With their videos, comments, pictures and texts; their names stay
//! taken.

use super::manage::{managed, require_administers, require_not_last};
use super::pictures::replace;
use super::{AccountsError, ROOT};
use crate::app::App;
use crate::auth::principal;
use crate::db::actor_images::ImageKind;
use crate::db::changes::{self, ChangeKind};
use crate::db::revisions::{self, SubjectKind};
use crate::db::users::UserRow;
use crate::db::{Tx, actors, channels, comments, moderation, users, videos};
use crate::domain::{Millis, Principal};
use crate::transact;

/// Removes a user in the name of an administrator, with everything they have.
///
/// # Errors
/// [`AccountsError::Forbidden`], [`AccountsError::NoSuch`], [`AccountsError::Impossible`] for
/// root and the last administrator.
pub async fn user(app: &App, who: &Principal, id: i64) -> Result<(), AccountsError> {
    require_administers(who)?;
    let now = app.now();
    transact!(app.db(), tx => {
        let user = managed(tx, who, id).await?;
        bury(tx, &user, now).await
    })?;
    gone(app);
    Ok(())
}

/// Removes `who` themselves, with everything they have.
///
/// # Errors
/// [`AccountsError::Impossible`] for root and the last administrator.
pub async fn oneself(app: &App, who: &Principal) -> Result<(), AccountsError> {
    let now = app.now();
    transact!(app.db(), tx => {
        let user = users::by_id(tx, who.user_id).await?;
        let user = user.ok_or(AccountsError::NoSuch("User not found"))?;
        bury(tx, &user, now).await
    })?;
    gone(app);
    Ok(())
}

fn gone(app: &App) {
    principal::forget(app);
    app.wake_jobs();
}

async fn bury(tx: &mut Tx, user: &UserRow, now: Millis) -> Result<(), AccountsError> {
    if user.username == ROOT {
        return Err(AccountsError::Impossible("root cannot be removed."));
    }
    require_not_last(tx, user).await?;
    for channel in channels::of_accounts(tx, &[user.account_id]).await? {
        bury_channel(tx, channel.id, channel.actor.id, now).await?;
    }
    comments::remove::of_actor(tx, user.actor_id, now).await?;
    moderation::statements::forget_actor(tx, user.actor_id).await?;
    bury_actor(tx, user.actor_id, now).await?;
    revisions::forget(tx, SubjectKind::Account, user.account_id).await?;
    changes::record(tx, ChangeKind::User, user.id, now).await?;
    users::delete(tx, user.id).await?;
    Ok(())
}

/// Removes a channel's videos, pictures, texts and row.
pub(super) async fn bury_channel(
    tx: &mut Tx,
    id: i64,
    actor_id: i64,
    now: Millis,
) -> Result<(), AccountsError> {
    for video in videos::remove::of_channel(tx, id).await? {
        videos::remove::remove(tx, video, now).await?;
    }
    bury_actor(tx, actor_id, now).await?;
    revisions::forget(tx, SubjectKind::Channel, id).await?;
    channels::delete(tx, id).await?;
    Ok(())
}

async fn bury_actor(tx: &mut Tx, actor_id: i64, now: Millis) -> Result<(), AccountsError> {
    for kind in [ImageKind::Avatar, ImageKind::Banner] {
        replace(tx, actor_id, kind, &[], now).await?;
    }
    Ok(actors::bury(tx, actor_id, now).await?)
}
