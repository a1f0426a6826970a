//! Can the source's own video be the top rendition? Looks at where its key frames are, whether
//! each is a true IDR picture, and how many bytes lie between them, before a packet is copied.
//!
//! In MP4 and MOV the sample table says it all: only the first bytes of each key frame are read
//! from the file. In Matroska the cues give positions and times, and a few key frames are looked
//! at. Other containers have no table and are read through once, up to a size.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use crate::av::{IndexEntry, Input, Rational, Stream, rescale};
use crate::failure::Failure;
use crate::h264::{self, Framing};
use crate::ladder::{as_f64, bitrate_cap_bps};
use crate::probe;
use crate::spec::{LadderSettings, Probe, VideoTrack};
use crate::timeline::{CRUMB_US, CutRule, LONGEST_SEGMENT_US, Timeline};

/// Files without a table are read through up to this size; larger ones are encoded.
const MAX_SCAN_BYTES: u64 = 512 << 20;

/// Key frames looked at where looking at all would read the whole file.
const SAMPLES: usize = 6;

/// A source may use twice the cap of its size on average, and four times in one segment; beyond
/// that viewers are better served by an encode.
const AVERAGE_FACTOR: f64 = 2.0;
const PEAK_FACTOR: f64 = 4.0;

/// Nobody minds a rate below this, however small the picture, bits per second.
const MODEST_BPS: f64 = 4_000_000.0;

/// What copying the source's own video would give.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Survey {
    /// Segments as far as the table tells; the copy itself finds the exact times.
    pub timeline: Timeline,
    /// Bits per second of the worst segment, an upper bound, pictures only (in Matroska with
    /// everything else in the file).
    pub peak_bps: u64,
}

/// A key frame and what follows it up to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct KeyFrame {
    time_us: i64,
    bytes: u64,
}

/// Looks whether the source's own video can be copied; the reason when it cannot.
///
/// # Errors
/// Only when the work is cancelled meanwhile.
pub(crate) fn survey(
    input: &mut Input<'_>,
    path: &Path,
    probe: &Probe,
    settings: &LadderSettings,
    cancelled: &AtomicBool,
) -> Result<Result<Survey, String>, Failure> {
    let Some(video) = &probe.video else { return Ok(Err("there is no video".to_owned())) };
    if let Err(reason) = fits(input, probe, video, settings) {
        return Ok(Err(reason));
    }
    if probe.container.contains("matroska") {
        // libav reads the cues with the first seek, not before.
        let _ = input.seek_stream(video.stream, 0);
    }
    let found = match table(input, path, probe, video)? {
        Some(found) => found,
        None if probe.size_bytes <= MAX_SCAN_BYTES => scan(path, video, cancelled)?,
        None => Err("the container has no table of frames".to_owned()),
    };
    Ok(found.and_then(|keys| judge(&keys, probe, video, settings)))
}

/// What can be told from the headers alone.
fn fits(
    input: &Input<'_>,
    probe: &Probe,
    video: &VideoTrack,
    settings: &LadderSettings,
) -> Result<(), String> {
    let rule = |holds: bool, reason: &str| if holds { Ok(()) } else { Err(reason.to_owned()) };
    rule(settings.remux, "copying is switched off")?;
    rule(video.codec == "h264", "the video is not H.264")?;
    rule(video.pixel_format == "yuv420p" && !video.hdr, "the pixels are not 8-bit 4:2:0")?;
    rule(!video.interlaced, "the video is interlaced")?;
    rule(!video.variable_fps, "the frame rate varies")?;
    let upright = (video.display_width, video.display_height)
        == (video.coded_width, video.coded_height)
        && video.rotation_degrees == 0;
    rule(upright, "the picture is rotated or has non-square pixels")?;
    let shorter = video.display_width.min(video.display_height);
    let largest = settings.resolutions.iter().copied().max().unwrap_or(u32::MAX);
    rule(shorter <= largest, "the picture is larger than the largest wanted")?;
    let fps = as_f64(video.fps);
    rule(fps <= f64::from(settings.max_fps) * 1.01 && fps >= 5.0, "the frame rate is unusual")?;
    let Some(stream) = input.stream(video.stream) else { return Err("no stream".to_owned()) };
    rule(matches!(stream.profile(), 66 | 77 | 100 | 578), "the H.264 profile is unusual")?;
    rule(h264::codec_name(stream.extradata()).is_some(), "the parameter sets are missing")?;
    let longer_sound =
        probe.audio.iter().filter_map(|track| input.stream(track.stream)).any(|sound| {
            match (end_us(&sound), end_us(&stream)) {
                (Some(sound), Some(pictures)) => sound > pictures + 1_000_000,
                _ => false,
            }
        });
    rule(!longer_sound, "the sound goes on after the pictures")
}

