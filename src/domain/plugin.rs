//! What can plugins hear of?

use serde::{Deserialize, Serialize};

/// Something that happened, for the plugins that want to hear of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PluginEvent {
    /// What happened.
    pub what: PluginEventKind,
    /// To which comment, video, report or user: its row id.
    pub id: i64,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PluginEventKind {
    /// A comment was written, and shows or is held.
    CommentCreated,
    /// A video can be watched for the first time.
    VideoPublished,
    /// Somebody reported something.
    ReportFiled,
    /// Somebody has an account now.
    UserRegistered,
}

impl PluginEventKind {
    /// Every kind.
    pub const ALL: [Self; 4] =
        [Self::CommentCreated, Self::VideoPublished, Self::ReportFiled, Self::UserRegistered];

    /// Its name in manifests and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CommentCreated => "comment-created",
            Self::VideoPublished => "video-published",
            Self::ReportFiled => "report-filed",
            Self::UserRegistered => "user-registered",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_says_the_names() {
        for kind in PluginEventKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }
}
