//! One raw picture or block of samples: shared by reference, never copied by accident.

use std::ptr::NonNull;

use ffmpeg_next::ffi;

use super::{AvError, Rational, allocated, check, text};

/// An owned reference to an `AVFrame`; the pixels themselves are counted and shared.
pub(crate) struct Frame(NonNull<ffi::AVFrame>);

// SAFETY: an AVFrame has no thread affinity and its buffers are counted atomically; shared
// buffers are only read.
unsafe impl Send for Frame {}

impl Frame {
    /// A frame without content.
    pub(crate) fn new() -> Result<Self, AvError> {
        // SAFETY: plain allocation.
        Ok(Self(allocated(unsafe { ffi::av_frame_alloc() })?))
    }

    /// A blank picture in planar 4:2:0 with full-range (JPEG) or TV-range samples.
    pub(crate) fn picture(width: u32, height: u32, jpeg: bool) -> Result<Self, AvError> {
        let frame = Self::new()?;
        let format = if jpeg {
            ffi::AVPixelFormat::AV_PIX_FMT_YUVJ420P
        } else {
            ffi::AVPixelFormat::AV_PIX_FMT_YUV420P
        };
        // SAFETY: the frame is ours and blank; libav checks the size.
        unsafe {
            let raw = frame.0.as_ptr();
            (*raw).width = i32::try_from(width).map_err(|_| AvError::InvalidData)?;
            (*raw).height = i32::try_from(height).map_err(|_| AvError::InvalidData)?;
            (*raw).format = format as i32;
            (*raw).color_range = if jpeg {
                ffi::AVColorRange::AVCOL_RANGE_JPEG
            } else {
                ffi::AVColorRange::AVCOL_RANGE_MPEG
            };
            check(ffi::av_frame_get_buffer(raw, 0))?;
        }
        Ok(frame)
    }

    /// A block of silence in planar floats.
    pub(crate) fn silence(rate_hz: u32, channels: u32, samples: u32) -> Result<Self, AvError> {
        let frame = Self::new()?;
        let int = |value: u32| i32::try_from(value).map_err(|_| AvError::InvalidData);
        // SAFETY: the frame is ours and blank; its buffers are allocated before they are
        // filled for exactly the number of samples they hold.
        unsafe {
            let raw = frame.0.as_ptr();
            (*raw).nb_samples = int(samples)?;
            (*raw).sample_rate = int(rate_hz)?;
            (*raw).format = ffi::AVSampleFormat::AV_SAMPLE_FMT_FLTP as i32;
            ffi::av_channel_layout_default(&raw mut (*raw).ch_layout, int(channels)?);
            check(ffi::av_frame_get_buffer(raw, 0))?;
            check(ffi::av_samples_set_silence(
                (*raw).extended_data,
                0,
                (*raw).nb_samples,
                int(channels)?,
                ffi::AVSampleFormat::AV_SAMPLE_FMT_FLTP,
            ))?;
        }
        Ok(frame)
    }

    /// Another reference to the same samples, without copying them.
    pub(crate) fn share(&self) -> Result<Self, AvError> {
        // SAFETY: av_frame_clone takes references only.
        Ok(Self(allocated(unsafe { ffi::av_frame_clone(self.0.as_ptr()) })?))
    }

    pub(super) fn as_ptr(&self) -> *mut ffi::AVFrame {
        self.0.as_ptr()
    }

    pub(super) fn get(&self) -> &ffi::AVFrame {
        // SAFETY: owned and valid for as long as `self`.
        unsafe { self.0.as_ref() }
    }

    fn get_mut(&mut self) -> &mut ffi::AVFrame {
        // SAFETY: owned and borrowed exclusively.
        unsafe { self.0.as_mut() }
    }

    /// Presentation time as it stands in the frame (of filters and encoders).
    pub(crate) fn pts(&self) -> Option<i64> {
        Some(self.get().pts).filter(|pts| *pts != ffi::AV_NOPTS_VALUE)
    }

    /// Presentation time of a decoded frame; falls back on decoding times, which is all that
    /// some containers (AVI) have.
    pub(crate) fn best_pts(&self) -> Option<i64> {
        Some(self.get().best_effort_timestamp).filter(|pts| *pts != ffi::AV_NOPTS_VALUE)
    }

    /// Sets the presentation time.
    pub(crate) fn set_pts(&mut self, pts: i64) {
        self.get_mut().pts = pts;
    }

    /// Asks the encoder for a key frame here, or leaves the choice to it.
    pub(crate) fn force_key(&mut self, key: bool) {
        self.get_mut().pict_type = if key {
            ffi::AVPictureType::AV_PICTURE_TYPE_I
        } else {
            ffi::AVPictureType::AV_PICTURE_TYPE_NONE
        };
    }

    /// Width, pixels.
    pub(crate) fn width(&self) -> u32 {
        u32::try_from(self.get().width).unwrap_or(0)
    }

    /// Height, pixels.
    pub(crate) fn height(&self) -> u32 {
        u32::try_from(self.get().height).unwrap_or(0)
    }

    /// libav's number of the pixel or sample format.
    pub(crate) fn format(&self) -> i32 {
        self.get().format
    }

    /// Sample aspect ratio, when known.
    pub(crate) fn sample_aspect(&self) -> Option<Rational> {
        Rational::from(self.get().sample_aspect_ratio).positive()
    }

