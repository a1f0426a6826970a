//! What may stand in public, and what does a human look at first? One door for every text and
//! name from outside, [`judge`]: blocks, then watched words, then plugins; the strictest verdict
//! wins and every reason is kept.
//!
//! The rooms above write what was judged in their own transactions (`db::revisions::put`,
//! `db::moderation::audit::judged`); this room never calls them.

pub mod answers;
pub mod apply;
pub mod blocklists;
pub mod bulk;
pub mod decide;
mod judge;
pub mod lists;
pub mod log;
mod matchers;
pub mod notes;
pub mod overview;
pub mod people;
pub mod plugins;
pub mod previews;
pub mod queue;
pub mod reports;
pub mod review;
mod rules;
mod standing;
pub mod statements;
pub mod subscriptions;
pub mod tags;
pub mod takedowns;
pub mod texts;
pub mod transparency;
pub mod undo;
mod words_around;

pub use judge::{EXTERNAL_LINK, Item, judge, visible};
pub use matchers::memory_bytes;
pub use standing::{require, standing};

use crate::db::{DbError, Faulty};

/// What can go wrong with moderation.
#[derive(Debug, thiserror::Error)]
pub enum ModerationError {
    /// Nobody is signed in.
    #[error("Sign in first.")]
    SignInRequired,
    /// Not this person.
    #[error("{0}")]
    Forbidden(&'static str),
    /// There is no such thing, in a sentence for people.
    #[error("{0}")]
    NoSuch(&'static str),
    /// A field cannot be used as it is.
    #[error("{param}: {problem}")]
    Invalid {
        /// Its name.
        param: &'static str,
        /// What is wrong, or what would be right.
        problem: String,
    },
    /// It does not fit to how things stand, in a sentence for people.
    #[error("{0}")]
    Conflict(String),
    /// Too often, in a sentence for people.
    #[error("{0}")]
    TooMany(&'static str),
    /// The work was ended because the server stops.
    #[error("the server stops")]
    Interrupted,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl ModerationError {
    /// A field that cannot be used as it is.
    pub(crate) fn invalid(param: &'static str, problem: impl Into<String>) -> Self {
        Self::Invalid { param, problem: problem.into() }
    }
}

impl Faulty for ModerationError {
    fn db_error(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}
