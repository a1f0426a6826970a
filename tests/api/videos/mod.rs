//! `/api/v1/videos/…`.

mod captions;
mod constants;
mod guesses;
mod list;
mod nsfw;
mod privacy;
mod read;
mod remembered;
mod source;
mod tokens;
mod transcoding;
mod update;
mod upload;
mod upload_resumable;
mod upload_sweep;
mod views;
