//! Every integration test, in one binary: `api` mirrors the REST paths, `flows` walks the roads,
//! `pages` is what browsers get.

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
