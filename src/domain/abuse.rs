//! What can be reported, why, and what became of it? PeerTube's numbers and words.

use super::video::UnknownNumber;

/// PeerTube's `AbuseState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AbuseState {
    /// Nobody has decided.
    Pending,
    /// There was nothing to do about it.
    Rejected,
    /// Something was done about it.
    Accepted,
}

impl AbuseState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Rejected, Self::Accepted];

    /// PeerTube's number.
    #[must_use]
    pub const fn id(self) -> i64 {
        match self {
            Self::Pending => 1,
            Self::Rejected => 2,
            Self::Accepted => 3,
        }
    }

    /// PeerTube's English label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Rejected => "Rejected",
            Self::Accepted => "Accepted",
        }
    }
}

impl TryFrom<i64> for AbuseState {
    type Error = UnknownNumber;

    fn try_from(id: i64) -> Result<Self, UnknownNumber> {
        Self::ALL.into_iter().find(|state| state.id() == id).ok_or(UnknownNumber(id))
    }
}

/// What is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AbuseKind {
    /// A video.
    Video,
    /// A comment.
    Comment,
    /// An account.
    Account,
}

impl AbuseKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Video, Self::Comment, Self::Account];

    /// PeerTube's word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Comment => "comment",
            Self::Account => "account",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// The reasons that PeerTube's clients offer.
pub const PREDEFINED_REASONS: [&str; 8] = [
    "violentOrAbusive",
    "hatefulOrAbusive",
    "spamOrMisleading",
    "privacy",
    "rights",
    "serverRules",
    "thumbnails",
    "captions",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_words_come_back_as_what_they_were() {
        for state in AbuseState::ALL {
            assert_eq!(AbuseState::try_from(state.id()), Ok(state));
        }
        assert!(AbuseState::try_from(4).is_err());
        for kind in AbuseKind::ALL {
            assert_eq!(AbuseKind::of(kind.name()), Some(kind));
        }
        assert_eq!(AbuseKind::of("server"), None);
    }
}
