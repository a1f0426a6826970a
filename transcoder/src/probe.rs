//! What is in this file? Opens it, looks at every stream and says so, or says plainly why it
//! is no media. Decides nothing about what to make of it.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::av::{AvError, Input, MediaKind, Rational, ReadError, Stream, rescale};
use crate::failure::Failure;
use crate::spec::{AudioTrack, Probe, Ratio, SubtitleTrack, VideoTrack};

/// Pictures larger than this on either side are refused before a decoder allocates them.
const MAX_SIDE_PX: i32 = 8192;

/// libav's certainty below which a container is taken for chance (`AVPROBE_SCORE_RETRY`).
const LEAST_SCORE: i32 = 26;

/// Looks into a media file.
///
/// # Errors
/// [`Failure`] of kind `NotMedia`, `Damaged` or `Unsupported` when nothing in it can be played,
/// with a sentence that says what was found.
pub fn probe(path: &Path) -> Result<Probe, Failure> {
    static NEVER: AtomicBool = AtomicBool::new(false);
    let mut input = open(path, &NEVER)?;
    describe(&mut input, path)
}

/// Opens a media file, with a sentence for people when that fails.
pub(crate) fn open<'c>(path: &Path, cancelled: &'c AtomicBool) -> Result<Input<'c>, Failure> {
    let head = read_head(path)?;
    match Input::open(path, cancelled) {
        Ok(input) if input.score() < LEAST_SCORE => Err(explain(&head, None)),
        Ok(input) => Ok(input),
        Err(AvError::Exit) => Err(Failure::cancelled()),
        Err(error) => Err(explain(&head, Some(error))),
    }
}

fn read_head(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut head = Vec::new();
    File::open(path)
        .and_then(|file| file.take(4096).read_to_end(&mut head))
        .map_err(|error| Failure::not_media(format!("The file could not be read: {error}.")))?;
    if head.is_empty() {
        return Err(Failure::not_media("The file is empty (0 bytes). Upload it again."));
    }
    Ok(head)
}

/// Says what a file that libav refused looks like from its first bytes.
fn explain(head: &[u8], error: Option<AvError>) -> Failure {
    let starts = |magic: &[u8]| head.starts_with(magic);
    let at_4 = head.get(4..8).unwrap_or_default();
    if [b"ftyp", b"moov", b"mdat", b"wide", b"free"].iter().any(|name| at_4 == *name) {
        return Failure::damaged(
            "This MP4 or MOV file has no readable index (moov): the recording or the upload \
             was cut short. Export or upload it again.",
        );
    }
    let found = if starts(b"#EXTM3U") {
        "a playlist, which only names other files"
    } else if starts(b"\x89PNG") || starts(b"\xff\xd8\xff") || starts(b"GIF8") || starts(b"BM") {
        "a picture"
    } else if starts(b"%PDF") {
        "a PDF document"
    } else if starts(b"PK\x03\x04") {
        "a ZIP archive or an office document"
    } else if starts(b"\x7fELF") || starts(b"MZ") {
        "a program"
    } else if is_text(head) {
        "plain text"
    } else if starts(b"\x1a\x45\xdf\xa3") || starts(b"RIFF") || starts(b"OggS") {
        return Failure::damaged(
            "The file begins like a media file, but its header is broken. Export or upload it \
             again.",
        );
    } else {
        "data in no format we know"
    };
    let detail = error.map(|error| format!(" ({error})")).unwrap_or_default();
    Failure::not_media(format!("This is not a video or sound file: it holds {found}{detail}."))
}

fn is_text(head: &[u8]) -> bool {
    // The head may end inside a character.
    let whole = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            head.get(..error.valid_up_to()).and_then(|h| str::from_utf8(h).ok()).unwrap_or("")
        }
        Err(_) => return false,
    };
    whole.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{c}'))
}

