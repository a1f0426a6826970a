//! What will be made of this file? Turns what was probed, surveyed and asked for into a list of
//! renditions that is final, with codecs from opened encoders and bandwidths that hold.
//!
//! The default sound track is muxed into every video rendition, and offered alone. Every other
//! one is an `AudioTrack`. The default one is none: named with a file of its own, it would be
//! fetched beside the sound that is there already, and players built on MediaSource take one
//! sound track only.

use crate::av::{AvError, Encoder, H264Settings, Input, Parameters, Rational, rescale};
use crate::clock::FrameRate;
use crate::failure::Failure;
use crate::h264;
use crate::ladder::{self, Rung, as_f64};
use crate::picture::rate_of;
use crate::sound::{self, SoundLine};
use crate::spec::{AudioTrack, LadderSettings, Probe, Ratio, RenditionPlan, Role, WorkOrder};
use crate::survey::Survey;
use crate::timeline::{LONGEST_SEGMENT_US, Timeline};

/// Frames per second of a still picture under sound.
const STILL_FPS: Ratio = Ratio { num: 1, den: 1 };

/// Largest resolution of a still picture under sound.
const STILL_RESOLUTION: u32 = 480;

/// A duration beyond this is not believed, microseconds (a week).
const LONGEST_MEDIA_US: i64 = 7 * 24 * 3600 * 1_000_000;

/// Most sound tracks that are kept.
const MAX_TRACKS: usize = 16;

/// One video rendition to encode.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct VideoEncode {
    /// Its index in the plan.
    pub rendition: usize,
    /// Its rung's resolution.
    pub resolution: u32,
    /// How x264 is to make it.
    pub settings: H264Settings,
}

/// Everything that will be made, and how.
pub(crate) struct Plan {
    /// What is announced.
    pub renditions: Vec<RenditionPlan>,
    /// Segment boundaries as planned; those of a copied video are found while copying.
    pub timeline: Timeline,
    /// `EXT-X-TARGETDURATION`.
    pub target_duration_s: u32,
    /// Time on the container's clock that becomes 0, microseconds.
    pub origin_us: i64,
    /// The rendition that is copied, if any.
    pub remux: Option<usize>,
    /// The renditions that are encoded, largest first.
    pub encodes: Vec<VideoEncode>,
    /// The sound tracks, the default one first.
    pub lines: Vec<SoundLine>,
    /// Renditions of sound alone: index in the plan, sound track.
    pub sounds: Vec<(usize, usize)>,
    /// Frames of the encoded renditions.
    pub rate: FrameRate,
    /// What a person should know about the choices.
    pub warnings: Vec<String>,
}

/// The picture that will be shown, from a video or a still.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    /// Width as shown, pixels.
    pub width: u32,
    /// Height as shown.
    pub height: u32,
}

/// Makes the plan. `still` is the picture to show when the file has no video of its own.
pub(crate) fn make(
    input: &Input<'_>,
    probe: &Probe,
    order: &WorkOrder,
    survey: Option<&Survey>,
    still: Option<Shown>,
) -> Result<Plan, Failure> {
    let origin_us = origin_us(input, probe);
    let said_us = i64::try_from(probe.duration.as_micros()).unwrap_or(i64::MAX);
    let end_us = said_us.min(LONGEST_MEDIA_US);
    let settings = &order.ladder;
    let (rate, rungs) = match (&probe.video, still) {
        (Some(video), _) => {
            let fps = ladder::frame_rate(video.fps, video.variable_fps, settings.max_fps);
            (fps, ladder::rungs(video.display_width, video.display_height, settings))
        }
        (None, Some(still)) => (STILL_FPS, still_rungs(still, settings)),
        (None, None) => (STILL_FPS, Vec::new()),
    };
    let rate = FrameRate(rate);
    let timeline = match survey {
        Some(survey) => survey.timeline.clone(),
        None => {
            let seconds = settings.segment_seconds.clamp(2.0, 4.0);
            let guess = said_us > end_us || !is_exact(&probe.container);
            Timeline::steady(rate, seconds, end_us, guess)
        }
    };
    let mut warnings = Vec::new();
    let tracks = sound_lines(input, probe, origin_us, &mut warnings)?;
    let mut builder = Builder {
        order,
        rate,
        timeline: &timeline,
        tracks: tracks.iter().map(|(track, line)| (*track, line)).collect(),
        renditions: Vec::new(),
        encodes: Vec::new(),
        sounds: Vec::new(),
    };
    let remux = match (survey, &probe.video) {
        (Some(survey), Some(_)) => Some(builder.add_remux(input, probe, survey)?),
        _ => None,
    };
    builder.add_encodes(&rungs, remux.is_some())?;
    builder.add_sounds();
    let Builder { renditions, encodes, sounds, .. } = builder;
    let spare = if survey.is_some() { 1 } else { 0 };
    let longest = u32::try_from(LONGEST_SEGMENT_US / 1_000_000).unwrap_or(10);
    let planned = timeline.target_duration_s();
    let target_duration_s = if planned < longest { planned + spare } else { planned };
    Ok(Plan {
        renditions,
        target_duration_s,
        timeline,
        origin_us,
        remux,
        encodes,
        lines: tracks.into_iter().map(|(_, line)| line).collect(),
        sounds,
        rate,
        warnings,
    })
}

