//! Addresses, folders and logs.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use documented::DocumentedFields;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use url::Url;

use super::ConfigError;

/// How log lines are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// `[server]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Address the world sees, such as `https://video.example`. Set it before the first upload:
    /// it becomes part of every federated id.
    pub public_url: Option<Url>,
    /// Folder for the database, scratch files and, unless configured otherwise, stored files.
    pub data_dir: PathBuf,
    /// Name of this node; each of several nodes needs its own, kept across restarts.
    pub node_name: String,
    /// Addresses of reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// `text` or `json`.
    pub log_format: LogFormat,
    /// What to log, such as `info` or `farandole=debug,info`.
    pub log_filter: String,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9000),
            public_url: None,
            data_dir: PathBuf::from("data"),
            node_name: "main".to_owned(),
            trusted_proxies: vec![
                IpNet::from(IpAddr::V4(Ipv4Addr::LOCALHOST)),
                IpNet::from(IpAddr::V6(std::net::Ipv6Addr::LOCALHOST)),
            ],
            log_format: LogFormat::Text,
            log_filter: "info".to_owned(),
        }
    }
}

impl Server {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let Some(url) = &self.public_url else { return Ok(()) };
        let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if matches!(url.scheme(), "http" | "https") && url.has_host() && plain {
            return Ok(());
        }
        Err(ConfigError::Value {
            key: "server.public_url",
            problem: format!("{url} should be scheme and host only, such as https://video.example"),
        })
    }
}
