//! How does one order become renditions and pictures? The entry point of the media engine: it
//! probes, plans, copies what can be copied, encodes the rest, and tells what happens. How each
//! of those is done is told elsewhere.

use std::sync::atomic::AtomicBool;

use crate::assemble::{Assembler, Emit};
use crate::av::{Decoder, Encoder, Frame, Input, Rational, rescale};
use crate::bank::SoundBank;
use crate::chain::Chain;
use crate::collect::Outcome;
use crate::encode::Pass;
use crate::failure::Failure;
use crate::h264::Framing;
use crate::images::{Images, Wanted};
use crate::output::Allowance;
use crate::picture::Picture;
use crate::plan::{self, Plan, VideoEncode};
use crate::playable::Rules;
use crate::probe;
use crate::remux::{self, Ending, Remux};
use crate::sound::SoundLine;
use crate::spec::{Event, FailureKind, ImageSettings, Probe, VideoTrack, WorkOrder};
use crate::still::{self, StillPass};
use crate::survey;
use crate::timeline::{CutRule, Timeline};

/// Segments of a copied video that must be there before playback may start.
const FIRST_SEGMENTS: i64 = 2;

/// Carries out one order and tells `emit` what happens, `Done` last.
///
/// # Errors
/// [`Failure`] says what kind of failure it was and what to tell the uploader; nothing is
/// emitted for it.
pub fn run(
    order: &WorkOrder,
    emit: &mut dyn FnMut(Event),
    cancelled: &AtomicBool,
) -> Result<(), Failure> {
    run_by(Rules::default(), order, emit, cancelled)
}

fn run_by(
    rules: Rules,
    order: &WorkOrder,
    emit: Emit<'_>,
    cancelled: &AtomicBool,
) -> Result<(), Failure> {
    let mut input = probe::open(&order.source, cancelled)?;
    let probe = probe::describe(&mut input, &order.source)?;
    emit(Event::Probed { probe: probe.clone() });
    let survey = survey::survey(&mut input, &order.source, &probe, &order.ladder, cancelled)?;
    if let Err(reason) = &survey {
        tracing::debug!(reason, "the video is encoded, not copied");
    }
    let still = match &probe.video {
        Some(_) => None,
        None => Some(
            still::choose(order.still.as_deref(), &input, probe.cover_stream, cancelled)
                .map_err(|error| Failure::crash("prepare a still picture", error))?,
        ),
    };
    let shown = still.as_ref().map(still::shown);
    let plan = plan::make(&input, &probe, order, survey.as_ref().ok(), shown)?;
    drop(input);
    emit(Event::Planned {
        renditions: plan.renditions.clone(),
        target_duration_s: plan.target_duration_s,
    });
    for message in &plan.warnings {
        emit(Event::Warning { message: message.clone() });
    }
    Work::start(rules, order, &probe, plan, cancelled)?.finish(still, emit)
}

/// An order under way.
struct Work<'w> {
    rules: Rules,
    order: &'w WorkOrder,
    probe: &'w Probe,
    plan: Plan,
    assembler: Assembler,
    cancelled: &'w AtomicBool,
    playable: bool,
    broken: bool,
    refused: u64,
}

impl<'w> Work<'w> {
    /// Opens every rendition's file.
    fn start(
        rules: Rules,
        order: &'w WorkOrder,
        probe: &'w Probe,
        plan: Plan,
        cancelled: &'w AtomicBool,
    ) -> Result<Self, Failure> {
        let mut banks = Vec::new();
        for line in &plan.lines {
            let parameters =
                line.parameters().map_err(|error| Failure::crash("prepare the sound", error))?;
            banks.push(SoundBank::open(&order.out_dir, parameters, line.time_base())?);
        }
        let timeline = match plan.remux {
            // Found again, exactly, while copying.
            Some(_) => Timeline::given(Vec::new(), plan.timeline.end_us()),
            None => plan.timeline.clone(),
        };
        let allowance = Allowance::new(order.limits.max_output_bytes);
        let mut assembler =
            Assembler::new(&order.out_dir, plan.renditions.clone(), timeline, banks, allowance);
        for (rendition, track) in &plan.sounds {
            assembler.open_sound(*rendition, *track)?;
        }
        Ok(Self {
            rules,
            order,
            probe,
            plan,
            assembler,
            cancelled,
            playable: false,
            broken: false,
            refused: 0,
        })
    }

