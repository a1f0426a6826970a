//! How does one sound track become AAC packets? Copied where it already fits, else decoded,
//! mixed down, put on a gapless clock that starts at 0, and encoded once for all renditions.

use crate::av::{
    AacSettings, AvError, Decoder, Encoder, Frame, Graph, Input, Packet, Parameters, Rational,
    SoundFormat, Stream, rescale,
};
use crate::failure::Failure;
use crate::spec::{AudioTrack, Probe};

/// libav's number of the AAC-LC profile.
const AAC_LC: i32 = 1;

/// Copied sound above this is encoded again, bits per second.
const COPY_MAX_BPS: u64 = 256_000;

/// Silence is added to the end of a shorter track up to this much, microseconds.
const MAX_PADDING_US: i64 = 6 * 3600 * 1_000_000;

/// True when a track's own packets may be used as they are: plain AAC-LC in a container that
/// keeps its configuration apart and its times exact.
pub(crate) fn can_copy(container: &str, stream: &Stream<'_>, track: &AudioTrack) -> bool {
    let exact = container.contains("mp4") || container.contains("matroska");
    exact
        && track.codec == "aac"
        && stream.profile() == AAC_LC
        && (1..=2).contains(&track.channels)
        && matches!(track.sample_rate_hz, 32_000 | 44_100 | 48_000)
        && track.bitrate_bps.is_none_or(|rate| rate <= COPY_MAX_BPS)
        && stream.extradata().len() >= 2
}

/// True when a track starts with the pictures and does not end long before them, so that its own
/// packets leave no hole. (An encoded track is filled up with silence.)
pub(crate) fn covers(input: &Input<'_>, sound: &Stream<'_>, probe: &Probe, origin_us: i64) -> bool {
    let us =
        |stream: &Stream<'_>, time: i64| rescale(time, stream.time_base(), Rational::MICROSECONDS);
    let start = sound.start_time().map_or(origin_us, |start| us(sound, start));
    let pictures = probe.video.as_ref().and_then(|video| input.stream(video.stream));
    let ends_early = match (sound.duration(), pictures.and_then(|p| Some((p, p.duration()?)))) {
        (Some(sound_length), Some((pictures, length))) => {
            start + us(sound, sound_length) + 1_000_000 < origin_us + us(&pictures, length)
        }
        _ => false,
    };
    start - origin_us <= 10_000 && start - origin_us >= -300_000 && !ends_early
}

/// The encoding of a track that cannot be copied: stereo at most, 44.1 or 48 kHz.
pub(crate) fn encoding(track: &AudioTrack) -> AacSettings {
    let channels = track.channels.clamp(1, 2);
    AacSettings {
        sample_rate_hz: if track.sample_rate_hz == 44_100 { 44_100 } else { 48_000 },
        channels,
        bit_rate_bps: if channels == 1 { 80_000 } else { 128_000 },
    }
}

/// One sound track on its way.
pub(crate) enum SoundLine {
    /// Its own packets, moved to start with the presentation.
    Copy {
        /// Stream index in the container.
        stream: usize,
        /// Added to every time, in the stream's time base.
        offset: i64,
        /// Codec and its configuration.
        parameters: Parameters,
        /// Unit of the packets' times.
        time_base: Rational,
    },
    /// Decoded and encoded.
    Encode(Box<Encoding>),
}

/// The parts of a track that is encoded.
pub(crate) struct Encoding {
    stream: usize,
    decoder: Decoder,
    graph: Option<(SoundFormat, Graph)>,
    encoder: Encoder,
    settings: AacSettings,
    origin_us: i64,
    /// Time of the next block when the file does not say, in the stream's time base.
    expected: i64,
    /// Samples encoded so far.
    samples: i64,
}

impl SoundLine {
    /// Takes the packets as they are; `origin_us` becomes 0.
    pub(crate) fn copy(stream: &Stream<'_>, origin_us: i64) -> Result<Self, AvError> {
        let time_base = stream.time_base();
        Ok(Self::Copy {
            stream: stream.index(),
            offset: -rescale(origin_us, Rational::MICROSECONDS, time_base),
            parameters: Parameters::of_stream(stream)?,
            time_base,
        })
    }

    /// Decodes and encodes; `origin_us` becomes 0.
    pub(crate) fn encode(
        stream: &Stream<'_>,
        settings: AacSettings,
        origin_us: i64,
    ) -> Result<Self, AvError> {
        Ok(Self::Encode(Box::new(Encoding {
            stream: stream.index(),
            decoder: Decoder::open(stream, 1)?,
            graph: None,
            encoder: Encoder::aac(settings)?,
            settings,
            origin_us,
            expected: 0,
            samples: 0,
        })))
    }

    /// Stream index in the container.
    pub(crate) fn stream(&self) -> usize {
        match self {
            Self::Copy { stream, .. } => *stream,
            Self::Encode(encoding) => encoding.stream,
        }
    }

    /// Channels that come out.
    pub(crate) fn channels(&self, track: &AudioTrack) -> u32 {
        match self {
            Self::Copy { .. } => track.channels,
            Self::Encode(encoding) => encoding.settings.channels,
        }
    }

    /// Upper bound of the bits per second in any segment, tables included. AAC's rate varies
    /// from second to second, copied sound of unknown making most.
    pub(crate) fn bound_bps(&self, track: &AudioTrack) -> f64 {
        match self {
            Self::Copy { .. } => track.bitrate_bps.unwrap_or(COPY_MAX_BPS) as f64 * 1.5 + 24_000.0,
            Self::Encode(encoding) => encoding.settings.bit_rate_bps as f64 * 1.3 + 16_000.0,
        }
    }

