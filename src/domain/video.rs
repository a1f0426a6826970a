//! What may a video be? PeerTube's privacy and state numbers, and what they allow.

use serde::{Deserialize, Serialize};

/// PeerTube's `VideoPrivacy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "i64", try_from = "i64")]
pub enum Privacy {
    /// Everybody, listed.
    Public,
    /// Everybody who has the link.
    Unlisted,
    /// The owner and moderators.
    Private,
    /// Everybody who is signed in here.
    Internal,
    /// Everybody who knows one of its passwords.
    PasswordProtected,
}

impl Privacy {
    /// Every privacy, in PeerTube's order.
    pub const ALL: [Self; 5] =
        [Self::Public, Self::Unlisted, Self::Private, Self::Internal, Self::PasswordProtected];

    /// PeerTube's number.
    #[must_use]
    pub const fn id(self) -> i64 {
        match self {
            Self::Public => 1,
            Self::Unlisted => 2,
            Self::Private => 3,
            Self::Internal => 4,
            Self::PasswordProtected => 5,
        }
    }

    /// PeerTube's English label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Public => "Public",
            Self::Unlisted => "Unlisted",
            Self::Private => "Private",
            Self::Internal => "Internal",
            Self::PasswordProtected => "Password protected",
        }
    }

    /// People whom its owner does not know may come to see it.
    #[must_use]
    pub const fn meets_strangers(self) -> bool {
        matches!(self, Self::Public | Self::Unlisted | Self::Internal)
    }

    /// Its files may be fetched by anybody who has the address, without a token.
    #[must_use]
    pub const fn open_files(self) -> bool {
        matches!(self, Self::Public | Self::Unlisted)
    }
}

impl From<Privacy> for i64 {
    fn from(privacy: Privacy) -> Self {
        privacy.id()
    }
}

/// A number that stands for nothing in PeerTube's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a known value here.")]
pub struct UnknownNumber(pub i64);

impl TryFrom<i64> for Privacy {
    type Error = UnknownNumber;

    fn try_from(id: i64) -> Result<Self, UnknownNumber> {
        Self::ALL.into_iter().find(|p| p.id() == id).ok_or(UnknownNumber(id))
    }
}

/// PeerTube's `VideoBlacklistType`: who keeps a video from the public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// A moderator.
    Manual,
    /// The server, until a moderator looked at it.
    Automatic,
}

impl BlockKind {
    /// PeerTube's number.
    #[must_use]
    pub const fn id(self) -> i64 {
        match self {
            Self::Manual => 1,
            Self::Automatic => 2,
        }
    }
}

impl TryFrom<i64> for BlockKind {
    type Error = UnknownNumber;

    fn try_from(id: i64) -> Result<Self, UnknownNumber> {
        [Self::Manual, Self::Automatic]
            .into_iter()
            .find(|kind| kind.id() == id)
            .ok_or(UnknownNumber(id))
    }
}

/// PeerTube's `VideoState`; the numbers left out belong to features that do not exist here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "i64", try_from = "i64")]
pub enum VideoState {
    /// Complete.
    Published,
    /// Renditions are being made.
    ToTranscode,
    /// Bytes are being fetched from elsewhere.
    ToImport,
    /// A live that has not begun.
    WaitingForLive,
    /// A live that is over.
    LiveEnded,
    /// Finished files are on their way to object storage.
    ToMoveToStorage,
    /// The worker gave up; the reason is in `videos.failure`.
    TranscodingFailed,
}

impl VideoState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Published,
        Self::ToTranscode,
        Self::ToImport,
        Self::WaitingForLive,
        Self::LiveEnded,
        Self::ToMoveToStorage,
        Self::TranscodingFailed,
    ];

    /// PeerTube's number.
    #[must_use]
    pub const fn id(self) -> i64 {
        match self {
            Self::Published => 1,
            Self::ToTranscode => 2,
            Self::ToImport => 3,
            Self::WaitingForLive => 4,
            Self::LiveEnded => 5,
            Self::ToMoveToStorage => 6,
            Self::TranscodingFailed => 7,
        }
    }

    /// PeerTube's English label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Published => "Published",
            Self::ToTranscode => "To transcode",
            Self::ToImport => "To import",
            Self::WaitingForLive => "Waiting for livestream",
            Self::LiveEnded => "Livestream ended",
            Self::ToMoveToStorage => "To move to an external storage",
            Self::TranscodingFailed => "Transcoding failed",
        }
    }
}

impl From<VideoState> for i64 {
    fn from(state: VideoState) -> Self {
        state.id()
    }
}

impl TryFrom<i64> for VideoState {
    type Error = UnknownNumber;

    fn try_from(id: i64) -> Result<Self, UnknownNumber> {
        Self::ALL.into_iter().find(|s| s.id() == id).ok_or(UnknownNumber(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip_and_unknown_ones_are_refused() {
        for privacy in Privacy::ALL {
            assert_eq!(Privacy::try_from(privacy.id()), Ok(privacy));
        }
        for state in VideoState::ALL {
            assert_eq!(VideoState::try_from(state.id()), Ok(state));
        }
        assert_eq!(Privacy::try_from(6), Err(UnknownNumber(6)));
        assert_eq!(VideoState::try_from(0), Err(UnknownNumber(0)));
    }
}
