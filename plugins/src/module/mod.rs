//! May this module run, and in which form? Everything that could reach past the sandbox or past
//! its limits is refused before compilation, and the rest is rewritten so that all of its code
//! runs inside a metered call.
//!
//! What the runtime below does not do by itself, and why it is done here:
//! - Extism runs a module's start function before its wall clock: here it becomes an export that
//!   is called like any other.
//! - Extism keeps the memory that plugin and host share in a module whose bookkeeping a plugin can
//!   overwrite, and then reads as many bytes as that says: here that memory lies on the host
//!   ([`crate::run`]), and a plugin's imports lead there.
//! - Tables without a maximum grow without limit, and one bulk instruction can touch the whole
//!   memory for the fuel of one: the first are refused, the second are counted and priced.

mod inspect;
mod rewrite;

use std::collections::BTreeSet;

use crate::manifest::{Hook, Manifest};
pub(crate) use rewrite::{HOST, MEMORY_REPORT, exported};

/// A module that may run, in the form in which it does.
pub(crate) struct Ready {
    /// The rewritten module.
    pub(crate) wasm: Vec<u8>,
    /// How many pages of memory it starts with.
    pub(crate) initial_pages: u64,
    /// What must be called once in every new instance, in this order.
    pub(crate) first: Vec<&'static str>,
}

/// Why a module may not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModuleError {
    /// It is not valid, or uses more of WebAssembly than plugins may.
    #[error("the module is not valid here: {0}")]
    Invalid(String),
    /// It imports what no plugin gets: files, clocks, other modules.
    #[error("the module wants {0}, which no plugin gets")]
    Import(String),
    /// It imports what its manifest does not ask for.
    #[error("the module uses {import}, but its manifest does not ask for {permission}")]
    Forged {
        /// The imported function.
        import: String,
        /// What the manifest would have to say.
        permission: &'static str,
    },
    /// It lacks the function of a hook that its manifest names.
    #[error("the module has no function {0}, which its manifest names")]
    Hook(&'static str),
    /// It is built larger than it may be.
    #[error("the module has {0}")]
    TooMuch(String),
}

/// Checks a module against its manifest, and rewrites it.
pub(crate) fn ready(wasm: &[u8], manifest: &Manifest) -> Result<Ready, ModuleError> {
    let found = inspect::inspect(wasm, manifest)?;
    let hooks: BTreeSet<Hook> = manifest.hooks.clone();
    rewrite::rewrite(wasm, &found, &hooks)
}