/// Describes an open file.
pub(crate) fn describe(input: &mut Input<'_>, path: &Path) -> Result<Probe, Failure> {
    let size_bytes = std::fs::metadata(path).map_or(0, |meta| meta.len());
    let video_index = choose_video(input)?;
    let video = match video_index.and_then(|index| input.stream(index)) {
        Some(stream) => Some(describe_video(input, &stream)?),
        None => None,
    };
    let mut audio: Vec<AudioTrack> = input
        .streams()
        .filter(|stream| stream.kind() == MediaKind::Audio && is_usable_sound(stream))
        .map(|stream| describe_audio(&stream))
        .collect();
    // The default first; a stable sort keeps the rest as the container has them.
    audio.sort_by_key(|track| !track.default);
    let subtitles = input
        .streams()
        .filter(|stream| stream.kind() == MediaKind::Subtitle)
        .map(|stream| SubtitleTrack {
            stream: stream.index(),
            codec: stream.codec_name(),
            language: language(&stream),
        })
        .collect();
    if video.is_none() && audio.is_empty() {
        return Err(nothing_to_play(input));
    }
    let cover_stream =
        input.streams().find(|stream| stream.is_cover() && stream.can_decode()).map(|s| s.index());
    let container = input.container();
    let bitrate_bps = input.bit_rate();
    let duration = duration(input, path)?;
    Ok(Probe {
        container,
        duration,
        bitrate_bps,
        size_bytes,
        video,
        audio,
        subtitles,
        cover_stream,
    })
}

fn nothing_to_play(input: &Input<'_>) -> Failure {
    let unknown = input
        .streams()
        .filter(|stream| matches!(stream.kind(), MediaKind::Video | MediaKind::Audio))
        .find(|stream| !stream.can_decode());
    match unknown {
        Some(stream) => Failure::unsupported(format!(
            "The file uses {}, which cannot be decoded here. Convert it to H.264 or VP9 first.",
            stream.codec_name()
        )),
        None => Failure::not_media("The file opens, but holds neither video nor sound."),
    }
}

/// The video to show: not a cover, decodable, the default one, else the largest.
fn choose_video(input: &Input<'_>) -> Result<Option<usize>, Failure> {
    let mut best: Option<((bool, i64), usize)> = None;
    let mut undecodable = None;
    for stream in input.streams() {
        if stream.kind() != MediaKind::Video || stream.is_cover() {
            continue;
        }
        let (width, height) = stream.size();
        if !stream.can_decode() {
            undecodable = Some(stream.codec_name());
            continue;
        }
        if width <= 0 || height <= 0 {
            continue;
        }
        let rank = (stream.is_default(), i64::from(width) * i64::from(height));
        if best.is_none_or(|(other, _)| rank > other) {
            best = Some((rank, stream.index()));
        }
    }
    match (best, undecodable) {
        (Some((_, index)), _) => Ok(Some(index)),
        (None, Some(codec)) => Err(Failure::unsupported(format!(
            "The video is in {codec}, which cannot be decoded here. Convert it to H.264, VP9 or \
             AV1 first."
        ))),
        (None, None) => Ok(None),
    }
}

fn describe_video(input: &Input<'_>, stream: &Stream<'_>) -> Result<VideoTrack, Failure> {
    let (width, height) = stream.size();
    if width > MAX_SIDE_PX || height > MAX_SIDE_PX {
        return Err(Failure::unsupported(format!(
            "The picture is {width}×{height} pixels; at most {MAX_SIDE_PX} on a side are \
             accepted."
        )));
    }
    let rotation_degrees = quarter_turns(stream.rotation()) * 90;
    let (coded_width, coded_height) = (width.unsigned_abs(), height.unsigned_abs());
    let (display_width, display_height) =
        display_size(coded_width, coded_height, stream.sample_aspect(), rotation_degrees);
    let average = stream.average_rate().or_else(|| stream.base_rate());
    let average = average.or_else(|| input.guess_rate(stream)).unwrap_or(Rational::new(25, 1));
    let interlaced = stream.is_interlaced();
    let transfer = transfer_name(stream.transfer());
    Ok(VideoTrack {
        stream: stream.index(),
        codec: stream.codec_name(),
        profile: stream.profile_name(),
        pixel_format: stream.pixel_format_name(),
        coded_width,
        coded_height,
        display_width,
        display_height,
        rotation_degrees,
        fps: Ratio { num: average.num.unsigned_abs(), den: average.den.unsigned_abs() },
        variable_fps: is_variable(average, stream.base_rate(), interlaced),
        interlaced,
        hdr: matches!(transfer, Some("smpte2084" | "arib-std-b67")),
        transfer: transfer.map(str::to_owned),
        primaries: primaries_name(stream.primaries()).map(str::to_owned),
        matrix: matrix_name(stream.matrix()).map(str::to_owned),
        bitrate_bps: stream.bit_rate(),
    })
}

