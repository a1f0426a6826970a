//! Every test of this crate that needs connections, in one binary.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests too end at the first surprise"
)]

mod link;
mod support;
mod swarm;
