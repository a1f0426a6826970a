//! Which words does moderation speak in? Surfaces, verdicts, actions, scopes; what was judged is
//! in [`judgement`], who may do what in [`rights`].

pub mod judgement;
pub mod rights;

use serde::{Deserialize, Serialize};

pub use judgement::{Effect, Judgement, Place, Reason, ReasonList, Source};
pub use rights::{Answer, Deed, Standing};

/// Where a text stands before others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Surface {
    /// A comment or reply.
    Comment,
    /// Title of a video.
    VideoTitle,
    /// Description or support text of a video.
    VideoDescription,
    /// Tags of a video, one a line.
    VideoTag,
    /// Captions of a video.
    Caption,
    /// Display name or name of an account.
    AccountName,
    /// What an account says about itself.
    AccountAbout,
    /// Display name or name of a channel.
    ChannelName,
    /// What a channel says about itself.
    ChannelAbout,
    /// Name of a playlist.
    PlaylistName,
    /// A message in a chat.
    Chat,
}

impl Surface {
    /// Every surface.
    pub const ALL: [Self; 11] = [
        Self::Comment,
        Self::VideoTitle,
        Self::VideoDescription,
        Self::VideoTag,
        Self::Caption,
        Self::AccountName,
        Self::AccountAbout,
        Self::ChannelName,
        Self::ChannelAbout,
        Self::PlaylistName,
        Self::Chat,
    ];

    /// Its name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::VideoTitle => "video-title",
            Self::VideoDescription => "video-description",
            Self::VideoTag => "video-tag",
            Self::Caption => "caption",
            Self::AccountName => "account-name",
            Self::AccountAbout => "account-about",
            Self::ChannelName => "channel-name",
            Self::ChannelAbout => "channel-about",
            Self::PlaylistName => "playlist-name",
            Self::Chat => "chat",
        }
    }

    /// The surface of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|surface| surface.name() == name)
    }

    /// Part of what a video says of itself.
    #[must_use]
    pub const fn of_video(self) -> bool {
        matches!(self, Self::VideoTitle | Self::VideoDescription | Self::VideoTag | Self::Caption)
    }
}

/// How a text is written, which decides what a reader sees of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// As it is.
    #[default]
    Plain,
    /// Comments, descriptions.
    Markdown,
    /// What other servers send.
    Html,
}

impl Format {
    /// Its name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Plain, Self::Markdown, Self::Html].into_iter().find(|format| format.name() == name)
    }
}

/// What is to become of a text. The strictest is the greatest.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Everybody sees it.
    #[default]
    Show,
    /// A human looks first.
    Hold,
    /// Nobody but its author and moderators sees it.
    Reject,
}

impl Verdict {
    /// Its name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Show => "show",
            Self::Hold => "hold",
            Self::Reject => "reject",
        }
    }

    /// The verdict of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Show, Self::Hold, Self::Reject].into_iter().find(|verdict| verdict.name() == name)
    }
}

/// Where a version of a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RevisionState {
    /// It is the public value.
    Shown,
    /// It waits for a human; the version before stays public.
    Held,
    /// It was refused; the version before stays public.
    Rejected,
    /// A later version took its place.
    Superseded,
}

impl RevisionState {
    /// Its name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Held => "held",
            Self::Rejected => "rejected",
            Self::Superseded => "superseded",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Shown, Self::Held, Self::Rejected, Self::Superseded]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

impl From<Verdict> for RevisionState {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Show => Self::Shown,
            Verdict::Hold => Self::Held,
            Verdict::Reject => Self::Rejected,
        }
    }
}

/// What a list does with a text it finds something in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// Names it, and shows it.
    Tag,
    /// A human looks first.
    Hold,
    /// Refuses it.
    Reject,
    /// Refuses it, and everything its author writes in the scope of the list from then on.
    BlockAuthor,
    /// Refuses it, and what its author writes in the scope of the list for some minutes.
    #[serde(rename_all = "camelCase")]
    TimeOut {
        /// How long.
        minutes: u32,
    },
}

impl Action {
    /// Its name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Hold => "hold",
            Self::Reject => "reject",
            Self::BlockAuthor => "block-author",
            Self::TimeOut { .. } => "time-out",
        }
    }

    /// The action of that name; `minutes` counts for a time-out only.
    #[must_use]
    pub fn parse(name: &str, minutes: u32) -> Option<Self> {
        [Self::Tag, Self::Hold, Self::Reject, Self::BlockAuthor, Self::TimeOut { minutes }]
            .into_iter()
            .find(|action| action.name() == name)
    }

    /// What it means for the text itself.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::Tag => Verdict::Show,
            Self::Hold => Verdict::Hold,
            Self::Reject | Self::BlockAuthor | Self::TimeOut { .. } => Verdict::Reject,
        }
    }
}

/// How far a rule, a list or a moderator reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everything here.
    Instance,
    /// One channel and what is written under its videos: `channels.id`.
    Channel(i64),
    /// Everything under the videos of one account: `accounts.id`.
    Account(i64),
}

impl Scope {
    /// Its name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Channel(_) => "channel",
            Self::Account(_) => "account",
        }
    }

    /// Whose; 0 for the instance.
    #[must_use]
    pub const fn id(self) -> i64 {
        match self {
            Self::Instance => 0,
            Self::Channel(id) | Self::Account(id) => id,
        }
    }

    /// The scope of that name and id.
    #[must_use]
    pub fn parse(name: &str, id: i64) -> Option<Self> {
        [Self::Instance, Self::Channel(id), Self::Account(id)]
            .into_iter()
            .find(|scope| scope.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_verdict_is_the_greatest() {
        assert!(Verdict::Reject > Verdict::Hold && Verdict::Hold > Verdict::Show);
        assert_eq!(Action::TimeOut { minutes: 5 }.verdict(), Verdict::Reject);
        assert_eq!(Action::Tag.verdict(), Verdict::Show);
    }

    #[test]
    fn every_name_is_read_back_and_is_what_json_says() {
        for surface in Surface::ALL {
            assert_eq!(Surface::parse(surface.name()), Some(surface));
            assert_eq!(serde_json::to_value(surface).unwrap(), surface.name());
        }
        for verdict in [Verdict::Show, Verdict::Hold, Verdict::Reject] {
            assert_eq!(Verdict::parse(verdict.name()), Some(verdict));
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.name());
        }
        for action in [Action::Tag, Action::BlockAuthor, Action::TimeOut { minutes: 9 }] {
            assert_eq!(Action::parse(action.name(), 9), Some(action));
            assert_eq!(serde_json::to_value(action).unwrap()["action"], action.name());
        }
        for scope in [Scope::Instance, Scope::Channel(4), Scope::Account(5)] {
            assert_eq!(Scope::parse(scope.name(), scope.id()), Some(scope));
        }
        for state in [RevisionState::Held, RevisionState::Superseded] {
            assert_eq!(RevisionState::parse(state.name()), Some(state));
        }
        assert_eq!(Surface::parse("nothing"), None);
    }
}