    /// Does all passes and says `Done`.
    fn finish(mut self, still: Option<Frame>, emit: Emit<'_>) -> Result<(), Failure> {
        if let Some(video) = &self.probe.video {
            if let Some(rendition) = self.plan.remux {
                self.copy(rendition, video, emit)?;
            }
            self.encode(video, emit)?;
        } else if let Some(still) = still {
            self.hold(still, emit)?;
        }
        self.conclude(emit)
    }

    fn conclude(self, emit: Emit<'_>) -> Result<(), Failure> {
        let end_us = self.assembler.end_us();
        if end_us <= 0 || !self.assembler.is_complete() {
            return Err(Failure::damaged(
                "Nothing in the file could be played. Export or upload it again.",
            ));
        }
        let planned = i64::try_from(self.probe.duration.as_micros()).unwrap_or(i64::MAX);
        let short = planned.saturating_sub(end_us) > 2_000_000.max(planned / 50);
        if self.broken || short {
            emit(Event::Warning {
                message: format!(
                    "The file ends early or is damaged: {} of {} seconds could be used.",
                    end_us / 1_000_000,
                    planned / 1_000_000
                ),
            });
        } else if self.refused > 0 {
            emit(Event::Warning {
                message: format!("{} damaged pieces of the video were skipped.", self.refused),
            });
        }
        if !self.playable {
            emit(Event::Playable);
        }
        emit(Event::Done { duration_us: u64::try_from(end_us).unwrap_or(0) });
        Ok(())
    }

    /// Makes the sound, under a still picture.
    fn hold(&mut self, picture: Frame, emit: Emit<'_>) -> Result<(), Failure> {
        let encode = self.plan.encodes.pop().ok_or_else(gone)?;
        let mut images = self
            .order
            .images
            .as_ref()
            .map(|settings| Images::new(&self.order.out_dir, settings, 1));
        if let Some(images) = &mut images {
            let share =
                || picture.share().map_err(|error| Failure::crash("keep the still picture", error));
            let wanted = Wanted { candidate: true, last_candidate: true, tile: false };
            images.offer(wanted, share()?, share()?, emit)?;
        }
        let encoder = self.open_encode(&encode)?;
        let mut pass = StillPass::new(&encode, encoder, picture, self.plan.rate)?;
        let mut input = self.open()?;
        let mut lines = std::mem::take(&mut self.plan.lines);
        keep_streams(&mut input, usize::MAX, &lines);
        let ending = pass.run(&mut input, &mut lines, &mut self.assembler, self.cancelled, emit)?;
        self.broken = ending == Ending::Broken;
        Ok(())
    }

    /// Opens an encoder and the rendition it makes.
    fn open_encode(&mut self, encode: &VideoEncode) -> Result<Encoder, Failure> {
        let failed = |error| Failure::crash("open the H.264 encoder", error);
        let encoder = Encoder::h264(&encode.settings).map_err(failed)?;
        let parameters = encoder.parameters().map_err(failed)?;
        let slack = (self.plan.rate.frame_us() / 2.0) as i64 + 500;
        let base = encoder.time_base();
        self.assembler.open_video(encode.rendition, parameters, base, slack)?;
        Ok(encoder)
    }