/// Containers that say their duration and are right about it.
fn is_exact(container: &str) -> bool {
    ["mp4", "matroska", "wav", "flac", "mxf"].iter().any(|name| container.contains(name))
}

/// The presentation starts with its first picture; without pictures, with its first sound.
fn origin_us(input: &Input<'_>, probe: &Probe) -> i64 {
    let start = |index: usize| {
        let stream = input.stream(index)?;
        Some(rescale(stream.start_time()?, stream.time_base(), Rational::MICROSECONDS))
    };
    match &probe.video {
        Some(video) => start(video.stream).unwrap_or(0),
        None => probe.audio.iter().filter_map(|track| start(track.stream)).min().unwrap_or(0),
    }
}

/// One modest rung for a picture that does not move.
fn still_rungs(still: Shown, settings: &LadderSettings) -> Vec<Rung> {
    let wanted = settings
        .resolutions
        .iter()
        .copied()
        .filter(|side| *side <= STILL_RESOLUTION)
        .max()
        .or_else(|| settings.resolutions.iter().copied().min())
        .unwrap_or(STILL_RESOLUTION);
    let settings = LadderSettings { resolutions: vec![wanted], ..settings.clone() };
    ladder::rungs(still.width, still.height, &settings).into_iter().take(1).collect()
}

/// The sound tracks that can be used, each with the way it will be made.
fn sound_lines<'p>(
    input: &Input<'_>,
    probe: &'p Probe,
    origin_us: i64,
    warnings: &mut Vec<String>,
) -> Result<Vec<(&'p AudioTrack, SoundLine)>, Failure> {
    let mut lines = Vec::new();
    let count = probe.audio.len();
    if count > MAX_TRACKS {
        warnings.push(format!("Only the first {MAX_TRACKS} of {count} sound tracks are kept."));
    }
    for track in probe.audio.iter().take(MAX_TRACKS) {
        let Some(stream) = input.stream(track.stream) else { continue };
        let copy = sound::can_copy(&probe.container, &stream, track)
            && sound::covers(input, &stream, probe, origin_us);
        let line = if copy {
            SoundLine::copy(&stream, origin_us)
        } else {
            SoundLine::encode(&stream, sound::encoding(track), origin_us)
        };
        match line {
            Ok(line) => lines.push((track, line)),
            Err(AvError::OutOfMemory) => {
                return Err(Failure::crash("prepare the sound", AvError::OutOfMemory));
            }
            Err(error) => {
                let codec = &track.codec;
                warnings.push(format!("A sound track ({codec}) could not be used: {error}."));
            }
        }
    }
    Ok(lines)
}

struct Builder<'p> {
    order: &'p WorkOrder,
    rate: FrameRate,
    timeline: &'p Timeline,
    tracks: Vec<(&'p AudioTrack, &'p SoundLine)>,
    renditions: Vec<RenditionPlan>,
    encodes: Vec<VideoEncode>,
    sounds: Vec<(usize, usize)>,
}

