//! One order carried out in this process, its events, and the checks that everything made has
//! to pass.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use farandole_transcoder::spec::{
    Event, ImageKind, ImageSettings, LadderSettings, Limits, Probe, RenditionPlan, WorkOrder,
};
use farandole_transcoder::{Failure, engine};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// A test clip; `tests/make-clips` makes them.
pub fn clip(name: &str) -> PathBuf {
    let path = folder().join(name);
    assert!(path.exists(), "{} is missing: run tests/make-clips", path.display());
    path
}

fn folder() -> PathBuf {
    std::env::var_os("FARANDOLE_CLIPS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/clips"), PathBuf::from)
}

fn order(name: &str, dir: &TempDir) -> WorkOrder {
    WorkOrder {
        source: folder().join(name),
        out_dir: dir.path().to_owned(),
        ladder: LadderSettings { preset: "ultrafast".to_owned(), ..LadderSettings::default() },
        images: Some(ImageSettings::default()),
        still: None,
        limits: Limits { threads: 2, ..Limits::default() },
    }
}

/// What an order came to.
pub struct Made {
    name: String,
    dir: TempDir,
    events: Vec<Event>,
}

/// Carries out the usual order for a clip.
pub fn make(name: &str) -> Made {
    make_with(name, |_| {})
}

/// Carries out an order changed by `change`.
pub fn make_with(name: &str, change: impl FnOnce(&mut WorkOrder)) -> Made {
    let dir = TempDir::new().unwrap();
    let mut order = order(name, &dir);
    change(&mut order);
    assert!(order.source.exists(), "{name} is missing: run tests/make-clips");
    let mut events = Vec::new();
    engine::run(&order, &mut |event| events.push(event), &AtomicBool::new(false))
        .unwrap_or_else(|failure| panic!("{name}: {:?}: {failure}", failure.kind));
    Made { name: name.to_owned(), dir, events }
}

/// Carries out the usual order for a clip that ffmpeg makes from these arguments.
pub fn make_from(name: &str, arguments: &[&str]) -> Made {
    let folder = TempDir::new().unwrap();
    let source = folder.path().join(name);
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin"])
        .args(arguments)
        .arg(&source)
        .status()
        .unwrap();
    assert!(made.success(), "{name}");
    make_with(name, |order| order.source = source)
}

/// The failure that a clip leads to.
pub fn fails(name: &str) -> Failure {
    fails_with(name, |_| {})
}

/// The failure that an order changed by `change` leads to.
pub fn fails_with(name: &str, change: impl FnOnce(&mut WorkOrder)) -> Failure {
    let dir = TempDir::new().unwrap();
    let mut order = order(name, &dir);
    change(&mut order);
    assert!(order.source.exists(), "{name} is missing: run tests/make-clips");
    engine::run(&order, &mut |_| {}, &AtomicBool::new(false)).unwrap_err()
}

/// Cancels an order when its first segment is there.
pub fn cancel_after_first_segment(name: &str) -> (Failure, Duration) {
    let dir = TempDir::new().unwrap();
    let mut order = order(name, &dir);
    order.ladder.remux = false;
    order.ladder.preset = "slower".to_owned();
    let cancelled = AtomicBool::new(false);
    let mut since = None;
    let result = engine::run(
        &order,
        &mut |event| {
            if matches!(event, Event::Segment { .. }) {
                cancelled.store(true, Ordering::Relaxed);
                since.get_or_insert_with(Instant::now);
            }
        },
        &cancelled,
    );
    (result.unwrap_err(), since.unwrap().elapsed())
}

/// A segment as announced.
struct Segment {
    offset: u64,
    length: u64,
    duration_us: u64,
    sha256: String,
}

/// A packet as ffprobe sees it.
struct Packet {
    kind: String,
    pts: f64,
    position: u64,
    key: bool,
}

impl Made {
    pub fn probe(&self) -> Probe {
        match &self.events[0] {
            Event::Probed { probe } => probe.clone(),
            other => panic!("first comes {other:?}"),
        }
    }

