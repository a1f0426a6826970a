//! The word filter as others use it.

mod lists;
