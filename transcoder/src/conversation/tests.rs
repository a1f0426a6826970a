//! Is every way to break the protocol noticed, and a good conversation kept whole?

use std::time::Duration;

use super::{Breach, Conversation, Verdict};
use crate::index::IndexError;
use crate::spec::{Event, FailureKind, ImageKind, Probe, RenditionPlan, Role};

fn probed() -> Event {
    Event::Probed {
        probe: Probe {
            container: "mp4".to_owned(),
            duration: Duration::from_secs(4),
            bitrate_bps: None,
            size_bytes: 10,
            video: None,
            audio: Vec::new(),
            subtitles: Vec::new(),
            cover_stream: None,
        },
    }
}

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
        bandwidth_bps: 1000,
        remux: false,
        has_audio: true,
        has_video: false,
        language: None,
        sound_title: None,
        channels: 2,
        default: true,
    }
}

fn planned(files: &[&str]) -> Event {
    let renditions = files.iter().enumerate().map(|(index, file)| plan(index, file)).collect();
    Event::Planned { renditions, target_duration_s: 4 }
}

fn segment(offset: u64) -> Event {
    let sha256 = "00".repeat(32);
    Event::Segment { rendition: 0, offset, length: 50, duration_us: 4_000_000, sha256 }
}

const INIT: Event = Event::Init { rendition: 0, length: 10 };
const RENDITION_DONE: Event = Event::RenditionDone { rendition: 0, size_bytes: 60 };
const DONE: Event = Event::Done { duration_us: 4_000_000 };

fn image(file: &str) -> Event {
    let kind = ImageKind::Thumbnail;
    Event::Image { kind, file: file.to_owned(), width: 2, height: 2, tiles: None }
}

/// What the last of the events is answered with, all before it being fine.
fn answer(events: &[Event]) -> Result<(), Breach> {
    let mut conversation = Conversation::new(false);
    let (last, before) = events.split_last().unwrap();
    for event in before {
        conversation.accept(event).unwrap();
    }
    conversation.accept(last)
}

#[test]
fn a_good_conversation_is_kept_whole() {
    let mut conversation = Conversation::new(false);
    let events = [
        probed(),
        planned(&["a.mp4"]),
        INIT,
        segment(10),
        Event::Playable,
        image("t.jpg"),
        RENDITION_DONE,
        DONE,
    ];
    for event in &events {
        assert_eq!(conversation.verdict(), None);
        conversation.accept(event).unwrap();
    }
    assert_eq!(conversation.verdict(), Some(&Verdict::Done));
    let outcome = conversation.into_outcome();
    assert_eq!(outcome.renditions[0].size_bytes, 60);
    assert!(outcome.renditions[0].index.is_complete());
    assert_eq!(outcome.images[0].file, "t.jpg");
    assert_eq!(outcome.duration, Duration::from_secs(4));
}

#[test]
fn nothing_comes_before_its_time() {
    assert!(answer(&[planned(&["a.mp4"])]).is_err());
    assert_eq!(answer(&[probed(), INIT]), Err(Breach::UnknownRendition(0)));
    assert!(answer(&[probed(), image("t.jpg")]).is_err());
    assert!(answer(&[probed(), Event::Playable]).is_err());
    assert!(answer(&[probed(), probed()]).is_err());
    assert!(answer(&[probed(), planned(&["a.mp4"]), planned(&["a.mp4"])]).is_err());
    assert_eq!(answer(&[probed(), DONE]), Err(Breach::Unfinished("the plan")));
    assert_eq!(
        answer(&[probed(), planned(&["a.mp4"]), INIT, segment(10), DONE]),
        Err(Breach::Unfinished("a rendition"))
    );
}

#[test]
fn nothing_comes_after_the_verdict() {
    let failed =
        Event::Failed { kind: FailureKind::NotMedia, message: "This is no video.".to_owned() };
    assert_eq!(answer(std::slice::from_ref(&failed)), Ok(()));
    assert!(answer(&[failed.clone(), probed()]).is_err());
    assert!(answer(&[failed.clone(), failed]).is_err());
}

#[test]
fn names_that_leave_the_folder_are_refused() {
    for name in ["../a.mp4", "/etc/passwd", "a/b", "", ".hidden", "a b", "ä.mp4", "a\0"] {
        assert!(
            matches!(answer(&[probed(), planned(&[name])]), Err(Breach::FileName(_))),
            "{name:?}"
        );
        assert!(matches!(
            answer(&[probed(), planned(&["a.mp4"]), image(name)]),
            Err(Breach::FileName(_))
        ));
    }
    assert!(answer(&[probed(), planned(&["a.mp4", "a.mp4"])]).is_err());
}

#[test]
fn segments_follow_each_other_in_known_renditions() {
    let start = [probed(), planned(&["a.mp4"]), INIT];
    let with = |events: &[Event]| answer(&[&start[..], events].concat());
    assert_eq!(with(&[segment(10), segment(60)]), Ok(()));
    let order = Breach::Segment { rendition: 0, source: IndexError::Order };
    assert_eq!(with(&[segment(10), segment(30)]), Err(order));
    let late = Breach::Segment { rendition: 0, source: IndexError::Complete };
    assert_eq!(with(&[segment(10), RENDITION_DONE, segment(60)]), Err(late));
    assert!(with(&[segment(10), segment(60), RENDITION_DONE]).is_err());
    let stranger = Event::Init { rendition: 7, length: 1 };
    assert_eq!(with(&[stranger]), Err(Breach::UnknownRendition(7)));
}

#[test]
fn a_probe_makes_no_plan() {
    let mut conversation = Conversation::new(true);
    conversation.accept(&probed()).unwrap();
    assert!(conversation.accept(&planned(&["a.mp4"])).is_err());
    conversation.accept(&DONE).unwrap();
    assert_eq!(conversation.verdict(), Some(&Verdict::Done));
}
