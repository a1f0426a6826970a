//! What are things called? Ids, states, permissions and jobs, as plain types without I/O.
//!
//! Numbers and names follow PeerTube's REST API where it has them, so that clients understand.

pub mod abuse;
pub mod blocklist;
pub mod catalog;
pub mod comment;
pub mod id;
pub mod job;
pub mod keys;
pub mod list;
pub mod moderation;
pub mod names;
pub mod notification;
pub mod p2p;
pub mod plugin;
pub mod preferences;
pub mod quota;
pub mod registration;
pub mod role;
pub mod statement;
pub mod video;

pub use id::{ShortUuid, VideoRef};
pub use job::Job;
pub use list::{Order, Window};
pub use names::sort_key;
pub use notification::NotifyEvent;
pub use p2p::P2pPolicy;
pub use plugin::{PluginEvent, PluginEventKind};
pub use role::{Principal, Role};
pub use video::{BlockKind, Privacy, VideoState};

/// Milliseconds since the Unix epoch, UTC: how every moment is stored.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// This moment moved by `duration`; saturates at the ends of time.
    #[must_use]
    pub fn plus(self, duration: std::time::Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// This moment moved back by `duration`; saturates at the ends of time.
    #[must_use]
    pub fn minus(self, duration: std::time::Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// As the standard library has it; moments before 1970 become 1970.
    #[must_use]
    pub fn system_time(self) -> std::time::SystemTime {
        let since = std::time::Duration::from_millis(u64::try_from(self.0).unwrap_or(0));
        std::time::SystemTime::UNIX_EPOCH + since
    }

    /// RFC 3339 with milliseconds and `Z`, as PeerTube's JSON writes moments.
    #[must_use]
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0)
            .map_or_else(|_| "1970-01-01T00:00:00.000Z".to_owned(), |t| format!("{t:.3}"))
    }

    /// Reads RFC 3339 (any offset).
    ///
    /// # Errors
    /// The text is no such moment.
    pub fn parse(text: &str) -> Result<Self, jiff::Error> {
        text.parse::<jiff::Timestamp>().map(|t| Self(t.as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_peertube_writes_them() {
        assert_eq!(Millis(1_700_000_000_123).rfc3339(), "2023-11-14T22:13:20.123Z");
        assert_eq!(
            Millis::parse("2023-11-14T23:13:20.123+01:00").unwrap(),
            Millis(1_700_000_000_123)
        );
    }
}
