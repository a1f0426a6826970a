//! What goes over the border between server and plugin.
//!
//! Written from `plugins/sdk/interface.json`: change that, and run
//! `cargo run -p farandole-plugins --example generate`.

use serde::{Deserialize, Serialize};

/// The version of the interface.
pub const API_VERSION: u32 = 1;

/// Called before a text is shown. It has no network and should take well under a millisecond. Takes an [`Item`], answers a [`Verdict`].
pub const JUDGE: &str = "judge";

/// Called from a queue after something happened. It may take seconds and may use the network, if granted. Takes an [`Event`], answers a [`Reaction`].
pub const ON_EVENT: &str = "on_event";

/// What a plugin proposes for a text. The server never does more than the operator granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing speaks against showing it.
    Show,
    /// Show it, marked with tags that moderators can search.
    Tag,
    /// Keep it for a human to look at.
    Hold,
    /// Do not show it.
    Reject,
}

impl Action {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Show => "show",
            Self::Tag => "tag",
            Self::Hold => "hold",
            Self::Reject => "reject",
        }
    }
}

/// A part of a text, in bytes of its UTF-8 form, on character boundaries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

/// A text from outside, before anyone sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Where it would be shown: comment, video-title, video-description, video-tag, caption, account-name, account-about, channel-name, channel-about, playlist-name or chat.
    pub surface: String,
    /// How it is written: plain, markdown or html.
    pub format: String,
    /// The text as it was sent.
    pub text: String,
    /// Its language (BCP 47), when its author said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// A stable name for its author on this server, when the permission `author` was granted; empty for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The channel whose page it would stand on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
}

/// One reason of a verdict, for moderators and for the author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Plain words, at most 200 characters.
    pub text: String,
    /// The part of the text it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
}

/// What a plugin thinks of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What it proposes.
    pub action: Action,
    /// Why; at most 20. Needed for anything but show.
    #[serde(default)]
    pub reasons: Vec<Reason>,
    /// Marks for moderators: at most 10, each 1 to 40 characters of a-z, 0-9 and -.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// Something that happened on the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// comment-created, video-published, report-filed or user-registered.
    pub kind: String,
    /// When (RFC 3339, UTC).
    pub at: String,
    /// The number of the comment, video, report or user.
    pub id: String,
    /// Its page, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The name of the video, or of the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The comment, or the reason of a report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whose it is, when the permission `author` was granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
}

/// What a plugin asks for after an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// Notices for the moderators, when `notify` was granted: at most 5, each at most 500 characters.
    #[serde(default)]
    pub notices: Vec<String>,
}
