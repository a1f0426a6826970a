//! Media to upload: real clips made by `tests/make-clips`, in `FARANDOLE_CLIPS` or `tests/clips`.

use std::io::Write as _;
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

/// A playable film of exactly `size` bytes, made of a clip and a box that players skip (ISO/IEC
/// 14496-12, `free`); on disk the padding takes no room.
pub fn padded_clip(name: &str, size: u64, path: &Path) {
    let clip = clip_bytes(name);
    let padding = size - clip.len() as u64;
    let mut film = std::fs::File::create(path).unwrap();
    film.write_all(&clip).unwrap();
    // Size 1: the true size follows the name, in 64 bits.
    film.write_all(&[&[0, 0, 0, 1], &b"free"[..], &padding.to_be_bytes()].concat()).unwrap();
    film.set_len(size).unwrap();
}
