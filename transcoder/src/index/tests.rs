//! Does the index survive its stored form, hostile bytes and odd segments?

use proptest::prelude::*;

use super::{IndexError, Segment, SegmentIndex};
use crate::spec::Event;

fn segment(offset: u64, length: u64, duration_us: u64) -> Segment {
    Segment { offset, length, duration_us, sha256: [7; 32] }
}

fn three_segments() -> SegmentIndex {
    let mut index = SegmentIndex::new();
    index.set_init(700).unwrap();
    index.push(segment(700, 400_000, 4_000_000)).unwrap();
    index.push(segment(400_700, 100_000, 4_000_000)).unwrap();
    index.push(segment(500_700, 300_000, 1_000_000)).unwrap();
    index
}

fn any_index() -> impl Strategy<Value = SegmentIndex> {
    let parts =
        prop::collection::vec((0_u64..5, 1_u64..1 << 40, 1_u64..1 << 40, any::<[u8; 32]>()), 0..40);
    (1_u64..1 << 30, parts, any::<bool>()).prop_map(|(init, parts, complete)| {
        let mut index = SegmentIndex::new();
        index.set_init(init).unwrap();
        for (gap, length, duration_us, sha256) in parts {
            let offset = index.end() + gap;
            index.push(Segment { offset, length, duration_us, sha256 }).unwrap();
        }
        if complete {
            index.finish();
        }
        index
    })
}

proptest! {
    #[test]
    fn stored_form_round_trips(index in any_index()) {
        prop_assert_eq!(SegmentIndex::from_bytes(&index.to_bytes()), Ok(index));
    }

    #[test]
    fn any_bytes_are_refused_or_read_back_equal(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(index) = SegmentIndex::from_bytes(&bytes) {
            prop_assert_eq!(index.to_bytes(), bytes);
        }
    }

    #[test]
    fn a_damaged_index_never_panics(index in any_index(), at in any::<prop::sample::Index>(), value in any::<u8>()) {
        let mut bytes = index.to_bytes();
        let at = at.index(bytes.len());
        bytes[at] = value;
        if let Ok(read) = SegmentIndex::from_bytes(&bytes) {
            prop_assert_eq!(read.to_bytes(), bytes);
        }
    }

    #[test]
    fn every_cut_is_refused(index in any_index(), at in any::<prop::sample::Index>()) {
        let bytes = index.to_bytes();
        prop_assert!(SegmentIndex::from_bytes(&bytes[..at.index(bytes.len())]).is_err());
    }
}

#[test]
fn a_count_larger_than_the_bytes_reserves_nothing() {
    let mut bytes = vec![1, 0, 10];
    bytes.extend([0xff; 8]);
    bytes.push(0x7f);
    assert_eq!(SegmentIndex::from_bytes(&bytes), Err(IndexError::Length));
}

#[test]
fn a_newer_layout_is_named() {
    assert_eq!(SegmentIndex::from_bytes(&[9, 0, 0, 0]), Err(IndexError::Version(9)));
}

#[test]
fn overlapping_empty_and_late_segments_are_refused() {
    let mut index = three_segments();
    assert_eq!(index.push(segment(800_699, 1, 1)), Err(IndexError::Order));
    assert_eq!(index.push(segment(800_700, 0, 1)), Err(IndexError::Order));
    assert_eq!(index.push(segment(800_700, 1, 0)), Err(IndexError::Order));
    assert_eq!(index.push(segment(u64::MAX, 1, 1)), Err(IndexError::Number));
    index.finish();
    assert_eq!(index.push(segment(800_700, 1, 1)), Err(IndexError::Complete));
    assert_eq!(index.segments().len(), 3);
}

#[test]
fn sizes_and_rates_follow_rfc_8216() {
    let index = three_segments();
    assert_eq!(index.end(), 800_700);
    assert_eq!(index.duration_us(), 9_000_000);
    assert_eq!(index.average_bandwidth_bps(), 711_112);
    // Alone the last segment runs at 2.4 Mbit/s, but it is shorter than half a target duration:
    // it counts only together with its neighbour (0.64 Mbit/s).
    assert_eq!(index.peak_bandwidth_bps(4), 800_000);
}

#[test]
fn a_single_short_segment_still_has_a_peak() {
    let mut index = SegmentIndex::new();
    index.set_init(10).unwrap();
    index.push(segment(10, 1_000, 500_000)).unwrap();
    assert_eq!(index.peak_bandwidth_bps(4), 16_000);
    assert_eq!(SegmentIndex::new().peak_bandwidth_bps(4), 0);
    assert_eq!(SegmentIndex::new().average_bandwidth_bps(), 0);
}

#[test]
fn worker_events_fill_it() {
    let mut index = SegmentIndex::new();
    let event = |sha256: String| Event::Segment {
        rendition: 0,
        offset: 10,
        length: 5,
        duration_us: 2_000_000,
        sha256,
    };
    index.apply(&Event::Init { rendition: 0, length: 10 }).unwrap();
    assert_eq!(index.apply(&event("xyz".to_owned())), Err(IndexError::Hash));
    index.apply(&event("ab".repeat(32))).unwrap();
    index.apply(&Event::RenditionDone { rendition: 0, size_bytes: 15 }).unwrap();
    assert!(index.is_complete());
    assert_eq!(index.segments(), [Segment { sha256: [0xab; 32], ..segment(10, 5, 2_000_000) }]);
}
