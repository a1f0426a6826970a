//! Which names and words of accounts and channels does moderation withhold? What is held or refused
//! is kept as a version, while the public goes on reading what was there before; what is new with
//! such a text is in no list until somebody releases it, and goes by its plain name.

use crate::app::App;
use crate::db::revisions::SubjectKind;
use crate::domain::Principal;
use crate::domain::moderation::{Format, Surface};
use crate::moderation::ModerationError;
use crate::moderation::texts::{self, Judged, Text, Where};

/// A text of an account or channel.
pub(super) fn text(kind: SubjectKind, field: &'static str, text: &str) -> Text {
    let channel = kind == SubjectKind::Channel;
    let (surface, format) = match (channel, field) {
        (true, "description" | "support") => (Surface::ChannelAbout, Format::Markdown),
        (false, "description") => (Surface::AccountAbout, Format::Markdown),
        (true, _) => (Surface::ChannelName, Format::Plain),
        (false, _) => (Surface::AccountName, Format::Plain),
    };
    Text { field, surface, format, text: text.to_owned() }
}

/// Judges texts that `who` wrote.
///
/// # Errors
/// Those of [`crate::moderation::judge`].
pub(super) async fn judge(
    app: &App,
    who: &Principal,
    said: Vec<Text>,
) -> Result<Vec<Judged>, ModerationError> {
    let place = Where {
        author_actor_id: Some(who.actor_id),
        author_role: Some(who.role),
        ..Where::default()
    };
    texts::judge_all(app, place, said).await
}
