//! What does a container say about one stream? Read-only facts; no decoding.

use std::ffi::CStr;

use ffmpeg_next::ffi;

use super::{Rational, text};

/// What a stream carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MediaKind {
    /// Moving pictures, or a cover.
    Video,
    /// Sound.
    Audio,
    /// Subtitles.
    Subtitle,
    /// Data, attachments and what libav cannot name.
    Other,
}

/// One entry of a container's sample table or seek index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IndexEntry {
    /// Byte position in the file.
    pub position: i64,
    /// Time in the stream's time base (decoding time in MP4).
    pub timestamp: i64,
    /// Size in bytes; zero where the container does not say.
    pub size: u32,
    /// A decoder can start here.
    pub key: bool,
    /// To be decoded but not shown (outside an edit list).
    pub hidden: bool,
}

/// A stream of an open [`super::Input`], borrowed from it.
#[derive(Clone, Copy)]
pub(crate) struct Stream<'a> {
    stream: &'a ffi::AVStream,
}

/// Reads an enum field as the integer it is: a file may carry values the enum does not name,
/// and a Rust enum must never hold those.
macro_rules! raw_enum {
    ($place:expr) => {
        // SAFETY: the field is a valid C enum, an `int`-sized integer of the same alignment.
        unsafe { (&raw const $place).cast::<u32>().read() }
    };
}

impl<'a> Stream<'a> {
    pub(super) fn new(stream: &'a ffi::AVStream) -> Self {
        Self { stream }
    }

