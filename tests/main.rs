//! Every integration test, in one binary: `api` mirrors the REST paths, `flows` walks the roads.

mod api;
mod auth;
mod cli;
mod db;
mod floors;
mod flows;
mod support;
