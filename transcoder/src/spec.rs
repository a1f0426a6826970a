//! What does a worker get told, and what does it tell back? The types of the line protocol
//! between the server (or a remote runner) and the `transcode-worker` child process.
//!
//! One [`Request`] goes in as one JSON line on standard input; [`Event`]s come out as JSON
//! lines on standard output. Closing standard input, or a line `cancel` on it, cancels the work.
//! Nothing here does I/O.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What a worker is asked to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum Request {
    /// Make renditions and pictures.
    Work(WorkOrder),
    /// Only look at a file: answered by `Probed` and `Done`, or by `Failed`.
    Probe {
        /// The media file to read. Hostile until proven otherwise.
        source: PathBuf,
        /// What looking may use up.
        limits: Limits,
    },
    /// Put pictures and sound of two finished files into one: answered as `Probe`.
    Join(JoinOrder),
}

impl Request {
    /// What this request may use up.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        match self {
            Self::Work(order) => &order.limits,
            Self::Probe { limits, .. } => limits,
            Self::Join(order) => &order.limits,
        }
    }
}

/// Two finished files whose tracks become one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JoinOrder {
    /// Whose first video track is copied.
    pub video: PathBuf,
    /// Whose first sound track is copied.
    pub audio: PathBuf,
    /// The file to make, which must not exist.
    pub output: PathBuf,
    /// ISO 639 language of the sound.
    pub language: Option<String>,
    /// What joining may use up.
    pub limits: Limits,
}

/// Everything a worker needs for one media file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkOrder {
    /// The media file to read. Hostile until proven otherwise.
    pub source: PathBuf,
    /// An existing, empty folder that receives every output file.
    pub out_dir: PathBuf,
    /// Which renditions are wanted.
    pub ladder: LadderSettings,
    /// Thumbnail, preview and storyboard sizes; `None` makes no image.
    pub images: Option<ImageSettings>,
    /// A picture to show under sound that has no video of its own; a plain ground without it.
    pub still: Option<PathBuf>,
    /// What the worker may use up.
    pub limits: Limits,
}

/// The ladder as the operator configured it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LadderSettings {
    /// Wanted heights (the shorter side, in pixels), any order: 144, 240, 360, 480, 720, 1080,
    /// 1440, 2160. Never upscaled: those above the source are left out, and the source's own
    /// size is made when it lies between two of them or below all.
    pub resolutions: Vec<u32>,
    /// Also make one rendition with sound only.
    pub audio_only: bool,
    /// Frames per second at most; higher rates are halved until they fit.
    pub max_fps: u32,
    /// Keep the source's own video as the top rendition when it already fits.
    pub remux: bool,
    /// x264 preset name, such as `veryfast`.
    pub preset: String,
    /// x264 constant rate factor.
    pub crf: f32,
    /// Multiplies the built-in table of bitrate caps (1.0 = as documented).
    pub bitrate_factor: f64,
    /// Seconds a segment should last, 2.0 to 4.0.
    pub segment_seconds: f64,
    /// Somebody wants to watch meanwhile: when the whole ladder is slower than playback, one small
    /// rendition goes first and the rest takes a second decode.
    pub small_first: bool,
}

impl Default for LadderSettings {
    fn default() -> Self {
        Self {
            resolutions: vec![240, 360, 480, 720, 1080],
            audio_only: true,
            max_fps: 60,
            remux: true,
            preset: "veryfast".to_owned(),
            crf: 23.0,
            bitrate_factor: 1.0,
            segment_seconds: 4.0,
            small_first: true,
        }
    }
}

/// Sizes of the pictures made from the same decode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageSettings {
    /// Longest side of the thumbnail, pixels.
    pub thumbnail_px: u32,
    /// Longest side of the preview, pixels.
    pub preview_px: u32,
    /// Longest side of one storyboard tile, pixels.
    pub tile_px: u32,
    /// Tiles in one row of the storyboard sprite, at most.
    pub tiles_per_row: u32,
    /// Tiles in the whole sprite, at most.
    pub max_tiles: u32,
}

impl Default for ImageSettings {
    fn default() -> Self {
        Self {
            thumbnail_px: 560,
            preview_px: 1280,
            tile_px: 192,
            tiles_per_row: 10,
            max_tiles: 100,
        }
    }
}

