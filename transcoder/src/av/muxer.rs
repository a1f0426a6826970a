//! Packets in, fragments of MP4 out, in memory: the caller decides where they go and hashes
//! them on the way.

use std::ffi::{CStr, CString, c_int, c_void};
use std::ptr::NonNull;

use ffmpeg_next::ffi;

use super::{AvError, Packet, Parameters, Rational, allocated, check, rescale};

/// Fragments end where the caller says. The `moov` waits for the first fragment, because only
/// then is known by how much reordered pictures are late; an edit list takes that off again, so
/// that every rendition starts at 0 and stays in sync. (Signed composition offsets would do the
/// same without an edit list, but libav's own demuxer, and so many players, takes them for a
/// delay.)
const FLAGS: &CStr = c"frag_custom+delay_moov+default_base_moof+skip_trailer";

const BUFFER_BYTES: usize = 64 * 1024;

/// One track of the output.
pub(crate) struct MuxTrack {
    /// Codec and its configuration.
    pub parameters: Parameters,
    /// Unit of the times of the packets that will be written.
    pub time_base: Rational,
    /// ISO 639 language.
    pub language: Option<String>,
}

/// A fragmented MP4 writer.
pub(crate) struct Fragmenter {
    context: NonNull<ffi::AVFormatContext>,
    // Written to by libav through a raw pointer; boxed so that it does not move.
    sink: NonNull<Vec<u8>>,
    time_bases: Vec<Rational>,
}

// SAFETY: everything is owned, and used by one thread at a time (no `Sync`).
unsafe impl Send for Fragmenter {}

unsafe extern "C" fn append(sink: *mut c_void, bytes: *mut u8, length: c_int) -> c_int {
    let Ok(count) = usize::try_from(length) else { return ffi::AVERROR(ffi::EINVAL) };
    // SAFETY: `sink` is the Fragmenter's vector, which only libav touches during a call into
    // it; `bytes` holds `length` readable bytes.
    unsafe {
        let sink = &mut *sink.cast::<Vec<u8>>();
        sink.extend_from_slice(std::slice::from_raw_parts(bytes, count));
    }
    length
}

impl Fragmenter {
    /// Opens a writer. The first sample of every track must be shown at 0.
    pub(crate) fn open(tracks: &[MuxTrack]) -> Result<Self, AvError> {
        super::init();
        let mut fragmenter = Self::allocate()?;
        for track in tracks {
            fragmenter.add(track)?;
        }
        fragmenter.write_header()?;
        Ok(fragmenter)
    }

    fn allocate() -> Result<Self, AvError> {
        // SAFETY: every object is owned by the Fragmenter as soon as it exists; its Drop copes
        // with a context that has no I/O yet.
        unsafe {
            let mut context = std::ptr::null_mut();
            check(ffi::avformat_alloc_output_context2(
                &raw mut context,
                std::ptr::null(),
                c"mp4".as_ptr(),
                std::ptr::null(),
            ))?;
            let context = allocated(context)?;
            let sink = NonNull::from(Box::leak(Box::default()));
            let fragmenter = Self { context, sink, time_bases: Vec::new() };
            let buffer = allocated(ffi::av_malloc(BUFFER_BYTES))?;
            let io = ffi::avio_alloc_context(
                buffer.as_ptr().cast(),
                BUFFER_BYTES as c_int,
                1,
                sink.as_ptr().cast(),
                None,
                Some(append),
                None,
            );
            if io.is_null() {
                ffi::av_free(buffer.as_ptr());
                return Err(AvError::OutOfMemory);
            }
            (*context.as_ptr()).pb = io;
            (*context.as_ptr()).flags |= ffi::AVFMT_FLAG_CUSTOM_IO | ffi::AVFMT_FLAG_BITEXACT;
            (*context.as_ptr()).avoid_negative_ts = 0;
            Ok(fragmenter)
        }
    }

