//! `/api/v1/videos/…`.

mod constants;
mod list;
mod privacy;
mod read;
mod transcoding;
mod upload;
