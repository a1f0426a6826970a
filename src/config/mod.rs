//! Which settings are in force? One TOML file, every key overridable from the environment as
//! `FARANDOLE__SECTION__KEY`; one file of this folder per section.

mod accounts;
mod comments;
mod database;
mod environment;
mod instance;
mod keys;
mod limits;
mod moderation;
mod p2p;
mod plugins;
mod sample;
mod server;
mod storage;
mod tracker;
mod transcoding;
mod uploads;

use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Format as _, Serialized, Toml};
use serde::{Deserialize, Serialize};

pub use accounts::{Accounts, Signup};
pub use comments::Comments;
pub use database::Database;
pub use instance::{Instance, NsfwDefault};
pub use limits::Limits;
pub use moderation::Moderation;
pub use p2p::{P2p, SharingLimit};
pub use plugins::Plugins;
pub use sample::{SECRETS, annotated, sample};
pub use server::{LogFormat, Server};
pub use storage::{S3, Storage, StorageKind};
pub use tracker::Tracker;
pub use transcoding::Transcoding;
pub use uploads::Uploads;

/// All settings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Addresses, folders, logs.
    pub server: Server,
    /// What the site is called.
    pub instance: Instance,
    /// Where the database is.
    pub database: Database,
    /// Where finished files are kept.
    pub storage: Storage,
    /// What may be uploaded.
    pub uploads: Uploads,
    /// Which renditions are made, and with what.
    pub transcoding: Transcoding,
    /// Users, sessions, quotas.
    pub accounts: Accounts,
    /// How fast people may comment.
    pub comments: Comments,
    /// How much one caller may ask.
    pub limits: Limits,
    /// Sharing of segments between viewers.
    pub p2p: P2p,
    /// How much viewers may ask of the tracker.
    pub tracker: Tracker,
    /// Watched words, decisions, the audit log.
    pub moderation: Moderation,
    /// Plugins that judge texts and hear of events.
    pub plugins: Plugins,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A key is unknown, or a value has the wrong type.
    #[error("{0}")]
    Read(String),
    /// A value is out of its range.
    #[error("{key}: {problem}")]
    Value {
        /// `section.key`.
        key: &'static str,
        /// What is wrong and what would be right.
        problem: String,
    },
}

/// What the command line overrides.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// `--listen`.
    pub listen: Option<std::net::SocketAddr>,
}

impl Config {
    /// Reads defaults, then `file`, then the environment, then the command line; checks all.
    ///
    /// # Errors
    /// The file cannot be read, a key is unknown, a value cannot be used.
    pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            if !file.is_file() {
                return Err(ConfigError::Read(format!("{} is not a file", file.display())));
            }
            let text = Toml::file_exact(file);
            keys::check(&Figment::from(&text), &file.display().to_string())?;
            figment = figment.merge(text);
        }
        let environment = environment::read(std::env::vars_os())?;
        figment = figment.merge(Serialized::globals(environment));
        if let Some(dir) = &overrides.data_dir {
            figment = figment.merge(Serialized::global("server.data_dir", dir));
        }
        if let Some(listen) = &overrides.listen {
            figment = figment.merge(Serialized::global("server.listen", listen));
        }
        let mut config: Self =
            figment.extract().map_err(|error| ConfigError::Read(error.to_string()))?;
        config.complete();
        config.check()?;
        Ok(config)
    }

    /// Fills in what depends on other settings.
    fn complete(&mut self) {
        if self.database.url.is_empty() {
            let path = self.server.data_dir.join("farandole.sqlite");
            self.database.url = format!("sqlite:{}", path.display());
        }
        if self.storage.path.as_os_str().is_empty() {
            self.storage.path = self.server.data_dir.join("storage");
        }
    }

    /// The public address without a final slash, or the listening one when none is set.
    #[must_use]
    pub fn public_url(&self) -> String {
        self.server.public_url.as_ref().map_or_else(
            || format!("http://localhost:{}", self.server.listen.port()),
            |url| url.as_str().trim_end_matches('/').to_owned(),
        )
    }

    /// The public host, with its port unless it is the scheme's own (PeerTube's `host`).
    #[must_use]
    pub fn public_host(&self) -> String {
        let url = self.public_url();
        url.split_once("://").map_or(url.clone(), |(_, host)| host.to_owned())
    }

    /// People share with other viewers before they were asked.
    #[must_use]
    pub fn shares_unasked(&self) -> bool {
        self.p2p.policy == SharingLimit::On
    }

    /// The STUN servers that players are told of: the configured ones, and Farandole's own.
    #[must_use]
    pub fn stun_urls(&self) -> Vec<String> {
        let mut urls = self.p2p.stun_urls.clone();
        let public = self.server.public_url.as_ref();
        let host = public.and_then(url::Url::host_str).unwrap_or("localhost");
        urls.extend(self.p2p.stun_listen.map(|listen| format!("stun:{host}:{}", listen.port())));
        urls
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.server.check()?;
        self.instance.check()?;
        self.storage.check()?;
        self.transcoding.check()?;
        self.accounts.check()?;
        self.comments.check()?;
        self.limits.check()?;
        self.p2p.check()?;
        self.tracker.check()?;
        self.moderation.check()?;
        self.plugins.check()
    }
}
