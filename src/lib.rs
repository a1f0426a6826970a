//! Farandole's server. `ARCHITECTURE.md` tells which room answers which question and which way
//! imports run; `tests/floors.rs` enforces it.

pub mod accounts;
pub mod app;
pub mod auth;
pub mod cli;
pub mod config;
pub mod db;
pub mod domain;
pub mod http;
pub mod jobs;
pub mod moderation;
pub mod notify;
pub mod social;
pub mod tracker;
pub mod videos;
