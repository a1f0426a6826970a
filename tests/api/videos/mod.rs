//! `/api/v1/videos/…`.

mod upload;