/// Clockwise quarter turns nearest to `degrees`.
fn quarter_turns(degrees: f64) -> u32 {
    let turns = (degrees / 90.0).round().rem_euclid(4.0);
    // A whole number from 0 to 3 (or NaN, which becomes 0), so the cast is exact.
    turns as u32 % 4
}

/// The size as shown: the sample aspect ratio stretches the width, a quarter turn swaps sides.
/// Ratios beyond 1:8 are taken for nonsense and ignored.
fn display_size(width: u32, height: u32, aspect: Option<Rational>, rotation: u32) -> (u32, u32) {
    let aspect = aspect.map_or(1.0, Rational::as_f64);
    let aspect = if (0.125..=8.0).contains(&aspect) { aspect } else { 1.0 };
    let stretched = (f64::from(width) * aspect).round().clamp(1.0, f64::from(MAX_SIDE_PX) * 8.0);
    // Within the clamp above, so the cast is exact.
    let stretched = stretched as u32;
    if rotation % 180 == 90 { (height, stretched) } else { (stretched, height) }
}

/// The average and the base rate disagree: frames do not come at one steady pace. Interlaced
/// streams count fields in one of them, so twice the rate is no disagreement there.
fn is_variable(average: Rational, base: Option<Rational>, interlaced: bool) -> bool {
    let Some(base) = base else { return false };
    let ratio = base.as_f64() / average.as_f64();
    let near = |wanted: f64| (ratio / wanted - 1.0).abs() < 0.02;
    !(near(1.0) || (interlaced && (near(2.0) || near(0.5))))
}

fn is_usable_sound(stream: &Stream<'_>) -> bool {
    stream.can_decode()
        && (1..=64).contains(&stream.channels())
        && (1000..=768_000).contains(&stream.sample_rate())
}

fn describe_audio(stream: &Stream<'_>) -> AudioTrack {
    AudioTrack {
        stream: stream.index(),
        codec: stream.codec_name(),
        channels: stream.channels().unsigned_abs(),
        sample_rate_hz: stream.sample_rate().unsigned_abs(),
        language: language(stream),
        title: stream.tag(c"title").map(|title| title.chars().take(120).collect()),
        default: stream.is_default(),
        bitrate_bps: stream.bit_rate(),
    }
}

fn language(stream: &Stream<'_>) -> Option<String> {
    stream.tag(c"language").filter(|code| {
        code != "und"
            && (2..=35).contains(&code.len())
            && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    })
}

