//! The word filter as others use it.

mod cases;
mod lists;
