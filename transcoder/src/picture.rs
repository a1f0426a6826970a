//! How do compressed pictures become frames in every size? One decoder, one clock, one graph,
//! rebuilt when the picture changes its format in mid-file.

use crate::av::{AvError, Decoder, Frame, Graph, Packet, Rational, VideoFormat, rescale};
use crate::chain::Chain;
use crate::clock::{FrameClock, FrameRate};
use crate::failure::Failure;

/// Where frames go: the exit of the chain, and a frame whose time is its number.
pub(crate) type TakeFrame<'t> = &'t mut dyn FnMut(usize, Frame) -> Result<(), Failure>;

/// Decoder, clock and graph of the video that is shown.
pub(crate) struct Picture {
    decoder: Decoder,
    clock: FrameClock,
    rate: FrameRate,
    chain: Chain,
    graph: Option<(VideoFormat, Graph)>,
    /// Time of the first picture, in the stream's time base: becomes frame 0.
    origin: i64,
    /// Time of a picture that has none, in the stream's time base.
    expected: i64,
    /// Pictures that came out of the decoder.
    decoded: u64,
    /// Packets the decoder refused.
    refused: u64,
}

impl Picture {
    /// Pictures of `decoder` at `rate`; `origin` (the stream's time base) becomes 0.
    pub(crate) fn new(
        decoder: Decoder,
        rate: FrameRate,
        chain: Chain,
        origin: i64,
        expected_us: i64,
    ) -> Self {
        Self {
            decoder,
            clock: FrameClock::new(rate, expected_us),
            rate,
            chain,
            graph: None,
            origin,
            expected: origin,
            decoded: 0,
            refused: 0,
        }
    }

    /// Pictures decoded so far.
    pub(crate) fn decoded(&self) -> u64 {
        self.decoded
    }

    /// Packets that could not be decoded so far.
    pub(crate) fn refused(&self) -> u64 {
        self.refused
    }

    /// Leaves out all sizes but one from here on.
    pub(crate) fn narrow(&mut self, chain: Chain, take: TakeFrame<'_>) -> Result<(), Failure> {
        self.end_graph(take)?;
        self.chain = chain;
        Ok(())
    }

    /// Takes one packet, `None` at the end, and hands on every frame that comes of it.
    pub(crate) fn push(
        &mut self,
        packet: Option<&Packet>,
        take: TakeFrame<'_>,
    ) -> Result<(), Failure> {
        loop {
            let sent = self.decoder.send(packet);
            self.drain_decoder(take)?;
            match sent {
                Err(AvError::Again) => {}
                Err(AvError::OutOfMemory) => {
                    return Err(Failure::crash("decode the video", AvError::OutOfMemory));
                }
                Err(AvError::Eof) | Ok(()) => break,
                Err(_) => {
                    self.refused += 1;
                    break;
                }
            }
        }
        if packet.is_none() { self.end_graph(take) } else { Ok(()) }
    }

    fn drain_decoder(&mut self, take: TakeFrame<'_>) -> Result<(), Failure> {
        loop {
            let frame = match self.decoder.receive() {
                Ok(frame) => frame,
                Err(AvError::Again | AvError::Eof) => return Ok(()),
                Err(AvError::OutOfMemory) => {
                    return Err(Failure::crash("decode the video", AvError::OutOfMemory));
                }
                Err(_) => {
                    self.refused += 1;
                    continue;
                }
            };
            self.decoded += 1;
            self.place(frame, take)?;
        }
    }

    fn place(&mut self, mut frame: Frame, take: TakeFrame<'_>) -> Result<(), Failure> {
        let base = self.decoder.time_base();
        let time = frame.best_pts().unwrap_or(self.expected);
        let step = rescale(self.rate.frame_us().round() as i64, Rational::MICROSECONDS, base);
        self.expected = time.saturating_add(step);
        let time_us = rescale(time.saturating_sub(self.origin), base, Rational::MICROSECONDS);
        let Some(number) = self.clock.place(time_us) else { return Ok(()) };
        frame.set_pts(number);
        frame.force_key(false);
        let format = VideoFormat::of(&frame);
        if !self.graph.as_ref().is_some_and(|(built, _)| *built == format) {
            self.end_graph(take)?;
            self.graph = Some((format, self.build(format)?));
        }
        if let Some((_, graph)) = &mut self.graph {
            graph.push(Some(frame)).map_err(|error| Failure::crash("scale the video", error))?;
        }
        self.drain_graph(take)
    }

    fn build(&self, format: VideoFormat) -> Result<Graph, Failure> {
        let Rational { num, den } = rate_of(self.rate);
        let body = self.chain.describe(&format);
        Graph::video(format, Rational::new(den, num), &body, self.chain.sizes.len()).map_err(
            |error| {
                let name = crate::av::pixel_format_name(format.pixel_format);
                Failure::unsupported(format!(
                    "The picture format ({}×{} {name}) cannot be converted here: {error}.",
                    format.width, format.height
                ))
            },
        )
    }

    fn drain_graph(&mut self, take: TakeFrame<'_>) -> Result<(), Failure> {
        let Some((_, graph)) = &mut self.graph else { return Ok(()) };
        for exit in 0..self.chain.sizes.len() {
            while let Some(frame) =
                graph.pull(exit).map_err(|error| Failure::crash("scale the video", error))?
            {
                take(exit, frame)?;
            }
        }
        Ok(())
    }

    fn end_graph(&mut self, take: TakeFrame<'_>) -> Result<(), Failure> {
        if let Some((_, graph)) = &mut self.graph {
            graph.push(None).map_err(|error| Failure::crash("scale the video", error))?;
        }
        self.drain_graph(take)?;
        self.graph = None;
        Ok(())
    }
}

/// A frame rate as libav's ratio.
pub(crate) fn rate_of(rate: FrameRate) -> Rational {
    let int = |value: u32| i32::try_from(value).unwrap_or(i32::MAX).max(1);
    Rational::new(int(rate.0.num), int(rate.0.den))
}
