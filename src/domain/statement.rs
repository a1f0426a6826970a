//! Which acts restrict somebody, and on which ground? What a statement of reasons (article 17 of the
//! EU's Digital Services Act) names, in words that statistics can count.

/// An act that restricts what somebody may do, or what others see of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Act {
    /// A text waits until a human has read it.
    TextHeld,
    /// A text is not shown.
    TextRefused,
    /// A comment was removed.
    #[default]
    CommentRemoved,
    /// Everything somebody commented was removed.
    CommentsRemoved,
    /// A comment was taken down, and is kept as evidence for a while.
    CommentTakenDown,
    /// A video was removed.
    VideoRemoved,
    /// A video was taken down, and is kept as evidence for a while.
    VideoTakenDown,
    /// A video is blocked.
    VideoBlocked,
    /// A new video waits until a moderator has seen it.
    VideoHeld,
    /// What somebody writes is refused.
    AuthorBlocked,
    /// What somebody writes is refused for some time.
    AuthorTimedOut,
    /// Somebody may not sign in.
    AccountSuspended,
    /// An account is hidden from everybody here.
    AccountBlocked,
    /// A server is hidden from everybody here.
    ServerBlocked,
    /// Somebody was not let in.
    RegistrationRefused,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 15] = [
        Self::TextHeld,
        Self::TextRefused,
        Self::CommentRemoved,
        Self::CommentsRemoved,
        Self::CommentTakenDown,
        Self::VideoRemoved,
        Self::VideoTakenDown,
        Self::VideoBlocked,
        Self::VideoHeld,
        Self::AuthorBlocked,
        Self::AuthorTimedOut,
        Self::AccountSuspended,
        Self::AccountBlocked,
        Self::ServerBlocked,
        Self::RegistrationRefused,
    ];

    /// Its name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TextHeld => "text-held",
            Self::TextRefused => "text-refused",
            Self::CommentRemoved => "comment-removed",
            Self::CommentsRemoved => "comments-removed",
            Self::CommentTakenDown => "comment-taken-down",
            Self::VideoRemoved => "video-removed",
            Self::VideoTakenDown => "video-taken-down",
            Self::VideoBlocked => "video-blocked",
            Self::VideoHeld => "video-held",
            Self::AuthorBlocked => "author-blocked",
            Self::AuthorTimedOut => "author-timed-out",
            Self::AccountSuspended => "account-suspended",
            Self::AccountBlocked => "account-blocked",
            Self::ServerBlocked => "server-blocked",
            Self::RegistrationRefused => "registration-refused",
        }
    }

    /// The act of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.name() == name)
    }

    /// The statement itself is told to whom it concerns. Of texts, videos and registrations other
    /// notifications tell.
    #[must_use]
    pub const fn is_told(self) -> bool {
        !matches!(
            self,
            Self::TextHeld
                | Self::TextRefused
                | Self::VideoBlocked
                | Self::VideoHeld
                | Self::RegistrationRefused
        )
    }
}

/// What an act rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ground {
    /// The rules of this place.
    #[default]
    Rules,
    /// The law.
    Law,
    /// Something else.
    Other,
}

impl Ground {
    /// Every ground.
    pub const ALL: [Self; 3] = [Self::Rules, Self::Law, Self::Other];

    /// Its name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Law => "law",
            Self::Other => "other",
        }
    }

    /// The ground of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.name() == name)
    }
}

/// Characters of a reason at most.
pub const MOST_REASON: usize = 2_000;

/// Why somebody restricts something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Why {
    /// What it rests on.
    pub ground: Ground,
    /// In words for whom it concerns; may be empty.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for act in Act::ALL {
            assert_eq!(Act::parse(act.name()), Some(act));
        }
        for ground in Ground::ALL {
            assert_eq!(Ground::parse(ground.name()), Some(ground));
        }
        assert_eq!(Act::parse("text-praised"), None);
        assert_eq!(Ground::parse(""), None);
    }
}
