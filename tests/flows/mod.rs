//! The roads of `ARCHITECTURE.md`, walked from end to end.

mod connections;
mod kill;
mod proxies;
mod publish;
mod upload;
mod upload_memory;
