//! The database by itself: migrations, writes that race, the job queue.

mod jobs;
mod judged;
mod schema;
