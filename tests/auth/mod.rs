//! Sign-in machinery that no single REST path shows.

mod seal;
