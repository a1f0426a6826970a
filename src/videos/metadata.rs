//! What does a person say about a video? Title, channel, privacy and the rest, read from JSON or
//! a form and judged by PeerTube's rules. Whether they may say it is for others to decide.

mod fields;
mod rules;

use serde::{Deserialize, Serialize};

pub use fields::Fields;
pub use rules::{InvalidField, InvalidFields, Reading};

use crate::domain::comment::MAX_PAUSE_S;
use crate::domain::{Millis, P2pPolicy, Privacy};

/// PeerTube's `VideoCommentPolicy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "i64", try_from = "i64")]
pub enum CommentsPolicy {
    /// Anybody signed in comments.
    Enabled,
    /// Nobody comments.
    Disabled,
    /// The owner reads comments first.
    RequiresApproval,
}

impl CommentsPolicy {
    /// Every policy, in PeerTube's order.
    pub const ALL: [Self; 3] = [Self::Enabled, Self::Disabled, Self::RequiresApproval];

    /// PeerTube's number.
    #[must_use]
    pub const fn id(self) -> i64 {
        match self {
            Self::Enabled => 1,
            Self::Disabled => 2,
            Self::RequiresApproval => 3,
        }
    }

    /// PeerTube's English label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
            Self::RequiresApproval => "Requires approval",
        }
    }
}

impl From<CommentsPolicy> for i64 {
    fn from(policy: CommentsPolicy) -> Self {
        policy.id()
    }
}

impl TryFrom<i64> for CommentsPolicy {
    type Error = crate::domain::video::UnknownNumber;

    fn try_from(id: i64) -> Result<Self, Self::Error> {
        Self::ALL
            .into_iter()
            .find(|policy| policy.id() == id)
            .ok_or(crate::domain::video::UnknownNumber(id))
    }
}

/// A privacy that comes into force later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// When.
    pub at: Millis,
    /// Which; public, unlisted or internal.
    pub privacy: Privacy,
}

/// What an edit says: `None` leaves a field as it is, `Some(None)` empties it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VideoEdits {
    /// Title, 3 to 120 characters.
    pub name: Option<String>,
    /// `channels.id`.
    pub channel_id: Option<i64>,
    /// Who may see it.
    pub privacy: Option<Privacy>,
    /// PeerTube's category, 1 to 18.
    pub category: Option<Option<i64>>,
    /// PeerTube's licence, 1 to 7.
    pub licence: Option<Option<i64>>,
    /// Language code, such as `fr`.
    pub language: Option<Option<String>>,
    /// Markdown, 3 to 10,000 characters.
    pub description: Option<Option<String>>,
    /// Markdown, 3 to 1,000 characters.
    pub support: Option<Option<String>>,
    /// At most 5, of 2 to 30 characters, no two alike.
    pub tags: Option<Vec<String>>,
    /// Not for everybody's eyes.
    pub nsfw: Option<bool>,
    /// Sum of PeerTube's NSFW flags; 0 unless `nsfw`.
    pub nsfw_flags: Option<i64>,
    /// Why it is not for everybody, 3 to 250 characters.
    pub nsfw_summary: Option<Option<String>>,
    /// List it only when every rendition is made.
    pub wait_transcoding: Option<bool>,
    /// Viewers may download files.
    pub download_enabled: Option<bool>,
    /// Who may comment.
    pub comments_policy: Option<CommentsPolicy>,
    /// Seconds between two comments of one person; null: as the channel.
    pub comments_pause_s: Option<Option<i64>>,
    /// When it was first shown elsewhere.
    pub originally_published_at: Option<Option<Millis>>,
    /// Sharing between viewers, at most; null: what its kind has.
    pub p2p: Option<Option<P2pPolicy>>,
    /// A later privacy.
    pub schedule: Option<Option<Schedule>>,
    /// Passwords that open it, 2 to 100 characters each, no two alike.
    pub passwords: Option<Vec<String>>,
}

