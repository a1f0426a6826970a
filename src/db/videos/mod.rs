//! Videos and what hangs on them: rows, listings, transitions. One file per concern.

pub mod images;
pub mod media_sets;
pub mod originals;
pub mod renditions;