impl Builder<'_> {
    fn add_remux(
        &mut self,
        input: &Input<'_>,
        probe: &Probe,
        survey: &Survey,
    ) -> Result<usize, Failure> {
        let video = probe.video.as_ref().ok_or_else(|| Failure::not_media("No video."))?;
        let stream =
            input.stream(video.stream).ok_or_else(|| Failure::not_media("No video stream."))?;
        let codec = h264::codec_name(stream.extradata())
            .ok_or_else(|| Failure::damaged("The H.264 parameter sets are missing."))?;
        let rung = Rung {
            resolution: video.display_width.min(video.display_height),
            width: video.display_width,
            height: video.display_height,
        };
        let pictures = survey.peak_bps as f64 * 1.03 + overhead_bps(as_f64(video.fps));
        let mut plan = self.video_plan(rung, &codec, pictures, video.fps);
        plan.remux = true;
        let index = plan.index;
        self.renditions.push(plan);
        Ok(index)
    }

    fn add_encodes(&mut self, rungs: &[Rung], remuxed: bool) -> Result<(), Failure> {
        let copied = self.renditions.first().map(|plan| (plan.width & !1, plan.height & !1));
        for rung in rungs {
            if remuxed && copied == Some((rung.width, rung.height)) {
                continue;
            }
            let settings = self.h264(*rung);
            let encoder = Encoder::h264(&settings)
                .map_err(|error| Failure::crash("open the H.264 encoder", error))?;
            let codec = encoder
                .parameters()
                .ok()
                .and_then(|parameters: Parameters| h264::codec_name(parameters.extradata()))
                .ok_or_else(|| Failure::crash("name the codec", AvError::InvalidData))?;
            // x264 keeps to the cap over its buffer: no stretch of t seconds holds more than
            // cap × t + buffer.
            let peak = settings.max_rate_bps as f64
                + settings.buffer_bits as f64 / self.timeline.shortest_s();
            let pictures = peak * 1.03 + overhead_bps(as_f64(self.rate.0));
            let plan = self.video_plan(*rung, &codec, pictures, self.rate.0);
            self.encodes.push(VideoEncode {
                rendition: plan.index,
                resolution: rung.resolution,
                settings,
            });
            self.renditions.push(plan);
        }
        Ok(())
    }

    fn h264(&self, rung: Rung) -> H264Settings {
        let ladder = &self.order.ladder;
        let cap =
            ladder::bitrate_cap_bps(rung.width, rung.height, self.rate.0, ladder.bitrate_factor);
        let longest = LONGEST_SEGMENT_US as f64 / 1e6 + 2.0;
        H264Settings {
            width: rung.width,
            height: rung.height,
            rate: rate_of(self.rate),
            preset: ladder.preset.clone(),
            crf: ladder.crf,
            max_rate_bps: cap,
            buffer_bits: cap,
            // Key frames are forced where segments start; this is only the most between two.
            key_interval: (as_f64(self.rate.0) * longest).ceil() as u32,
            threads: threads(self.order),
        }
    }

    fn video_plan(&self, rung: Rung, codec: &str, pictures_bps: f64, fps: Ratio) -> RenditionPlan {
        let sound = self.tracks.first();
        let codecs = if sound.is_some() { format!("{codec},mp4a.40.2") } else { codec.to_owned() };
        let sound_bps = sound.map_or(0.0, |(track, line)| line.bound_bps(track));
        RenditionPlan {
            index: self.renditions.len(),
            role: Role::Video,
            label: format!("{}p", rung.resolution),
            file: format!("{}.mp4", rung.resolution),
            resolution: rung.resolution,
            width: rung.width,
            height: rung.height,
            fps: Some(fps),
            codecs,
            bandwidth_bps: (pictures_bps + sound_bps).ceil() as u64,
            remux: false,
            has_audio: sound.is_some(),
            has_video: true,
            language: sound.and_then(|(track, _)| track.language.clone()),
            sound_title: sound.and_then(|(track, _)| track.title.clone()),
            channels: sound.map_or(0, |(track, line)| line.channels(track)),
            default: false,
        }
    }

    fn add_sounds(&mut self) {
        if self.order.ladder.audio_only && !self.tracks.is_empty() {
            self.add_sound(0, Role::AudioOnly, "Audio only".to_owned(), "audio.mp4".to_owned());
        }
        for number in 1..self.tracks.len() {
            let named = self
                .tracks
                .get(number)
                .and_then(|(track, _)| track.title.clone().or_else(|| track.language.clone()));
            let label = named.unwrap_or_else(|| format!("Track {}", number + 1));
            self.add_sound(number, Role::AudioTrack, label, format!("audio-{}.mp4", number + 1));
        }
    }

    fn add_sound(&mut self, number: usize, role: Role, label: String, file: String) {
        let Some((track, line)) = self.tracks.get(number) else { return };
        let plan = RenditionPlan {
            index: self.renditions.len(),
            role,
            label,
            file,
            resolution: 0,
            width: 0,
            height: 0,
            fps: None,
            codecs: "mp4a.40.2".to_owned(),
            bandwidth_bps: line.bound_bps(track).ceil() as u64,
            remux: matches!(line, SoundLine::Copy { .. }),
            has_audio: true,
            has_video: false,
            language: track.language.clone(),
            sound_title: track.title.clone(),
            channels: line.channels(track),
            default: number == 0,
        };
        self.sounds.push((plan.index, number));
        self.renditions.push(plan);
    }
}

/// What a fragment's tables cost: at most 16 bytes a picture, and a kilobyte a segment.
fn overhead_bps(fps: f64) -> f64 {
    fps * 16.0 * 8.0 + 8_192.0
}

/// Threads for one decoder or encoder.
pub(crate) fn threads(order: &WorkOrder) -> u32 {
    match order.limits.threads {
        0 => std::thread::available_parallelism()
            .map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(1)),
        threads => threads,
    }
    .clamp(1, 16)
}
