//! Pictures or samples in, packets out: x264, AAC and JPEG with every setting explicit.

use std::ffi::{CStr, CString};
use std::ptr::NonNull;

use ffmpeg_next::ffi;

use super::{AvError, Frame, Packet, Parameters, Rational, allocated, check};

/// How x264 is to encode one rendition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct H264Settings {
    /// Width, pixels, even.
    pub width: u32,
    /// Height, pixels, even.
    pub height: u32,
    /// Frames per second; its inverse is the time base.
    pub rate: Rational,
    /// Preset name.
    pub preset: String,
    /// Constant rate factor.
    pub crf: f32,
    /// Cap of the bit rate, bits per second.
    pub max_rate_bps: u64,
    /// Size of the buffer the cap is measured over, bits.
    pub buffer_bits: u64,
    /// Most frames between two key frames.
    pub key_interval: u32,
    /// Threads.
    pub threads: u32,
}

/// How sound is to be encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AacSettings {
    /// Samples per second; its inverse is the time base.
    pub sample_rate_hz: u32,
    /// One or two.
    pub channels: u32,
    /// Bits per second.
    pub bit_rate_bps: u64,
}

/// An open encoder.
pub(crate) struct Encoder {
    context: NonNull<ffi::AVCodecContext>,
}

// SAFETY: the context is used by one thread at a time (no `Sync`).
unsafe impl Send for Encoder {}

impl Encoder {
    fn allocate(name: &CStr) -> Result<(Self, *const ffi::AVCodec), AvError> {
        // SAFETY: a lookup by a static name, then plain allocation.
        unsafe {
            let codec = ffi::avcodec_find_encoder_by_name(name.as_ptr());
            if codec.is_null() {
                return Err(AvError::from_code(ffi::AVERROR_ENCODER_NOT_FOUND));
            }
            Ok((Self { context: allocated(ffi::avcodec_alloc_context3(codec))? }, codec))
        }
    }

    /// Sets an option of the codec itself.
    fn option(&mut self, key: &CStr, value: &str) -> Result<(), AvError> {
        let value = CString::new(value).map_err(|_| AvError::InvalidData)?;
        // SAFETY: the private options of an allocated context; both strings are copied.
        let code = unsafe {
            ffi::av_opt_set((*self.context.as_ptr()).priv_data, key.as_ptr(), value.as_ptr(), 0)
        };
        check(code)?;
        Ok(())
    }

    /// Opens libx264: closed GOPs, forced key frames are IDR frames, BT.709 TV-range 4:2:0.
    pub(crate) fn h264(settings: &H264Settings) -> Result<Self, AvError> {
        let (mut encoder, codec) = Self::allocate(c"libx264")?;
        let side = |value: u32| i32::try_from(value).map_err(|_| AvError::InvalidData);
        let bits = |value: u64| i64::try_from(value).map_err(|_| AvError::InvalidData);
        // SAFETY: the context is allocated, not open, and ours.
        unsafe {
            let raw = encoder.context.as_mut();
            raw.width = side(settings.width)?;
            raw.height = side(settings.height)?;
            raw.time_base = Rational::new(settings.rate.den, settings.rate.num).into();
            raw.framerate = settings.rate.into();
            raw.pix_fmt = ffi::AVPixelFormat::AV_PIX_FMT_YUV420P;
            raw.sample_aspect_ratio = Rational::new(1, 1).into();
            raw.color_range = ffi::AVColorRange::AVCOL_RANGE_MPEG;
            raw.color_primaries = ffi::AVColorPrimaries::AVCOL_PRI_BT709;
            raw.color_trc = ffi::AVColorTransferCharacteristic::AVCOL_TRC_BT709;
            raw.colorspace = ffi::AVColorSpace::AVCOL_SPC_BT709;
            raw.gop_size = side(settings.key_interval)?;
            raw.rc_max_rate = bits(settings.max_rate_bps)?;
            raw.rc_buffer_size = side(u32::try_from(settings.buffer_bits).unwrap_or(u32::MAX / 2))?;
            raw.thread_count = side(settings.threads.max(1))?;
            raw.flags |=
                (ffi::AV_CODEC_FLAG_GLOBAL_HEADER | ffi::AV_CODEC_FLAG_CLOSED_GOP).cast_signed();
        }
        encoder.option(c"preset", &settings.preset)?;
        encoder.option(c"profile", "high")?;
        encoder.option(c"crf", &settings.crf.to_string())?;
        encoder.option(c"forced-idr", "1")?;
        encoder.open(codec)
    }

