//! What can be done with videos: upload, publish, access, edit, delete. One file a verb.

pub mod growing;
pub mod metadata;
