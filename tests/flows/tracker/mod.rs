//! The tracker, over real sockets: how viewers meet, and what floods do not change.

mod floods;
mod leaving;
mod meeting;
