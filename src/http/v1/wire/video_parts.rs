//! `VideoCaption`, `Storyboard`, `VideoChapters`, `VideoPassword`, `VideoTokenResponse`: what hangs
//! on a video.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Site;
use super::constant::TextConstant;
use super::video::picture_path;
use crate::db::videos::captions::CaptionRow;
use crate::db::videos::chapters::Chapter;
use crate::db::videos::shown::ImageRow;
use crate::domain::moderation::RevisionState;
use crate::videos::chapters::Chapters;
use crate::videos::passwords::Password;

/// PeerTube's `VideoCaption`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VideoCaption {
    /// In which language.
    language: TextConstant,
    /// Made by a machine.
    automatically_generated: bool,
    /// Address without the host (older clients).
    caption_path: String,
    /// The WebVTT file.
    file_url: String,
    /// Captions are not in the HLS playlists here.
    m3u8_url: Option<String>,
    /// RFC 3339.
    updated_at: String,
    /// Ours, for the owner and moderators: another file was sent, and waits for a moderator
    /// (`held`) or was refused (`rejected`).
    #[serde(skip_serializing_if = "Option::is_none")]
    replacement: Option<&'static str>,
}

impl VideoCaption {
    /// Shows captions; `token` is what their reader needs, `replacement` how a file stands that is
    /// to replace them.
    #[must_use]
    pub fn new(
        site: &Site,
        row: &CaptionRow,
        token: Option<&str>,
        replacement: Option<RevisionState>,
    ) -> Self {
        let path = picture_path("video-captions", &row.file, token);
        Self {
            language: TextConstant::language(Some(&row.language)),
            automatically_generated: row.automatic,
            file_url: format!("{}{path}", site.base_url),
            caption_path: path,
            m3u8_url: None,
            updated_at: row.updated_at.rfc3339(),
            replacement: replacement.map(RevisionState::name),
        }
    }
}

/// PeerTube's `Storyboard`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Storyboard {
    /// Address without the host (older clients).
    storyboard_path: String,
    /// The picture.
    file_url: String,
    /// Pixels.
    total_height: i64,
    /// Pixels.
    total_width: i64,
    /// Pixels of one tile.
    sprite_height: i64,
    /// Pixels of one tile.
    sprite_width: i64,
    /// Seconds one tile stands for.
    sprite_duration: i64,
}

impl Storyboard {
    /// Shows a picture with tiles; others are none.
    #[must_use]
    pub fn new(site: &Site, image: &ImageRow, token: Option<&str>) -> Option<Self> {
        let (sprite_width, sprite_height, sprite_duration) = image.tile?;
        let path = picture_path("storyboards", &image.file, token);
        Some(Self {
            file_url: format!("{}{path}", site.base_url),
            storyboard_path: path,
            total_height: image.height,
            total_width: image.width,
            sprite_height,
            sprite_width,
            sprite_duration,
        })
    }
}

/// Where a part of a video begins.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct VideoChapter {
    /// Whole seconds from the beginning.
    timecode: i64,
    /// What the part is called.
    title: String,
}

impl From<Chapter> for VideoChapter {
    fn from(chapter: Chapter) -> Self {
        Self { timecode: chapter.timecode_s, title: chapter.title }
    }
}

impl From<VideoChapter> for Chapter {
    fn from(chapter: VideoChapter) -> Self {
        Self { timecode_s: chapter.timecode, title: chapter.title.trim().to_owned() }
    }
}

/// PeerTube's `VideoChapters`, as they are sent.
#[derive(Debug, Deserialize, ToSchema)]
pub struct VideoChapters {
    /// In any order.
    pub chapters: Vec<VideoChapter>,
}

/// PeerTube's `VideoChapters`, as they are shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownChapters {
    /// In order of time.
    chapters: Vec<VideoChapter>,
    /// Ours, for the owner and moderators: others were sent, and wait for a moderator (`held`) or
    /// were refused (`rejected`).
    #[serde(skip_serializing_if = "Option::is_none")]
    replacement: Option<&'static str>,
}

impl From<Chapters> for ShownChapters {
    fn from(found: Chapters) -> Self {
        Self {
            chapters: found.rows.into_iter().map(Into::into).collect(),
            replacement: found.replacement.map(RevisionState::name),
        }
    }
}

/// PeerTube's `VideoPassword`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VideoPassword {
    /// `video_passwords.id`.
    id: i64,
    /// The password.
    password: String,
    /// `videos.id`.
    video_id: i64,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    updated_at: String,
}

impl From<Password> for VideoPassword {
    fn from(password: Password) -> Self {
        Self {
            id: password.id,
            password: password.plain,
            video_id: password.video_id,
            created_at: password.created_at.rfc3339(),
            updated_at: password.updated_at.rfc3339(),
        }
    }
}

/// PeerTube's `VideoTokenResponse`.
#[derive(Serialize, ToSchema)]
pub struct VideoTokenResponse {
    files: VideoToken,
}

#[derive(Serialize, ToSchema)]
struct VideoToken {
    /// For `videoFileToken`.
    token: String,
    /// RFC 3339.
    expires: String,
}

impl VideoTokenResponse {
    /// Shows a token and its end.
    #[must_use]
    pub fn new(token: String, expires: String) -> Self {
        Self { files: VideoToken { token, expires } }
    }
}
