//! `/api/v1/videos/…`.

mod constants;
mod list;
mod privacy;
mod read;
mod source;
mod transcoding;
mod upload;
mod upload_resumable;
mod upload_sweep;