/// The duration the container says, or one found by reading through the file when it says none
/// or libav could only guess.
fn duration(input: &mut Input<'_>, path: &Path) -> Result<Duration, Failure> {
    if let Some(us) = input.duration_us().filter(|_| !input.duration_is_guess()) {
        return Ok(Duration::from_micros(us.unsigned_abs()));
    }
    static NEVER: AtomicBool = AtomicBool::new(false);
    let mut scan = open(path, &NEVER)?;
    let mut first = i64::MAX;
    let mut last = 0;
    loop {
        let packet = match scan.read() {
            Ok(Some(packet)) => packet,
            Ok(None) | Err(ReadError::Broken) => break,
            Err(ReadError::Cancelled) => return Err(Failure::cancelled()),
        };
        let Some(stream) = scan.stream(packet.stream()) else { continue };
        let Some(time) = packet.pts().or(packet.dts()) else { continue };
        let start = rescale(time, stream.time_base(), Rational::MICROSECONDS);
        let length = rescale(packet.duration(), stream.time_base(), Rational::MICROSECONDS);
        first = first.min(start);
        last = last.max(start.saturating_add(length));
    }
    let us = last.saturating_sub(first.min(last)).max(0);
    Ok(Duration::from_micros(us.unsigned_abs()))
}

/// ISO/IEC 23091-2 transfer characteristics by libav's names; `None` when not tagged.
fn transfer_name(number: u32) -> Option<&'static str> {
    Some(match number {
        1 => "bt709",
        4 => "bt470m",
        5 => "bt470bg",
        6 => "smpte170m",
        7 => "smpte240m",
        8 => "linear",
        11 => "iec61966-2-4",
        13 => "iec61966-2-1",
        14 => "bt2020-10",
        15 => "bt2020-12",
        16 => "smpte2084",
        18 => "arib-std-b67",
        _ => return None,
    })
}

/// ISO/IEC 23091-2 colour primaries by libav's names.
fn primaries_name(number: u32) -> Option<&'static str> {
    Some(match number {
        1 => "bt709",
        4 => "bt470m",
        5 => "bt470bg",
        6 => "smpte170m",
        7 => "smpte240m",
        8 => "film",
        9 => "bt2020",
        11 => "smpte431",
        12 => "smpte432",
        _ => return None,
    })
}

/// ISO/IEC 23091-2 matrix coefficients by libav's names.
fn matrix_name(number: u32) -> Option<&'static str> {
    Some(match number {
        0 => "gbr",
        1 => "bt709",
        4 => "fcc",
        5 => "bt470bg",
        6 => "smpte170m",
        7 => "smpte240m",
        8 => "ycgco",
        9 => "bt2020nc",
        10 => "bt2020c",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::FailureKind;

    #[test]
    fn rotation_and_aspect_give_the_size_as_shown() {
        assert_eq!(display_size(1920, 1080, None, 90), (1080, 1920));
        assert_eq!(display_size(720, 576, Some(Rational::new(16, 11)), 0), (1047, 576));
        assert_eq!(display_size(640, 480, Some(Rational::new(1000, 1)), 180), (640, 480));
    }

    #[test]
    fn any_angle_snaps_to_a_quarter_turn() {
        for (degrees, turns) in [(0.0, 0), (90.2, 1), (-90.0, 3), (180.0, 2), (270.0, 3), (-0.1, 0)]
        {
            assert_eq!(quarter_turns(degrees), turns, "{degrees}");
        }
    }

    #[test]
    fn a_steady_rate_is_not_variable() {
        let ntsc = Rational::new(30000, 1001);
        assert!(!is_variable(ntsc, Some(ntsc), false));
        assert!(is_variable(Rational::new(12, 1), Some(Rational::new(30, 1)), false));
        assert!(!is_variable(Rational::new(25, 1), Some(Rational::new(50, 1)), true));
    }

    #[test]
    fn what_is_not_media_is_named() {
        for (head, kind, word) in [
            (&b"Dear diary,\n"[..], FailureKind::NotMedia, "plain text"),
            (b"#EXTM3U\nhttp", FailureKind::NotMedia, "playlist"),
            (b"%PDF-1.7", FailureKind::NotMedia, "PDF"),
            (b"\0\0\0\x20ftypisom", FailureKind::Damaged, "cut short"),
            (b"\x00\x01\x02\x03\x04", FailureKind::NotMedia, "no format we know"),
        ] {
            let failure = explain(head, None);
            assert_eq!(failure.kind, kind);
            assert!(failure.message.contains(word), "{}", failure.message);
        }
    }
}
