//! How does media become renditions? Probing, the ladder, HLS segments, pictures, and the child
//! process that does it. The only crate that touches libav; it knows files, never "videos".

mod assemble;
mod av;
mod bank;
mod chain;
pub mod child;
mod clock;
mod collect;
pub mod conversation;
mod encode;
mod encoders;
pub mod engine;
mod failure;
mod h264;
mod images;
pub mod index;
mod join;
pub mod ladder;
mod lines;
mod output;
mod picture;
mod plan;
mod playable;
pub mod playlist;
pub mod probe;
mod progress;
mod reader;
mod remux;
mod rung;
mod sound;
pub mod spec;
mod still;
mod survey;
mod timeline;
pub mod watch;
pub mod worker;

pub use encoders::has_encoder;
pub use failure::Failure;