/// What a worker may use up. The parent enforces all but `threads` from outside too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Threads of each decoder and encoder; 0 = one per core. All sizes are encoded at the same
    /// time: fewer for each would leave the large ones behind and cores idle.
    pub threads: u32,
    /// Nice level the child sets for itself, 0 to 19.
    pub nice: i32,
    /// Wall-clock time for the whole order.
    pub max_wall: Duration,
    /// Address space (data) of the child, bytes.
    pub max_memory_bytes: u64,
    /// Sum of everything written below `out_dir`, bytes.
    pub max_output_bytes: u64,
    /// Wall-clock time without any event after which the child counts as hung.
    pub max_silence: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            threads: 0,
            nice: 10,
            max_wall: Duration::from_secs(24 * 3600),
            max_memory_bytes: 4 << 30,
            max_output_bytes: 200 << 30,
            max_silence: Duration::from_secs(120),
        }
    }
}

/// A rational number as libav keeps them (frame rates, aspect ratios).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratio {
    /// Numerator.
    pub num: u32,
    /// Denominator, never zero.
    pub den: u32,
}

/// What was found in a media file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// libav's short name of the container, such as `mov,mp4,m4a,3gp,3g2,mj2`.
    pub container: String,
    /// Length of the presentation.
    pub duration: Duration,
    /// Overall bit rate, bits per second, when known.
    pub bitrate_bps: Option<u64>,
    /// Size of the file, bytes.
    pub size_bytes: u64,
    /// The video that will be shown; `None` for sound alone (a cover picture is no video).
    pub video: Option<VideoTrack>,
    /// Every sound track, the default one first.
    pub audio: Vec<AudioTrack>,
    /// Every subtitle track.
    pub subtitles: Vec<SubtitleTrack>,
    /// Index of the stream that holds a cover picture, when there is one.
    pub cover_stream: Option<usize>,
}

/// The video track that will be shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoTrack {
    /// Stream index in the container.
    pub stream: usize,
    /// libav codec name, such as `h264`.
    pub codec: String,
    /// Profile name as libav says it.
    pub profile: Option<String>,
    /// libav pixel format name, such as `yuv420p10le`.
    pub pixel_format: String,
    /// Coded width, pixels, before rotation and sample aspect ratio.
    pub coded_width: u32,
    /// Coded height, pixels.
    pub coded_height: u32,
    /// Width as shown: rotated, square pixels.
    pub display_width: u32,
    /// Height as shown.
    pub display_height: u32,
    /// Clockwise rotation to apply, 0, 90, 180 or 270 degrees.
    pub rotation_degrees: u32,
    /// Average frame rate.
    pub fps: Ratio,
    /// The rate varies (average and base rate disagree).
    pub variable_fps: bool,
    /// Field order says interlaced.
    pub interlaced: bool,
    /// Transfer characteristics name (`bt709`, `smpte2084`, `arib-std-b67`, …), when tagged.
    pub transfer: Option<String>,
    /// Colour primaries name, when tagged.
    pub primaries: Option<String>,
    /// Matrix name, when tagged.
    pub matrix: Option<String>,
    /// PQ or HLG: needs tone mapping.
    pub hdr: bool,
    /// Bits per second, when known.
    pub bitrate_bps: Option<u64>,
}

/// One sound track.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AudioTrack {
    /// Stream index in the container.
    pub stream: usize,
    /// libav codec name.
    pub codec: String,
    /// Channels.
    pub channels: u32,
    /// Samples per second.
    pub sample_rate_hz: u32,
    /// ISO 639 language as the container says it, `None` for `und`.
    pub language: Option<String>,
    /// Title as the container says it.
    pub title: Option<String>,
    /// The container calls this the default track.
    pub default: bool,
    /// Bits per second, when known.
    pub bitrate_bps: Option<u64>,
}

/// One subtitle track.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubtitleTrack {
    /// Stream index in the container.
    pub stream: usize,
    /// libav codec name.
    pub codec: String,
    /// ISO 639 language as the container says it, `None` for `und`.
    pub language: Option<String>,
}

/// What one rendition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Video, with the default sound track muxed in when there is one.
    Video,
    /// The default sound track alone, offered as a variant of its own.
    AudioOnly,
    /// A sound track other than the default one, offered in an `EXT-X-MEDIA` audio group.
    AudioTrack,
}

