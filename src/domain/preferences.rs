//! What did a user choose for themselves? PeerTube's user settings, with its defaults.

use serde::{Deserialize, Serialize};

/// What is done with sensitive videos (PeerTube's `NSFWPolicy`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NsfwPolicy {
    /// Shown like any other.
    Display,
    /// Shown with a warning.
    #[default]
    Warn,
    /// Shown with a blurred thumbnail.
    Blur,
    /// Left out.
    DoNotList,
}

/// PeerTube's user settings, in its spelling. Stored as JSON; a setting that an older version did
/// not know takes its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Preferences {
    /// What is done with sensitive videos.
    pub nsfw_policy: NsfwPolicy,
    /// Bits of PeerTube's `NSFWFlag` that are shown whatever the policy.
    pub nsfw_flags_displayed: i64,
    /// Bits that are left out.
    pub nsfw_flags_hidden: i64,
    /// Bits that are warned of.
    pub nsfw_flags_warned: i64,
    /// Bits that are blurred.
    pub nsfw_flags_blurred: i64,
    /// Share segments with other viewers; none: they were not asked yet.
    pub p2p_enabled: Option<bool>,
    /// Begin to play at once.
    pub auto_play_video: bool,
    /// Go on to a recommended video.
    pub auto_play_next_video: bool,
    /// Go on to the next video of a playlist.
    pub auto_play_next_video_playlist: bool,
    /// Remember what was watched.
    pub videos_history_enabled: bool,
    /// Languages to list; none: all.
    pub video_languages: Option<Vec<String>>,
    /// Language of the interface; none: the browser's.
    pub language: Option<String>,
    /// Theme of PeerTube's web client.
    pub theme: String,
    /// Do not ask to set the instance up.
    pub no_instance_config_warning_modal: bool,
    /// Do not ask to set the account up.
    pub no_account_setup_warning_modal: bool,
    /// Do not greet.
    pub no_welcome_modal: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            nsfw_policy: NsfwPolicy::default(),
            nsfw_flags_displayed: 0,
            nsfw_flags_hidden: 0,
            nsfw_flags_warned: 0,
            nsfw_flags_blurred: 0,
            p2p_enabled: None,
            auto_play_video: true,
            auto_play_next_video: false,
            auto_play_next_video_playlist: true,
            videos_history_enabled: true,
            video_languages: None,
            language: None,
            theme: "instance-default".to_owned(),
            no_instance_config_warning_modal: false,
            no_account_setup_warning_modal: false,
            no_welcome_modal: false,
        }
    }
}

impl Preferences {
    /// Reads what is stored; what cannot be read is as if it had not been chosen.
    #[must_use]
    pub fn stored(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// No flag is treated in two ways at once.
    #[must_use]
    pub const fn flags_are_distinct(&self) -> bool {
        let (a, b) = (self.nsfw_flags_displayed, self.nsfw_flags_hidden);
        let (c, d) = (self.nsfw_flags_warned, self.nsfw_flags_blurred);
        (a & b) | (a & c) | (a & d) | (b & c) | (b & d) | (c & d) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_version_stored_is_completed() {
        let read = Preferences::stored(r#"{"p2pEnabled": false, "gone": 1}"#);
        assert_eq!(read, Preferences { p2p_enabled: Some(false), ..Preferences::default() });
        assert_eq!(Preferences::stored("damaged"), Preferences::default());
    }

    #[test]
    fn the_spelling_is_peertubes() {
        let json = serde_json::to_value(Preferences::default()).unwrap();
        for key in ["nsfwPolicy", "p2pEnabled", "autoPlayNextVideoPlaylist", "noWelcomeModal"] {
            assert!(json.get(key).is_some(), "{key}");
        }
        assert_eq!(json["nsfwPolicy"], "warn");
    }

    #[test]
    fn a_flag_cannot_be_hidden_and_blurred() {
        let mixed =
            Preferences { nsfw_flags_hidden: 3, nsfw_flags_blurred: 2, ..Preferences::default() };
        assert!(!mixed.flags_are_distinct());
        let apart =
            Preferences { nsfw_flags_hidden: 1, nsfw_flags_blurred: 2, ..Preferences::default() };
        assert!(apart.flags_are_distinct());
    }
}
