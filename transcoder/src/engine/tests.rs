//! The second pass of an encode that was too slow, on a real clip.

use super::*;
use crate::spec::{LadderSettings, Limits};
use std::path::{Path, PathBuf};

/// Segments of each rendition, and in which order renditions were done.
#[derive(Default)]
struct Made {
    done: Vec<usize>,
    lengths: Vec<Vec<u64>>,
    /// Segments of each rendition when the first one was done.
    at_first: Vec<usize>,
}

/// Makes 360p, 240p and sound of a clip, with rules by which no speed is ever enough.
fn make(dir: &Path, small_first: bool) -> Made {
    let clips = std::env::var_os("FARANDOLE_CLIPS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/clips"),
        PathBuf::from,
    );
    let source = clips.join("scene-cuts.mp4");
    assert!(source.exists(), "{} is missing: run tests/make-clips", source.display());
    let order = WorkOrder {
        source,
        out_dir: dir.to_owned(),
        ladder: LadderSettings {
            preset: "slow".to_owned(),
            remux: false,
            small_first,
            ..LadderSettings::default()
        },
        images: None,
        still: None,
        limits: Limits { threads: 1, ..Limits::default() },
    };
    // No speed is ever enough, and nobody waits.
    let rules = Rules { caution: 1e9, margin_s: 0.0, least_wall_s: 0.0, patience_s: 0.0 };
    let mut made = Made { lengths: vec![Vec::new(); 3], ..Made::default() };
    let mut tell = |event: Event| match event {
        Event::Segment { rendition, duration_us, .. } => {
            assert!(!made.done.contains(&rendition));
            made.lengths[rendition].push(duration_us);
        }
        Event::RenditionDone { rendition, .. } => {
            if made.done.is_empty() {
                made.at_first = made.lengths.iter().map(Vec::len).collect();
            }
            made.done.push(rendition);
        }
        _ => {}
    };
    run_by(rules, &order, &mut tell, &AtomicBool::new(false)).unwrap();
    made
}

#[test]
fn without_anybody_to_watch_the_whole_ladder_grows_from_one_decode() {
    let dir = tempfile::TempDir::new().unwrap();
    let made = make(dir.path(), false);
    let [large, small] = [made.at_first[0], made.at_first[1]];
    assert!(large.abs_diff(small) <= 1, "{:?}", made.at_first);
    assert_eq!(made.lengths[0], made.lengths[1]);
}

#[test]
fn a_small_rendition_goes_first_and_the_rest_follows_without_a_seam() {
    let dir = tempfile::TempDir::new().unwrap();
    let Made { done, lengths, at_first } = make(dir.path(), true);
    assert!(at_first[0] > at_first[1] + 1, "{at_first:?}");
    assert_eq!(done.last(), Some(&1), "240p is put off: {done:?}");
    assert_eq!(lengths[0], lengths[1]);
    for name in ["360.mp4", "240.mp4"] {
        let packets = frames(&dir.path().join(name));
        assert_eq!(packets.len(), 600 + 1, "{name}");
        for (number, time) in packets.iter().enumerate() {
            assert!((time - number as f64 / 25.0).abs() < 0.002, "{name}: {number} at {time}");
        }
    }
}

/// Times of all pictures of a file, in order.
fn frames(path: &Path) -> Vec<f64> {
    static NEVER: AtomicBool = AtomicBool::new(false);
    let mut input = Input::open(path, &NEVER).unwrap();
    let base = input.stream(0).unwrap().time_base().as_f64();
    let mut times = Vec::new();
    while let Ok(Some(packet)) = input.read() {
        if packet.stream() == 0 {
            times.push(packet.pts().unwrap() as f64 * base);
        }
    }
    times.sort_by(f64::total_cmp);
    times
}
