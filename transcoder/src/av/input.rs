//! Opening and reading a hostile file: only ordinary containers, only the file itself, stoppable
//! at any moment, and every read error told apart from the end.

use std::ffi::{CStr, CString, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};

use ffmpeg_next::ffi;

use super::{AvError, Packet, Rational, Stream, check, text};

/// Demuxers that read one self-contained file. Playlists, image patterns, scripts and devices
/// are left out: through them a file could name other files or hosts.
const CONTAINERS: &str = "mov,matroska,mpegts,mpeg,avi,flv,ogg,wav,w64,mp3,flac,aac,ac3,eac3,\
asf,mxf,gif,aiff,caf,amr,wv,dv,nut,ivf,rm";

/// Demuxers for one still picture, by what its file begins with. Named outright, because libav
/// goes by a picture's file name and would then look for more of its kind beside it.
const PICTURES: [(&[u8], &CStr); 4] = [
    (b"\x89PNG", c"png_pipe"),
    (b"\xff\xd8\xff", c"jpeg_pipe"),
    (b"RIFF", c"webp_pipe"),
    (b"GIF8", c"gif"),
];

/// Streams more than this are not looked at: a file with thousands of them is an attack.
const MAX_STREAMS: &str = "64";

/// Why the next packet could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadError {
    /// The bytes end or break off before the container says they should.
    Broken,
    /// The order was cancelled.
    Cancelled,
}

/// An open container.
pub(crate) struct Input<'c> {
    context: NonNull<ffi::AVFormatContext>,
    // libav holds a pointer to this flag for as long as the context lives.
    _cancelled: &'c AtomicBool,
}

// SAFETY: the context is used by one thread at a time (no `Sync`), and its callback only reads
// an atomic flag.
unsafe impl Send for Input<'_> {}

unsafe extern "C" fn interrupted(flag: *mut c_void) -> c_int {
    // SAFETY: `flag` points to the AtomicBool that the Input borrows.
    let flag = unsafe { &*flag.cast::<AtomicBool>() };
    c_int::from(flag.load(Ordering::Relaxed))
}

impl<'c> Input<'c> {
    /// Opens a media file and looks into its streams.
    pub(crate) fn open(path: &Path, cancelled: &'c AtomicBool) -> Result<Self, AvError> {
        let input = Self::open_as(path, cancelled, CONTAINERS, None)?;
        input.find_streams()?;
        Ok(input)
    }

    /// Opens a still picture that begins with `head`.
    pub(crate) fn open_picture(
        path: &Path,
        head: &[u8],
        cancelled: &'c AtomicBool,
    ) -> Result<Self, AvError> {
        let known = PICTURES.iter().find(|(magic, _)| head.starts_with(magic));
        let (_, name) = known.ok_or(AvError::InvalidData)?;
        let allowed = name.to_str().map_err(|_| AvError::InvalidData)?;
        let input = Self::open_as(path, cancelled, allowed, Some(name))?;
        input.find_streams()?;
        Ok(input)
    }

    fn open_as(
        path: &Path,
        cancelled: &'c AtomicBool,
        allowed: &str,
        forced: Option<&CStr>,
    ) -> Result<Self, AvError> {
        super::init();
        // `file:` so that a name with a colon is never taken for a protocol.
        let mut url = b"file:".to_vec();
        url.extend_from_slice(path.as_os_str().as_bytes());
        let url = CString::new(url).map_err(|_| AvError::InvalidData)?;
        let options = Options::of(&[
            (c"protocol_whitelist", "file"),
            (c"format_whitelist", allowed),
            (c"max_streams", MAX_STREAMS),
        ])?;
        let mut options = options.0;
        // SAFETY: a lookup by name; null when there is none, which means to guess.
        let format = forced
            .map_or(std::ptr::null(), |name| unsafe { ffi::av_find_input_format(name.as_ptr()) });
        // SAFETY: the context is allocated here; avformat_open_input frees it on failure, and
        // on success it is owned by the Input, which borrows the flag of the callback.
        let result = unsafe {
            let mut context = ffi::avformat_alloc_context();
            if context.is_null() {
                ffi::av_dict_free(&raw mut options);
                return Err(AvError::OutOfMemory);
            }
            (*context).interrupt_callback = ffi::AVIOInterruptCB {
                callback: Some(interrupted),
                opaque: std::ptr::from_ref(cancelled).cast_mut().cast(),
            };
            let code =
                ffi::avformat_open_input(&raw mut context, url.as_ptr(), format, &raw mut options);
            ffi::av_dict_free(&raw mut options);
            check(code).map(|_| context)
        };
        let context = NonNull::new(result?).ok_or(AvError::OutOfMemory)?;
        Ok(Self { context, _cancelled: cancelled })
    }

    fn find_streams(&self) -> Result<(), AvError> {
        // SAFETY: the context is open; no per-stream options are given.
        check(unsafe {
            ffi::avformat_find_stream_info(self.context.as_ptr(), std::ptr::null_mut())
        })?;
        Ok(())
    }

    fn get(&self) -> &ffi::AVFormatContext {
        // SAFETY: owned and valid for as long as `self`.
        unsafe { self.context.as_ref() }
    }

    /// How sure libav is of the container, 0 to 100.
    pub(crate) fn score(&self) -> i32 {
        self.get().probe_score
    }

    /// libav's short name of the container.
    pub(crate) fn container(&self) -> String {
        // SAFETY: an open context has a format with a static name.
        unsafe { text((*self.get().iformat).name) }
    }

    /// Duration in microseconds, when the container says or libav could tell.
    pub(crate) fn duration_us(&self) -> Option<i64> {
        Some(self.get().duration).filter(|time| *time != ffi::AV_NOPTS_VALUE && *time > 0)
    }

