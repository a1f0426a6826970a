//! What is shown under sound without pictures? A still picture, the file's own cover or a plain
//! ground, held for as long as the sound lasts, and the sound rendered beside it.

use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::assemble::{Assembler, Emit};
use crate::av::{AvError, Decoder, Encoder, Frame, Graph, Input, Rational, ReadError, VideoFormat};
use crate::chain::{Chain, Size};
use crate::clock::FrameRate;
use crate::failure::Failure;
use crate::plan::{Shown, VideoEncode};
use crate::progress::Reporter;
use crate::remux::Ending;
use crate::sound::SoundLine;

/// Size of the plain ground.
const GROUND: Shown = Shown { width: 854, height: 480 };

/// Larger pictures are not decoded, pixels on a side.
const MAX_SIDE: u32 = 8192;

/// The picture to show: the one that came with the order, else the cover in the file, else a
/// plain ground. A picture that cannot be read is passed over.
pub(crate) fn choose(
    wanted: Option<&Path>,
    input: &Input<'_>,
    cover: Option<usize>,
    cancelled: &AtomicBool,
) -> Result<Frame, AvError> {
    let given = wanted.and_then(|path| open(path, cancelled));
    match given.or_else(|| cover.and_then(|stream| attached(input, stream))) {
        Some(frame) => Ok(frame),
        None => ground(),
    }
}

/// Size of a picture as shown.
pub(crate) fn shown(frame: &Frame) -> Shown {
    Shown { width: frame.width(), height: frame.height() }
}

fn open(path: &Path, cancelled: &AtomicBool) -> Option<Frame> {
    let mut head = [0; 16];
    std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head)).ok()?;
    let mut input = Input::open_picture(path, &head, cancelled).ok()?;
    let mut decoder = Decoder::open(&input.streams().next()?, 1).ok()?;
    let packet = match input.read() {
        Ok(Some(packet)) => packet,
        Ok(None) | Err(ReadError::Broken | ReadError::Cancelled) => return None,
    };
    decode(&mut decoder, &packet)
}

fn attached(input: &Input<'_>, stream: usize) -> Option<Frame> {
    let mut decoder = Decoder::open(&input.stream(stream)?, 1).ok()?;
    decode(&mut decoder, &input.attached_picture(stream).ok()?)
}

fn decode(decoder: &mut Decoder, packet: &crate::av::Packet) -> Option<Frame> {
    decoder.send(Some(packet)).ok()?;
    decoder.send(None).ok()?;
    let frame = decoder.receive().ok()?;
    let sides = 2..=MAX_SIDE;
    (sides.contains(&frame.width()) && sides.contains(&frame.height())).then_some(frame)
}

/// A dark, even picture.
fn ground() -> Result<Frame, AvError> {
    let mut frame = Frame::picture(GROUND.width, GROUND.height, false)?;
    for (plane, value) in [(0, 36_u8), (1, 130), (2, 126)] {
        let half = u32::from(plane > 0);
        let width = (GROUND.width >> half) as usize;
        for y in 0..GROUND.height >> half {
            frame.row_mut(plane, y, width).fill(value);
        }
    }
    Ok(frame)
}

/// A picture held under sound.
pub(crate) struct StillPass {
    rendition: usize,
    encoder: Encoder,
    frame: Frame,
    rate: FrameRate,
    next: i64,
}

impl StillPass {
    /// Encodes `picture` as `encode` says.
    pub(crate) fn new(
        encode: &VideoEncode,
        encoder: Encoder,
        picture: Frame,
        rate: FrameRate,
    ) -> Result<Self, Failure> {
        let size = Size { width: encode.settings.width, height: encode.settings.height };
        let failed = |error| Failure::crash("scale the still picture", error);
        let chain = Chain { sizes: vec![size], rotation_degrees: 0, deinterlace: false, hdr: None };
        let format = VideoFormat::of(&picture);
        let mut graph = Graph::video(format, Rational::new(1, 1), &chain.describe(&format), 1)
            .map_err(failed)?;
        let mut picture = picture;
        picture.set_pts(0);
        graph.push(Some(picture)).map_err(failed)?;
        graph.push(None).map_err(failed)?;
        let frame = graph.pull(0).map_err(failed)?;
        let frame = frame.ok_or_else(|| failed(AvError::InvalidData))?;
        Ok(Self { rendition: encode.rendition, encoder, frame, rate, next: 0 })
    }

    /// Reads the whole file: makes every sound track, and shows the picture as long as the
    /// first of them lasts.
    pub(crate) fn run(
        &mut self,
        input: &mut Input<'_>,
        lines: &mut [SoundLine],
        assembler: &mut Assembler,
        cancelled: &AtomicBool,
        emit: Emit<'_>,
    ) -> Result<Ending, Failure> {
        let mut reporter = Reporter::new(0, assembler.timeline().end_us());
        let ending = loop {
            if cancelled.load(Ordering::Relaxed) {
                return Err(Failure::cancelled());
            }
            let packet = match input.read() {
                Ok(Some(packet)) => packet,
                Ok(None) => break Ending::Whole,
                Err(ReadError::Broken) => break Ending::Broken,
                Err(ReadError::Cancelled) => return Err(Failure::cancelled()),
            };
            let line = lines.iter_mut().enumerate().find(|(_, l)| l.stream() == packet.stream());
            if let Some((track, line)) = line {
                line.push(packet, &mut |sound| assembler.push_sound(track, &sound, emit))?;
                self.hold(assembler.sound_end_us(0), assembler, emit)?;
                reporter.tick(assembler, emit);
            }
        };
        for (track, line) in lines.iter_mut().enumerate() {
            line.finish(0, &mut |sound| assembler.push_sound(track, &sound, emit))?;
            assembler.finish_sound(track, emit)?;
        }
        let end_us = assembler.sound_end_us(0);
        if end_us <= 0 {
            return Err(Failure::damaged(
                "Nothing of the sound could be decoded. Export or upload it again.",
            ));
        }
        // The pictures end with the sound, to the nearest picture, but there is one at least.
        let half = (self.rate.frame_us() / 2.0) as i64;
        self.hold((end_us + half).max(2 * half), assembler, emit)?;
        self.encoder.send(None).map_err(|error| Failure::crash("encode the picture", error))?;
        self.drain(assembler, emit)?;
        assembler.finish_video(self.rendition, emit)?;
        Ok(ending)
    }

    /// Shows the picture in every frame that ends by `until_us`.
    fn hold(
        &mut self,
        until_us: i64,
        assembler: &mut Assembler,
        emit: Emit<'_>,
    ) -> Result<(), Failure> {
        let failed = |error| Failure::crash("encode the picture", error);
        while self.rate.time_us(self.next + 1) <= until_us {
            let mut frame = self.frame.share().map_err(failed)?;
            let time = self.rate.time_us(self.next);
            let segment = assembler.timeline().segment_at(time);
            frame.set_pts(self.next);
            frame.force_key(assembler.timeline().start_us(segment) == Some(time));
            self.next += 1;
            self.encoder.send(Some(&frame)).map_err(failed)?;
            self.drain(assembler, emit)?;
        }
        Ok(())
    }

    fn drain(&mut self, assembler: &mut Assembler, emit: Emit<'_>) -> Result<(), Failure> {
        while let Ok(mut packet) = self.encoder.receive() {
            if let (Some(pts), Some(dts)) = (packet.pts(), packet.dts()) {
                packet.set_times(pts, dts, 1);
            }
            assembler.push_video(self.rendition, packet, emit)?;
        }
        Ok(())
    }
}