    pub(super) fn as_ref(&self) -> &'a ffi::AVStream {
        self.stream
    }

    fn par(&self) -> &'a ffi::AVCodecParameters {
        // SAFETY: codecpar is allocated with the stream and lives as long.
        unsafe { &*self.stream.codecpar }
    }

    pub(super) fn parameters(&self) -> *const ffi::AVCodecParameters {
        self.stream.codecpar
    }

    /// Position in the container.
    pub(crate) fn index(&self) -> usize {
        usize::try_from(self.stream.index).unwrap_or(usize::MAX)
    }

    /// What it carries.
    pub(crate) fn kind(&self) -> MediaKind {
        match self.par().codec_type {
            ffi::AVMediaType::AVMEDIA_TYPE_VIDEO => MediaKind::Video,
            ffi::AVMediaType::AVMEDIA_TYPE_AUDIO => MediaKind::Audio,
            ffi::AVMediaType::AVMEDIA_TYPE_SUBTITLE => MediaKind::Subtitle,
            _ => MediaKind::Other,
        }
    }

    /// libav's codec name.
    pub(crate) fn codec_name(&self) -> String {
        // SAFETY: returns a static string for every id.
        unsafe { text(ffi::avcodec_get_name(self.par().codec_id)) }
    }

    /// A decoder for it is in this build.
    pub(crate) fn can_decode(&self) -> bool {
        // SAFETY: a lookup without preconditions.
        unsafe { !ffi::avcodec_find_decoder(self.par().codec_id).is_null() }
    }

    /// Profile name, when libav knows it.
    pub(crate) fn profile_name(&self) -> Option<String> {
        // SAFETY: a lookup that gives null or a static string.
        let name = unsafe { text(ffi::avcodec_profile_name(self.par().codec_id, self.profile())) };
        Some(name).filter(|name| !name.is_empty())
    }

    /// Profile number as the codec has it.
    pub(crate) fn profile(&self) -> i32 {
        self.par().profile
    }

    /// Pixel format name, such as `yuv420p`.
    pub(crate) fn pixel_format_name(&self) -> String {
        super::frame::pixel_format_name(self.par().format)
    }

    /// Coded size, pixels.
    pub(crate) fn size(&self) -> (i32, i32) {
        (self.par().width, self.par().height)
    }

    /// Sample aspect ratio: the container's when it says one, else the codec's.
    pub(crate) fn sample_aspect(&self) -> Option<Rational> {
        Rational::from(self.stream.sample_aspect_ratio)
            .positive()
            .or_else(|| Rational::from(self.par().sample_aspect_ratio).positive())
    }

    /// Unit of its times, seconds.
    pub(crate) fn time_base(&self) -> Rational {
        self.stream.time_base.into()
    }

    /// First presentation time, in its time base.
    pub(crate) fn start_time(&self) -> Option<i64> {
        Some(self.stream.start_time).filter(|time| *time != ffi::AV_NOPTS_VALUE)
    }

    /// Duration in its time base.
    pub(crate) fn duration(&self) -> Option<i64> {
        Some(self.stream.duration).filter(|time| *time != ffi::AV_NOPTS_VALUE && *time > 0)
    }

    /// Frames over duration, as libav measured or read it.
    pub(crate) fn average_rate(&self) -> Option<Rational> {
        Rational::from(self.stream.avg_frame_rate).positive()
    }

    /// The lowest rate that can express every frame time.
    pub(crate) fn base_rate(&self) -> Option<Rational> {
        Rational::from(self.stream.r_frame_rate).positive()
    }

    /// Bits per second, when known.
    pub(crate) fn bit_rate(&self) -> Option<u64> {
        u64::try_from(self.par().bit_rate).ok().filter(|rate| *rate > 0)
    }

    /// A picture that illustrates sound, not video.
    pub(crate) fn is_cover(&self) -> bool {
        self.stream.disposition & ffi::AV_DISPOSITION_ATTACHED_PIC != 0
    }

    /// The container's choice among its kind.
    pub(crate) fn is_default(&self) -> bool {
        self.stream.disposition & ffi::AV_DISPOSITION_DEFAULT != 0
    }

    /// Field order says fields, not frames.
    pub(crate) fn is_interlaced(&self) -> bool {
        // AV_FIELD_TT to AV_FIELD_BT; 0 is unknown, 1 is progressive.
        (2..=5).contains(&raw_enum!(self.par().field_order))
    }

    /// Transfer characteristics, ISO/IEC 23091-2 number.
    pub(crate) fn transfer(&self) -> u32 {
        raw_enum!(self.par().color_trc)
    }

    /// Colour primaries, ISO/IEC 23091-2 number.
    pub(crate) fn primaries(&self) -> u32 {
        raw_enum!(self.par().color_primaries)
    }

    /// Matrix coefficients, ISO/IEC 23091-2 number.
    pub(crate) fn matrix(&self) -> u32 {
        raw_enum!(self.par().color_space)
    }

    /// Channels of sound.
    pub(crate) fn channels(&self) -> i32 {
        self.par().ch_layout.nb_channels
    }

    /// Samples per second of sound.
    pub(crate) fn sample_rate(&self) -> i32 {
        self.par().sample_rate
    }

    /// Codec configuration (avcC, AudioSpecificConfig, …).
    pub(crate) fn extradata(&self) -> &'a [u8] {
        let par = self.par();
        match usize::try_from(par.extradata_size) {
            Ok(size) if size > 0 && !par.extradata.is_null() => {
                // SAFETY: libav guarantees `extradata_size` readable bytes.
                unsafe { std::slice::from_raw_parts(par.extradata, size) }
            }
            _ => &[],
        }
    }

    /// A metadata value.
    pub(crate) fn tag(&self, key: &CStr) -> Option<String> {
        // SAFETY: the dictionary may be null; the entry lives as long as the stream.
        let value = unsafe {
            let entry = ffi::av_dict_get(self.stream.metadata, key.as_ptr(), std::ptr::null(), 0);
            if entry.is_null() { String::new() } else { text((*entry).value) }
        };
        Some(value).filter(|value| !value.is_empty())
    }

    /// Clockwise degrees to turn the picture by, as the display matrix says.
    pub(crate) fn rotation(&self) -> f64 {
        let mut size = 0_usize;
        // SAFETY: the side data, when there, belongs to the stream; a display matrix is nine
        // 32-bit integers, checked before it is read.
        unsafe {
            let data = ffi::av_stream_get_side_data(
                self.stream,
                ffi::AVPacketSideDataType::AV_PKT_DATA_DISPLAYMATRIX,
                &raw mut size,
            );
            if data.is_null() || size < 9 * 4 {
                return 0.0;
            }
            let mut matrix = [0_i32; 9];
            std::ptr::copy_nonoverlapping(data, matrix.as_mut_ptr().cast::<u8>(), 9 * 4);
            let degrees = ffi::av_display_rotation_get(matrix.as_ptr());
            if degrees.is_finite() { -degrees } else { 0.0 }
        }
    }

    /// How many entries the container's index has.
    pub(crate) fn index_len(&self) -> usize {
        // SAFETY: the stream is valid.
        let count = unsafe { ffi::avformat_index_get_entries_count(self.stream) };
        usize::try_from(count).unwrap_or(0)
    }

    /// One entry of the container's index.
    pub(crate) fn index_entry(&self, position: usize) -> Option<IndexEntry> {
        let position = i32::try_from(position).ok()?;
        // SAFETY: libav reads the index only, and gives null when out of range; the entry is
        // copied before any other call.
        let entry = unsafe {
            ffi::avformat_index_get_entry(std::ptr::from_ref(self.stream).cast_mut(), position)
                .as_ref()
        }?;
        Some(IndexEntry {
            position: entry.pos,
            timestamp: entry.timestamp,
            size: u32::try_from(entry.size()).unwrap_or(0),
            key: entry.flags() & ffi::AVINDEX_KEYFRAME != 0,
            hidden: entry.flags() & ffi::AVINDEX_DISCARD_FRAME != 0,
        })
    }
}
