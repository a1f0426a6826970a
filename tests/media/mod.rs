//! What players fetch: playlists, renditions by ranges, pictures.

mod download;
mod growing;
mod manifests;
mod open;
mod pictures;
mod private;
mod real;
pub mod shelf;
