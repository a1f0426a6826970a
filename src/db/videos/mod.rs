//! Videos and what hangs on them: rows, listings, transitions. One file per concern.

pub mod blocks;
pub mod captions;
pub mod chapters;
pub mod history;
pub mod holders;
pub mod images;
pub mod insert;
pub mod list;
pub mod media_sets;
pub mod objects;
pub mod originals;
pub mod passwords;
pub mod read;
pub mod remove;
pub mod renditions;
pub mod shown;
pub mod source;
pub mod swarms;
pub mod traffic;
pub mod update;
pub mod views;

pub use read::{Blocked, VideoRow};
