//! What do plugins say about a text, and who looks after them? The enabled ones are kept loaded;
//! judging asks each that serves the channel, strictest word wins; one that fails holds the text,
//! is written down, and is switched off when it fails again and again.
//!
//! The sandbox is `farandole-plugins`; this room gives it the server's store, network and log.

mod ask;
mod events;
mod failures;
mod manage;
mod network;
pub(super) mod preview;
mod services;
mod set;
mod trial;

pub(super) use ask::ask;
pub use events::handle as handle_event;
pub use manage::{
    Installed, Origin, fetch, install, list, logs, one, operator, reorder, set_channels,
    set_enabled, set_grants, set_settings, uninstall,
};
pub use trial::{Trial, TrialText, attempt};

use std::sync::Arc;

use farandole_plugins::{Host, LoadError, PackageError, Size};

use crate::app::App;
use crate::db::{DbError, Faulty};
use crate::moderation::ModerationError;

/// What this node keeps in memory about plugins.
#[derive(Default)]
struct Room {
    host: tokio::sync::OnceCell<Arc<Host>>,
    set: set::Loaded,
    lines: services::Lines,
}

/// The threads on which plugins run, started when the first one is needed.
async fn host(app: &App) -> Result<Arc<Host>, PluginError> {
    let room = app.room::<Room>();
    let started = room
        .host
        .get_or_try_init(|| async {
            let config = &app.config().plugins;
            let size = Size {
                judge_threads: config.judge_threads as usize,
                event_threads: config.event_threads as usize,
                queue: config.queue as usize,
            };
            let services = services::ForPlugins::new(app).map_err(PluginError::Host)?;
            services::keep_lines(app);
            Host::start(size, Arc::new(services))
                .map(Arc::new)
                .map_err(|problem| PluginError::Host(problem.to_string()))
        })
        .await?;
    Ok(Arc::clone(started))
}

/// What can go wrong with plugins.
#[derive(Debug, thiserror::Error)]
pub enum PluginError {
    /// Not this person.
    #[error("{0}")]
    Forbidden(&'static str),
    /// There is no such thing, in a sentence for people.
    #[error("{0}")]
    NoSuch(&'static str),
    /// A field cannot be used as it is.
    #[error("{param}: {problem}")]
    Invalid {
        /// Its name.
        param: &'static str,
        /// What is wrong, or what would be right.
        problem: String,
    },
    /// All plugin threads were busy; later there may be one.
    #[error("The server is busy with other plugins. Nothing was changed; try again.")]
    Busy,
    /// The server itself failed.
    #[error("the plugin host failed: {0}")]
    Host(String),
    /// A trial on stored text cannot begin.
    #[error(transparent)]
    Trial(#[from] ModerationError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Faulty for PluginError {
    fn db_error(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) | Self::Trial(ModerationError::Db(error)) => Some(error),
            _ => None,
        }
    }
}

impl From<PackageError> for PluginError {
    fn from(error: PackageError) -> Self {
        Self::Invalid { param: "package", problem: format!("{error}.") }
    }
}

impl From<LoadError> for PluginError {
    fn from(error: LoadError) -> Self {
        let param = match error {
            LoadError::Busy => return Self::Busy,
            LoadError::Config(_) | LoadError::Unset(_) => "settings",
            LoadError::Module(_) | LoadError::Compile(_) => "package",
        };
        Self::Invalid { param, problem: format!("{error}.") }
    }
}
