//! A libavfilter graph with one entrance and any number of exits, described as text.

use std::ffi::CString;
use std::ptr::NonNull;

use ffmpeg_next::ffi;

use super::{AvError, Frame, Rational, allocated, check, rescale};

/// What the pictures at the entrance look like; the graph must be rebuilt when it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct VideoFormat {
    /// Width, pixels.
    pub width: u32,
    /// Height, pixels.
    pub height: u32,
    /// libav's number of the pixel format.
    pub pixel_format: i32,
    /// Sample aspect ratio.
    pub aspect: Rational,
    /// Matrix coefficients, ISO/IEC 23091-2 number.
    pub matrix: u32,
    /// Samples use all 256 values.
    pub full_range: bool,
}

impl VideoFormat {
    /// The format of a decoded picture.
    pub(crate) fn of(frame: &Frame) -> Self {
        Self {
            width: frame.width(),
            height: frame.height(),
            pixel_format: frame.format(),
            aspect: frame.sample_aspect().unwrap_or(Rational::new(1, 1)),
            matrix: frame.matrix(),
            full_range: frame.is_full_range(),
        }
    }

    /// Text of the entrance filter.
    fn entrance(&self, time_base: Rational) -> String {
        format!(
            "buffer@in=video_size={}x{}:pix_fmt={}:time_base={}/{}:pixel_aspect={}/{}",
            self.width,
            self.height,
            self.pixel_format,
            time_base.num,
            time_base.den,
            self.aspect.num,
            self.aspect.den,
        )
    }
}

/// What the samples at the entrance look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SoundFormat {
    /// Samples per second.
    pub sample_rate_hz: i32,
    /// libav's number of the sample format.
    pub sample_format: i32,
    /// libav's text of the channel layout, such as `5.1(side)`.
    pub layout: String,
}

impl SoundFormat {
    /// The format of a decoded block of samples.
    pub(crate) fn of(frame: &Frame) -> Self {
        Self {
            sample_rate_hz: frame.sample_rate(),
            sample_format: frame.format(),
            layout: frame.layout(),
        }
    }

    fn entrance(&self, time_base: Rational) -> String {
        format!(
            "abuffer@in=sample_rate={}:sample_fmt={}:channel_layout={}:time_base={}/{}",
            self.sample_rate_hz, self.sample_format, self.layout, time_base.num, time_base.den,
        )
    }
}

/// A configured graph.
pub(crate) struct Graph {
    graph: NonNull<ffi::AVFilterGraph>,
    entrance: NonNull<ffi::AVFilterContext>,
    exits: Vec<NonNull<ffi::AVFilterContext>>,
    time_base: Rational,
}

// SAFETY: the graph is used by one thread at a time (no `Sync`).
unsafe impl Send for Graph {}

impl Graph {
    /// A graph for pictures. `body` takes `[in]` and leaves `[out0]` to `[outN]`.
    pub(crate) fn video(
        format: VideoFormat,
        time_base: Rational,
        body: &str,
        exits: usize,
    ) -> Result<Self, AvError> {
        Self::build(&format.entrance(time_base), time_base, body, "buffersink", exits)
    }

    /// A graph for samples. `body` takes `[in]` and leaves `[out0]`, in blocks of
    /// `block_samples`.
    pub(crate) fn sound(
        format: &SoundFormat,
        time_base: Rational,
        body: &str,
        block_samples: u32,
    ) -> Result<Self, AvError> {
        let graph = Self::build(&format.entrance(time_base), time_base, body, "abuffersink", 1)?;
        if let Some(exit) = graph.exits.first() {
            // SAFETY: a configured buffer sink of this graph.
            unsafe { ffi::av_buffersink_set_frame_size(exit.as_ptr(), block_samples) };
        }
        Ok(graph)
    }

