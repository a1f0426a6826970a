//! How does the server run code that it does not trust? Plugins are WebAssembly modules that judge
//! texts and hear of events. They have no authority of their own: each capability is asked for in
//! a manifest and granted one by one, and every call has its fuel, memory, time and size.
//!
//! A plugin that fails in any way gives a [`Failure`]; what to do then (hold the text, count,
//! disable) is the caller's. This crate knows texts, verdicts and events, no videos and no users.

pub mod answer;
pub mod cases;
mod failure;
pub mod interface;
pub mod manifest;
mod module;
mod package;
mod run;
pub mod sdk;
mod services;

pub use failure::{Failure, LoadError};
pub use interface::{Action, Event, Item, Reaction, Reason, Span, Verdict};
pub use manifest::{Grants, Hook, Manifest, ManifestError, Permission, Proposal};
pub use module::ModuleError;
pub use package::{MAX_PACKAGE_BYTES, Package, PackageError};
pub use run::{Counts, Host, Plugin, Setup, Size};
pub use services::{Level, MAX_RESPONSE_BYTES, Nothing, Request, Response, ServiceError, Services};