    /// What a muxer needs to know about the packets that come out.
    pub(crate) fn parameters(&self) -> Result<Parameters, AvError> {
        match self {
            Self::Copy { parameters, .. } => parameters.duplicate(),
            Self::Encode(encoding) => encoding.encoder.parameters(),
        }
    }

    /// Unit of the times of the packets that come out.
    pub(crate) fn time_base(&self) -> Rational {
        match self {
            Self::Copy { time_base, .. } => *time_base,
            Self::Encode(encoding) => encoding.encoder.time_base(),
        }
    }

    /// Takes one packet of the file and hands on what comes of it.
    pub(crate) fn push(
        &mut self,
        mut packet: Packet,
        out: &mut dyn FnMut(Packet) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        match self {
            Self::Copy { offset, time_base, .. } => {
                packet.shift_and_rescale(*offset, *time_base, *time_base);
                out(packet)
            }
            Self::Encode(encoding) => {
                // Damaged packets are skipped; the gap becomes silence.
                if encoding.decoder.send(Some(&packet)).is_ok() {
                    encoding.decoded(out)?;
                }
                Ok(())
            }
        }
    }

    /// Ends the track; encoded sound is filled up with silence to `end_us`.
    pub(crate) fn finish(
        &mut self,
        end_us: i64,
        out: &mut dyn FnMut(Packet) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        match self {
            Self::Copy { .. } => Ok(()),
            Self::Encode(encoding) => {
                if encoding.decoder.send(None).is_ok() {
                    encoding.decoded(out)?;
                }
                encoding.drain_graph(out)?;
                encoding.pad(end_us, out)?;
                encoding.encode(None, out)
            }
        }
    }
}

impl Encoding {
    fn decoded(
        &mut self,
        out: &mut dyn FnMut(Packet) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        while let Ok(mut frame) = self.decoder.receive() {
            if frame.samples() <= 0 || frame.channels() <= 0 || frame.sample_rate() <= 0 {
                continue;
            }
            let base = self.decoder.time_base();
            let origin = rescale(self.origin_us, Rational::MICROSECONDS, base);
            // A decoder that drops priming moves the frame's own time, not the other.
            let time = frame.pts().or(frame.best_pts());
            let pts = time.map_or(self.expected, |pts| pts.saturating_sub(origin));
            let length =
                rescale(i64::from(frame.samples()), Rational::new(1, frame.sample_rate()), base);
            self.expected = pts.saturating_add(length);
            frame.set_pts(pts);
            self.enter_graph(frame)?;
            self.drain_exit(out)?;
        }
        Ok(())
    }

    fn enter_graph(&mut self, frame: Frame) -> Result<(), Failure> {
        let format = SoundFormat::of(&frame);
        let failed = |error| Failure::crash("convert the sound", error);
        if !self.graph.as_ref().is_some_and(|(built, _)| *built == format) {
            // A changed format mid-way: what the old graph still holds is a few milliseconds,
            // which the new one fills with silence.
            let graph = Graph::sound(
                &format,
                self.decoder.time_base(),
                &self.description(),
                self.encoder.frame_samples(),
            )
            .map_err(failed)?;
            self.graph = Some((format, graph));
        }
        match &mut self.graph {
            Some((_, graph)) => graph.push(Some(frame)).map_err(failed),
            None => Ok(()),
        }
    }

    /// Resample onto a gapless clock that starts where this graph takes over, then mix down.
    fn description(&self) -> String {
        let AacSettings { sample_rate_hz, channels, .. } = self.settings;
        let layout = if channels == 1 { "mono" } else { "stereo" };
        format!(
            "[in]aresample={sample_rate_hz}:async=1:first_pts={},\
             aformat=sample_fmts=fltp:channel_layouts={layout}[out0]",
            self.samples
        )
    }

    fn drain_exit(
        &mut self,
        out: &mut dyn FnMut(Packet) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        loop {
            let Some((_, graph)) = &mut self.graph else { return Ok(()) };
            let pulled =
                graph.pull(0).map_err(|error| Failure::crash("convert the sound", error))?;
            let Some(mut frame) = pulled else { return Ok(()) };
            frame.set_pts(self.samples);
            self.samples += i64::from(frame.samples());
            self.encode(Some(&frame), out)?;
        }
    }

    fn drain_graph(
        &mut self,
        out: &mut dyn FnMut(Packet) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if let Some((_, graph)) = &mut self.graph {
            graph.push(None).map_err(|error| Failure::crash("convert the sound", error))?;
        }
        self.drain_exit(out)
    }

    /// Silence from where the sound ends to `end_us`.
    fn pad(
        &mut self,
        end_us: i64,
        out: &mut dyn FnMut(Packet) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let rate = Rational::new(1, i32::try_from(self.settings.sample_rate_hz).unwrap_or(48_000));
        let reached = rescale(self.samples, rate, Rational::MICROSECONDS);
        let wanted = rescale(
            end_us.min(reached.saturating_add(MAX_PADDING_US)),
            Rational::MICROSECONDS,
            rate,
        );
        let block = self.encoder.frame_samples().max(1);
        while self.samples + i64::from(block) / 2 < wanted {
            let mut silence =
                Frame::silence(self.settings.sample_rate_hz, self.settings.channels, block)
                    .map_err(|error| Failure::crash("add silence", error))?;
            silence.set_pts(self.samples);
            self.samples += i64::from(block);
            self.encode(Some(&silence), out)?;
        }
        Ok(())
    }

    fn encode(
        &mut self,
        frame: Option<&Frame>,
        out: &mut dyn FnMut(Packet) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.encoder.send(frame).map_err(|error| Failure::crash("encode the sound", error))?;
        while let Ok(packet) = self.encoder.receive() {
            out(packet)?;
        }
        Ok(())
    }
}