    /// Opens libav's own AAC encoder (AAC-LC).
    pub(crate) fn aac(settings: AacSettings) -> Result<Self, AvError> {
        let (mut encoder, codec) = Self::allocate(c"aac")?;
        let int = |value: u32| i32::try_from(value).map_err(|_| AvError::InvalidData);
        // SAFETY: the context is allocated, not open, and ours.
        unsafe {
            let raw = encoder.context.as_mut();
            raw.sample_fmt = ffi::AVSampleFormat::AV_SAMPLE_FMT_FLTP;
            raw.sample_rate = int(settings.sample_rate_hz)?;
            raw.time_base = Rational::new(1, raw.sample_rate).into();
            raw.bit_rate =
                i64::try_from(settings.bit_rate_bps).map_err(|_| AvError::InvalidData)?;
            ffi::av_channel_layout_default(&raw mut raw.ch_layout, int(settings.channels)?);
            raw.flags |= ffi::AV_CODEC_FLAG_GLOBAL_HEADER.cast_signed();
        }
        encoder.open(codec)
    }

    fn open(self, codec: *const ffi::AVCodec) -> Result<Self, AvError> {
        // SAFETY: the context was allocated for this codec and is complete.
        check(unsafe { ffi::avcodec_open2(self.context.as_ptr(), codec, std::ptr::null_mut()) })?;
        Ok(self)
    }

    fn get(&self) -> &ffi::AVCodecContext {
        // SAFETY: owned and valid for as long as `self`.
        unsafe { self.context.as_ref() }
    }

    /// Unit of the times of its frames and packets.
    pub(crate) fn time_base(&self) -> Rational {
        self.get().time_base.into()
    }

    /// Samples per channel that every frame but the last must have.
    pub(crate) fn frame_samples(&self) -> u32 {
        u32::try_from(self.get().frame_size).unwrap_or(0)
    }

    /// What a muxer needs to know about its packets.
    pub(crate) fn parameters(&self) -> Result<Parameters, AvError> {
        Parameters::of_encoder(self.context.as_ptr())
    }

    /// Feeds one frame; `None` says that no more will come.
    pub(crate) fn send(&mut self, frame: Option<&Frame>) -> Result<(), AvError> {
        let frame = frame.map_or(std::ptr::null(), |frame| frame.as_ptr().cast_const());
        // SAFETY: the context is open; a null frame means flush.
        check(unsafe { ffi::avcodec_send_frame(self.context.as_ptr(), frame) })?;
        Ok(())
    }

    /// The next packet; `Again` when a frame is needed first, `Eof` after the last.
    pub(crate) fn receive(&mut self) -> Result<Packet, AvError> {
        let packet = Packet::new()?;
        // SAFETY: both are valid.
        check(unsafe { ffi::avcodec_receive_packet(self.context.as_ptr(), packet.as_ptr()) })?;
        Ok(packet)
    }

    /// One full-range 4:2:0 picture as JPEG; `quantizer` from 2 (best) to 31.
    pub(crate) fn jpeg(frame: &Frame, quantizer: i32) -> Result<Packet, AvError> {
        let (mut encoder, codec) = Self::allocate(c"mjpeg")?;
        let quality = quantizer.clamp(2, 31) * ffi::FF_QP2LAMBDA;
        // SAFETY: the context is allocated, not open, and ours.
        unsafe {
            let raw = encoder.context.as_mut();
            raw.width = frame.get().width;
            raw.height = frame.get().height;
            raw.time_base = Rational::new(1, 25).into();
            raw.pix_fmt = ffi::AVPixelFormat::AV_PIX_FMT_YUVJ420P;
            raw.color_range = ffi::AVColorRange::AVCOL_RANGE_JPEG;
            raw.thread_count = 1;
            raw.flags |= ffi::AV_CODEC_FLAG_QSCALE.cast_signed();
            raw.global_quality = quality;
        }
        let mut encoder = encoder.open(codec)?;
        let mut frame = frame.share()?;
        frame.set_quality(quality);
        frame.set_pts(0);
        encoder.send(Some(&frame))?;
        encoder.send(None)?;
        encoder.receive()
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        let mut context = self.context.as_ptr();
        // SAFETY: allocated by avcodec_alloc_context3 and not used afterwards.
        unsafe { ffi::avcodec_free_context(&raw mut context) };
    }
}
