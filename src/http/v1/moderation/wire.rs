//! The JSON shapes of moderation. Places in texts are counted as browsers count them, in UTF-16.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::moderation::around::VideoBrief;
use crate::db::moderation::batches::BatchRow;
use crate::db::revisions::{RevisionRow, SubjectKind};
use crate::domain::ShortUuid;
use crate::domain::moderation::{Action, Reason};
use crate::http::v1::wire::Site;
use crate::http::v1::wire::account::Account;
use crate::http::v1::wire::channel::VideoChannel;
use crate::moderation::queue::Shown;

/// The place of byte `at` of a text, in UTF-16 units.
pub fn utf16(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at.min(text.len()));
    text.get(..at).map_or(0, |before| before.encode_utf16().count())
}

/// A list, as a reason names it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ListName {
    id: i64,
    name: String,
    version: i64,
}

/// Why a text was withheld or tagged.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationReason)]
pub struct ReasonJson {
    /// `block`, `watched-words`, `plugin`, `policy` or `tag`.
    source: String,
    /// In a few words.
    label: String,
    list: Option<ListName>,
    entry_id: Option<i64>,
    plugin: Option<String>,
    /// The words that were found.
    matched: Option<String>,
    /// `tag`, `hold`, `reject`, `block-author` or `time-out`.
    action: String,
    /// Minutes of a time-out.
    time_out_minutes: Option<u32>,
    /// A rule of the whole instance.
    instance: bool,
}

impl From<&Reason> for ReasonJson {
    fn from(reason: &Reason) -> Self {
        let source = serde_json::to_value(reason.source).ok();
        let minutes = match reason.action {
            Action::TimeOut { minutes } => Some(minutes),
            _ => None,
        };
        Self {
            source: source.as_ref().and_then(|s| s.as_str()).unwrap_or_default().to_owned(),
            label: reason.label.clone(),
            list: reason.list.as_ref().map(|list| ListName {
                id: list.id,
                name: list.name.clone(),
                version: list.version,
            }),
            entry_id: reason.entry_id,
            plugin: reason.plugin.clone(),
            matched: reason.matched.clone(),
            action: reason.action.name().to_owned(),
            time_out_minutes: minutes,
            instance: reason.instance,
        }
    }
}

/// Words of a text that a reason points at.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ModerationSpan)]
pub struct SpanJson {
    /// First UTF-16 unit.
    start: usize,
    /// UTF-16 unit behind the last.
    end: usize,
    /// Which reason, counted from 0.
    reason: usize,
}

impl SpanJson {
    /// The places that reasons point at.
    pub fn all(text: &str, reasons: &[Reason]) -> Vec<Self> {
        reasons
            .iter()
            .enumerate()
            .filter_map(|(reason, one)| {
                let (start, end) = one.span?;
                Some(Self { start: utf16(text, start), end: utf16(text, end), reason })
            })
            .collect()
    }
}

/// What a text belongs to.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ModerationSubject)]
pub struct SubjectJson {
    /// `comment`, `video`, `caption`, `account` or `channel`.
    kind: String,
    id: i64,
}

impl From<(SubjectKind, i64)> for SubjectJson {
    fn from((kind, id): (SubjectKind, i64)) -> Self {
        Self { kind: kind.name().to_owned(), id }
    }
}

/// A video in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationVideo)]
pub struct VideoJson {
    id: i64,
    uuid: String,
    #[serde(rename = "shortUUID")]
    short_uuid: String,
    name: String,
}

impl From<&VideoBrief> for VideoJson {
    fn from(video: &VideoBrief) -> Self {
        Self {
            id: video.id,
            uuid: video.uuid.to_string(),
            short_uuid: ShortUuid(video.uuid).to_string(),
            name: video.name.clone(),
        }
    }
}

/// What an author says against a decision.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationContest)]
pub struct ContestJson {
    text: String,
    /// RFC 3339.
    at: String,
    /// RFC 3339; null while nobody answered.
    answered_at: Option<String>,
}

/// A text that waits for a human.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationItem)]
pub struct ItemJson {
    id: i64,
    revision_id: i64,
    /// The kind of its subject.
    kind: String,
    /// `open` or, when it was refused and is contested, `rejected`.
    state: String,
    subject: SubjectJson,
    field: String,
    surface: String,
    text: String,
    spans: Vec<SpanJson>,
    /// What everybody sees in its place.
    previous_text: Option<String>,
    author: Option<Account>,
    video: Option<VideoJson>,
    channel: Option<VideoChannel>,
    reasons: Vec<ReasonJson>,
    tags: Vec<String>,
    /// RFC 3339.
    held_at: String,
    assignee: Option<Account>,
    contest: Option<ContestJson>,
    /// The one who asks may release it.
    releasable: bool,
}

