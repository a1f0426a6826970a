//! `/api/v1/moderation/…`, `watched-words` and `automatic-tags`.

mod accounts;
mod answers;
mod audit;
mod automatic_tags;
mod captions;
mod chapters;
mod decisions;
mod judge;
mod lists;
mod moderators;
mod overview;
mod permissions;
mod previews;
mod queue;
mod statements;
mod subscriptions;
mod takedowns;
mod titles;
mod watched_words;
