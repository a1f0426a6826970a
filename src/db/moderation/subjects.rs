//! What of a judged text does everybody see? Writing it where it is public, and taking it back.

use super::takedowns;
use crate::db::changes::{self, ChangeKind};
use crate::db::revisions::{self, RevisionRow, SubjectKind};
use crate::db::videos::{captions, chapters};
use crate::db::{DbError, Sql, Tx, comments, sql};
use crate::domain::comment::CommentState;
use crate::domain::moderation::RevisionState;
use crate::domain::{Millis, sort_key};

/// Makes a version the public value of its field. What was hidden because of it shows again, once
/// nothing else of it waits or is refused: set the state of the version first. False: what it
/// belonged to is gone.
///
/// # Errors
/// The engine's.
pub async fn publish(tx: &mut Tx, revision: &RevisionRow, now: Millis) -> Result<bool, DbError> {
    let (kind, id) = revision.subject;
    let there = match kind {
        SubjectKind::Video if revision.field == chapters::FIELD => {
            chapters::show(tx, id, revision.id, now).await?
        }
        SubjectKind::Video => video(tx, id, &revision.field, &revision.text, now).await?,
        SubjectKind::Account => {
            profile(tx, "accounts", id, &revision.field, Some(&revision.text), now).await?
        }
        SubjectKind::Channel => {
            profile(tx, "channels", id, &revision.field, Some(&revision.text), now).await?
        }
        // Shows by itself: a replacement that waits hides nothing.
        SubjectKind::Caption => return captions::show(tx, id, revision.id, now).await,
        SubjectKind::Comment => {
            return comments::decided(tx, id, &revision.text, CommentState::Shown, now).await;
        }
    };
    settle(tx, (kind, id), now).await?;
    Ok(there)
}

/// Takes a version back that was public and has none before it: its place is left empty, and what
/// cannot be without it is hidden. Set the state of the version first.
///
/// # Errors
/// The engine's.
pub async fn withdraw(tx: &mut Tx, revision: &RevisionRow, now: Millis) -> Result<(), DbError> {
    let (kind, id) = revision.subject;
    match (kind, revision.field.as_str()) {
        (SubjectKind::Comment, _) => {
            let refused = revision.state == RevisionState::Rejected;
            let state = if refused { CommentState::Rejected } else { CommentState::Held };
            comments::decided(tx, id, &revision.text, state, now).await?;
            Ok(())
        }
        (SubjectKind::Video, "name" | takedowns::FIELD) => hide(tx, kind, id, now).await,
        (SubjectKind::Video, chapters::FIELD) => {
            chapters::replace(tx, id, &[]).await?;
            announce(tx, kind, id, now).await
        }
        (SubjectKind::Video, field) => {
            video(tx, id, field, "", now).await?;
            announce(tx, kind, id, now).await
        }
        (SubjectKind::Caption, _) => hide(tx, kind, id, now).await,
        (SubjectKind::Account, field) => {
            profile(tx, "accounts", id, field, None, now).await?;
            announce(tx, kind, id, now).await
        }
        (SubjectKind::Channel, field) => {
            profile(tx, "channels", id, field, None, now).await?;
            announce(tx, kind, id, now).await
        }
    }
}

const fn table(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Account => "accounts",
        SubjectKind::Channel => "channels",
        SubjectKind::Video => "videos",
        SubjectKind::Caption => "captions",
        SubjectKind::Comment => "comments",
    }
}

/// Hides a video, caption, account or channel until [`settle`] finds nothing against it.
///
/// # Errors
/// The engine's.
pub async fn hide(tx: &mut Tx, kind: SubjectKind, id: i64, now: Millis) -> Result<(), DbError> {
    let text = format!("UPDATE {} SET held = held | 1 WHERE id = $1", table(kind));
    sql(text).int(id).run(tx).await?;
    announce(tx, kind, id, now).await
}

