//! What does moderation remember? Lists of watched words, what was judged and decided, who waits
//! and who helps.

pub mod answers;
pub mod around;
pub mod audit;
pub mod authors;
pub mod batches;
pub mod blocks;
pub mod entries;
pub mod items;
pub mod lists;
pub mod notes;
pub mod people;
pub mod policies;
pub mod previews;
pub mod removals;
pub mod statements;
pub mod subjects;
pub mod subscriptions;
pub mod takedowns;
pub mod transparency;

use super::{DbError, Row};
use crate::domain::moderation::Scope;

/// The scope in the columns `scope` and `scope_id`.
fn read_scope(row: &Row) -> Result<Scope, DbError> {
    let scope = Scope::parse(&row.text("scope")?, row.int("scope_id")?);
    scope.ok_or_else(|| DbError::Column { column: "scope".to_owned(), wanted: "scope" })
}

/// What identifies a text in an index, however long it is.
fn text_key(parts: &[&str]) -> String {
    use sha2::Digest as _;
    let mut hash = sha2::Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}
