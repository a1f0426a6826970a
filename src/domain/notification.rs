//! What are people told, and which of it do they want? PeerTube's kinds of notifications and its
//! settings; Farandole's own kinds begin at 100.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// In the site.
pub const WEB: i64 = 1;
/// By mail: kept, and obeyed once mail is sent.
pub const MAIL: i64 = 2;

/// PeerTube's `UserNotificationType`, as far as there is something to tell here, and Farandole's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotificationKind {
    /// Somebody reported something: for moderators.
    NewAbuse,
    /// One's report was decided.
    AbuseStateChange,
    /// A message about a report one follows.
    AbuseNewMessage,
    /// Somebody commented on one's video; `heldForReview` when it waits.
    CommentOnMyVideo,
    /// A comment names one, or answers one's own.
    CommentMention,
    /// Somebody signed up: for moderators.
    UserRegistered,
    /// Somebody asks for an account: for moderators.
    RegistrationRequested,
    /// One's request for an account was accepted.
    RegistrationAccepted,
    /// One's video was put into the blocklist.
    VideoBlocked,
    /// One's video was taken out of the blocklist.
    VideoUnblocked,
    /// A new video waits for a moderator.
    VideoWaits,
    /// A moderator decided about one's text.
    Decision,
    /// A moderator answered when one contested.
    ContestAnswered,
    /// A plugin was switched off because it failed.
    PluginDisabled,
    /// Texts wait for a moderator: one for all of them.
    TextsHeld,
    /// An author contests a decision: one for all of them.
    Contests,
    /// A statement of reasons: something of one's own was restricted.
    Statement,
}

impl NotificationKind {
    /// Every kind.
    pub const ALL: [Self; 17] = [
        Self::NewAbuse,
        Self::AbuseStateChange,
        Self::AbuseNewMessage,
        Self::CommentOnMyVideo,
        Self::CommentMention,
        Self::UserRegistered,
        Self::RegistrationRequested,
        Self::RegistrationAccepted,
        Self::VideoBlocked,
        Self::VideoUnblocked,
        Self::VideoWaits,
        Self::Decision,
        Self::ContestAnswered,
        Self::PluginDisabled,
        Self::TextsHeld,
        Self::Contests,
        Self::Statement,
    ];

    /// The `type` of its JSON.
    #[must_use]
    pub const fn id(self) -> i64 {
        match self {
            Self::CommentOnMyVideo => 2,
            Self::NewAbuse => 3,
            Self::VideoBlocked => 4,
            Self::VideoUnblocked => 5,
            Self::UserRegistered => 8,
            Self::CommentMention => 11,
            Self::VideoWaits => 12,
            Self::AbuseStateChange => 15,
            Self::AbuseNewMessage => 16,
            Self::RegistrationRequested => 20,
            Self::Decision => 100,
            Self::ContestAnswered => 101,
            Self::PluginDisabled => 102,
            Self::TextsHeld => 103,
            Self::Contests => 104,
            Self::Statement => 105,
            Self::RegistrationAccepted => 106,
        }
    }

    /// The kind with that number.
    #[must_use]
    pub fn parse(id: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// Its details are a report.
    #[must_use]
    pub const fn of_report(self) -> bool {
        matches!(self, Self::NewAbuse | Self::AbuseStateChange | Self::AbuseNewMessage)
    }

    /// Its details are a block of a video.
    #[must_use]
    pub const fn of_block(self) -> bool {
        matches!(self, Self::VideoBlocked | Self::VideoWaits)
    }

    /// The setting that decides about it.
    #[must_use]
    pub const fn setting(self) -> &'static str {
        match self {
            Self::CommentOnMyVideo => "newCommentOnMyVideo",
            Self::CommentMention => "commentMention",
            Self::NewAbuse => "abuseAsModerator",
            Self::AbuseStateChange => "abuseStateChange",
            Self::AbuseNewMessage => "abuseNewMessage",
            Self::VideoBlocked | Self::VideoUnblocked => "blacklistOnMyVideo",
            Self::VideoWaits => "videoAutoBlacklistAsModerator",
            Self::UserRegistered | Self::RegistrationRequested => "newUserRegistration",
            Self::Decision
            | Self::ContestAnswered
            | Self::Statement
            | Self::RegistrationAccepted => "moderationDecision",
            Self::PluginDisabled => "pluginDisabled",
            Self::TextsHeld => "textsHeldAsModerator",
            Self::Contests => "contestsAsModerator",
        }
    }
}

/// Something that happened and that people may want to be told of; ids only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum NotifyEvent {
    /// Everybody may see a comment now.
    CommentShown {
        /// `comments.id`.
        comment_id: i64,
    },
    /// A comment waits for a human.
    CommentHeld {
        /// `comments.id`.
        comment_id: i64,
    },
    /// Texts were decided on together: one by one, by a list, or all of an author.
    BatchDecided {
        /// `moderation_batches.id`.
        batch_id: i64,
    },
    /// What was decided together was undone.
    BatchUndone {
        /// `moderation_batches.id`.
        batch_id: i64,
    },
    /// An author asks for another look at a decision.
    Contested {
        /// The row of the audit log that they contest.
        audit_id: i64,
    },
    /// Somebody reported something.
    AbuseFiled {
        /// `abuses.id`.
        abuse_id: i64,
    },
    /// A moderator decided about a report.
    AbuseDecided {
        /// `abuses.id`.
        abuse_id: i64,
    },
    /// Reporter or moderator wrote about a report.
    AbuseMessage {
        /// `abuses.id`.
        abuse_id: i64,
        /// `abuse_messages.id`.
        message_id: i64,
    },
    /// A video was put into the blocklist, by a moderator or until one looked at it.
    VideoBlocked {
        /// `video_blocks.id`.
        block_id: i64,
    },
    /// Somebody signed up by themselves.
    UserRegistered {
        /// `users.id`.
        user_id: i64,
    },
    /// Somebody asks for an account.
    RegistrationRequested {
        /// `registrations.id`.
        registration_id: i64,
    },
    /// A request for an account was accepted.
    RegistrationAccepted {
        /// `registrations.id`.
        registration_id: i64,
    },
    /// A video was taken out of the blocklist.
    VideoUnblocked {
        /// `videos.id`.
        video_id: i64,
        /// `video_blocks.id` as it was.
        block_id: i64,
    },
    /// An act restricts somebody.
    Statement {
        /// `statements.id`.
        statement_id: i64,
    },
}