/// Everything said about a new video, defaults filled in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoMetadata {
    /// Title.
    pub name: String,
    /// `channels.id`.
    pub channel_id: i64,
    /// Who may see it.
    pub privacy: Privacy,
    /// PeerTube's category.
    pub category: Option<i64>,
    /// PeerTube's licence.
    pub licence: Option<i64>,
    /// Language code.
    pub language: Option<String>,
    /// Markdown.
    pub description: Option<String>,
    /// Markdown.
    pub support: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Not for everybody's eyes.
    pub nsfw: bool,
    /// Sum of PeerTube's NSFW flags.
    pub nsfw_flags: i64,
    /// Why it is not for everybody.
    pub nsfw_summary: Option<String>,
    /// List it only when every rendition is made.
    pub wait_transcoding: bool,
    /// Viewers may download files.
    pub download_enabled: bool,
    /// Who may comment; `None`: as the channel has it for new videos.
    pub comments_policy: Option<CommentsPolicy>,
    /// Seconds between two comments of one person; `None`: as the channel.
    #[serde(default)]
    pub comments_pause_s: Option<i64>,
    /// When it was first shown elsewhere.
    pub originally_published_at: Option<Millis>,
    /// Sharing between viewers, at most; `None`: what its kind has.
    #[serde(default)]
    pub p2p: Option<P2pPolicy>,
    /// A later privacy.
    pub schedule: Option<Schedule>,
    /// Passwords that open it; some if and only if it is password-protected.
    pub passwords: Vec<String>,
}

impl std::fmt::Debug for VideoMetadata {
    /// Tells which video, and none of its passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VideoMetadata")
            .field("name", &self.name)
            .field("channel_id", &self.channel_id)
            .field("privacy", &self.privacy)
            .finish_non_exhaustive()
    }
}

impl VideoEdits {
    /// Reads what an edit says (`PUT /videos/{id}`). `generateTranscription` is accepted and has
    /// no effect yet.
    ///
    /// # Errors
    /// Every field that does not fit.
    pub fn read(fields: &Fields) -> Result<Self, InvalidFields> {
        let mut reading = Reading::of(fields);
        let edits = read_edits(&mut reading);
        reading.finish(edits)
    }
}

impl VideoMetadata {
    /// Reads what is said about a new video (upload, import).
    ///
    /// # Errors
    /// Every field that does not fit or is missing.
    pub fn read(fields: &Fields) -> Result<Self, InvalidFields> {
        let mut reading = Reading::of(fields);
        let edits = read_edits(&mut reading);
        if edits.name.is_none() {
            reading.refuse("name", "Should have a video name between 3 and 120 characters long");
        }
        if edits.channel_id.is_none() {
            reading.refuse("channelId", "Should be the id of a channel of yours.");
        }
        let nsfw = edits.nsfw.unwrap_or(false);
        if !nsfw && edits.nsfw_flags.unwrap_or(0) != 0 {
            reading.refuse("nsfwFlags", "Cannot set nsfwFlags if the video is not NSFW");
        }
        if !nsfw && edits.nsfw_summary.iter().flatten().next().is_some() {
            reading.refuse("nsfwSummary", "Cannot set nsfwSummary if the video is not NSFW");
        }
        let privacy = edits.privacy.unwrap_or(Privacy::Public);
        let mut passwords = edits.passwords.unwrap_or_default();
        if privacy != Privacy::PasswordProtected {
            passwords.clear();
        } else if passwords.is_empty() {
            reading.refuse("videoPasswords", "At least one video password is required.");
        }
        reading.finish(Self {
            name: edits.name.unwrap_or_default(),
            channel_id: edits.channel_id.unwrap_or_default(),
            privacy,
            category: edits.category.flatten(),
            licence: edits.licence.flatten(),
            language: edits.language.flatten(),
            description: edits.description.flatten(),
            support: edits.support.flatten(),
            tags: edits.tags.unwrap_or_default(),
            nsfw,
            nsfw_flags: edits.nsfw_flags.unwrap_or(0),
            nsfw_summary: edits.nsfw_summary.flatten(),
            wait_transcoding: edits.wait_transcoding.unwrap_or(false),
            download_enabled: edits.download_enabled.unwrap_or(true),
            comments_policy: edits.comments_policy,
            comments_pause_s: edits.comments_pause_s.flatten(),
            originally_published_at: edits.originally_published_at.flatten(),
            p2p: edits.p2p.flatten(),
            schedule: edits.schedule.flatten(),
            passwords,
        })
    }
}

