//! `Abuse`, `AbuseMessage`.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Site;
use super::account::{Account, AccountSummary};
use super::channel::VideoChannel;
use super::constant::Label;
use crate::domain::ShortUuid;
use crate::domain::abuse::AbuseKind;
use crate::moderation::reports::{Message, Report};

/// The video of a report.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AbusedVideo {
    /// `videos.id`; null when it is gone.
    id: Option<i64>,
    uuid: String,
    short_uuid: String,
    /// Its title when it was reported.
    name: String,
    nsfw: bool,
    deleted: bool,
    /// Seconds.
    start_at: Option<i64>,
    /// Seconds.
    end_at: Option<i64>,
    channel: Option<VideoChannel>,
    /// Reports of this video.
    count_reports: i64,
    /// Which of them this is, from 1.
    nth_report: i64,
}

/// The video of a reported comment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CommentedVideo {
    id: Option<i64>,
    uuid: String,
    short_uuid: String,
    name: String,
}

/// The comment of a report.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AbusedComment {
    id: i64,
    thread_id: i64,
    /// Markdown, as it was when it was reported.
    text: String,
    deleted: bool,
    video: Option<CommentedVideo>,
}

/// PeerTube's `Abuse`. What is for moderators is left out for the reporter.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http::v1) struct Abuse {
    id: i64,
    reason: String,
    predefined_reasons: Vec<String>,
    reporter_account: Option<Account>,
    flagged_account: Option<Account>,
    state: Label,
    #[serde(skip_serializing_if = "Option::is_none")]
    moderation_comment: Option<Option<String>>,
    /// Who works on it (ours).
    #[serde(skip_serializing_if = "Option::is_none")]
    assignee: Option<Option<Account>>,
    video: Option<AbusedVideo>,
    comment: Option<AbusedComment>,
    count_messages: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    count_reports_for_reporter: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count_reports_for_reportee: Option<i64>,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    updated_at: String,
}

impl Abuse {
    /// Shows a report; everything of it to moderators.
    pub(in crate::http::v1) fn new(site: &Site, report: &Report, to_moderator: bool) -> Self {
        let abuse = &report.abuse;
        let account = |row: &Option<_>| row.as_ref().map(|row| Account::new(site, row));
        Self {
            id: abuse.id,
            reason: abuse.said.reason.clone(),
            predefined_reasons: abuse.said.predefined.clone(),
            reporter_account: account(&report.reporter),
            flagged_account: account(&report.flagged),
            state: Label { id: abuse.state.id(), label: abuse.state.label() },
            moderation_comment: to_moderator.then(|| abuse.moderation_comment.clone()),
            assignee: to_moderator.then(|| account(&report.assignee)),
            video: video(site, report),
            comment: comment(report),
            count_messages: abuse.messages,
            count_reports_for_reporter: to_moderator.then_some(abuse.reporter_reports),
            count_reports_for_reportee: to_moderator.then_some(abuse.flagged_reports),
            created_at: abuse.created_at.rfc3339(),
            updated_at: abuse.updated_at.rfc3339(),
        }
    }
}

/// UUID in both forms and title of the video that a report names.
fn named(report: &Report) -> Option<(String, String, String)> {
    let uuid: Uuid = report.abuse.video_uuid.as_deref()?.parse().ok()?;
    let name = report.abuse.video_name.clone()?;
    Some((uuid.to_string(), ShortUuid(uuid).to_string(), name))
}

fn video(site: &Site, report: &Report) -> Option<AbusedVideo> {
    let abuse = &report.abuse;
    let (uuid, short_uuid, name) = named(report).filter(|_| abuse.kind == AbuseKind::Video)?;
    let owner = report.flagged.as_ref();
    Some(AbusedVideo {
        id: abuse.video_id,
        uuid,
        short_uuid,
        name,
        nsfw: abuse.nsfw,
        deleted: abuse.video_id.is_none(),
        start_at: abuse.said.start_at_s,
        end_at: abuse.said.end_at_s,
        channel: report.channel.as_ref().map(|row| VideoChannel::new(site, row, owner)),
        count_reports: abuse.video_reports,
        nth_report: abuse.video_nth,
    })
}

fn comment(report: &Report) -> Option<AbusedComment> {
    let abuse = &report.abuse;
    let id = abuse.comment_id?;
    Some(AbusedComment {
        id,
        thread_id: abuse.comment_thread_id.unwrap_or(id),
        text: abuse.comment_text.clone().unwrap_or_default(),
        deleted: abuse.comment_deleted,
        video: named(report).map(|(uuid, short_uuid, name)| CommentedVideo {
            id: abuse.video_id,
            uuid,
            short_uuid,
            name,
        }),
    })
}

/// PeerTube's `AbuseMessage`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http::v1) struct AbuseMessage {
    id: i64,
    message: String,
    by_moderator: bool,
    /// RFC 3339.
    created_at: String,
    account: Option<AccountSummary>,
}

impl AbuseMessage {
    /// Shows a message.
    pub(in crate::http::v1) fn new(site: &Site, message: &Message) -> Self {
        let account = message.account.as_ref();
        Self {
            id: message.row.id,
            message: message.row.message.clone(),
            by_moderator: message.row.by_moderator,
            created_at: message.row.created_at.rfc3339(),
            account: account.map(|row| AccountSummary::new(site, row)),
        }
    }
}