    fn build(
        entrance: &str,
        time_base: Rational,
        body: &str,
        sink: &str,
        exits: usize,
    ) -> Result<Self, AvError> {
        let mut text = format!("{entrance}[in];{body}");
        for exit in 0..exits {
            text.push_str(&format!(";[out{exit}]{sink}@out{exit}"));
        }
        let kind = if sink == "buffersink" { "buffer@in" } else { "abuffer@in" };
        let text = CString::new(text).map_err(|_| AvError::InvalidData)?;
        // SAFETY: the graph is owned by `owner`'s guard before anything can fail; the text is
        // copied by the parser; a complete description leaves no open pads.
        unsafe {
            let owner = Owner(allocated(ffi::avfilter_graph_alloc())?);
            let raw = owner.0.as_ptr();
            (*raw).nb_threads = 1;
            let (mut inputs, mut outputs) = (std::ptr::null_mut(), std::ptr::null_mut());
            let code =
                ffi::avfilter_graph_parse2(raw, text.as_ptr(), &raw mut inputs, &raw mut outputs);
            ffi::avfilter_inout_free(&raw mut inputs);
            ffi::avfilter_inout_free(&raw mut outputs);
            check(code)?;
            check(ffi::avfilter_graph_config(raw, std::ptr::null_mut()))?;
            let entrance = find(raw, kind)?;
            let exits = (0..exits)
                .map(|exit| find(raw, &format!("{sink}@out{exit}")))
                .collect::<Result<_, _>>()?;
            let graph = owner.0;
            std::mem::forget(owner);
            Ok(Self { graph, entrance, exits, time_base })
        }
    }

    /// Feeds one frame; `None` says that no more will come.
    pub(crate) fn push(&mut self, frame: Option<Frame>) -> Result<(), AvError> {
        let raw = frame.as_ref().map_or(std::ptr::null_mut(), Frame::as_ptr);
        // SAFETY: the graph takes over the frame's references and leaves the frame blank.
        check(unsafe { ffi::av_buffersrc_add_frame_flags(self.entrance.as_ptr(), raw, 0) })?;
        Ok(())
    }

    /// The next frame of an exit, `None` when there is none now. Its time is in the time base
    /// of the entrance (some filters count finer inside).
    pub(crate) fn pull(&mut self, exit: usize) -> Result<Option<Frame>, AvError> {
        let Some(exit) = self.exits.get(exit) else { return Ok(None) };
        let frame = Frame::new()?;
        // SAFETY: a sink of this graph and a blank frame.
        match check(unsafe { ffi::av_buffersink_get_frame(exit.as_ptr(), frame.as_ptr()) }) {
            Ok(_) => {
                // SAFETY: a configured sink of this graph.
                let base = unsafe { ffi::av_buffersink_get_time_base(exit.as_ptr()) };
                let mut frame = frame;
                if let Some(pts) = frame.pts() {
                    frame.set_pts(rescale(pts, base.into(), self.time_base));
                }
                Ok(Some(frame))
            }
            Err(AvError::Again | AvError::Eof) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Graph {
    fn drop(&mut self) {
        drop(Owner(self.graph));
    }
}

/// Frees a graph unless it is handed on.
struct Owner(NonNull<ffi::AVFilterGraph>);

impl Drop for Owner {
    fn drop(&mut self) {
        let mut graph = self.0.as_ptr();
        // SAFETY: allocated by avfilter_graph_alloc and not used afterwards.
        unsafe { ffi::avfilter_graph_free(&raw mut graph) };
    }
}

/// The filter called `name`.
///
/// # Safety
/// `graph` is a valid graph.
unsafe fn find(
    graph: *mut ffi::AVFilterGraph,
    name: &str,
) -> Result<NonNull<ffi::AVFilterContext>, AvError> {
    let name = CString::new(name).map_err(|_| AvError::InvalidData)?;
    // SAFETY: the caller promises a valid graph.
    NonNull::new(unsafe { ffi::avfilter_graph_get_filter(graph, name.as_ptr()) })
        .ok_or(AvError::InvalidData)
}
