//! May viewers share segments of a video with each other? Three policies, and the strictest of
//! the instance's, the channel's and the video's counts.

use serde::{Deserialize, Serialize};

use super::Privacy;

/// How far sharing goes, the strictest first.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum P2pPolicy {
    /// Nothing is shared, and no swarm exists.
    Off,
    /// Each viewer is asked first.
    #[default]
    Ask,
    /// Shared without a question; each viewer can switch it off.
    On,
}

impl P2pPolicy {
    /// Every policy, the strictest first.
    pub const ALL: [Self; 3] = [Self::Off, Self::Ask, Self::On];

    /// As columns, settings and the API spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Ask => "ask",
            Self::On => "on",
        }
    }

    /// Reads [`Self::name`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// Something is shared, by those who want to.
    #[must_use]
    pub const fn shares(self) -> bool {
        !matches!(self, Self::Off)
    }
}

/// What decides about sharing one video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decisive {
    /// The instance's policy: nothing goes further.
    pub instance: P2pPolicy,
    /// The channel's; `None`: as the instance.
    pub channel: Option<P2pPolicy>,
    /// The video's own; `None`: what its kind has.
    pub video: Option<P2pPolicy>,
    /// Who may see the video.
    pub privacy: Privacy,
    /// Not for everybody's eyes.
    pub nsfw: bool,
}

impl Decisive {
    /// The policy in force: the strictest. A video that is not for everybody, or sensitive, is
    /// off unless its owner says otherwise: an address in its swarm tells what somebody watches.
    #[must_use]
    pub fn in_force(self) -> P2pPolicy {
        let above = self.channel.unwrap_or(self.instance).min(self.instance);
        let delicate = self.nsfw || !self.privacy.open_files();
        let own = self.video.unwrap_or(if delicate { P2pPolicy::Off } else { above });
        own.min(above)
    }
}

#[cfg(test)]
mod tests {
    use super::P2pPolicy::{Ask, Off, On};
    use super::*;

    fn public(
        instance: P2pPolicy,
        channel: Option<P2pPolicy>,
        video: Option<P2pPolicy>,
    ) -> P2pPolicy {
        let (privacy, nsfw) = (Privacy::Public, false);
        Decisive { instance, channel, video, privacy, nsfw }.in_force()
    }

    #[test]
    fn the_strictest_wins() {
        for instance in P2pPolicy::ALL {
            assert_eq!(public(instance, None, None), instance, "nobody said otherwise");
            for channel in P2pPolicy::ALL {
                assert_eq!(public(instance, Some(channel), None), instance.min(channel));
                for video in P2pPolicy::ALL {
                    let strictest = instance.min(channel).min(video);
                    assert_eq!(public(instance, Some(channel), Some(video)), strictest);
                }
            }
        }
        assert!(Off < Ask && Ask < On);
    }

    #[test]
    fn what_is_not_for_everybody_is_off_until_somebody_says_otherwise() {
        for (privacy, nsfw) in Privacy::ALL.into_iter().flat_map(|p| [(p, false), (p, true)]) {
            let with =
                |video| Decisive { instance: On, channel: None, video, privacy, nsfw }.in_force();
            let delicate = nsfw || !matches!(privacy, Privacy::Public | Privacy::Unlisted);
            assert_eq!(with(None), if delicate { Off } else { On }, "{privacy:?} {nsfw}");
            assert_eq!(with(Some(Ask)), Ask, "{privacy:?} {nsfw}");
        }
        let told = Decisive {
            instance: Ask,
            channel: Some(Off),
            video: Some(On),
            privacy: Privacy::Private,
            nsfw: false,
        };
        assert_eq!(told.in_force(), Off, "never more than the channel and the instance");
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for policy in P2pPolicy::ALL {
            assert_eq!(P2pPolicy::parse(policy.name()), Some(policy));
            assert_eq!(serde_json::json!(policy), policy.name());
        }
        assert_eq!(P2pPolicy::parse("ON"), None);
    }
}