    /// Matrix coefficients, ISO/IEC 23091-2 number.
    pub(crate) fn matrix(&self) -> u32 {
        // SAFETY: a C enum field, read as the integer it is: a file may carry unnamed values.
        unsafe { (&raw const self.get().colorspace).cast::<u32>().read() }
    }

    /// Samples use all 256 values (JPEG range).
    pub(crate) fn is_full_range(&self) -> bool {
        // SAFETY: as above.
        let range = unsafe { (&raw const self.get().color_range).cast::<u32>().read() };
        range == ffi::AVColorRange::AVCOL_RANGE_JPEG as u32
            || pixel_format_name(self.format()).starts_with("yuvj")
    }

    /// Samples per channel of sound.
    pub(crate) fn samples(&self) -> i32 {
        self.get().nb_samples
    }

    /// Samples per second of sound.
    pub(crate) fn sample_rate(&self) -> i32 {
        self.get().sample_rate
    }

    /// Channels of sound.
    pub(crate) fn channels(&self) -> i32 {
        self.get().ch_layout.nb_channels
    }

    /// libav's text of the channel layout; an unknown order becomes the usual one for that many
    /// channels.
    pub(crate) fn layout(&self) -> String {
        let mut name = [0_u8; 128];
        // SAFETY: a copy of the layout is described into a buffer of the stated size and freed.
        unsafe {
            let mut layout: ffi::AVChannelLayout = std::mem::zeroed();
            if self.get().ch_layout.order == ffi::AVChannelOrder::AV_CHANNEL_ORDER_UNSPEC
                || ffi::av_channel_layout_copy(&raw mut layout, &raw const self.get().ch_layout) < 0
            {
                ffi::av_channel_layout_default(&raw mut layout, self.channels());
            }
            ffi::av_channel_layout_describe(
                &raw const layout,
                name.as_mut_ptr().cast(),
                name.len(),
            );
            ffi::av_channel_layout_uninit(&raw mut layout);
        }
        let end = name.iter().position(|byte| *byte == 0).unwrap_or(0);
        String::from_utf8_lossy(name.get(..end).unwrap_or_default()).into_owned()
    }

    /// Sets the quality (lambda) for encoders that take it per frame.
    pub(super) fn set_quality(&mut self, quality: i32) {
        self.get_mut().quality = quality;
    }

    /// The plane has a row `y` of at least `width` bytes. Planes of colour are known for 4:2:0 only.
    fn holds(&self, plane: usize, y: u32, width: usize) -> bool {
        let planar = [
            ffi::AVPixelFormat::AV_PIX_FMT_YUV420P as i32,
            ffi::AVPixelFormat::AV_PIX_FMT_YUVJ420P as i32,
        ]
        .contains(&self.format());
        let (columns, rows) = match plane {
            0 => (self.width(), self.height()),
            1 | 2 if planar => (self.width().div_ceil(2), self.height().div_ceil(2)),
            _ => return false,
        };
        let stride = self.get().linesize.get(plane).map_or(0, |stride| stride.unsigned_abs());
        y < rows && width <= columns as usize && width <= stride as usize
    }

    /// One row of a plane of 8-bit samples, `width` bytes long; empty when out of range.
    pub(crate) fn row(&self, plane: usize, y: u32, width: usize) -> &[u8] {
        let frame = self.get();
        let (Some(data), Some(stride)) = (frame.data.get(plane), frame.linesize.get(plane)) else {
            return &[];
        };
        if data.is_null() || !self.holds(plane, y, width) {
            return &[];
        }
        // SAFETY: the picture has `rows` rows of at least `columns` bytes, `stride` apart.
        unsafe { std::slice::from_raw_parts(data.offset(*stride as isize * y as isize), width) }
    }

    /// The same row for writing; empty when out of range or shared with another frame.
    pub(crate) fn row_mut(&mut self, plane: usize, y: u32, width: usize) -> &mut [u8] {
        let inside = self.holds(plane, y, width);
        // SAFETY: a query on an owned frame.
        let writable = unsafe { ffi::av_frame_is_writable(self.0.as_ptr()) } > 0;
        let frame = self.get();
        let (Some(data), Some(stride)) = (frame.data.get(plane), frame.linesize.get(plane)) else {
            return &mut [];
        };
        if !writable || data.is_null() || !inside {
            return &mut [];
        }
        // SAFETY: as in `row`, and nobody else refers to the buffer.
        unsafe { std::slice::from_raw_parts_mut(data.offset(*stride as isize * y as isize), width) }
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        let mut pointer = self.0.as_ptr();
        // SAFETY: allocated by libav and not used afterwards.
        unsafe { ffi::av_frame_free(&raw mut pointer) };
    }
}

/// libav's name of a pixel format number; empty when there is none.
pub(crate) fn pixel_format_name(format: i32) -> String {
    if format < 0 || format >= ffi::AVPixelFormat::AV_PIX_FMT_NB as i32 {
        return String::new();
    }
    // SAFETY: the number is within the enum's range, which is contiguous from zero.
    unsafe {
        let format = std::mem::transmute::<i32, ffi::AVPixelFormat>(format);
        text(ffi::av_get_pix_fmt_name(format))
    }
}
