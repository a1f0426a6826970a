//! How is the source's own video copied into the top rendition? Packet by packet, without
//! decoding; its IDR frames become the segment timeline that every encode follows.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::assemble::{Assembler, Emit};
use crate::av::{Input, Packet, Rational, ReadError, rescale};
use crate::failure::Failure;
use crate::h264::{self, Framing};
use crate::progress::Reporter;
use crate::sound::SoundLine;
use crate::timeline::CutRule;

/// A start of a segment may lie this much before its cut, microseconds (rounding only).
pub(crate) const SLACK_US: i64 = 1000;

/// Packets that may wait for a decoding time: more than H.264 ever reorders (16).
const MOST_WAITING: usize = 20;

/// The copy of one video stream.
pub(crate) struct Remux {
    /// Which rendition it becomes.
    pub rendition: usize,
    /// Stream index in the container.
    pub stream: usize,
    /// Time of the first picture, in the stream's time base: becomes 0.
    pub origin: i64,
    /// Unit of the packets' times.
    pub time_base: Rational,
    /// How NAL units lie in its packets.
    pub framing: Framing,
    /// Where segments start.
    pub rule: CutRule,
    /// Length of a picture, for packets that do not say, in the time base.
    pub frame: i64,
    /// Decoding time of the packet before.
    pub last_dts: Option<i64>,
    /// Packets without a decoding time, each with whether it is an IDR frame.
    pub waiting: Vec<(Packet, bool)>,
}

/// What reading the file came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The end of the file.
    Whole,
    /// The file breaks off or is unreadable from here.
    Broken,
}

impl Remux {
    /// Copies the whole file: the video, and every sound track through its line.
    pub(crate) fn run(
        &mut self,
        input: &mut Input<'_>,
        lines: &mut [SoundLine],
        assembler: &mut Assembler,
        cancelled: &AtomicBool,
        emit: Emit<'_>,
        mut each_packet: impl FnMut(&Assembler, Emit<'_>),
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
            if packet.stream() == self.stream {
                self.copy(packet, assembler, emit)?;
                reporter.tick(assembler, emit);
                each_packet(assembler, emit);
                continue;
            }
            let line = lines.iter_mut().enumerate().find(|(_, l)| l.stream() == packet.stream());
            if let Some((track, line)) = line {
                line.push(packet, &mut |sound| assembler.push_sound(track, &sound, emit))?;
            }
        };
        self.release(None, assembler, emit)?;
        assembler.finish_video(self.rendition, emit)?;
        let end_us = assembler.video_end_us(self.rendition);
        for (track, line) in lines.iter_mut().enumerate() {
            line.finish(end_us, &mut |sound| assembler.push_sound(track, &sound, emit))?;
            assembler.finish_sound(track, emit)?;
        }
        Ok(ending)
    }

    /// Takes a packet of the video; those whose decoding time is not known yet (the first ones in
    /// Matroska) wait for the first that has one.
    fn copy(
        &mut self,
        packet: Packet,
        assembler: &mut Assembler,
        emit: Emit<'_>,
    ) -> Result<(), Failure> {
        if packet.is_corrupt() || packet.data().is_empty() {
            return Ok(());
        }
        let key = packet.is_key() && h264::is_idr(packet.data(), self.framing);
        if self.last_dts.is_none() && self.waiting.is_empty() && !key {
            // Nothing can be shown before the first IDR frame.
            return Ok(());
        }
        let early = self.last_dts.is_none() && packet.dts().is_none();
        if early && self.waiting.len() < MOST_WAITING {
            self.waiting.push((packet, key));
            return Ok(());
        }
        self.release(packet.dts(), assembler, emit)?;
        self.hand_on(packet, key, None, assembler, emit)
    }

    /// Hands on the packets that wait, spaced evenly before the `next` decoding time.
    fn release(
        &mut self,
        next: Option<i64>,
        assembler: &mut Assembler,
        emit: Emit<'_>,
    ) -> Result<(), Failure> {
        let waiting = std::mem::take(&mut self.waiting);
        let count = i64::try_from(waiting.len()).unwrap_or(0);
        for ((packet, key), number) in waiting.into_iter().zip(0..) {
            let dts = next.map(|next| next.saturating_sub((count - number) * self.frame));
            self.hand_on(packet, key, dts, assembler, emit)?;
        }
        Ok(())
    }

    fn hand_on(
        &mut self,
        mut packet: Packet,
        key: bool,
        dts: Option<i64>,
        assembler: &mut Assembler,
        emit: Emit<'_>,
    ) -> Result<(), Failure> {
        let Some(time) = packet.pts().or(packet.dts()) else { return Ok(()) };
        let mut pts = time.saturating_sub(self.origin);
        let known = packet.dts().or(dts).map(|dts| dts.saturating_sub(self.origin));
        let guess = self.last_dts.map_or(pts, |last| last.saturating_add(self.frame));
        let mut dts = known.unwrap_or(guess).min(pts);
        if let Some(last) = self.last_dts
            && dts <= last
        {
            // Times rounded by the source (Matroska's milliseconds): the order is what counts.
            dts = last + 1;
            pts = pts.max(dts);
        }
        self.last_dts = Some(dts);
        let duration = if packet.duration() > 0 { packet.duration() } else { self.frame };
        packet.set_times(pts, dts, duration);
        packet.set_key(key);
        if key {
            let time_us = rescale(pts, self.time_base, Rational::MICROSECONDS);
            if time_us > 0 && self.rule.cuts_at(time_us) {
                assembler.add_cut(time_us);
            }
        }
        assembler.push_video(self.rendition, packet, emit)
    }
}