    fn open(&self) -> Result<Input<'w>, Failure> {
        probe::open(&self.order.source, self.cancelled)
    }

    /// Copies the source's own video, and makes all sound on the way.
    fn copy(
        &mut self,
        rendition: usize,
        video: &VideoTrack,
        emit: Emit<'_>,
    ) -> Result<(), Failure> {
        let mut input = self.open()?;
        let mut lines = std::mem::take(&mut self.plan.lines);
        keep_streams(&mut input, video.stream, &lines);
        let stream = input.stream(video.stream).ok_or_else(gone)?;
        let base = stream.time_base();
        let parameters = crate::av::Parameters::of_stream(&stream)
            .map_err(|error| Failure::crash("copy the video", error))?;
        let frame_us = 1e6 / crate::ladder::as_f64(video.fps).max(1.0);
        let mut remux = Remux {
            rendition,
            stream: video.stream,
            origin: stream.start_time().unwrap_or(0),
            time_base: base,
            framing: Framing::of(stream.extradata()),
            rule: CutRule::following(self.order.ladder.segment_seconds, &self.plan.timeline),
            frame: rescale(frame_us as i64, Rational::MICROSECONDS, base).max(1),
            last_dts: None,
            waiting: Vec::new(),
        };
        self.assembler.open_video(rendition, parameters, base, remux::SLACK_US)?;
        let mut playable = false;
        let ending = remux.run(
            &mut input,
            &mut lines,
            &mut self.assembler,
            self.cancelled,
            emit,
            |assembler, emit| {
                if !playable && assembler.made_segments() >= FIRST_SEGMENTS {
                    playable = true;
                    emit(Event::Playable);
                }
            },
        )?;
        if !playable {
            emit(Event::Playable);
        }
        self.playable = true;
        self.broken = ending == Ending::Broken;
        Ok(())
    }

    /// Encodes everything that is not copied, with the pictures on the way.
    fn encode(&mut self, video: &VideoTrack, emit: Emit<'_>) -> Result<(), Failure> {
        let encodes = std::mem::take(&mut self.plan.encodes);
        if encodes.is_empty() && self.order.images.is_none() {
            return Ok(());
        }
        for encode in &encodes {
            self.open_encode(encode)?;
        }
        let lines = std::mem::take(&mut self.plan.lines);
        let first = self.pass(video, &encodes, 0, lines, self.order.images.clone(), emit);
        let first = match first {
            // Everything that was announced is there already: only pictures were to be made.
            Err(failure) if encodes.is_empty() && failure.kind == FailureKind::Damaged => {
                let message = format!("There are no pictures of the video. {failure}");
                emit(Event::Warning { message });
                return Ok(());
            }
            other => other?,
        };
        let Some(segment) = first.narrowed else { return Ok(()) };
        let rest: Vec<VideoEncode> = encodes
            .into_iter()
            .filter(|encode| !self.assembler.is_done(encode.rendition))
            .collect();
        self.pass(video, &rest, segment, Vec::new(), None, emit)?;
        Ok(())
    }

    fn pass(
        &mut self,
        video: &VideoTrack,
        encodes: &[VideoEncode],
        first_segment: usize,
        lines: Vec<SoundLine>,
        images: Option<ImageSettings>,
        emit: Emit<'_>,
    ) -> Result<Outcome, Failure> {
        let mut input = self.open()?;
        keep_streams(&mut input, video.stream, &lines);
        let timeline = self.assembler.timeline().clone();
        if let Some(start) = timeline.start_us(first_segment).filter(|start| *start > 0) {
            self.seek(&mut input, start)?;
        }
        let stream = input.stream(video.stream).ok_or_else(gone)?;
        let threads = plan::threads(self.order);
        let decoder = if encodes.is_empty() {
            Decoder::open_key_frames(&stream, threads)
        } else {
            Decoder::open(&stream, threads)
        }
        .map_err(|error| Failure::unsupported(format!("The video cannot be decoded: {error}.")))?;
        let origin = stream.start_time().unwrap_or(0);
        let chain = Chain::for_video(video, encodes, images.as_ref());
        let duration_us = timeline.end_us();
        let picture = Picture::new(decoder, self.plan.rate, chain.clone(), origin, duration_us);
        let outcome = Pass {
            input,
            stream: video.stream,
            picture,
            chain,
            encodes,
            first_segment,
            lines,
            images,
            storyboard: true,
            rate: self.plan.rate,
            timeline,
            duration_us,
            origin_us: self.plan.origin_us,
            least_end_us: self.assembler.end_us(),
            dir: &self.order.out_dir,
            playable: self.playable,
            can_narrow: self.order.ladder.small_first && first_segment == 0 && !self.playable,
            rules: self.rules,
        }
        .run(&mut self.assembler, self.cancelled, emit)?;
        self.playable |= outcome.playable;
        self.broken |= outcome.ending == Ending::Broken;
        self.refused = self.refused.max(outcome.refused);
        Ok(outcome)
    }

    /// Goes to the last key frame before `start_us` where the container's index can be trusted;
    /// elsewhere the file is decoded from its beginning and the encoders skip what they have.
    fn seek(&self, input: &mut Input<'w>, start_us: i64) -> Result<(), Failure> {
        let exact = ["mp4", "matroska"].iter().any(|name| self.probe.container.contains(name));
        if exact && input.seek(self.plan.origin_us + start_us - 1_000_000).is_err() {
            *input = Input::open(&self.order.source, self.cancelled)
                .map_err(|error| Failure::crash("open the file again", error))?;
        }
        Ok(())
    }
}

fn gone() -> Failure {
    Failure::damaged("The file changed while it was being read.")
}

fn keep_streams(input: &mut Input<'_>, video: usize, lines: &[SoundLine]) {
    let sound: Vec<usize> = lines.iter().map(SoundLine::stream).collect();
    input.keep_streams(|index| index == video || sound.contains(&index));
}

#[cfg(test)]
mod tests;
