//! How is libav spoken to safely? Thin owners over its C objects, and nothing about what to
//! make of a file: the rest of the crate holds no raw pointer.
//!
//! ffmpeg-next's safe types are left out where they cannot do what is needed here: demuxer and
//! protocol allow-lists together with an interrupt callback, reads that report damage, frames
//! shared between encoders without a copy, and a muxer that writes to memory.

mod decoder;
mod encoder;
mod frame;
mod graph;
mod input;
mod muxer;
mod packet;
mod parameters;
mod stream;

use std::ffi::CStr;
use std::fmt;
use std::sync::Once;

use ffmpeg_next::ffi;

pub(crate) use decoder::Decoder;
pub(crate) use encoder::{AacSettings, Encoder, H264Settings};
pub(crate) use frame::{Frame, pixel_format_name};
pub(crate) use graph::{Graph, SoundFormat, VideoFormat};
pub(crate) use input::{Input, ReadError};
pub(crate) use muxer::{Fragmenter, MuxTrack};
pub(crate) use packet::Packet;
pub(crate) use parameters::Parameters;
pub(crate) use stream::{IndexEntry, MediaKind, Stream};

/// A libav error code, kept apart by what the engine does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AvError {
    /// More input is needed before there is output.
    Again,
    /// Nothing more will come.
    Eof,
    /// The interrupt callback said stop.
    Exit,
    /// The allocation failed or a memory limit was reached.
    OutOfMemory,
    /// The bytes are not what they should be.
    InvalidData,
    /// Any other code.
    Other(i32),
}

impl AvError {
    fn from_code(code: i32) -> Self {
        if code == ffi::AVERROR(ffi::EAGAIN) {
            Self::Again
        } else if code == ffi::AVERROR(ffi::ENOMEM) {
            Self::OutOfMemory
        } else {
            match code {
                ffi::AVERROR_EOF => Self::Eof,
                ffi::AVERROR_EXIT => Self::Exit,
                ffi::AVERROR_INVALIDDATA => Self::InvalidData,
                _ => Self::Other(code),
            }
        }
    }
}

impl fmt::Display for AvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Again => f.write_str("more input is needed"),
            Self::Eof => f.write_str("end of file"),
            Self::Exit => f.write_str("stopped"),
            Self::OutOfMemory => f.write_str("out of memory"),
            Self::InvalidData => f.write_str("invalid data"),
            Self::Other(code) => write!(f, "{}", ffmpeg_next::Error::from(*code)),
        }
    }
}

/// Turns a libav return code into a result.
fn check(code: i32) -> Result<i32, AvError> {
    if code < 0 { Err(AvError::from_code(code)) } else { Ok(code) }
}

/// The pointer, or out of memory when libav could not allocate.
fn allocated<T>(pointer: *mut T) -> Result<std::ptr::NonNull<T>, AvError> {
    std::ptr::NonNull::new(pointer).ok_or(AvError::OutOfMemory)
}

/// Quiets libav's log: a worker's standard error is for the worker's own words.
pub(crate) fn init() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: a process-wide setting without preconditions.
        unsafe { ffi::av_log_set_level(ffi::AV_LOG_QUIET) };
    });
}

/// A C string of libav's as text; empty for null.
///
/// # Safety
/// `text` is null or a NUL-terminated string that lives for the call.
unsafe fn text(text: *const std::ffi::c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: the caller promises a NUL-terminated string.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// An exact ratio of integers, libav's `AVRational`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rational {
    /// Numerator.
    pub num: i32,
    /// Denominator; zero in what libav calls unknown.
    pub den: i32,
}

impl Rational {
    /// `num / den`.
    pub(crate) const fn new(num: i32, den: i32) -> Self {
        Self { num, den }
    }

    /// Microseconds, the unit of the engine's own clock.
    pub(crate) const MICROSECONDS: Self = Self::new(1, 1_000_000);

    /// The ratio when both parts are positive.
    pub(crate) fn positive(self) -> Option<Self> {
        (self.num > 0 && self.den > 0).then_some(self)
    }

    /// The ratio as a float; zero when unknown.
    pub(crate) fn as_f64(self) -> f64 {
        if self.den == 0 { 0.0 } else { f64::from(self.num) / f64::from(self.den) }
    }
}

impl From<ffi::AVRational> for Rational {
    fn from(value: ffi::AVRational) -> Self {
        Self { num: value.num, den: value.den }
    }
}

impl From<Rational> for ffi::AVRational {
    fn from(value: Rational) -> Self {
        Self { num: value.num, den: value.den }
    }
}

/// `value` in units of `from`, expressed in units of `to`, rounded to nearest.
pub(crate) fn rescale(value: i64, from: Rational, to: Rational) -> i64 {
    let (Some(from), Some(to)) = (from.positive(), to.positive()) else { return 0 };
    // SAFETY: both denominators are positive, the only precondition.
    unsafe { ffi::av_rescale_q(value, from.into(), to.into()) }
}
