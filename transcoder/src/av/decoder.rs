//! Packets in, pictures or samples out.

use std::ptr::NonNull;

use ffmpeg_next::ffi;

use super::{AvError, Frame, Packet, Rational, Stream, allocated, check};

/// Pictures with more pixels are refused by the decoder before it allocates them.
const MAX_PIXELS: i64 = 8192 * 8192;

/// An open decoder for one stream.
pub(crate) struct Decoder {
    context: NonNull<ffi::AVCodecContext>,
    time_base: Rational,
}

// SAFETY: the context is used by one thread at a time (no `Sync`); libav's own threads are
// its own business.
unsafe impl Send for Decoder {}

impl Decoder {
    /// Opens a decoder for `stream` on `threads` threads.
    pub(crate) fn open(stream: &Stream<'_>, threads: u32) -> Result<Self, AvError> {
        Self::open_with(stream, threads, false)
    }

    /// Opens a decoder that shows key frames only and skips the rest unread.
    pub(crate) fn open_key_frames(stream: &Stream<'_>, threads: u32) -> Result<Self, AvError> {
        Self::open_with(stream, threads, true)
    }

    fn open_with(stream: &Stream<'_>, threads: u32, keys_only: bool) -> Result<Self, AvError> {
        let parameters = stream.parameters();
        // SAFETY: the parameters belong to an open stream; the context is owned by the Decoder
        // before anything can fail, so that it is freed in every case.
        unsafe {
            let codec = ffi::avcodec_find_decoder((*parameters).codec_id);
            if codec.is_null() {
                return Err(AvError::InvalidData);
            }
            let context = allocated(ffi::avcodec_alloc_context3(codec))?;
            let decoder = Self { context, time_base: stream.time_base() };
            let raw = context.as_ptr();
            check(ffi::avcodec_parameters_to_context(raw, parameters))?;
            (*raw).pkt_timebase = stream.time_base().into();
            (*raw).thread_count = i32::try_from(threads.max(1)).unwrap_or(1);
            (*raw).max_pixels = MAX_PIXELS;
            if keys_only {
                (*raw).skip_frame = ffi::AVDiscard::AVDISCARD_NONKEY;
            }
            check(ffi::avcodec_open2(raw, codec, std::ptr::null_mut()))?;
            Ok(decoder)
        }
    }

    /// Unit of the times of its frames.
    pub(crate) fn time_base(&self) -> Rational {
        self.time_base
    }

    /// Feeds one packet; `None` says that no more will come.
    pub(crate) fn send(&mut self, packet: Option<&Packet>) -> Result<(), AvError> {
        let packet = packet.map_or(std::ptr::null_mut(), Packet::as_ptr);
        // SAFETY: the context is open; a null packet means flush.
        check(unsafe { ffi::avcodec_send_packet(self.context.as_ptr(), packet) })?;
        Ok(())
    }

    /// The next frame; `Again` when a packet is needed first, `Eof` after the last.
    pub(crate) fn receive(&mut self) -> Result<Frame, AvError> {
        let frame = Frame::new()?;
        // SAFETY: both are valid.
        check(unsafe { ffi::avcodec_receive_frame(self.context.as_ptr(), frame.as_ptr()) })?;
        Ok(frame)
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        let mut context = self.context.as_ptr();
        // SAFETY: allocated by avcodec_alloc_context3 and not used afterwards.
        unsafe { ffi::avcodec_free_context(&raw mut context) };
    }
}
