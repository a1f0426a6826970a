//! Somebody decided about a text, or its author asks for another look.

use super::once;
use crate::db::notifications::{
    Decision, NewNotification, channel_moderators, decision, readers, staff,
};
use crate::db::{Conn, DbError};
use crate::domain::notification::NotificationKind;

/// The author hears of every decision; of the answer to what they contested, too.
pub(super) async fn decided(
    conn: &mut Conn,
    audit_id: i64,
) -> Result<Vec<NewNotification>, DbError> {
    let Some(decision) = decision(conn, audit_id).await? else { return Ok(Vec::new()) };
    let Some(author) = decision.author_id else { return Ok(Vec::new()) };
    let Some(at) = decision.decided_at else { return Ok(Vec::new()) };
    if decision.decided_by == Some(author) {
        return Ok(Vec::new());
    }
    let kind = if decision.contested {
        NotificationKind::ContestAnswered
    } else {
        NotificationKind::Decision
    };
    let tell = |reader| {
        // What is decided anew (a contest, an undone batch) is told anew.
        let new = once(reader, kind, format!("decision:{audit_id}:{at}"));
        about(new, &decision, audit_id)
    };
    Ok(readers(conn, &[author]).await?.into_iter().map(tell).collect())
}

/// Moderators of the channel and of the instance get one notification that stands for all.
pub(super) async fn contested(
    conn: &mut Conn,
    audit_id: i64,
) -> Result<Vec<NewNotification>, DbError> {
    let Some(decision) = decision(conn, audit_id).await? else { return Ok(Vec::new()) };
    let mut moderators = staff(conn).await?;
    if let Some(channel_id) = decision.channel_id {
        let mut named = channel_moderators(conn, channel_id).await?;
        named.extend(decision.owner_actor_id);
        moderators.extend(readers(conn, &named).await?);
    }
    moderators.sort_unstable_by_key(|reader| reader.user_id);
    moderators.dedup_by_key(|reader| reader.user_id);
    moderators.retain(|reader| Some(reader.actor_id) != decision.author_id);
    let tell = |reader| {
        let all = once(reader, NotificationKind::Contests, "contests".to_owned());
        about(NewNotification { mark: audit_id, ..all }, &decision, audit_id)
    };
    Ok(moderators.into_iter().map(tell).collect())
}

fn about(new: NewNotification, decision: &Decision, audit_id: i64) -> NewNotification {
    NewNotification {
        comment_id: decision.comment_id,
        video_id: decision.video_id,
        actor_id: None,
        audit_id: Some(audit_id),
        ..new
    }
}
