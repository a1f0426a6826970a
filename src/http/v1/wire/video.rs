//! `Video` and `VideoDetails`: what lists and pages know of a video.

use serde::Serialize;
use utoipa::ToSchema;

use super::Site;
use super::account::{Account, AccountSummary};
use super::channel::{VideoChannel, VideoChannelSummary};
use super::constant::{Label, NumberConstant, TextConstant};
use super::video_files::StreamingPlaylist;
use crate::config::Config;
use crate::db::videos::shown::ImageRow;
use crate::db::videos::{Blocked, VideoRow};
use crate::domain::{BlockKind, P2pPolicy, ShortUuid, catalog};
use crate::videos::shown::{Details, Shown};

/// Characters of a description that lists show.
const TRUNCATED: usize = 250;

/// A picture of a video.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Thumbnail {
    /// Whole address.
    pub file_url: String,
    /// Pixels.
    pub width: i64,
    /// Pixels.
    pub height: i64,
    /// Such as `16:9`.
    pub aspect_ratio: String,
}

/// A change of privacy to come.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduledUpdate {
    /// The privacy it will have.
    pub privacy: i64,
    /// RFC 3339.
    pub update_at: String,
}

/// Where somebody stopped watching.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserHistory {
    /// Seconds from the beginning.
    pub current_time: i64,
}

/// What `Video` and `VideoDetails` share.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VideoCore {
    /// `videos.id`.
    pub id: i64,
    /// UUIDv4.
    pub uuid: String,
    /// The UUID in 22 characters of flickr base58.
    #[serde(rename = "shortUUID")]
    pub short_uuid: String,
    /// ActivityPub id.
    pub url: String,
    /// A live stream.
    pub is_live: bool,
    /// When lives will be.
    #[schema(value_type = Vec<Object>)]
    pub live_schedules: [(); 0],
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub published_at: String,
    /// RFC 3339.
    pub updated_at: String,
    /// RFC 3339, when it was first shown elsewhere.
    pub originally_published_at: Option<String>,
    /// Category.
    pub category: NumberConstant,
    /// Licence.
    pub licence: NumberConstant,
    /// Language.
    pub language: TextConstant,
    /// Who may see it.
    pub privacy: Label,
    /// The beginning of its description.
    pub truncated_description: Option<String>,
    /// Length, whole seconds.
    pub duration: i64,
    /// Width over height; null before the file is probed, and for sound alone.
    pub aspect_ratio: Option<f64>,
    /// Of this server.
    pub is_local: bool,
    /// Title.
    pub name: String,
    /// Small picture (older clients).
    pub thumbnail_path: Option<String>,
    /// Large picture (older clients).
    pub preview_path: Option<String>,
    /// Smallest first.
    pub thumbnails: Vec<Thumbnail>,
    /// Page for frames of other sites.
    pub embed_path: String,
    /// Views counted.
    pub views: i64,
    /// People watching now, as far as this node knows.
    pub viewers: i64,
    /// Likes.
    pub likes: i64,
    /// Dislikes.
    pub dislikes: i64,
    /// Comments.
    pub comments: i64,
    /// Not for everybody's eyes.
    pub nsfw: bool,
    /// Sum of flags.
    pub nsfw_flags: i64,
    /// Why it is not for everybody.
    pub nsfw_summary: Option<String>,
    /// Listed only when every rendition is made.
    pub wait_transcoding: Option<bool>,
    /// Where its making stands.
    pub state: Label,
    /// A change of privacy to come; for its owner and moderators.
    pub scheduled_update: Option<ScheduledUpdate>,
    /// Kept from the public by moderation.
    pub blacklisted: Option<bool>,
    /// Why, for its owner and moderators.
    pub blacklisted_reason: Option<String>,
    /// In the blocklist: 1 by a moderator, 2 until a moderator looked at it.
    pub blacklisted_type: Option<i64>,
    /// For its owner and moderators: it was taken down, and is kept as evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_down: Option<bool>,
    /// Where the viewer stopped.
    pub user_history: Option<UserHistory>,
}

/// PeerTube's `Video`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Video {
    #[serde(flatten)]
    core: VideoCore,
    /// Whose.
    account: AccountSummary,
    /// Where.
    channel: VideoChannelSummary,
}

impl Video {
    /// Shows a video in a list.
    #[must_use]
    pub fn new(site: &Site, shown: &Shown) -> Self {
        Self {
            core: VideoCore::new(site, shown),
            account: AccountSummary::new(site, &shown.account),
            channel: VideoChannelSummary::new(site, &shown.channel),
        }
    }
}

