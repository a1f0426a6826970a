//! The roads of `ARCHITECTURE.md`, walked from end to end.

mod connections;
mod kill;
mod nodes;
mod proxies;
mod publish;
mod seed;
mod tracker;
mod upload;
mod upload_memory;