impl ItemJson {
    /// Shows an item.
    pub fn new(site: &Site, shown: &Shown) -> Self {
        let item = &shown.item;
        let contest = item.contest.as_ref().map(|(text, at)| ContestJson {
            text: text.clone(),
            at: at.rfc3339(),
            answered_at: item.contest_answered_at.map(|at| at.rfc3339()),
        });
        Self {
            id: item.id,
            revision_id: item.revision_id,
            kind: item.subject.0.name().to_owned(),
            state: item.state.name().to_owned(),
            subject: item.subject.into(),
            field: item.field.clone(),
            surface: item.surface.clone(),
            spans: SpanJson::all(&shown.text, &shown.audit.reasons),
            text: shown.text.clone(),
            previous_text: shown.previous.clone(),
            author: shown.author.as_ref().map(|author| Account::new(site, author)),
            video: shown.video.as_ref().map(Into::into),
            channel: shown.channel.as_ref().map(|row| VideoChannel::new(site, row, None)),
            reasons: shown.audit.reasons.iter().map(Into::into).collect(),
            tags: shown.audit.tags.clone(),
            held_at: item.held_at.rfc3339(),
            assignee: shown.assignee.as_ref().map(|who| Account::new(site, who)),
            contest,
            releasable: shown.releasable,
        }
    }
}

/// A stored version of a text.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationRevision)]
pub struct RevisionJson {
    id: i64,
    subject: SubjectJson,
    field: String,
    text: String,
    /// `shown`, `held`, `rejected` or `superseded`.
    state: String,
    /// RFC 3339.
    created_at: String,
}

impl From<&RevisionRow> for RevisionJson {
    fn from(row: &RevisionRow) -> Self {
        Self {
            id: row.id,
            subject: row.subject.into(),
            field: row.field.clone(),
            text: row.text.clone(),
            state: row.state.name().to_owned(),
            created_at: row.created_at.rfc3339(),
        }
    }
}

/// What was decided together, or a list that is applied.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationBatch)]
pub struct BatchJson {
    id: i64,
    /// `decision`, `apply` or `author`: everything that somebody commented.
    kind: String,
    /// `instance` or `channel`.
    scope: String,
    /// `running`, `done`, `failed`, `undoing` or `undone`.
    state: String,
    /// `release` or `reject`; also `hold` for an author's comments.
    decision: Option<String>,
    list_id: Option<i64>,
    /// Texts looked at.
    examined: i64,
    /// Texts to look at.
    total: i64,
    /// Texts that were changed.
    changed: i64,
    /// Seconds that it will take still, as far as can be said.
    eta_seconds: Option<i64>,
    error: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    updated_at: String,
}

/// Seconds left of work that did `done` of `total` in `taken_ms`.
pub fn eta_seconds(done: i64, total: i64, taken_ms: i64) -> Option<i64> {
    (done > 0 && taken_ms > 0).then(|| (total - done).max(0) * taken_ms / done / 1000)
}

impl From<&BatchRow> for BatchJson {
    fn from(row: &BatchRow) -> Self {
        let running = row.state == crate::db::moderation::batches::BatchState::Running;
        let taken_ms = row.updated_at.0 - row.created_at.0;
        Self {
            id: row.id,
            kind: row.kind.clone(),
            scope: row.scope.name().to_owned(),
            state: row.state.name().to_owned(),
            decision: row.decision.clone(),
            list_id: row.list_id,
            examined: row.examined,
            total: row.total,
            changed: row.changed,
            eta_seconds: eta_seconds(row.examined, row.total, taken_ms).filter(|_| running),
            error: row.error.clone(),
            created_at: row.created_at.rfc3339(),
            updated_at: row.updated_at.rfc3339(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_browsers_count() {
        let text = "a😀é b";
        assert_eq!(utf16(text, 0), 0);
        assert_eq!(utf16(text, 5), 3, "an emoji is two units");
        assert_eq!(utf16(text, 7), 4);
        assert_eq!(utf16(text, 999), 6);
        assert_eq!(utf16(text, 2), 1, "inside a letter: its beginning");
    }

    #[test]
    fn what_is_left_is_told_by_what_was_done() {
        assert_eq!(eta_seconds(0, 10, 1000), None);
        assert_eq!(eta_seconds(5, 10, 2000), Some(2));
        assert_eq!(eta_seconds(10, 10, 2000), Some(0));
    }
}
