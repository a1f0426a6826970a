//! How does media become renditions? Probing, the ladder, HLS segments, pictures, and the child
//! process that does it. The only crate that touches libav; it knows files, never "videos".

mod av;
pub mod child;
pub mod conversation;
pub mod engine;
mod failure;
pub mod index;
mod lines;
pub mod playlist;
pub mod probe;
pub mod spec;
pub mod watch;
pub mod worker;

pub use failure::Failure;