/// PeerTube's `VideoDetails`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VideoDetails {
    #[serde(flatten)]
    core: VideoCore,
    /// Whole description, Markdown.
    description: Option<String>,
    /// How to support its owner, Markdown.
    support: Option<String>,
    /// Whose.
    account: Account,
    /// Where.
    channel: VideoChannel,
    /// In its owner's order.
    tags: Vec<String>,
    /// Who may comment.
    comments_policy: Label,
    /// Comments are possible (older clients).
    comments_enabled: bool,
    /// Seconds between two comments of one person; 0: none.
    comments_slow_mode_seconds: i64,
    /// Viewers may download files.
    download_enabled: bool,
    /// RFC 3339, when its file was replaced.
    input_file_updated_at: Option<String>,
    /// Where PeerTube's players meet; none unless everybody may watch and nobody is asked.
    tracker_urls: Vec<String>,
    /// Its own policy of sharing between viewers, `off`, `ask` or `on`; null for what its kind
    /// has, and for everybody but its owner and moderators.
    p2p_policy: Option<&'static str>,
    /// Files outside of HLS: none are made here.
    #[schema(value_type = Vec<Object>)]
    files: [(); 0],
    /// HLS.
    streaming_playlists: Vec<StreamingPlaylist>,
}

impl VideoDetails {
    /// Shows a video on its page.
    #[must_use]
    pub fn new(site: &Site, details: &Details, config: &Config) -> Self {
        let (shown, row) = (&details.shown, &details.shown.row);
        let policy = catalog::comment_policy(row.comments_policy).unwrap_or(catalog::UNKNOWN);
        let theirs = details.sharing.iter().filter(|sharing| !sharing.peertube.is_empty());
        Self {
            core: VideoCore::new(site, shown),
            description: row.description.clone(),
            support: row.support.clone(),
            account: Account::new(site, &shown.account),
            channel: VideoChannel::new(site, &shown.channel, Some(&shown.account)),
            tags: details.tags.clone(),
            comments_policy: Label { id: row.comments_policy, label: policy },
            comments_enabled: row.comments_policy != 2,
            comments_slow_mode_seconds: row.comments_pause_s.unwrap_or(row.channel_pause_s),
            download_enabled: row.download_enabled,
            input_file_updated_at: row.input_file_updated_at.map(crate::domain::Millis::rfc3339),
            tracker_urls: theirs.map(|sharing| sharing.tracker_url.clone()).collect(),
            p2p_policy: row.p2p.filter(|_| shown.manages).map(P2pPolicy::name),
            files: [],
            streaming_playlists: StreamingPlaylist::of(site, details, config),
        }
    }
}

impl VideoCore {
    fn new(site: &Site, shown: &Shown) -> Self {
        let row = &shown.row;
        let pictures = Pictures::of(site, shown);
        Self {
            id: row.id,
            uuid: row.uuid.to_string(),
            short_uuid: ShortUuid(row.uuid).to_string(),
            url: row.ap_url.clone(),
            is_live: false,
            live_schedules: [],
            created_at: row.created_at.rfc3339(),
            published_at: row.published_at.rfc3339(),
            updated_at: row.updated_at.rfc3339(),
            originally_published_at: row
                .originally_published_at
                .map(crate::domain::Millis::rfc3339),
            category: NumberConstant::new(row.category, catalog::category),
            licence: NumberConstant::new(row.licence, catalog::licence),
            language: TextConstant::language(row.language.as_deref()),
            privacy: Label { id: row.privacy.id(), label: row.privacy.label() },
            truncated_description: row.description.as_deref().map(truncated),
            duration: (row.duration_ms + 500) / 1000,
            aspect_ratio: row.aspect_ratio_millionths.map(|ratio| {
                // Four decimals, as PeerTube's.
                ((ratio + 50) / 100) as f64 / 10_000.0
            }),
            is_local: !row.remote,
            name: row.name.clone(),
            thumbnail_path: pictures.thumbnail_path,
            preview_path: pictures.preview_path,
            thumbnails: pictures.thumbnails,
            embed_path: format!("/videos/embed/{}", row.uuid),
            views: row.views,
            viewers: shown.viewers,
            likes: row.likes,
            dislikes: row.dislikes,
            comments: row.comments,
            nsfw: row.nsfw,
            nsfw_flags: row.nsfw_flags,
            nsfw_summary: row.nsfw_summary.clone(),
            wait_transcoding: Some(row.wait_transcoding),
            state: Label { id: row.state.id(), label: row.state.label() },
            scheduled_update: scheduled(row).filter(|_| shown.manages),
            blacklisted: Some(row.held || row.blocked.is_some()),
            blacklisted_reason: why_hidden(row).filter(|_| shown.manages),
            blacklisted_type: row.blocked.as_ref().map(|blocked| blocked.kind.id()),
            taken_down: row.taken_down.as_ref().filter(|_| shown.manages).map(|_| true),
            user_history: shown.stopped_at_s.map(|current_time| UserHistory { current_time }),
        }
    }
}

