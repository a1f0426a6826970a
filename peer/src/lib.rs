//! How do viewers share segments? What a native peer and the server both need: the names of
//! swarms, the signed list of segment hashes, the tracker's and the peers' protocols, WebRTC
//! connections. Knows nothing of the server: it speaks in playlists, bytes and sockets.

pub mod connection;
pub mod info_hash;
pub mod link;
pub mod manifest;
pub mod master;
pub mod media;
pub mod origin;
pub mod protocol;
pub mod seeder;
pub mod store;
pub mod swarm;
pub mod throttle;
pub mod tracker;
pub mod viewer;
