//! Which part of a list is asked for, and in which order?

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Things left out before it.
    pub start: i64,
    /// Things in it at most.
    pub count: i64,
}

/// An order by one of the keys `T` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order<T> {
    /// The key.
    pub by: T,
    /// Largest first.
    pub descending: bool,
}

impl<T> Order<T> {
    /// Smallest first.
    pub const fn ascending(by: T) -> Self {
        Self { by, descending: false }
    }

    /// Largest first.
    pub const fn descending(by: T) -> Self {
        Self { by, descending: true }
    }

    /// The SQL word.
    #[must_use]
    pub const fn way(&self) -> &'static str {
        if self.descending { "DESC" } else { "ASC" }
    }
}
