//! What can be done with comments? Write, answer, edit, remove, pin, read. One file a verb.
//!
//! Whether somebody may see the video at all, the caller asks `videos::access` first. What becomes
//! of a text `moderation` decides; who is told of it, `notify`.

pub mod approve;
pub mod bulk;
pub mod edit;
mod error;
pub mod explain;
pub mod feed;
pub mod history;
pub mod list;
pub mod marks;
pub mod read;
pub mod remove;
pub mod render;
mod rights;
mod throttle;
pub mod views;
pub mod write;

pub use error::SocialError;
pub use rights::{May, Rights};

use crate::db::Conn;
use crate::db::comments::{self, CommentRow, VideoPlace};
use crate::domain::comment::CommentState;

/// The video that is commented.
async fn place(conn: &mut Conn, video_id: i64) -> Result<VideoPlace, SocialError> {
    comments::place::of_video(conn, video_id).await?.ok_or(SocialError::NoSuchVideo)
}

/// A comment under a video, for somebody who may know of it.
async fn comment(
    conn: &mut Conn,
    place: &VideoPlace,
    id: i64,
    rights: &Rights,
) -> Result<CommentRow, SocialError> {
    let row = comments::by_id(conn, id).await?.filter(|row| row.video_id == place.id);
    let row = row.ok_or(SocialError::NoSuchComment)?;
    let known = match row.state {
        CommentState::Shown | CommentState::Deleted => true,
        CommentState::Held | CommentState::Rejected => rights.sees_kept_back(&row),
    };
    if known { Ok(row) } else { Err(SocialError::NoSuchComment) }
}