    fn add(&mut self, track: &MuxTrack) -> Result<(), AvError> {
        // SAFETY: the context is open for writing and its header not written yet; parameters
        // and strings are copied.
        unsafe {
            let stream =
                allocated(ffi::avformat_new_stream(self.context.as_ptr(), std::ptr::null()))?
                    .as_ptr();
            check(ffi::avcodec_parameters_copy((*stream).codecpar, track.parameters.as_ptr()))?;
            (*(*stream).codecpar).codec_tag = 0;
            (*stream).time_base = track.time_base.into();
            if let Some(language) = &track.language
                && let Ok(language) = CString::new(language.as_str())
            {
                check(ffi::av_dict_set(
                    &raw mut (*stream).metadata,
                    c"language".as_ptr(),
                    language.as_ptr(),
                    0,
                ))?;
            }
        }
        self.time_bases.push(track.time_base);
        Ok(())
    }

    fn write_header(&mut self) -> Result<(), AvError> {
        // SAFETY: the context has its streams; the dictionary is ours and freed.
        unsafe {
            let mut options = std::ptr::null_mut();
            for (key, value) in [(c"movflags", FLAGS), (c"use_editlist", c"1")] {
                let code = ffi::av_dict_set(&raw mut options, key.as_ptr(), value.as_ptr(), 0);
                if code < 0 {
                    ffi::av_dict_free(&raw mut options);
                    return Err(AvError::from_code(code));
                }
            }
            let code = ffi::avformat_write_header(self.context.as_ptr(), &raw mut options);
            ffi::av_dict_free(&raw mut options);
            check(code)?;
        }
        Ok(())
    }

    /// Adds one packet to the fragment under construction.
    pub(crate) fn write(&mut self, track: usize, packet: &mut Packet) -> Result<(), AvError> {
        let Some(from) = self.time_bases.get(track).copied() else {
            return Err(AvError::InvalidData);
        };
        let raw = packet.as_ptr();
        // SAFETY: the stream exists (checked above) and the packet is ours; its payload is
        // referenced, not taken.
        unsafe {
            let stream = *(*self.context.as_ptr()).streams.add(track);
            let to = Rational::from((*stream).time_base);
            (*raw).stream_index = c_int::try_from(track).map_err(|_| AvError::InvalidData)?;
            (*raw).pts = rescale((*raw).pts, from, to);
            (*raw).dts = rescale((*raw).dts, from, to);
            (*raw).duration = rescale((*raw).duration, from, to);
            check(ffi::av_write_frame(self.context.as_ptr(), raw))?;
        }
        Ok(())
    }

    /// Gives the initialisation section (`ftyp` and `moov`); to be called once, after the packets
    /// of the first fragment and before that is finished.
    pub(crate) fn finish_init(&mut self) -> Result<Vec<u8>, AvError> {
        self.flush()
    }

    /// Ends the fragment and gives its bytes (`moof` and `mdat`).
    pub(crate) fn finish_fragment(&mut self) -> Result<Vec<u8>, AvError> {
        self.flush()
    }

    fn flush(&mut self) -> Result<Vec<u8>, AvError> {
        // SAFETY: a null packet asks the muxer to flush; the first flush writes `moov` alone.
        check(unsafe { ffi::av_write_frame(self.context.as_ptr(), std::ptr::null_mut()) })?;
        self.take()
    }

    fn take(&mut self) -> Result<Vec<u8>, AvError> {
        // SAFETY: the I/O object is valid; afterwards nobody but us touches the sink.
        unsafe {
            let io = (*self.context.as_ptr()).pb;
            ffi::avio_flush(io);
            check((*io).error)?;
            Ok(std::mem::take(self.sink.as_mut()))
        }
    }
}

impl Drop for Fragmenter {
    fn drop(&mut self) {
        // SAFETY: the context, its I/O object with whatever buffer that has now, and the sink
        // are ours and not used afterwards.
        unsafe {
            let raw = self.context.as_ptr();
            let mut io = (*raw).pb;
            ffi::avformat_free_context(raw);
            if !io.is_null() {
                ffi::av_freep((&raw mut (*io).buffer).cast());
                ffi::avio_context_free(&raw mut io);
            }
            drop(Box::from_raw(self.sink.as_ptr()));
        }
    }
}