    /// libav only guessed the duration from the bit rate.
    pub(crate) fn duration_is_guess(&self) -> bool {
        self.get().duration_estimation_method
            == ffi::AVDurationEstimationMethod::AVFMT_DURATION_FROM_BITRATE
    }

    /// Overall bits per second, when known.
    pub(crate) fn bit_rate(&self) -> Option<u64> {
        u64::try_from(self.get().bit_rate).ok().filter(|rate| *rate > 0)
    }

    /// Every stream in the container's order.
    pub(crate) fn streams(&self) -> impl Iterator<Item = Stream<'_>> {
        let context = self.get();
        (0..context.nb_streams as usize).map(move |index| {
            // SAFETY: `streams` holds `nb_streams` valid pointers while the context lives.
            Stream::new(unsafe { &**context.streams.add(index) })
        })
    }

    /// The stream at `index`.
    pub(crate) fn stream(&self, index: usize) -> Option<Stream<'_>> {
        self.streams().nth(index)
    }

    /// Reads only the streams that `wanted` picks; the others are skipped by the demuxer.
    pub(crate) fn keep_streams(&mut self, wanted: impl Fn(usize) -> bool) {
        let context = self.context.as_ptr();
        // SAFETY: exclusive borrow; `streams` holds `nb_streams` valid pointers.
        unsafe {
            for index in 0..(*context).nb_streams as usize {
                let stream = *(*context).streams.add(index);
                (*stream).discard = if wanted(index) {
                    ffi::AVDiscard::AVDISCARD_DEFAULT
                } else {
                    ffi::AVDiscard::AVDISCARD_ALL
                };
            }
        }
    }

    /// The next packet, `None` at the end of the file.
    pub(crate) fn read(&mut self) -> Result<Option<Packet>, ReadError> {
        let packet = Packet::new().map_err(|_| ReadError::Broken)?;
        for _ in 0..64 {
            // SAFETY: both are valid; the packet is blank.
            match check(unsafe { ffi::av_read_frame(self.context.as_ptr(), packet.as_ptr()) }) {
                Ok(_) => return Ok(Some(packet)),
                Err(AvError::Eof) if self.io_failed() => return Err(ReadError::Broken),
                Err(AvError::Eof) => return Ok(None),
                Err(AvError::Exit) => return Err(ReadError::Cancelled),
                Err(AvError::Again) => {}
                Err(_) => return Err(ReadError::Broken),
            }
        }
        Err(ReadError::Broken)
    }

    fn io_failed(&self) -> bool {
        let io = self.get().pb;
        // SAFETY: `pb` is null or the context's own I/O object.
        !io.is_null() && unsafe { (*io).error < 0 && (*io).error != ffi::AVERROR_EOF }
    }

    /// Moves to the last key frame at or before `time_us` on the container's own clock.
    pub(crate) fn seek(&mut self, time_us: i64) -> Result<(), AvError> {
        // SAFETY: the context is open; -1 means microseconds on every stream.
        check(unsafe {
            ffi::av_seek_frame(self.context.as_ptr(), -1, time_us, ffi::AVSEEK_FLAG_BACKWARD)
        })?;
        Ok(())
    }

    /// Moves to the last key frame of one stream at or before `time`, in its time base.
    pub(crate) fn seek_stream(&mut self, stream: usize, time: i64) -> Result<(), AvError> {
        let stream = i32::try_from(stream).map_err(|_| AvError::InvalidData)?;
        // SAFETY: the context is open; libav checks the stream index.
        check(unsafe {
            ffi::av_seek_frame(self.context.as_ptr(), stream, time, ffi::AVSEEK_FLAG_BACKWARD)
        })?;
        Ok(())
    }

    /// libav's guess of a stream's frame rate.
    pub(crate) fn guess_rate(&self, stream: &Stream<'_>) -> Option<Rational> {
        // SAFETY: both belong together; no frame is given.
        Rational::from(unsafe {
            ffi::av_guess_frame_rate(
                self.context.as_ptr(),
                std::ptr::from_ref(stream.as_ref()).cast_mut(),
                std::ptr::null_mut(),
            )
        })
        .positive()
    }

    /// The cover picture a container attaches to `stream`, as a packet to decode.
    pub(crate) fn attached_picture(&self, stream: usize) -> Result<Packet, AvError> {
        let stream = self.stream(stream).ok_or(AvError::InvalidData)?;
        let attached = &raw const stream.as_ref().attached_pic;
        let packet = Packet::new()?;
        // SAFETY: the attached packet belongs to the stream; a new reference is taken.
        check(unsafe { ffi::av_packet_ref(packet.as_ptr(), attached) })?;
        Ok(packet)
    }
}

impl Drop for Input<'_> {
    fn drop(&mut self) {
        let mut context = self.context.as_ptr();
        // SAFETY: opened by avformat_open_input and not used afterwards.
        unsafe { ffi::avformat_close_input(&raw mut context) };
    }
}

/// A libav dictionary under construction.
struct Options(*mut ffi::AVDictionary);

impl Options {
    fn of(pairs: &[(&CStr, &str)]) -> Result<Self, AvError> {
        let mut dictionary = std::ptr::null_mut();
        for (key, value) in pairs {
            let value = CString::new(*value).map_err(|_| AvError::InvalidData)?;
            // SAFETY: key and value are NUL-terminated and copied by the call.
            let code =
                unsafe { ffi::av_dict_set(&raw mut dictionary, key.as_ptr(), value.as_ptr(), 0) };
            if code < 0 {
                // SAFETY: the dictionary is ours.
                unsafe { ffi::av_dict_free(&raw mut dictionary) };
                return Err(AvError::from_code(code));
            }
        }
        Ok(Self(dictionary))
    }
}
