//! Sharing of segments between viewers.

use std::net::SocketAddr;

use documented::DocumentedFields;
use serde::{Deserialize, Serialize};

use super::ConfigError;

/// How far sharing goes at most (`domain::p2p::P2pPolicy` of the whole instance).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SharingLimit {
    /// Nothing is shared.
    Off,
    /// Each viewer is asked first.
    Ask,
    /// Shared without a question.
    On,
}

/// `[p2p]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(default, deny_unknown_fields)]
pub struct P2p {
    /// Whether viewers share segments with each other, at most: `off`, `ask` (each viewer is
    /// asked first) or `on` (each viewer can switch it off). Channels and videos can be stricter,
    /// never laxer. See docs/privacy.md.
    pub policy: SharingLimit,
    /// Viewers of a rendition at which sharing begins; fewer get all from the server.
    pub min_viewers: u32,
    /// STUN servers that players ask for their own public address, such as
    /// `stun:stun.example:3478`. They learn the addresses of viewers who share. Without one,
    /// viewers find each other only where no translation of addresses is between them.
    pub stun_urls: Vec<String>,
    /// Address and UDP port of a STUN server of Farandole's own, such as `0.0.0.0:3478`; empty:
    /// none. Players are told of it under the public host.
    pub stun_listen: Option<SocketAddr>,
}

impl Default for P2p {
    fn default() -> Self {
        Self { policy: SharingLimit::Ask, min_viewers: 1, stun_urls: Vec::new(), stun_listen: None }
    }
}

impl P2p {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.min_viewers == 0 {
            return Err(ConfigError::Value {
                key: "p2p.min_viewers",
                problem: "should be at least 1".to_owned(),
            });
        }
        match self.stun_urls.iter().find(|url| !is_stun(url)) {
            None => Ok(()),
            Some(url) => Err(ConfigError::Value {
                key: "p2p.stun_urls",
                problem: format!("{url} should look like stun:stun.example:3478"),
            }),
        }
    }
}

/// `stun:` or `stuns:`, and a host (RFC 7064).
fn is_stun(url: &str) -> bool {
    let host = url.strip_prefix("stun:").or_else(|| url.strip_prefix("stuns:"));
    host.is_some_and(|host| {
        !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".:-[]".contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_stun_servers_are_taken_for_some() {
        for good in ["stun:stun.example:3478", "stuns:stun.example", "stun:[2001:db8::1]:3478"] {
            assert!(is_stun(good), "{good}");
        }
        for bad in ["", "stun:", "turn:stun.example", "https://stun.example", "stun:a b"] {
            assert!(!is_stun(bad), "{bad}");
        }
        let none = P2p { min_viewers: 0, ..P2p::default() };
        assert!(none.check().is_err() && P2p::default().check().is_ok());
    }
}
