//! What can go wrong with a plugin, and is it the plugin's doing?

use crate::manifest::ConfigError;
use crate::module::ModuleError;

/// Why a plugin could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Its module may not run here.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// Its configuration does not fit its schema.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Settings that it needs are not set.
    #[error("these settings are needed and not set: {0}")]
    Unset(String),
    /// The compiler refused it.
    #[error("the module could not be compiled: {0}")]
    Compile(String),
    /// There was no thread for it; later there may be.
    #[error("the server is too busy to load a plugin")]
    Busy,
}

/// Why a call gave no answer. A text whose plugin failed is held, never shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// All threads are busy and the queue is full. Not the plugin's doing.
    #[error("all plugin threads are busy")]
    Busy,
    /// The host itself failed. Not the plugin's doing.
    #[error("the plugin host failed: {0}")]
    Host(String),
    /// It used up its instructions.
    #[error("it used more instructions than it may")]
    Fuel,
    /// It took too long.
    #[error("it took longer than {0} ms")]
    Time(u64),
    /// It wanted more memory.
    #[error("it wanted more memory than it may")]
    Memory,
    /// It stopped by itself, as programs do that cannot go on.
    #[error("it broke down: {0}")]
    Trap(String),
    /// It called the host more often than it may.
    #[error("it asked the server too often for {0}")]
    Often(&'static str),
    /// It used what its manifest does not ask for, or what this hook does not have.
    #[error("it used {0} without leave")]
    Forbidden(String),
    /// It said itself that it failed.
    #[error("it reported an error: {0}")]
    Reported(String),
    /// It gave no answer.
    #[error("it gave no answer")]
    Silent,
    /// Its answer is too long.
    #[error("its answer has {0} bytes, more than it may")]
    Long(u64),
    /// Its answer is not what the interface says, or not true of the text.
    #[error("its answer is wrong: {0}")]
    Lie(String),
}

impl Failure {
    /// Whether the plugin is to blame, so that repetition should disable it.
    #[must_use]
    pub const fn is_the_plugins(&self) -> bool {
        !matches!(self, Self::Busy | Self::Host(_))
    }

    /// A short name for counting.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Host(_) => "host",
            Self::Fuel => "fuel",
            Self::Time(_) => "time",
            Self::Memory => "memory",
            Self::Trap(_) => "trap",
            Self::Often(_) => "often",
            Self::Forbidden(_) => "forbidden",
            Self::Reported(_) => "reported",
            Self::Silent => "silent",
            Self::Long(_) => "long",
            Self::Lie(_) => "lie",
        }
    }
}
