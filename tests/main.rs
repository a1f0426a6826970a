//! Every integration test, in one binary: `api` mirrors the REST paths, `flows` walks the roads,
//! `pages` is what browsers get.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests too end at the first surprise, and start what they need"
)]

mod api;
mod auth;
mod cli;
mod db;
mod floors;
mod flows;
#[cfg(test)]
mod media;
#[cfg(test)]
mod pages;
mod support;