    fn planned(&self) -> (Vec<RenditionPlan>, u32) {
        let planned = self.events.iter().find_map(|event| match event {
            Event::Planned { renditions, target_duration_s } => {
                Some((renditions.clone(), *target_duration_s))
            }
            _ => None,
        });
        planned.unwrap()
    }

    pub fn plans(&self) -> Vec<RenditionPlan> {
        self.planned().0
    }

    pub fn warnings(&self) -> Vec<String> {
        let text = |event: &Event| match event {
            Event::Warning { message } => Some(message.clone()),
            _ => None,
        };
        self.events.iter().filter_map(text).collect()
    }

    fn file(&self, plan: &RenditionPlan) -> PathBuf {
        self.dir.path().join(&plan.file)
    }

    fn segments(&self, index: usize) -> (u64, Vec<Segment>, u64) {
        let (mut init, mut size) = (None, None);
        let mut segments = Vec::new();
        for event in &self.events {
            match event {
                Event::Init { rendition, length } if *rendition == index => {
                    assert!(segments.is_empty() && init.replace(*length).is_none());
                }
                Event::Segment { rendition, offset, length, duration_us, sha256 }
                    if *rendition == index =>
                {
                    assert!(init.is_some() && size.is_none());
                    let (offset, length, duration_us) = (*offset, *length, *duration_us);
                    segments.push(Segment { offset, length, duration_us, sha256: sha256.clone() });
                }
                Event::RenditionDone { rendition, size_bytes } if *rendition == index => {
                    assert!(size.replace(*size_bytes).is_none());
                }
                _ => {}
            }
        }
        (init.unwrap(), segments, size.unwrap())
    }

    /// Seconds each segment of a rendition lasts.
    pub fn segment_lengths(&self, index: usize) -> Vec<f64> {
        self.segments(index).1.iter().map(|segment| segment.duration_us as f64 / 1e6).collect()
    }

    /// Size of the pictures in a rendition's file.
    pub fn size(&self, index: usize) -> (u32, u32) {
        let plan = &self.plans()[index];
        let text = ffprobe(&self.file(plan), &["-show_entries", "stream=width,height"]);
        assert!(text.contains(&format!("{},{}", plan.width, plan.height)), "{text}");
        (plan.width, plan.height)
    }

    /// Transfer, primaries and matrix of a rendition's pictures.
    pub fn color(&self, index: usize) -> String {
        let entries = "stream=color_transfer,color_primaries,color_space";
        ffprobe(
            &self.file(&self.plans()[index]),
            &["-select_streams", "v", "-show_entries", entries],
        )
        .trim()
        .to_owned()
    }

    /// Mean volume in dB of a stretch of a file.
    pub fn loudness(&self, file: &str, from_s: f64, seconds: f64) -> f64 {
        let output = Command::new("ffmpeg")
            .args(["-hide_banner", "-nostdin", "-ss", &from_s.to_string()])
            .args(["-t", &seconds.to_string(), "-i"])
            .arg(self.dir.path().join(file))
            .args(["-vn", "-af", "volumedetect", "-f", "null", "-"])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        let mean = text.split("mean_volume: ").nth(1).unwrap_or_else(|| panic!("{text}"));
        mean.split(' ').next().unwrap().parse().unwrap()
    }

    /// Times at which the pictures stop being black and the sound stops being silent.
    pub fn flash_and_beep(&self, file: &str) -> (f64, f64) {
        let output = Command::new("ffmpeg")
            .args(["-hide_banner", "-nostdin", "-i"])
            .arg(self.dir.path().join(file))
            .args(["-vf", "blackdetect=d=0.5", "-af", "silencedetect=noise=-30dB:d=0.5"])
            .args(["-f", "null", "-"])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let after = |mark: &str| {
            let rest = text.split(mark).nth(1).unwrap_or_else(|| panic!("{mark}: {text}"));
            rest.split_whitespace().next().unwrap().parse::<f64>().unwrap()
        };
        (after("black_end:"), after("silence_end: "))
    }