/// Why nobody but its owner and moderators sees a video.
fn why_hidden(row: &VideoRow) -> Option<String> {
    if row.taken_down.is_some() {
        return row.taken_down.clone();
    }
    match &row.blocked {
        Some(Blocked { reason: Some(reason), .. }) => Some(reason.clone()),
        Some(Blocked { kind: BlockKind::Automatic, .. }) => {
            Some("A moderator looks at this video before everybody may see it.".to_owned())
        }
        Some(Blocked { kind: BlockKind::Manual, .. }) => None,
        None => row.held.then(|| "A text of this video waits for a moderator.".to_owned()),
    }
}

fn scheduled(row: &VideoRow) -> Option<ScheduledUpdate> {
    let (at, privacy) = row.schedule?;
    Some(ScheduledUpdate { privacy: privacy.id(), update_at: at.rfc3339() })
}

struct Pictures {
    thumbnail_path: Option<String>,
    preview_path: Option<String>,
    thumbnails: Vec<Thumbnail>,
}

impl Pictures {
    fn of(site: &Site, shown: &Shown) -> Self {
        let mut pictures =
            Self { thumbnail_path: None, preview_path: None, thumbnails: Vec::new() };
        for image in &shown.images {
            let folder = match image.kind.as_str() {
                "thumbnail" => "thumbnails",
                "preview" => "previews",
                _ => continue,
            };
            let path = picture_path(folder, &image.file, shown.file_token.as_deref());
            pictures.thumbnails.push(Thumbnail {
                file_url: format!("{}{path}", site.base_url),
                width: image.width,
                height: image.height,
                aspect_ratio: ratio(image),
            });
            if folder == "thumbnails" {
                pictures.thumbnail_path = Some(path);
            } else {
                pictures.preview_path = Some(path);
            }
        }
        // A video with one picture shows it in both sizes.
        let one = pictures.preview_path.clone().or_else(|| pictures.thumbnail_path.clone());
        pictures.thumbnail_path = pictures.thumbnail_path.or_else(|| one.clone());
        pictures.preview_path = pictures.preview_path.or(one);
        pictures
    }
}

/// `/lazy-static/{folder}/{file}`, with what its reader needs when it is not open to all.
pub fn picture_path(folder: &str, file: &str, token: Option<&str>) -> String {
    match token {
        Some(token) => format!("/lazy-static/{folder}/{file}?videoFileToken={token}"),
        None => format!("/lazy-static/{folder}/{file}"),
    }
}

/// The smallest whole numbers in the picture's proportion, or the nearest common one.
fn ratio(image: &ImageRow) -> String {
    const COMMON: [(i64, i64); 6] = [(16, 9), (4, 3), (1, 1), (9, 16), (3, 4), (21, 9)];
    let (width, height) = (image.width.max(1), image.height.max(1));
    let near = |(w, h): &(i64, i64)| {
        // Within one per cent: pictures have even sides, which no ratio fits exactly.
        (width * h - height * w).abs() * 100 <= height * w
    };
    if let Some((w, h)) = COMMON.iter().find(|common| near(common)) {
        return format!("{w}:{h}");
    }
    let (mut a, mut b) = (width, height);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    format!("{}:{}", width / a, height / a)
}

/// The first characters, with three dots when there are more.
fn truncated(text: &str) -> String {
    if text.chars().count() <= TRUNCATED {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(TRUNCATED - 3).collect();
    short.push_str("...");
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_descriptions_end_in_three_dots() {
        assert_eq!(truncated("short"), "short");
        let long = truncated(&"é".repeat(300));
        assert_eq!(long.chars().count(), TRUNCATED);
        assert!(long.ends_with("é..."));
    }

    #[test]
    fn proportions_are_said_in_small_numbers() {
        let image = |width, height| ImageRow {
            video_id: 1,
            kind: "thumbnail".to_owned(),
            file: String::new(),
            storage_key: String::new(),
            width,
            height,
            tile: None,
        };
        assert_eq!(ratio(&image(560, 316)), "16:9");
        assert_eq!(ratio(&image(316, 560)), "9:16");
        assert_eq!(ratio(&image(500, 200)), "5:2");
        assert_eq!(ratio(&image(0, 0)), "1:1");
    }
}
