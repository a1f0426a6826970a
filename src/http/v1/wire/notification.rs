//! `Notification`, `NotificationListResponse`: what users are told.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Site;
use super::account::ActorImage;
use crate::db::accounts::AccountRow;
use crate::db::actor_images::ImageKind;
use crate::db::channels::ChannelRow;
use crate::db::comments::{CommentRow, VideoPlace};
use crate::db::notifications::Decision;
use crate::domain::ShortUuid;
use crate::domain::comment::CommentState;
use crate::domain::notification::NotificationKind;
use crate::notify::read::Told;

/// PeerTube's `VideoInfo`, with the short id that addresses of pages have.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VideoInfo {
    /// `videos.id`.
    id: i64,
    /// UUID.
    uuid: Uuid,
    /// The same, short.
    #[serde(rename = "shortUUID")]
    short_uuid: String,
    /// Title.
    name: String,
    /// PeerTube's state.
    state: i64,
}

impl From<&VideoPlace> for VideoInfo {
    fn from(place: &VideoPlace) -> Self {
        Self {
            id: place.id,
            uuid: place.uuid,
            short_uuid: ShortUuid(place.uuid).to_string(),
            name: place.name.clone(),
            state: place.state,
        }
    }
}

/// PeerTube's `ActorInfo`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActorInfo {
    /// Id of the account or channel.
    id: i64,
    /// Name without host.
    name: String,
    /// Display name.
    display_name: String,
    /// Where it lives.
    host: String,
    /// Smallest first.
    avatars: Vec<ActorImage>,
}

impl ActorInfo {
    /// Shows an account.
    #[must_use]
    pub fn account(site: &Site, account: &AccountRow) -> Self {
        Self {
            id: account.id,
            name: account.actor.name.clone(),
            display_name: account.display_name.clone(),
            host: site.host_of(&account.actor.host),
            avatars: ActorImage::all(site, &account.actor, ImageKind::Avatar),
        }
    }

    fn channel(site: &Site, channel: &ChannelRow) -> Self {
        Self {
            id: channel.id,
            name: channel.actor.name.clone(),
            display_name: channel.display_name.clone(),
            host: site.host_of(&channel.actor.host),
            avatars: ActorImage::all(site, &channel.actor, ImageKind::Avatar),
        }
    }
}

/// A video with its channel.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct VideoWithChannel {
    #[serde(flatten)]
    video: VideoInfo,
    channel: ActorInfo,
}

/// The comment a notification is about.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CommentInfo {
    id: i64,
    thread_id: i64,
    video: Option<VideoInfo>,
    account: Option<ActorInfo>,
    held_for_review: bool,
}

/// What a text belongs to.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct DecisionSubject {
    /// `comment`, `video`, `caption`, `account` or `channel`.
    kind: String,
    id: i64,
    /// Which of its texts.
    field: String,
}

/// What was decided about one's text.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct DecisionInfo {
    /// The decision.
    id: i64,
    /// `held`, `released` or `rejected`.
    verdict: &'static str,
    /// What the moderator wrote.
    answer: Option<String>,
    /// One had asked for another look.
    contested: bool,
    subject: DecisionSubject,
}

impl DecisionInfo {
    fn new(id: i64, decision: &Decision) -> Self {
        let verdict = match decision.state.as_str() {
            "released" => "released",
            "rejected" => "rejected",
            _ => "held",
        };
        Self {
            id,
            verdict,
            answer: decision.answer.clone(),
            contested: decision.contested,
            subject: DecisionSubject {
                kind: decision.subject_kind.clone(),
                id: decision.subject_id,
                field: decision.field.clone(),
            },
        }
    }
}

/// PeerTube's `Notification`; types from 100 on are Farandole's: 100 a decision about one's text,
/// 101 the answer to what one contested, 102 a plugin that was switched off, 103 texts wait, 104
/// decisions are contested, 105 a statement of reasons, 106 one's request for an account was accepted.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// `notifications.id`.
    id: i64,
    /// What it is.
    r#type: i64,
    /// It was seen.
    read: bool,
    /// The video it is about.
    video: Option<VideoWithChannel>,
    /// Imports do not exist here.
    video_import: Option<Value>,
    /// The comment it is about.
    comment: Option<CommentInfo>,
    /// The report it is about (PeerTube's newer name for `videoAbuse`).
    abuse: Option<Value>,
    /// The report it is about.
    video_abuse: Option<Value>,
    /// The block of a video it is about.
    video_blacklist: Option<Value>,
    /// Who asks for an account.
    registration: Option<Value>,
    /// Who did it.
    account: Option<ActorInfo>,
    /// Of followers.
    actor_follow: Option<Value>,
    /// What was decided, of types from 100 on.
    decision: Option<DecisionInfo>,
    /// Whatever else types from 100 on tell.
    details: Option<Value>,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    updated_at: String,
}

impl Notification {
    /// Shows a notification to who was told.
    #[must_use]
    pub fn new(site: &Site, told: &Told) -> Self {
        let row = &told.row;
        let actor = told.actor.as_ref().map(|account| ActorInfo::account(site, account));
        let video = told.video.as_ref();
        let comment = told.comment.as_ref();
        let details: Option<Value> =
            row.details.as_deref().and_then(|json| serde_json::from_str(json).ok());
        let (abuse, details) = if row.kind.of_report() { (details, None) } else { (None, details) };
        let of_request = row.kind == NotificationKind::RegistrationRequested;
        let (registration, details) = if of_request { (details, None) } else { (None, details) };
        let (block, details) = if row.kind.of_block() { (details, None) } else { (None, details) };
        Self {
            id: row.id,
            r#type: row.kind.id(),
            read: row.read,
            video: video.map(|(place, channel)| VideoWithChannel {
                video: place.into(),
                channel: ActorInfo::channel(site, channel),
            }),
            video_import: None,
            comment: comment.map(|row| comment_info(row, video.map(|(place, _)| place), &actor)),
            video_abuse: abuse.clone(),
            abuse,
            video_blacklist: block.map(|block| block_info(block, video.map(|(place, _)| place))),
            registration,
            account: actor,
            actor_follow: None,
            decision: row
                .audit_id
                .zip(told.decision.as_ref())
                .map(|(id, decision)| DecisionInfo::new(id, decision)),
            details,
            created_at: row.created_at.rfc3339(),
            updated_at: row.updated_at.rfc3339(),
        }
    }
}

/// PeerTube's `videoBlacklist`, with the reason beside it.
fn block_info(mut block: Value, place: Option<&VideoPlace>) -> Value {
    if let Value::Object(fields) = &mut block {
        let video = place.map(VideoInfo::from);
        fields.insert("video".to_owned(), serde_json::to_value(video).unwrap_or_default());
    }
    block
}

fn comment_info(
    row: &CommentRow,
    place: Option<&VideoPlace>,
    actor: &Option<ActorInfo>,
) -> CommentInfo {
    CommentInfo {
        id: row.id,
        thread_id: row.thread_id.unwrap_or(row.id),
        video: place.map(Into::into),
        account: actor.clone(),
        held_for_review: row.state == CommentState::Held,
    }
}
