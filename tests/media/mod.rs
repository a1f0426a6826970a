//! What players fetch: playlists, renditions by ranges, pictures.

mod growing;
mod open;
mod pictures;
mod private;
mod shelf;
