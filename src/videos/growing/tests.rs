//! Does the registry tell exactly what was announced, and forget what it must?

use std::path::{Path, PathBuf};
use std::sync::Arc;

use farandole_transcoder::spec::{Event, RenditionPlan, Role};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Growing, GrowingSet};

fn plan(index: usize, file: &str) -> RenditionPlan {
    RenditionPlan {
        index,
        role: Role::AudioOnly,
        label: "Audio only".to_owned(),
        file: file.to_owned(),
        resolution: 0,
        width: 0,
        height: 0,
        fps: None,
        codecs: "mp4a.40.2".to_owned(),
        bandwidth_bps: 140_000,
        remux: false,
        has_audio: true,
        has_video: false,
        language: None,
        sound_title: None,
        channels: 2,
        default: true,
    }
}

fn planned() -> Event {
    Event::Planned { renditions: vec![plan(0, "a.mp4"), plan(1, "b.mp4")], target_duration_s: 4 }
}

fn segment(rendition: usize, offset: u64) -> Event {
    let sha256 = "00".repeat(32);
    Event::Segment { rendition, offset, length: 100, duration_us: 4_000_000, sha256 }
}

fn set() -> GrowingSet {
    let set = GrowingSet::new(7, 3, Uuid::from_u128(9), false, CancellationToken::new());
    set.begin(PathBuf::from("/scratch/7/1"));
    set
}

#[test]
fn only_whole_segments_are_served() {
    let set = set();
    assert_eq!(set.master(|plan| plan.file.clone()), None);
    assert_eq!(set.bytes("a.mp4"), None);
    set.hear(&planned());
    assert!(set.master(|plan| plan.file.clone()).unwrap().contains("\nb.mp4\n"));
    assert_eq!(set.media("a.mp4", "a.mp4"), None);
    set.hear(&Event::Init { rendition: 0, length: 10 });
    assert_eq!(set.media("a.mp4", "a.mp4"), None);
    set.hear(&segment(0, 10));
    assert_eq!(set.bytes("a.mp4"), Some((Path::new("/scratch/7/1/a.mp4").to_owned(), 110)));
    assert!(set.media("a.mp4", "x?t=1").unwrap().contains("#EXT-X-BYTERANGE:100@10\nx?t=1\n"));
    assert_eq!(set.media("c.mp4", "c.mp4"), None);
    assert!(set.segments_sha256(|plan| format!("u-{}", plan.file)).contains("\"10-109\""));
}

#[test]
fn a_second_attempt_starts_from_nothing() {
    let set = set();
    set.hear(&planned());
    set.hear(&Event::Init { rendition: 0, length: 10 });
    set.hear(&segment(0, 10));
    set.hear(&Event::Playable);
    assert!(set.playable());
    set.begin(PathBuf::from("/scratch/7/2"));
    assert!(!set.playable());
    assert_eq!(set.bytes("a.mp4"), None);
    assert_eq!(set.progress().renditions, []);
}

#[test]
fn progress_is_told_per_rendition() {
    let set = set();
    set.hear(&Event::Probed {
        probe: farandole_transcoder::spec::Probe {
            container: "mp4".to_owned(),
            duration: std::time::Duration::from_secs(16),
            bitrate_bps: None,
            size_bytes: 1,
            video: None,
            audio: Vec::new(),
            subtitles: Vec::new(),
            cover_stream: None,
        },
    });
    set.hear(&planned());
    set.hear(&Event::Init { rendition: 0, length: 10 });
    set.hear(&segment(0, 10));
    set.hear(&Event::Init { rendition: 1, length: 10 });
    set.hear(&Event::RenditionDone { rendition: 1, size_bytes: 10 });
    let progress = set.progress();
    assert_eq!(progress.duration_ms, 16_000);
    let told: Vec<_> = progress.renditions.iter().map(|r| (r.percent, r.done)).collect();
    assert_eq!(told, [(25, false), (100, true)]);
}

#[test]
fn a_set_leaves_with_its_entry() {
    let registry = Arc::new(Growing::default());
    let entry = Arc::clone(&registry).enter(set());
    assert!(registry.by_generation(Uuid::from_u128(9)).is_some());
    registry.cancel(3);
    assert!(entry.set.cancel.is_cancelled());
    drop(entry);
    assert!(registry.of_video(3).is_none() && registry.by_id(7).is_none());
}
