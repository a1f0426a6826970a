//! Media to upload: real clips made by `tests/make-clips`, in `FARANDOLE_CLIPS` or `tests/clips`.

use std::path::{Path, PathBuf};

/// The path of a clip.
pub fn clip(name: &str) -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "the test run says where its clips are")]
    let folder = std::env::var("FARANDOLE_CLIPS")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clips"), PathBuf::from);
    let path = folder.join(name);
    assert!(path.exists(), "{} is missing: run tests/make-clips", path.display());
    path
}

/// The bytes of a clip.
pub fn clip_bytes(name: &str) -> Vec<u8> {
    std::fs::read(clip(name)).unwrap()
}
