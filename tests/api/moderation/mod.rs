//! `/api/v1/moderation/…`, `watched-words` and `automatic-tags`.

mod decisions;
mod judge;
mod queue;