/// One planned output file. Final once announced: playlists promise it to players.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RenditionPlan {
    /// Position in the plan; events refer to it.
    pub index: usize,
    /// What it holds.
    pub role: Role,
    /// Name for people: `1080p`, `Audio only`, a track's title.
    pub label: String,
    /// File below `out_dir`, such as `1080.mp4`, `audio.mp4`, `audio-2.mp4`.
    pub file: String,
    /// PeerTube's resolution id: the shorter side's rung, 0 for sound.
    pub resolution: u32,
    /// Width, pixels, 0 for sound.
    pub width: u32,
    /// Height, pixels, 0 for sound.
    pub height: u32,
    /// Frames per second, `None` for sound.
    pub fps: Option<Ratio>,
    /// RFC 6381 codecs, from the opened encoder: `avc1.640028,mp4a.40.2`.
    pub codecs: String,
    /// Upper bound for `BANDWIDTH` (RFC 8216 4.3.4.2), bits per second.
    pub bandwidth_bps: u64,
    /// Copied from the source, not encoded.
    pub remux: bool,
    /// Sound is in this file.
    pub has_audio: bool,
    /// Video is in this file.
    pub has_video: bool,
    /// Language of its sound, BCP 47 or ISO 639, when known.
    pub language: Option<String>,
    /// Title of its sound as the container says it.
    #[serde(default)]
    pub sound_title: Option<String>,
    /// Channels of its sound.
    pub channels: u32,
    /// The sound track to take when nobody chose.
    pub default: bool,
}

/// One of the pictures a worker makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageKind {
    /// Small picture for lists (JPEG).
    Thumbnail,
    /// Large picture shown before play (JPEG).
    Preview,
    /// Sprite of frames for the seek bar (JPEG).
    Storyboard,
}

/// Geometry of a storyboard sprite (PeerTube's `Storyboard`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tiles {
    /// Width of one tile, pixels.
    pub width: u32,
    /// Height of one tile, pixels.
    pub height: u32,
    /// Media time one tile stands for, whole seconds, at least 1.
    pub seconds: u32,
    /// Tiles filled.
    pub count: u32,
}

/// Why an order failed, so that the server knows whether to try again and what to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The file is no media, or nothing in it can be played. Final.
    NotMedia,
    /// The media needs something this build cannot do (a codec, HDR without tone mapping). Final.
    Unsupported,
    /// The media ends early or is damaged beyond use. Final.
    Damaged,
    /// A limit was reached: time, memory or output size.
    Limit,
    /// The disk is full.
    DiskFull,
    /// The worker crashed, hung or broke the protocol. Worth one more try with fewer threads.
    Crash,
    /// Somebody cancelled it.
    Cancelled,
}

/// What a worker says, one JSON object a line, in this order: `Probed`, `Planned`, then any
/// number of the others, then `Done` or `Failed` as the last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(clippy::large_enum_variant, reason = "one Probed a file, and events are never kept")]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The file was opened and looked at.
    Probed {
        /// What was found.
        probe: Probe,
    },
    /// Encoders are open; this will be made, and nothing else.
    Planned {
        /// Every rendition, largest video first, then `AudioOnly`, then `AudioTrack`s.
        renditions: Vec<RenditionPlan>,
        /// `EXT-X-TARGETDURATION`, whole seconds: no segment is longer when rounded.
        target_duration_s: u32,
    },
    /// The initialisation section of a rendition is on disk at offset 0.
    Init {
        /// Which rendition.
        rendition: usize,
        /// Its length, bytes.
        length: u64,
    },
    /// One more segment of a rendition is wholly on disk.
    Segment {
        /// Which rendition.
        rendition: usize,
        /// Where it starts in the file, bytes.
        offset: u64,
        /// Its length, bytes.
        length: u64,
        /// Its media duration, microseconds.
        duration_us: u64,
        /// SHA-256 of its bytes, hexadecimal.
        sha256: String,
    },
    /// No more segments will come for this rendition.
    RenditionDone {
        /// Which rendition.
        rendition: usize,
        /// Size of the finished file, bytes.
        size_bytes: u64,
    },
    /// Playback from now on cannot overtake the making (see ARCHITECTURE.md, growing playlists).
    Playable,
    /// How far the work is. Sent about once a second.
    Progress {
        /// Media time done by the slowest rendition still being made.
        position_us: u64,
        /// Media time made per wall second of the encode so far.
        speed: f64,
        /// Frames encoded per wall second, all video renditions together.
        fps: f64,
        /// Expected wall time left, milliseconds, when it can be told.
        eta_ms: Option<u64>,
    },
    /// A picture is on disk.
    Image {
        /// Which picture.
        kind: ImageKind,
        /// File below `out_dir`.
        file: String,
        /// Width, pixels.
        width: u32,
        /// Height, pixels.
        height: u32,
        /// For the storyboard only.
        tiles: Option<Tiles>,
    },
    /// Something a person should know though the work goes on (a damaged tail, a dropped track).
    Warning {
        /// A plain sentence.
        message: String,
    },
    /// Everything announced is complete on disk.
    Done {
        /// Length of the presentation as made, microseconds.
        duration_us: u64,
    },
    /// Nothing more will come.
    Failed {
        /// What kind of failure.
        kind: FailureKind,
        /// A plain sentence for the uploader: what was found, what to do.
        message: String,
    },
}
