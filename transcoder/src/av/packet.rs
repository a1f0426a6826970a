//! One compressed packet: its time, its bytes, its owner.

use std::ptr::NonNull;

use ffmpeg_next::ffi;

use super::{AvError, Rational, allocated, check, rescale};

/// An owned `AVPacket`.
pub(crate) struct Packet(NonNull<ffi::AVPacket>);

// SAFETY: an AVPacket has no thread affinity and its buffers are counted atomically.
unsafe impl Send for Packet {}

impl Packet {
    /// An empty packet.
    pub(crate) fn new() -> Result<Self, AvError> {
        // SAFETY: plain allocation.
        Ok(Self(allocated(unsafe { ffi::av_packet_alloc() })?))
    }

    /// A packet that holds a copy of `bytes`.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, AvError> {
        let packet = Self::new()?;
        let size = i32::try_from(bytes.len()).map_err(|_| AvError::OutOfMemory)?;
        // SAFETY: the packet is valid; av_new_packet allocates `size` writable bytes (plus
        // padding), which the copy fills exactly.
        unsafe {
            check(ffi::av_new_packet(packet.0.as_ptr(), size))?;
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), (*packet.0.as_ptr()).data, bytes.len());
        }
        Ok(packet)
    }

    pub(super) fn as_ptr(&self) -> *mut ffi::AVPacket {
        self.0.as_ptr()
    }

    fn get(&self) -> &ffi::AVPacket {
        // SAFETY: the packet is owned and valid for as long as `self`.
        unsafe { self.0.as_ref() }
    }

    fn get_mut(&mut self) -> &mut ffi::AVPacket {
        // SAFETY: the packet is owned and borrowed exclusively.
        unsafe { self.0.as_mut() }
    }

    /// Stream index in the container.
    pub(crate) fn stream(&self) -> usize {
        usize::try_from(self.get().stream_index).unwrap_or(usize::MAX)
    }

    /// Presentation time, in the stream's time base.
    pub(crate) fn pts(&self) -> Option<i64> {
        Some(self.get().pts).filter(|pts| *pts != ffi::AV_NOPTS_VALUE)
    }

    /// Decoding time.
    pub(crate) fn dts(&self) -> Option<i64> {
        Some(self.get().dts).filter(|dts| *dts != ffi::AV_NOPTS_VALUE)
    }

    /// Duration, zero when unknown.
    pub(crate) fn duration(&self) -> i64 {
        self.get().duration
    }

    /// Sets presentation time, decoding time and duration.
    pub(crate) fn set_times(&mut self, pts: i64, dts: i64, duration: i64) {
        let packet = self.get_mut();
        packet.pts = pts;
        packet.dts = dts;
        packet.duration = duration;
    }

    /// Moves every time by `offset` and then into another time base.
    pub(crate) fn shift_and_rescale(&mut self, offset: i64, from: Rational, to: Rational) {
        let packet = self.get_mut();
        for time in [&mut packet.pts, &mut packet.dts] {
            if *time != ffi::AV_NOPTS_VALUE {
                *time = rescale(time.saturating_add(offset), from, to);
            }
        }
        packet.duration = rescale(packet.duration, from, to);
    }

    /// Marked as one a decoder can start at.
    pub(crate) fn is_key(&self) -> bool {
        self.get().flags & ffi::AV_PKT_FLAG_KEY != 0
    }

    /// The demuxer knows that bytes are missing.
    pub(crate) fn is_corrupt(&self) -> bool {
        self.get().flags & ffi::AV_PKT_FLAG_CORRUPT != 0
    }

    /// Marks the packet as one a decoder can start at.
    pub(crate) fn set_key(&mut self, key: bool) {
        let packet = self.get_mut();
        if key {
            packet.flags |= ffi::AV_PKT_FLAG_KEY;
        } else {
            packet.flags &= !ffi::AV_PKT_FLAG_KEY;
        }
    }

    /// The compressed bytes.
    pub(crate) fn data(&self) -> &[u8] {
        let packet = self.get();
        let Ok(size) = usize::try_from(packet.size) else { return &[] };
        if packet.data.is_null() || size == 0 {
            return &[];
        }
        // SAFETY: libav guarantees `size` readable bytes at `data` while the packet is owned.
        unsafe { std::slice::from_raw_parts(packet.data, size) }
    }
}

impl Drop for Packet {
    fn drop(&mut self) {
        let mut pointer = self.0.as_ptr();
        // SAFETY: allocated by av_packet_alloc and not used afterwards.
        unsafe { ffi::av_packet_free(&raw mut pointer) };
    }
}