impl NotifyEvent {
    /// At most one unfinished job tells of the same event.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::CommentShown { comment_id } => format!("comment-shown:{comment_id}"),
            Self::CommentHeld { comment_id } => format!("comment-held:{comment_id}"),
            Self::BatchDecided { batch_id } => format!("batch-decided:{batch_id}"),
            Self::BatchUndone { batch_id } => format!("batch-undone:{batch_id}"),
            Self::Contested { audit_id } => format!("contested:{audit_id}"),
            Self::AbuseFiled { abuse_id } => format!("abuse-filed:{abuse_id}"),
            Self::AbuseDecided { abuse_id } => format!("abuse-decided:{abuse_id}"),
            Self::AbuseMessage { message_id, .. } => format!("abuse-message:{message_id}"),
            Self::UserRegistered { user_id } => format!("user-registered:{user_id}"),
            Self::RegistrationRequested { registration_id } => {
                format!("registration-requested:{registration_id}")
            }
            Self::RegistrationAccepted { registration_id } => {
                format!("registration-accepted:{registration_id}")
            }
            Self::VideoBlocked { block_id } => format!("video-blocked:{block_id}"),
            Self::VideoUnblocked { block_id, .. } => format!("video-unblocked:{block_id}"),
            Self::Statement { statement_id } => format!("statement:{statement_id}"),
        }
    }
}

/// Every setting with its default: PeerTube's eighteen, then Farandole's.
pub const SETTINGS: [(&str, i64); 22] = [
    ("abuseAsModerator", WEB | MAIL),
    ("videoAutoBlacklistAsModerator", WEB | MAIL),
    ("newUserRegistration", WEB),
    ("newVideoFromSubscription", WEB),
    ("blacklistOnMyVideo", WEB | MAIL),
    ("myVideoPublished", WEB),
    ("myVideoImportFinished", WEB),
    ("commentMention", WEB),
    ("newCommentOnMyVideo", WEB),
    ("newFollow", WEB),
    ("newInstanceFollower", WEB),
    ("autoInstanceFollowing", WEB),
    ("abuseStateChange", WEB | MAIL),
    ("abuseNewMessage", WEB | MAIL),
    ("newPeerTubeVersion", WEB | MAIL),
    ("newPluginVersion", WEB),
    ("myVideoStudioEditionFinished", WEB),
    ("myVideoTranscriptionGenerated", WEB),
    ("moderationDecision", WEB | MAIL),
    ("pluginDisabled", WEB | MAIL),
    ("textsHeldAsModerator", WEB),
    ("contestsAsModerator", WEB),
];

/// What a user wants to be told, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationSettings(Map<String, Value>);

impl Default for NotificationSettings {
    fn default() -> Self {
        Self(SETTINGS.iter().map(|(key, bits)| ((*key).to_owned(), (*bits).into())).collect())
    }
}

impl NotificationSettings {
    /// Reads what is stored; what is not in it has its default.
    #[must_use]
    pub fn stored(json: Option<&str>) -> Self {
        let mut all = Self::default();
        let stored = json.and_then(|json| serde_json::from_str::<Map<String, Value>>(json).ok());
        for (key, value) in stored.unwrap_or_default() {
            // What an older or newer version kept and this one does not know is left out.
            let _ = all.set(&key, &value);
        }
        all
    }

    /// Sets one. False: there is no such setting, or the value is none of 0 to 3.
    #[must_use]
    pub fn set(&mut self, key: &str, value: &Value) -> bool {
        let fits = value.as_i64().is_some_and(|bits| (0..=(WEB | MAIL)).contains(&bits));
        match self.0.get_mut(key) {
            Some(kept) if fits => {
                *kept = value.clone();
                true
            }
            _ => false,
        }
    }

    /// They want to be told of this in the site.
    #[must_use]
    pub fn in_site(&self, kind: NotificationKind) -> bool {
        self.0.get(kind.setting()).and_then(Value::as_i64).is_some_and(|bits| bits & WEB != 0)
    }

    /// PeerTube's `UserNotificationSettings`.
    #[must_use]
    pub fn json(&self) -> &Map<String, Value> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_number_and_a_setting() {
        let settings = NotificationSettings::default();
        for kind in NotificationKind::ALL {
            assert_eq!(NotificationKind::parse(kind.id()), Some(kind));
            assert!(settings.in_site(kind), "{kind:?}");
        }
        assert_eq!(NotificationKind::parse(1), None);
    }

    #[test]
    fn what_is_stored_is_completed_and_nonsense_is_left_out() {
        let read = NotificationSettings::stored(Some(
            r#"{"commentMention": 2, "newFollow": 9, "gone": 1, "newCommentOnMyVideo": 0}"#,
        ));
        assert!(!read.in_site(NotificationKind::CommentMention), "by mail only");
        assert!(!read.in_site(NotificationKind::CommentOnMyVideo));
        assert_eq!(read.json()["newFollow"], 1);
        assert_eq!(read.json().len(), SETTINGS.len());
        assert_eq!(NotificationSettings::stored(Some("damaged")), NotificationSettings::default());
    }
}
