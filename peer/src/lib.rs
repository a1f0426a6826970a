//! How do viewers share segments? What a native peer and the server both need: the names of swarms
//! and the signed list of segment hashes. Knows nothing of the server: it speaks in playlists and
//! bytes.

pub mod info_hash;
pub mod manifest;
pub mod master;
