//! Which texts of a video does moderation withhold? What is held or refused is kept as a version,
//! while the public goes on reading what was there before. A video that is new with such a text
//! is hidden until somebody releases it.

use super::VideosError;
use super::metadata::{VideoEdits, VideoMetadata};
use crate::app::App;
use crate::db::moderation::subjects;
use crate::db::revisions::SubjectKind;
use crate::db::videos::{VideoRow, chapters, read};
use crate::db::{DbError, Tx};
use crate::domain::moderation::{Format, Surface};
use crate::domain::{Millis, Principal, VideoRef};
use crate::moderation::texts::{Judged, Text, Where, any_withheld, withheld};

/// A text of a video.
pub(super) fn text(field: &'static str, text: String) -> Text {
    let (surface, format) = match field {
        "name" => (Surface::VideoTitle, Format::Plain),
        "tags" => (Surface::VideoTag, Format::Plain),
        "text" => (Surface::Caption, Format::Plain),
        chapters::FIELD => (Surface::VideoDescription, Format::Plain),
        _ => (Surface::VideoDescription, Format::Markdown),
    };
    Text { field, surface, format, text }
}

/// Who writes, and where.
pub(super) fn place<'a>(
    by: &Principal,
    channel_id: i64,
    account_id: i64,
    language: Option<&'a str>,
) -> Where<'a> {
    Where {
        author_actor_id: Some(by.actor_id),
        author_role: Some(by.role),
        channel_id: Some(channel_id),
        account_id: Some(account_id),
        language,
    }
}

/// A video that is here.
///
/// # Errors
/// [`VideosError::NotFound`]; the database's.
pub(super) async fn find(app: &App, id: i64) -> Result<VideoRow, VideosError> {
    let mut conn = app.db().read().await?;
    read::find(&mut conn, VideoRef::Id(id)).await?.ok_or(VideosError::NotFound)
}

/// What an edit says. An empty text takes one away; said again as it is public, it takes back
/// what waits.
pub(super) fn said(edits: &VideoEdits) -> Vec<Text> {
    let mut texts = Vec::new();
    texts.extend(edits.name.as_ref().map(|name| text("name", name.clone())));
    for (field, new) in [
        ("description", &edits.description),
        ("support", &edits.support),
        ("nsfwSummary", &edits.nsfw_summary),
    ] {
        texts.extend(new.as_ref().map(|new| text(field, new.clone().unwrap_or_default())));
    }
    texts.extend(edits.tags.as_ref().map(|tags| text("tags", tags.join("\n"))));
    texts
}

/// What is said of a new video.
pub(super) fn first(metadata: &VideoMetadata) -> Vec<Text> {
    let mut texts = vec![text("name", metadata.name.clone())];
    for (field, said) in [
        ("description", &metadata.description),
        ("support", &metadata.support),
        ("nsfwSummary", &metadata.nsfw_summary),
    ] {
        texts.extend(said.as_ref().map(|said| text(field, said.clone())));
    }
    texts.push(text("tags", metadata.tags.join("\n")));
    texts
}

/// Takes what is withheld out of a change of a video that everybody may see; what nobody sees is
/// written as it is. Returns whether its tags are withheld.
pub(super) fn hold_back(kept: &VideoRow, new: &mut VideoRow, judged: &[Judged]) -> bool {
    if kept.held || kept.blocked.is_some() {
        return false;
    }
    if withheld(judged, "name") {
        new.name.clone_from(&kept.name);
    }
    if withheld(judged, "description") {
        new.description.clone_from(&kept.description);
    }
    if withheld(judged, "support") {
        new.support.clone_from(&kept.support);
    }
    if withheld(judged, "nsfwSummary") {
        new.nsfw_summary.clone_from(&kept.nsfw_summary);
    }
    withheld(judged, "tags")
}

/// Hides a video that is new, or was hidden, as long as one of its texts is withheld.
///
/// # Errors
/// The database's.
pub(super) async fn hide_or_show(
    tx: &mut Tx,
    video_id: i64,
    judged: &[Judged],
    now: Millis,
) -> Result<(), DbError> {
    if any_withheld(judged) {
        subjects::hide(tx, SubjectKind::Video, video_id, now).await
    } else {
        subjects::settle(tx, (SubjectKind::Video, video_id), now).await
    }
}
