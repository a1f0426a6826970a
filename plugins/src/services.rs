//! What does the server do on a plugin's behalf? The server implements [`Services`]; this crate
//! has asked before each call whether the plugin may.

use std::time::Duration;

/// What plugins get from the server. The calls come from threads of this crate, so they may block.
pub trait Services: Send + Sync + 'static {
    /// The value that a plugin keeps under a key.
    ///
    /// # Errors
    /// When the store cannot be reached.
    fn store_get(&self, plugin: &str, key: &str) -> Result<Option<Vec<u8>>, ServiceError>;

    /// Keeps a value, or removes it when it is `None`. All keys and values of the plugin together
    /// may have `quota_bytes`.
    ///
    /// # Errors
    /// When the quota does not allow it, or the store cannot be reached.
    fn store_put(
        &self,
        plugin: &str,
        key: &str,
        value: Option<&[u8]>,
        quota_bytes: u64,
    ) -> Result<(), ServiceError>;

    /// Sends a request to a host that the plugin was granted, through the server's guarded client.
    ///
    /// # Errors
    /// When it could not be sent, or nothing acceptable came back within the time.
    fn fetch(
        &self,
        plugin: &str,
        request: &Request,
        within: Duration,
    ) -> Result<Response, ServiceError>;

    /// Keeps a line that the plugin wrote. It holds no control characters and is at most 500
    /// characters long.
    fn log(&self, plugin: &str, level: Level, line: &str);
}

/// How weighty a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For whoever writes the plugin.
    Debug,
    /// Worth knowing.
    Info,
    /// Something odd.
    Warn,
    /// Something failed.
    Error,
}

impl Level {
    /// Its name in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// A request that a plugin wants sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// GET, POST, PUT, PATCH, DELETE or HEAD.
    pub method: String,
    /// The whole address; its host was granted.
    pub url: String,
    /// Header fields, by lower-case names.
    pub headers: std::collections::BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The body; at most [`MAX_RESPONSE_BYTES`] of it.
    pub body: Vec<u8>,
}

/// The most bytes of a response that a plugin gets.
pub const MAX_RESPONSE_BYTES: usize = 1 << 20;

/// Why the server did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServiceError {
    /// The plugin's store is full.
    #[error("the plugin's store is full")]
    Full,
    /// It failed.
    #[error("{0}")]
    Failed(String),
}

/// A server that gives nothing: for checking packages, and for measuring.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

impl Services for Nothing {
    fn store_get(&self, _: &str, _: &str) -> Result<Option<Vec<u8>>, ServiceError> {
        Ok(None)
    }

    fn store_put(&self, _: &str, _: &str, _: Option<&[u8]>, _: u64) -> Result<(), ServiceError> {
        Err(ServiceError::Failed("there is no store here".to_owned()))
    }

    fn fetch(&self, _: &str, _: &Request, _: Duration) -> Result<Response, ServiceError> {
        Err(ServiceError::Failed("there is no network here".to_owned()))
    }

    fn log(&self, _: &str, _: Level, _: &str) {}
}
