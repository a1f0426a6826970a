//! The word filter as others use it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets what it did not expect fails"
)]

mod cases;
mod linear;
mod lists;
mod newspaper;
mod properties;
