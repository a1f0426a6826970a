//! The roads of `ARCHITECTURE.md`, walked from end to end.

mod publish;
mod proxies;