fn read_edits(reading: &mut Reading<'_>) -> VideoEdits {
    check_fields_without_effect(reading);
    VideoEdits {
        name: reading.text("name", 3, 120),
        channel_id: reading.int("channelId", 1, i64::MAX),
        privacy: reading.int("privacy", 1, 5).and_then(|id| Privacy::try_from(id).ok()),
        category: reading.int_or_null("category", 1, 18),
        licence: reading.int_or_null("licence", 1, 7),
        language: reading.text_or_null("language", 1, 10),
        description: reading.text_or_null("description", 3, 10_000),
        support: reading.text_or_null("support", 3, 1000),
        tags: reading.texts("tags", 5, (2, 30)).map(without_twins),
        nsfw: reading.flag("nsfw"),
        nsfw_flags: reading.int_or_null("nsfwFlags", 0, 7).map(Option::unwrap_or_default),
        nsfw_summary: reading.text_or_null("nsfwSummary", 3, 250),
        wait_transcoding: reading.flag("waitTranscoding"),
        download_enabled: reading.flag("downloadEnabled"),
        comments_policy: comments_policy(reading),
        comments_pause_s: reading.int_or_null("commentsSlowModeSeconds", 0, MAX_PAUSE_S),
        originally_published_at: reading.moment_or_null("originallyPublishedAt"),
        p2p: p2p(reading),
        schedule: schedule(reading),
        passwords: passwords(reading),
    }
}

/// Fields that must be well formed though nothing here makes use of them yet.
fn check_fields_without_effect(reading: &mut Reading<'_>) {
    reading.flag("generateTranscription");
}

/// `commentsPolicy`, or `commentsEnabled` of clients older than it.
fn comments_policy(reading: &mut Reading<'_>) -> Option<CommentsPolicy> {
    let policy = reading.int_or_null("commentsPolicy", 1, 3).flatten();
    if let Some(id) = policy {
        return CommentsPolicy::try_from(id).ok();
    }
    let enabled = reading.flag("commentsEnabled")?;
    Some(if enabled { CommentsPolicy::Enabled } else { CommentsPolicy::Disabled })
}

fn p2p(reading: &mut Reading<'_>) -> Option<Option<P2pPolicy>> {
    let Some(name) = reading.text_or_null("p2pPolicy", 1, 10)? else { return Some(None) };
    let policy = P2pPolicy::parse(&name);
    if policy.is_none() {
        reading.refuse("p2pPolicy", "Should be off, ask, on or null.");
    }
    Some(policy)
}

fn schedule(reading: &mut Reading<'_>) -> Option<Option<Schedule>> {
    if !reading.has("scheduleUpdate") {
        return None;
    }
    let privacy = match reading.int_or_null("scheduleUpdate.privacy", 1, 4).flatten() {
        None => Privacy::Public,
        Some(id) => match Privacy::try_from(id) {
            Ok(privacy @ (Privacy::Public | Privacy::Unlisted | Privacy::Internal)) => privacy,
            _ => {
                reading.refuse(
                    "scheduleUpdate.privacy",
                    "Should be public (1), unlisted (2) or internal (4).",
                );
                Privacy::Public
            }
        },
    };
    match reading.moment_or_null("scheduleUpdate.updateAt") {
        Some(Some(at)) => Some(Some(Schedule { at, privacy })),
        Some(None) => Some(None),
        // `scheduleUpdate: null` takes the schedule away; an object without a date is a mistake.
        None if reading.is_null("scheduleUpdate") => Some(None),
        None => {
            reading.refuse(
                "scheduleUpdate.updateAt",
                "\"scheduleUpdate.updateAt\" parameter is mandatory",
            );
            None
        }
    }
}

fn passwords(reading: &mut Reading<'_>) -> Option<Vec<String>> {
    let passwords = reading.texts("videoPasswords", 100, (2, 100))?;
    let mut seen = std::collections::HashSet::new();
    if !passwords.iter().all(|password| seen.insert(password.clone())) {
        reading.refuse("videoPasswords", "Duplicate video passwords are not allowed.");
    }
    Some(passwords)
}

/// Tags without those that differ in case only.
fn without_twins(tags: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    tags.into_iter().filter(|tag| seen.insert(tag.to_lowercase())).collect()
}

#[cfg(test)]
mod tests;