    /// The presentation lasts so many seconds, give or take a tenth and what sound adds.
    pub fn lasts(&self, seconds: f64) {
        let Some(Event::Done { duration_us }) = self.events.last() else { panic!("not done") };
        let made = *duration_us as f64 / 1e6;
        assert!((made - seconds).abs() < 0.55, "{}: {made} s, not {seconds} s", self.name);
    }

    /// Every frame of a rendition is as long as the next.
    pub fn is_steady(&self, index: usize) {
        let plan = &self.plans()[index];
        let fps = plan.fps.unwrap();
        let frame = f64::from(fps.den) / f64::from(fps.num);
        let mut times: Vec<f64> = packets(&self.file(plan))
            .into_iter()
            .filter(|packet| packet.kind == "video")
            .map(|packet| packet.pts)
            .collect();
        times.sort_by(f64::total_cmp);
        for pair in times.windows(2) {
            assert!((pair[1] - pair[0] - frame).abs() < 0.002, "{}: {pair:?}", self.name);
        }
    }

    /// Playback may start before anything was encoded.
    pub fn playable_before_the_first_encode(&self) {
        let encoded: Vec<usize> = self
            .plans()
            .iter()
            .filter(|plan| plan.has_video && !plan.remux)
            .map(|plan| plan.index)
            .collect();
        let playable = self.events.iter().position(|event| *event == Event::Playable).unwrap();
        let encode = self.events.iter().position(
            |event| matches!(event, Event::Init { rendition, .. } if encoded.contains(rendition)),
        );
        assert!(encode.is_some_and(|encode| playable < encode));
    }

    /// The pictures are there in the size announced.
    pub fn has_images(&self, storyboard: bool) {
        let mut kinds = Vec::new();
        for event in &self.events {
            if let Event::Image { kind, file, width, height, tiles } = event {
                kinds.push(*kind);
                let entries = ["-show_entries", "stream=width,height"];
                let text = ffprobe(&self.dir.path().join(file), &entries);
                assert_eq!(text.trim(), format!("{width},{height}"), "{file}");
                if let Some(tiles) = tiles {
                    assert_eq!(width % tiles.width, 0);
                    assert!(width / tiles.width * (height / tiles.height) >= tiles.count);
                }
            }
        }
        let mut wanted = vec![ImageKind::Thumbnail, ImageKind::Preview];
        wanted.extend(storyboard.then_some(ImageKind::Storyboard));
        assert_eq!(kinds, wanted, "{}", self.name);
    }

    /// Everything that can be told without decoding: order of events, bytes, hashes, one
    /// timeline, bandwidths.
    pub fn check_structure(&self) {
        assert!(matches!(self.events.last(), Some(Event::Done { .. })));
        let playable = self.events.iter().filter(|event| **event == Event::Playable).count();
        assert_eq!(playable, 1, "{}", self.name);
        let (plans, target) = self.planned();
        let video_lengths = self.segment_lengths(0);
        for plan in &plans {
            let (init, segments, size) = self.segments(plan.index);
            let bytes = std::fs::read(self.file(plan)).unwrap();
            assert_eq!(bytes.len() as u64, size);
            let mut end = init;
            for segment in &segments {
                assert_eq!(segment.offset, end, "{} {}", self.name, plan.label);
                end += segment.length;
                let part = &bytes[segment.offset as usize..end as usize];
                assert_eq!(hex::encode(Sha256::digest(part)), segment.sha256);
                let seconds = segment.duration_us as f64 / 1e6;
                assert!(seconds.round() <= f64::from(target), "{seconds} s, target {target} s");
                let rate = segment.length as f64 * 8.0 / seconds;
                let bound = plan.bandwidth_bps as f64;
                assert!(rate <= bound, "{} {}: {rate} over {bound}", self.name, plan.label);
            }
            assert_eq!(end, size);
            if plan.has_video {
                let lengths = self.segment_lengths(plan.index);
                assert_eq!(lengths.len(), video_lengths.len(), "{} {}", self.name, plan.label);
                let whole = lengths.len().saturating_sub(1);
                assert_eq!(lengths[..whole], video_lengths[..whole], "{}", self.name);
            }
        }
    }

