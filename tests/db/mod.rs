//! The database by itself: migrations, writes that race, the job queue.

mod comments;
mod jobs;
mod judged;
mod schema;
