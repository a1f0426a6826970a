//! How does media become renditions? Probing, the ladder, HLS segments, pictures, and the child
//! process that does it. The only crate that touches libav; it knows files, never "videos".

pub mod index;
pub mod playlist;
pub mod spec;
