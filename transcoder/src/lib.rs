//! How does media become renditions? Probing, the ladder, HLS segments, pictures, and the child
//! process that does it. The only crate that touches libav; it knows files, never "videos".

pub mod conversation;
pub mod index;
mod lines;
pub mod playlist;
pub mod spec;
pub mod watch;
pub mod worker;
