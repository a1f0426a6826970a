//! Who is told what happened? Events come as jobs that carry ids; everything else is read when
//! they are delivered, so that what is gone by then is told to nobody. One file an event.
//!
//! A second delivery tells nobody twice. Mail follows with the site: the bits for it are kept.

mod abuse;
mod comment_held;
mod comment_shown;
mod moderation;
pub mod read;
mod registration;
mod statement;
mod video_block;

use crate::app::App;
use crate::db::blocklists;
use crate::db::notifications::{self, NewNotification, Reader};
use crate::db::{Conn, DbError};
use crate::domain::notification::NotificationKind;
use crate::domain::{Millis, NotifyEvent};
use crate::transact;

/// Notifications written in one transaction: a list that is applied may concern very many.
const AT_ONCE: usize = 500;
/// Days after which notifications are forgotten.
const KEPT_DAYS: u64 = 180;

/// Tells everybody whom an event concerns.
///
/// # Errors
/// The database's.
pub async fn deliver(app: &App, event: NotifyEvent) -> Result<(), DbError> {
    let mut conn = app.db().read().await?;
    let told = match event {
        NotifyEvent::CommentShown { comment_id } => {
            comment_shown::told(&mut conn, comment_id).await?
        }
        NotifyEvent::CommentHeld { comment_id } => {
            comment_held::told(&mut conn, comment_id).await?
        }
        NotifyEvent::BatchDecided { batch_id } => moderation::decided(&mut conn, batch_id).await?,
        NotifyEvent::BatchUndone { batch_id } => moderation::undone(&mut conn, batch_id).await?,
        NotifyEvent::Contested { audit_id } => moderation::contested(&mut conn, audit_id).await?,
        NotifyEvent::AbuseFiled { abuse_id } => abuse::filed(&mut conn, abuse_id).await?,
        NotifyEvent::AbuseDecided { abuse_id } => abuse::decided(&mut conn, abuse_id).await?,
        NotifyEvent::AbuseMessage { abuse_id, message_id } => {
            abuse::written(&mut conn, abuse_id, message_id).await?
        }
        NotifyEvent::UserRegistered { user_id } => {
            registration::signed_up(&mut conn, user_id).await?
        }
        NotifyEvent::RegistrationRequested { registration_id } => {
            registration::requested(&mut conn, registration_id).await?
        }
        NotifyEvent::RegistrationAccepted { registration_id } => {
            registration::accepted(&mut conn, registration_id).await?
        }
        NotifyEvent::VideoBlocked { block_id } => video_block::blocked(&mut conn, block_id).await?,
        NotifyEvent::VideoUnblocked { video_id, block_id } => {
            video_block::lifted(&mut conn, video_id, block_id).await?
        }
        NotifyEvent::Statement { statement_id } => statement::told(&mut conn, statement_id).await?,
    };
    let wanted = wanted(&mut conn, told).await?;
    drop(conn);
    let now = app.now();
    for some in wanted.chunks(AT_ONCE) {
        transact!(app.db(), tx => {
            for new in some {
                notifications::tell(tx, new, now).await?;
            }
            Ok::<(), DbError>(())
        })?;
    }
    Ok(())
}

/// Only what its reader wants to be told in the site, and of nobody whom they do not want to see.
async fn wanted(
    conn: &mut Conn,
    all: Vec<NewNotification>,
) -> Result<Vec<NewNotification>, DbError> {
    let mut wanted = Vec::with_capacity(all.len());
    for new in all {
        let heard = match (new.kind, new.actor_id) {
            // Moderators hear of what they work on, whoever wrote it.
            (NotificationKind::CommentOnMyVideo | NotificationKind::CommentMention, Some(by)) => {
                !blocklists::unheard(conn, new.user_id, by).await?
            }
            _ => true,
        };
        if heard && notifications::settings(conn, new.user_id).await?.in_site(new.kind) {
            wanted.push(new);
        }
    }
    Ok(wanted)
}

/// A notification of one thing, told once.
fn once(reader: Reader, kind: NotificationKind, dedupe: String) -> NewNotification {
    NewNotification {
        user_id: reader.user_id,
        kind,
        dedupe,
        mark: 0,
        comment_id: None,
        video_id: None,
        actor_id: None,
        audit_id: None,
        details: None,
    }
}

/// Forgets old notifications.
///
/// # Errors
/// The database's.
pub async fn sweep(app: &App) -> Result<(), DbError> {
    let before: Millis = app.now().minus(std::time::Duration::from_secs(KEPT_DAYS * 24 * 3600));
    transact!(app.db(), tx => { notifications::forget(tx, before).await })
}
