//! How much may viewers ask of the tracker, which tells them of each other?

use documented::DocumentedFields;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::ConfigError;

/// `[tracker]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(default, deny_unknown_fields)]
pub struct Tracker {
    /// Sockets at a time, one for each viewer who shares; more are refused. Beside
    /// `limits.connections`, and like them as far as open files allow.
    pub sockets: u32,
    /// Sockets of one address (or IPv6 /64); a household, an office or a mobile network may be
    /// behind it.
    pub sockets_per_address: u32,
    /// Swarms that one socket is in at a time: a viewer is in one for the picture, perhaps one for
    /// the sound, and for a while in those of qualities it had before.
    pub swarms_per_socket: u32,
    /// The same for all sockets of one address.
    pub swarms_per_address: u32,
    /// Messages a socket may send per second, ten times as many at once.
    pub socket_messages_per_second: u32,
    /// The same for all sockets of one address.
    pub address_messages_per_second: u32,
    /// Networks without limits, such as those of your own tests.
    pub exempt_networks: Vec<IpNet>,
    /// Seconds after which viewers ask for partners again. Who is not heard of for two and a half
    /// such intervals is forgotten.
    pub interval_seconds: u32,
    /// The interval grows with the number of viewers, up to this, seconds.
    pub most_interval_seconds: u32,
    /// Announces per second that the interval grows to keep to: each makes some fifteen messages.
    pub announces_per_second: u32,
}

impl Default for Tracker {
    fn default() -> Self {
        Self {
            sockets: 20_000,
            sockets_per_address: 200,
            swarms_per_socket: 24,
            swarms_per_address: 2000,
            socket_messages_per_second: 10,
            address_messages_per_second: 200,
            exempt_networks: Vec::new(),
            interval_seconds: 30,
            most_interval_seconds: 240,
            announces_per_second: 300,
        }
    }
}

impl Tracker {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (key, value, least) in [
            ("tracker.sockets_per_address", self.sockets_per_address, 1),
            ("tracker.swarms_per_socket", self.swarms_per_socket, 1),
            ("tracker.swarms_per_address", self.swarms_per_address, 1),
            ("tracker.socket_messages_per_second", self.socket_messages_per_second, 2),
            ("tracker.address_messages_per_second", self.address_messages_per_second, 2),
            ("tracker.interval_seconds", self.interval_seconds, 5),
            ("tracker.most_interval_seconds", self.most_interval_seconds, self.interval_seconds),
            ("tracker.announces_per_second", self.announces_per_second, 1),
        ] {
            if value < least {
                let problem = format!("should be at least {least}");
                return Err(ConfigError::Value { key, problem });
            }
        }
        Ok(())
    }
}