    /// Structure, and what ffprobe and ffmpeg find in every file.
    pub fn check(&self) {
        self.check_structure();
        for plan in self.plans() {
            self.check_times(&plan);
            self.decodes(&plan);
            self.second_segment_stands_alone(&plan);
        }
    }

    /// Every segment starts with a key frame at its time; sound covers the same interval.
    fn check_times(&self, plan: &RenditionPlan) {
        let what = format!("{} {}", self.name, plan.label);
        let packets = packets(&self.file(plan));
        let frame = plan.fps.map_or(0.03, |fps| f64::from(fps.den) / f64::from(fps.num));
        let mut start = 0.0;
        for segment in self.segments(plan.index).1 {
            let range = segment.offset..segment.offset + segment.length;
            let inside = |packet: &&Packet| range.contains(&packet.position);
            let end = start + segment.duration_us as f64 / 1e6;
            if plan.has_video {
                let pictures: Vec<_> =
                    packets.iter().filter(inside).filter(|p| p.kind == "video").collect();
                let first = pictures.first().unwrap_or_else(|| panic!("{what}: empty segment"));
                assert!(first.key, "{what}: no key frame at {start}");
                let slack = frame / 2.0 + 0.002;
                assert!((first.pts - start).abs() <= slack, "{what}: {} at {start}", first.pts);
                let outside =
                    pictures.iter().find(|p| p.pts < start - slack || p.pts >= end + slack);
                assert!(outside.is_none(), "{what}: picture outside {start}..{end}");
            }
            let sound = packets.iter().filter(inside).filter(|packet| packet.kind == "audio");
            for packet in sound {
                let within = packet.pts >= start - 0.001 && packet.pts < end + 0.001;
                assert!(within, "{what}: sound at {} outside {start}..{end}", packet.pts);
            }
            start = end;
        }
        for kind in ["video", "audio"] {
            if let Some(first) = packets.iter().find(|packet| packet.kind == kind) {
                assert!(first.pts.abs() < 0.04, "{what}: {kind} starts at {}", first.pts);
            }
        }
    }

    fn decodes(&self, plan: &RenditionPlan) {
        let output = Command::new("ffmpeg")
            .args(["-v", "warning", "-nostdin", "-xerror", "-i"])
            .arg(self.file(plan))
            .args(["-f", "null", "-"])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && text.is_empty(), "{} {}: {text}", self.name, plan.label);
    }

    /// A player that jumps to the second segment has the initialisation section and that alone.
    fn second_segment_stands_alone(&self, plan: &RenditionPlan) {
        let (init, segments, _) = self.segments(plan.index);
        let Some(segment) = segments.get(1) else { return };
        let bytes = std::fs::read(self.file(plan)).unwrap();
        let mut alone = bytes[..init as usize].to_vec();
        alone.extend(&bytes[segment.offset as usize..(segment.offset + segment.length) as usize]);
        let path = self.dir.path().join("alone.mp4");
        std::fs::write(&path, alone).unwrap();
        let output = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-xerror", "-i"])
            .arg(&path)
            .args(["-f", "null", "-"])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && text.is_empty(), "{} {}: {text}", self.name, plan.label);
    }
}

fn ffprobe(path: &Path, arguments: &[&str]) -> String {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "csv=p=0"])
        .args(arguments)
        .arg(path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn packets(path: &Path) -> Vec<Packet> {
    ffprobe(path, &["-show_entries", "packet=codec_type,pts_time,pos,flags"])
        .lines()
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            Packet {
                kind: fields[0].to_owned(),
                pts: fields[1].parse().unwrap_or_else(|_| panic!("{line}")),
                position: fields[2].parse().unwrap_or_else(|_| panic!("{line}")),
                key: fields[3].starts_with('K'),
            }
        })
        .collect()
}
