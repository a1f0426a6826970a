//! What can be done with comments? Remove what somebody wrote, show a text safely.

pub mod bulk;
mod error;
pub mod render;

pub use error::SocialError;
