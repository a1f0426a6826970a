//! Sign-in machinery that no single REST path shows.

mod actor_keys;
mod first_start;
mod quota;
mod revisions;
mod seal;
