//! The JSON shapes of PeerTube's API, one file per schema family.
