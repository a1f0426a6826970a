//! What can be done with videos: upload, publish, access, edit, delete. One file a verb.

pub mod access;
pub mod blocks;
pub mod cache;
pub mod captions;
pub mod chapters;
pub mod delete;
pub mod download;
pub mod edit;
mod error;
pub mod feed;
pub mod growing;
pub mod history;
pub mod join;
mod judged;
pub mod list;
pub mod locate;
pub mod manifests;
pub mod media;
pub mod metadata;
pub mod names;
pub mod passwords;
pub mod picture;
pub mod playback;
pub mod publish;
pub mod receive;
pub mod replace;
pub mod resumable;
pub mod shown;
pub mod source;
pub mod subtitles;
pub mod swarms;
pub mod token;
pub mod traffic;
pub mod upload;
pub mod views;

pub use error::VideosError;
