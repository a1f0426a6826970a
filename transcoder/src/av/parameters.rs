//! What a muxer needs to know about a stream's packets, apart from where they come from.

use std::ptr::NonNull;

use ffmpeg_next::ffi;

use super::{AvError, Stream, allocated, check};

/// An owned copy of codec parameters.
pub(crate) struct Parameters(NonNull<ffi::AVCodecParameters>);

// SAFETY: plain data without thread affinity.
unsafe impl Send for Parameters {}

impl Parameters {
    fn blank() -> Result<Self, AvError> {
        // SAFETY: plain allocation.
        Ok(Self(allocated(unsafe { ffi::avcodec_parameters_alloc() })?))
    }

    /// Those of an open encoder.
    pub(super) fn of_encoder(context: *const ffi::AVCodecContext) -> Result<Self, AvError> {
        let parameters = Self::blank()?;
        // SAFETY: both are valid; extradata is copied.
        check(unsafe { ffi::avcodec_parameters_from_context(parameters.0.as_ptr(), context) })?;
        Ok(parameters)
    }

    /// Those of a stream that is copied. The tag is cleared: every container has its own.
    pub(crate) fn of_stream(stream: &Stream<'_>) -> Result<Self, AvError> {
        let parameters = Self::blank()?;
        // SAFETY: both are valid; extradata is copied.
        unsafe {
            check(ffi::avcodec_parameters_copy(parameters.0.as_ptr(), stream.parameters()))?;
            (*parameters.0.as_ptr()).codec_tag = 0;
        }
        Ok(parameters)
    }

    pub(super) fn as_ptr(&self) -> *const ffi::AVCodecParameters {
        self.0.as_ptr()
    }

    /// Another copy.
    pub(crate) fn duplicate(&self) -> Result<Self, AvError> {
        let parameters = Self::blank()?;
        // SAFETY: both are valid; extradata is copied.
        check(unsafe { ffi::avcodec_parameters_copy(parameters.0.as_ptr(), self.as_ptr()) })?;
        Ok(parameters)
    }

    /// Codec configuration: parameter sets, AudioSpecificConfig.
    pub(crate) fn extradata(&self) -> &[u8] {
        // SAFETY: owned and valid; libav guarantees `extradata_size` readable bytes.
        unsafe {
            let raw = self.0.as_ref();
            match usize::try_from(raw.extradata_size) {
                Ok(size) if size > 0 && !raw.extradata.is_null() => {
                    std::slice::from_raw_parts(raw.extradata, size)
                }
                _ => &[],
            }
        }
    }
}

impl Drop for Parameters {
    fn drop(&mut self) {
        let mut pointer = self.0.as_ptr();
        // SAFETY: allocated by avcodec_parameters_alloc and not used afterwards.
        unsafe { ffi::avcodec_parameters_free(&raw mut pointer) };
    }
}