fn end_us(stream: &Stream<'_>) -> Option<i64> {
    let end = stream.start_time().unwrap_or(0).checked_add(stream.duration()?)?;
    Some(rescale(end, stream.time_base(), Rational::MICROSECONDS))
}

/// The key frames of a video.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Keys {
    frames: Vec<KeyFrame>,
    /// Where the pictures end, when that was seen: a file may be cut short.
    end_us: Option<i64>,
}

type Found = Result<Keys, String>;

/// Key frames from the container's own table, `None` when it has none that is whole.
fn table(
    input: &mut Input<'_>,
    path: &Path,
    probe: &Probe,
    video: &VideoTrack,
) -> Result<Option<Found>, Failure> {
    let Some(stream) = input.stream(video.stream) else { return Ok(None) };
    let entries: Vec<IndexEntry> =
        (0..stream.index_len()).filter_map(|position| stream.index_entry(position)).collect();
    let base = stream.time_base();
    let us = |time: i64| rescale(time, base, Rational::MICROSECONDS);
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(None) };
    let covered = us(last.timestamp.saturating_sub(first.timestamp));
    let duration = i64::try_from(probe.duration.as_micros()).unwrap_or(i64::MAX);
    if covered + LONGEST_SEGMENT_US + 1_000_000 < duration || entries.len() < 2 {
        return Ok(None);
    }
    if entries.iter().any(|entry| entry.hidden) {
        return Ok(Some(Err("an edit list hides a part of the video".to_owned())));
    }
    let framing = Framing::of(stream.extradata());
    if probe.container.contains("mp4") {
        return samples(&entries, framing, path, probe.size_bytes, us).map(Some);
    }
    if probe.container.contains("matroska") {
        return Ok(Some(cues(input, &entries, framing, video.stream, probe.size_bytes)));
    }
    Ok(None)
}

/// MP4: every sample is in the table; the first bytes of each key sample say whether it is IDR.
fn samples(
    entries: &[IndexEntry],
    framing: Framing,
    path: &Path,
    size_bytes: u64,
    us: impl Fn(i64) -> i64,
) -> Result<Found, Failure> {
    let file = File::open(path)
        .map_err(|error| Failure::not_media(format!("The file could not be read: {error}.")))?;
    let start = entries.first().map_or(0, |entry| entry.timestamp);
    let mut keys: Vec<KeyFrame> = Vec::new();
    let mut end_us = None;
    for entry in entries {
        let end = u64::try_from(entry.position).unwrap_or(u64::MAX);
        if end.saturating_add(u64::from(entry.size)) > size_bytes {
            // Cut short: what is there may still be copied, the reader reports the rest.
            end_us = Some(us(entry.timestamp - start));
            break;
        }
        if entry.key && sample_is_idr(&file, entry, framing) {
            keys.push(KeyFrame { time_us: us(entry.timestamp - start), bytes: 0 });
        } else if keys.is_empty() {
            return Ok(Err("the video does not start with an IDR frame".to_owned()));
        }
        if let Some(key) = keys.last_mut() {
            key.bytes += u64::from(entry.size);
        }
    }
    Ok(Ok(Keys { frames: keys, end_us }))
}

/// Reads the start of a sample, more only where long units precede the first slice.
fn sample_is_idr(file: &File, entry: &IndexEntry, framing: Framing) -> bool {
    let Ok(position) = u64::try_from(entry.position) else { return false };
    let size = entry.size as usize;
    for wanted in [256, 4096, 65_536] {
        let mut bytes = vec![0; size.min(wanted)];
        if file.read_exact_at(&mut bytes, position).is_err() {
            return false;
        }
        if let Some(kind) = h264::first_slice(&bytes, framing) {
            return kind == h264::IDR;
        }
        if size <= wanted {
            return false;
        }
    }
    false
}

/// Matroska: positions and times from the cues, and a look at some of the key frames.
fn cues(
    input: &mut Input<'_>,
    entries: &[IndexEntry],
    framing: Framing,
    stream: usize,
    size_bytes: u64,
) -> Found {
    let base = input.stream(stream).map_or(Rational::MICROSECONDS, |stream| stream.time_base());
    let step = (entries.len() / SAMPLES).max(1);
    for entry in entries.iter().step_by(step) {
        if !starts_with_idr(input, stream, entry.timestamp, framing) {
            return Err("a key frame is no IDR frame (open groups of pictures)".to_owned());
        }
    }
    let start = entries.first().map_or(0, |entry| entry.timestamp);
    let position = |entry: &IndexEntry| u64::try_from(entry.position).unwrap_or(0);
    let ends = entries.iter().skip(1).map(position).chain([size_bytes]);
    // Several cues may point to one cluster, whose bytes then count for the last of them: a
    // segment is at least as long as a cluster, so its neighbours' bytes are added in `judge`.
    let frames = entries.iter().zip(ends).map(|(entry, end)| KeyFrame {
        time_us: rescale(entry.timestamp - start, base, Rational::MICROSECONDS),
        bytes: end.saturating_sub(position(entry)),
    });
    Ok(Keys { frames: frames.collect(), end_us: None })
}

