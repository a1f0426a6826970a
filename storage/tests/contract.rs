//! What must hold for every store, on a local disk and on a real S3 service alike?

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by panicking"
)]

mod contract {
    pub mod disk;
    pub mod objects;
    pub mod s3;
    pub mod support;
}
