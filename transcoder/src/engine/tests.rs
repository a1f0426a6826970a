//! The second pass of an encode that was too slow, on a real clip.

use super::*;
use crate::spec::{LadderSettings, Limits};
use std::path::{Path, PathBuf};

#[test]
fn a_small_rendition_goes_first_and_the_rest_follows_without_a_seam() {
    let clips = std::env::var_os("FARANDOLE_CLIPS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/clips"),
        PathBuf::from,
    );
    let source = clips.join("scene-cuts.mp4");
    assert!(source.exists(), "{} is missing: run tests/make-clips", source.display());
    let dir = tempfile::TempDir::new().unwrap();
    let order = WorkOrder {
        source,
        out_dir: dir.path().to_owned(),
        ladder: LadderSettings {
            preset: "slow".to_owned(),
            remux: false,
            ..LadderSettings::default()
        },
        images: None,
        still: None,
        limits: Limits { threads: 1, ..Limits::default() },
    };
    // No speed is ever enough, and nobody waits.
    let rules = Rules { caution: 1e9, margin_s: 0.0, least_wall_s: 0.0, patience_s: 0.0 };
    let mut done = Vec::new();
    let mut lengths: Vec<Vec<u64>> = vec![Vec::new(); 3];
    let mut tell = |event: Event| match event {
        Event::Segment { rendition, duration_us, .. } => {
            assert!(!done.contains(&rendition));
            lengths[rendition].push(duration_us);
        }
        Event::RenditionDone { rendition, .. } => done.push(rendition),
        _ => {}
    };
    run_by(rules, &order, &mut tell, &AtomicBool::new(false)).unwrap();
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