fn starts_with_idr(input: &mut Input<'_>, stream: usize, time: i64, framing: Framing) -> bool {
    if input.seek_stream(stream, time).is_err() {
        return false;
    }
    for _ in 0..500 {
        match input.read() {
            Ok(Some(packet)) if packet.stream() == stream => {
                return packet.is_key() && h264::is_idr(packet.data(), framing);
            }
            Ok(Some(_)) => {}
            _ => return false,
        }
    }
    false
}

/// Reads the whole file once.
fn scan(path: &Path, video: &VideoTrack, cancelled: &AtomicBool) -> Result<Found, Failure> {
    let mut input = probe::open(path, cancelled)?;
    input.keep_streams(|index| index == video.stream);
    let Some(stream) = input.stream(video.stream) else { return Ok(Err("no stream".to_owned())) };
    let (base, framing) = (stream.time_base(), Framing::of(stream.extradata()));
    let mut first = None;
    let mut last = 0;
    let mut keys: Vec<KeyFrame> = Vec::new();
    while let Ok(Some(packet)) = input.read() {
        if packet.stream() != video.stream {
            continue;
        }
        if packet.is_key() && h264::is_idr(packet.data(), framing) {
            let Some(pts) = packet.pts() else { return Ok(Err("times are missing".to_owned())) };
            let start = *first.get_or_insert(pts);
            let time_us = rescale(pts - start, base, Rational::MICROSECONDS);
            keys.push(KeyFrame { time_us, bytes: 0 });
        } else if keys.is_empty() {
            return Ok(Err("the video does not start with an IDR frame".to_owned()));
        }
        if let Some(key) = keys.last_mut() {
            key.bytes += packet.data().len() as u64;
        }
        if let (Some(pts), Some(start)) = (packet.pts(), first) {
            last = last.max(pts.saturating_add(packet.duration()).saturating_sub(start));
        }
    }
    let end_us = Some(rescale(last, base, Rational::MICROSECONDS));
    Ok(Ok(Keys { frames: keys, end_us }))
}

/// Groups the key frames into segments and judges their lengths and rates.
fn judge(
    keys: &Keys,
    probe: &Probe,
    video: &VideoTrack,
    settings: &LadderSettings,
) -> Result<Survey, String> {
    let whole = i64::try_from(probe.duration.as_micros()).unwrap_or(i64::MAX);
    let end = keys.end_us.unwrap_or(whole);
    let mut rule = CutRule::new(settings.segment_seconds, end);
    let mut segments: Vec<(i64, u64)> = vec![(0, 0)];
    let mut bytes = 0_u64;
    let mut previous = 0;
    let nexts = keys.frames.iter().skip(1).map(|key| key.time_us).chain([end]);
    for (key, next_us) in keys.frames.iter().zip(nexts) {
        if key.time_us < previous {
            return Err("the times of the key frames are out of order".to_owned());
        }
        previous = key.time_us;
        bytes += key.bytes;
        if key.time_us > 0 && rule.cuts_between(key.time_us, next_us) {
            segments.push((key.time_us, 0));
        }
        if let Some((_, sum)) = segments.last_mut() {
            *sum += key.bytes;
        }
    }
    let cuts: Vec<i64> = segments.iter().skip(1).map(|(start, _)| *start).collect();
    let end = end.max(previous);
    let timeline = Timeline::given(cuts, end);
    let lengths = timeline.planned();
    let longest = LONGEST_SEGMENT_US + CRUMB_US + 50_000;
    if keys.frames.is_empty() || lengths.iter().any(|length| *length > longest) {
        return Err("key frames are more than 10 s apart".to_owned());
    }
    let rate = |bytes: u64, us: i64| bytes as f64 * 8e6 / us.max(10_000) as f64;
    let one_by_one = segments.iter().zip(&lengths).map(|((_, bytes), us)| rate(*bytes, *us));
    let peak = if probe.container.contains("matroska") {
        // Positions are those of clusters: bytes may belong to the segment before.
        one_by_one.fold(0.0, f64::max) * 1.5
    } else {
        one_by_one.fold(0.0, f64::max)
    };
    let cap = bitrate_cap_bps(video.display_width, video.display_height, video.fps, 1.0) as f64;
    let (average_limit, peak_limit) =
        ((cap * AVERAGE_FACTOR).max(MODEST_BPS), (cap * PEAK_FACTOR).max(MODEST_BPS * 2.0));
    if rate(bytes, end) > average_limit || peak > peak_limit {
        return Err("the bit rate is higher than viewers can be expected to receive".to_owned());
    }
    Ok(Survey { timeline, peak_bps: peak.ceil() as u64 })
}
