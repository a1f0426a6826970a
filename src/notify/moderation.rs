//! Texts were decided on, or that was undone; or an author asks for another look.

use std::collections::HashMap;

use serde_json::json;

use super::once;
use crate::db::notifications::{
    self, Decision, NewNotification, Reader, channel_moderators, decision, readers, staff,
};
use crate::db::{Conn, DbError};
use crate::domain::notification::NotificationKind;

/// Authors hear of what was decided together once, however many texts of theirs it is about; of
/// the answer to what they contested, each time.
pub(super) async fn decided(
    conn: &mut Conn,
    batch_id: i64,
) -> Result<Vec<NewNotification>, DbError> {
    let mut told = together(conn, batch_id, false).await?;
    for audit_id in notifications::answered(conn, batch_id).await? {
        told.extend(answer(conn, audit_id).await?);
    }
    Ok(told)
}

/// As they heard of the decisions, authors hear that those do not count any more.
pub(super) async fn undone(
    conn: &mut Conn,
    batch_id: i64,
) -> Result<Vec<NewNotification>, DbError> {
    together(conn, batch_id, true).await
}

/// One notification an author, about the first of their texts, which says how many there are.
async fn together(
    conn: &mut Conn,
    batch_id: i64,
    undone: bool,
) -> Result<Vec<NewNotification>, DbError> {
    let shares = notifications::shares(conn, batch_id, undone).await?;
    let authors: Vec<i64> = shares.iter().map(|share| share.author_id).collect();
    let readers = readers(conn, &authors).await?;
    let readers: HashMap<i64, Reader> =
        readers.into_iter().map(|reader| (reader.actor_id, reader)).collect();
    let mut told = Vec::with_capacity(shares.len());
    for share in shares {
        let Some(reader) = readers.get(&share.author_id) else { continue };
        let Some(decision) = decision(conn, share.first_id).await? else { continue };
        let word = if undone { "undone" } else { "decided" };
        let batch = json!({ "batch": { "texts": share.texts, "undone": undone } });
        let new = NewNotification {
            // It comes back when more of theirs was decided since.
            mark: share.texts,
            details: Some(batch.to_string()),
            ..once(*reader, NotificationKind::Decision, format!("batch-{word}:{batch_id}"))
        };
        told.push(about(new, &decision, share.first_id));
    }
    Ok(told)
}

/// The answer to what an author contested.
async fn answer(conn: &mut Conn, audit_id: i64) -> Result<Vec<NewNotification>, DbError> {
    let Some(decision) = decision(conn, audit_id).await? else { return Ok(Vec::new()) };
    let (Some(author), Some(at)) = (decision.author_id, decision.decided_at) else {
        return Ok(Vec::new());
    };
    let tell = |reader| {
        // What is decided anew is told anew.
        let key = format!("decision:{audit_id}:{at}");
        about(once(reader, NotificationKind::ContestAnswered, key), &decision, audit_id)
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