/// Shows what was hidden, when no text of it waits or is refused any more, and tells caches.
///
/// # Errors
/// The engine's.
pub async fn settle(tx: &mut Tx, subject: (SubjectKind, i64), now: Millis) -> Result<(), DbError> {
    let (kind, id) = subject;
    if !revisions::any_withheld(tx, subject).await? {
        // The other bit of a video is the blocklist's.
        let text =
            format!("UPDATE {} SET held = held & 2 WHERE id = $1 AND held <> 0", table(kind));
        sql(text).int(id).run(tx).await?;
    }
    announce(tx, kind, id, now).await
}

async fn announce(tx: &mut Tx, kind: SubjectKind, id: i64, now: Millis) -> Result<(), DbError> {
    let (change, of) = match kind {
        SubjectKind::Video => return changes::record(tx, ChangeKind::Video, id, now).await,
        SubjectKind::Caption => {
            (ChangeKind::Video, "SELECT video_id AS id FROM captions WHERE id = $1")
        }
        SubjectKind::Account => {
            (ChangeKind::Actor, "SELECT actor_id AS id FROM accounts WHERE id = $1")
        }
        SubjectKind::Channel => {
            (ChangeKind::Actor, "SELECT actor_id AS id FROM channels WHERE id = $1")
        }
        SubjectKind::Comment => return Ok(()),
    };
    if let Some(row) = sql(of).int(id).optional(tx).await? {
        changes::record(tx, change, row.int("id")?, now).await?;
    }
    Ok(())
}

async fn changed(statement: Sql, tx: &mut Tx) -> Result<bool, DbError> {
    Ok(statement.run(tx).await? > 0)
}

/// Writes a text of a video; an empty one is none.
async fn video(
    tx: &mut Tx,
    id: i64,
    field: &str,
    text: &str,
    now: Millis,
) -> Result<bool, DbError> {
    let some = Some(text).filter(|text| !text.is_empty());
    let column = match field {
        "name" => {
            let statement = sql("UPDATE videos SET name = $1, name_sort = $2, updated_at = $3 \
                                 WHERE id = $4")
            .text(text)
            .text(sort_key(text))
            .int(now.0)
            .int(id);
            return changed(statement, tx).await;
        }
        "tags" => {
            let tags: Vec<String> = some.iter().flat_map(|t| t.lines()).map(Into::into).collect();
            crate::db::videos::update::put_tags(tx, id, &tags).await?;
            let statement = sql("UPDATE videos SET updated_at = $1 WHERE id = $2").int(now.0);
            return changed(statement.int(id), tx).await;
        }
        "description" => "description",
        "support" => "support",
        "nsfwSummary" => "nsfw_summary",
        // Writes nothing: whether the whole video is hidden follows from the states.
        takedowns::FIELD => {
            let row = sql("SELECT id FROM videos WHERE id = $1").int(id).optional(tx).await?;
            return Ok(row.is_some());
        }
        _ => return Ok(false),
    };
    let statement = sql(format!("UPDATE videos SET {column} = $1, updated_at = $2 WHERE id = $3"));
    changed(statement.text_opt(some).int(now.0).int(id), tx).await
}

/// Writes a text of an account or channel. Without one, a display name becomes the plain name.
async fn profile(
    tx: &mut Tx,
    table: &'static str,
    id: i64,
    field: &str,
    text: Option<&str>,
    now: Millis,
) -> Result<bool, DbError> {
    if field == "description" {
        let some = text.filter(|text| !text.is_empty());
        let statement =
            sql(format!("UPDATE {table} SET description = $1, updated_at = $2 WHERE id = $3"));
        return changed(statement.text_opt(some).int(now.0).int(id), tx).await;
    }
    if field != "display_name" {
        // A name in addresses cannot be changed: what bears it is hidden or shown.
        return Ok(true);
    }
    let name = match text {
        Some(text) => text.to_owned(),
        None => {
            let own = sql(format!(
                "SELECT x.name FROM {table} t JOIN actors x ON x.id = t.actor_id WHERE t.id = $1"
            ));
            let Some(row) = own.int(id).optional(tx).await? else { return Ok(false) };
            row.text("name")?
        }
    };
    let statement = sql(format!(
        "UPDATE {table} SET display_name = $1, display_sort = $2, updated_at = $3 WHERE id = $4"
    ));
    changed(statement.text(&name).text(sort_key(&name)).int(now.0).int(id), tx).await
}
