//! `/api/v1/video-channels/…`

mod collection;
mod one;
mod pictures;
