//! How is a file made into encoded renditions? One pass over it: a thread reads, decodes and
//! scales, one thread per rendition encodes, one handles the sound, one the pictures; this one
//! collects what they finish, writes segments and tells how it goes.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, sync_channel};
use std::time::{Duration, Instant};

use crate::assemble::{Assembler, Emit};
use crate::av::{Encoder, Input, Packet};
use crate::chain::{Chain, Size};
use crate::clock::FrameRate;
use crate::failure::Failure;
use crate::images::{Images, Schedule};
use crate::picture::Picture;
use crate::plan::VideoEncode;
use crate::playable::{self, Verdict};
use crate::progress::Reporter;
use crate::reader::{Exit, ImageFeed, ImageTap, Narrowing, Reader, SoundFeed};
use crate::remux::Ending;
use crate::rung::{Feed, RungEncoder};
use crate::sound::SoundLine;
use crate::spec::{Event, ImageSettings};
use crate::timeline::Timeline;

/// Frames that may wait before each encoder: enough to keep both sides busy, few enough to keep
/// memory small.
const FRAME_QUEUE: usize = 6;

/// Sound packets that may wait.
const SOUND_QUEUE: usize = 256;

/// Between two looks at cancellation while nothing comes.
const TICK: Duration = Duration::from_millis(100);

/// What the threads of a pass tell.
pub(crate) enum Message {
    /// A packet of a rendition, in decoding order.
    Video {
        /// Index in the plan.
        rendition: usize,
        /// Times in frames.
        packet: Packet,
    },
    /// No more packets of a rendition.
    VideoDone {
        /// Index in the plan.
        rendition: usize,
    },
    /// A packet of a sound track.
    Sound {
        /// Which track.
        track: usize,
        /// Times in its line's time base.
        packet: Packet,
    },
    /// No more packets of a sound track.
    SoundDone {
        /// Which track.
        track: usize,
    },
    /// A picture was made.
    Image(Box<Event>),
    /// All sizes but one stopped where this segment starts.
    Narrowed {
        /// The first segment they do not have.
        segment: usize,
    },
    /// The file was read to its end.
    Read {
        /// Whether it broke off.
        ending: Ending,
        /// Packets that could not be decoded.
        refused: u64,
    },
    /// Something failed; the pass is over.
    Failed(Failure),
}

/// What one pass is to make, from which file.
pub(crate) struct Pass<'p> {
    /// The file, at the place to start from.
    pub input: Input<'p>,
    /// The stream that is shown.
    pub stream: usize,
    /// Decoder, clock and graph.
    pub picture: Picture,
    /// The chain that the graph follows.
    pub chain: Chain,
    /// Renditions to encode, in the order of the chain's last exits.
    pub encodes: &'p [VideoEncode],
    /// The first segment to make of them.
    pub first_segment: usize,
    /// Sound tracks to make on the way.
    pub lines: Vec<SoundLine>,
    /// Pictures to make on the way.
    pub images: Option<ImageSettings>,
    /// The source moves: a storyboard makes sense.
    pub storyboard: bool,
    /// Frames per second.
    pub rate: FrameRate,
    /// Segment boundaries.
    pub timeline: Timeline,
    /// Length of the media as far as known, microseconds.
    pub duration_us: i64,
    /// Time on the container's clock that becomes 0, microseconds.
    pub origin_us: i64,
    /// The presentation lasts at least this long, microseconds.
    pub least_end_us: i64,
    /// Where pictures go.
    pub dir: &'p Path,
    /// Playback may start before this pass already.
    pub playable: bool,
    /// Renditions may be put off for a small one.
    pub can_narrow: bool,
    /// When playback may start.
    pub rules: playable::Rules,
}

/// What a pass came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// How reading ended.
    pub ending: Ending,
    /// Packets that could not be decoded.
    pub refused: u64,
    /// All sizes but the kept one stopped where this segment starts.
    pub narrowed: Option<usize>,
    /// `Playable` was sent.
    pub playable: bool,
}

impl Pass<'_> {
    /// The encode to go on with alone when the whole ladder is too slow: the largest of at most
    /// 360p, else the smallest.
    fn small_one(&self) -> Option<usize> {
        if self.encodes.len() < 2 || !self.can_narrow {
            return None;
        }
        let small = self.encodes.iter().position(|encode| encode.resolution <= 360);
        Some(small.unwrap_or(self.encodes.len() - 1))
    }

    /// Runs the pass to its end.
    pub(crate) fn run(
        self,
        assembler: &mut Assembler,
        cancelled: &AtomicBool,
        emit: Emit<'_>,
    ) -> Result<Outcome, Failure> {
        let (out, messages) = mpsc::channel();
        let narrow = AtomicBool::new(false);
        let timeline = self.timeline.clone();
        let mut watch = Watch::new(&self);
        std::thread::scope(|scope| {
            self.start(scope, &timeline, &narrow, cancelled, out)?;
            // The receiver is dropped on the way out, which ends every thread.
            watch.collect(messages, assembler, &narrow, cancelled, emit)
        })
    }

    fn start<'s>(
        self,
        scope: &'s std::thread::Scope<'s, '_>,
        timeline: &'s Timeline,
        narrow: &'s AtomicBool,
        cancelled: &'s AtomicBool,
        out: Sender<Message>,
    ) -> Result<(), Failure>
    where
        Self: 's,
    {
        let narrowing = self.narrowing(narrow);
        let extra = self.chain.sizes.len().saturating_sub(self.encodes.len());
        let mut exits: Vec<Exit> = (0..extra).map(|_| Exit { feed: None }).collect();
        for encode in self.encodes {
            let (feed, frames) = sync_channel::<Feed>(FRAME_QUEUE);
            let encoder = Encoder::h264(&encode.settings)
                .map_err(|error| Failure::crash("open the H.264 encoder", error))?;
            let rung = RungEncoder {
                rendition: encode.rendition,
                encoder,
                cuts: cuts(timeline, self.rate, self.duration_us),
                next: self.rate.nearest(timeline.start_us(self.first_segment).unwrap_or(0)),
                out: out.clone(),
            };
            scope.spawn(move || rung.run(&frames));
            exits.push(Exit { feed: Some(feed) });
        }
        let sound_streams = self.lines.iter().map(SoundLine::stream).collect();
        let sound = (!self.lines.is_empty()).then(|| {
            let (feed, packets) = sync_channel::<SoundFeed>(SOUND_QUEUE);
            let (lines, out) = (self.lines, out.clone());
            scope.spawn(move || make_sound(lines, &packets, &out));
            feed
        });
        let images = self.images.map(|settings| {
            let schedule = Schedule::new(&settings, self.duration_us, self.storyboard);
            let large = large_exit(&self.chain.sizes, settings.preview_px);
            let images = Images::new(self.dir, &settings, schedule.tile_seconds());
            let (tap, frames) = sync_channel::<ImageFeed>(4);
            let out = out.clone();
            scope.spawn(move || make_images(images, &frames, &out));
            let small = self.chain.sizes.len().saturating_sub(1);
            ImageTap { schedule, large, small, waiting: Default::default(), out: tap }
        });
        let reader = Reader {
            input: self.input,
            stream: self.stream,
            picture: self.picture,
            exits,
            sound,
            sound_streams,
            images,
            narrowing,
            rate: self.rate,
            timeline,
            origin_us: self.origin_us,
            least_end_us: self.least_end_us,
            cancelled,
            out,
        };
        scope.spawn(move || reader.run());
        Ok(())
    }

    fn narrowing<'s>(&self, wanted: &'s AtomicBool) -> Option<Narrowing<'s>> {
        let extra = self.chain.sizes.len().saturating_sub(self.encodes.len());
        let exit = self.small_one()? + extra;
        let size = self.chain.sizes.get(exit).copied()?;
        Some(Narrowing { wanted, exit, chain: Chain { sizes: vec![size], ..self.chain.clone() } })
    }
}

/// Frame numbers at which segments start, some way beyond the planned end.
fn cuts(timeline: &Timeline, rate: FrameRate, duration_us: i64) -> Vec<i64> {
    let far = duration_us.saturating_mul(2).saturating_add(120_000_000);
    (1..)
        .map_while(|segment| timeline.start_us(segment).filter(|start| *start < far))
        .map(|start| rate.nearest(start))
        .collect()
}

/// The smallest exit that is large enough for the preview, else the largest.
fn large_exit(sizes: &[Size], preview_px: u32) -> usize {
    sizes.iter().rposition(|size| size.width.max(size.height) >= preview_px).unwrap_or(0)
}

fn make_sound(mut lines: Vec<SoundLine>, packets: &Receiver<SoundFeed>, out: &Sender<Message>) {
    let result = (|| {
        for feed in packets {
            match feed {
                SoundFeed::Packet(track, packet) => {
                    if let Some(line) = lines.get_mut(track) {
                        line.push(packet, &mut |packet| send_sound(out, track, packet))?;
                    }
                }
                SoundFeed::End(end_us) => {
                    for (track, line) in lines.iter_mut().enumerate() {
                        line.finish(end_us, &mut |packet| send_sound(out, track, packet))?;
                        out.send(Message::SoundDone { track }).map_err(|_| Failure::cancelled())?;
                    }
                }
            }
        }
        Ok::<(), Failure>(())
    })();
    if let Err(failure) = result {
        // A send that fails means that the pass was given up already.
        let _ = out.send(Message::Failed(failure));
    }
}

fn send_sound(out: &Sender<Message>, track: usize, packet: Packet) -> Result<(), Failure> {
    out.send(Message::Sound { track, packet }).map_err(|_| Failure::cancelled())
}

fn make_images(mut images: Images, frames: &Receiver<ImageFeed>, out: &Sender<Message>) {
    let mut tell = |event| {
        let _ = out.send(Message::Image(Box::new(event)));
    };
    let result = frames
        .iter()
        .try_for_each(|(wanted, large, small)| images.offer(wanted, large, small, &mut tell))
        .and_then(|()| images.finish(&mut tell));
    if let Err(failure) = result {
        tell(Event::Warning { message: format!("The pictures are incomplete. {failure}") });
    }
}

/// Collects what the threads finish and keeps an eye on speed.
struct Watch {
    reporter: Reporter,
    duration_us: i64,
    rules: playable::Rules,
    /// The rendition whose growth decides when playback may start; all while none.
    small: Option<usize>,
    focused: bool,
    focus_from: Option<(Instant, i64)>,
    outcome: Outcome,
    read: bool,
}

impl Watch {
    fn new(pass: &Pass<'_>) -> Self {
        let small = pass.small_one().and_then(|position| pass.encodes.get(position));
        let from_us = pass.timeline.start_us(pass.first_segment).unwrap_or(0);
        Self {
            reporter: Reporter::new(from_us, pass.duration_us),
            duration_us: pass.duration_us,
            rules: pass.rules,
            small: small.map(|encode| encode.rendition),
            focused: false,
            focus_from: None,
            outcome: Outcome {
                ending: Ending::Whole,
                refused: 0,
                narrowed: None,
                playable: pass.playable,
            },
            read: false,
        }
    }

    fn collect(
        &mut self,
        messages: Receiver<Message>,
        assembler: &mut Assembler,
        narrow: &AtomicBool,
        cancelled: &AtomicBool,
        emit: Emit<'_>,
    ) -> Result<Outcome, Failure> {
        loop {
            match messages.recv_timeout(TICK) {
                Ok(message) => self.handle(message, assembler, emit)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if cancelled.load(Ordering::Relaxed) {
                return Err(Failure::cancelled());
            }
            if self.reporter.tick(assembler, emit) {
                self.judge(assembler, narrow, emit);
            }
        }
        if !self.read {
            return Err(Failure::new(
                crate::spec::FailureKind::Crash,
                "A part of the transcoder stopped without a word.",
            ));
        }
        Ok(self.outcome)
    }

    fn handle(
        &mut self,
        message: Message,
        assembler: &mut Assembler,
        emit: Emit<'_>,
    ) -> Result<(), Failure> {
        match message {
            Message::Video { rendition, packet } => {
                self.reporter.count_frame();
                assembler.push_video(rendition, packet, emit)
            }
            Message::VideoDone { rendition } => {
                if self.outcome.narrowed.is_some() && self.small != Some(rendition) {
                    // Stopped early; a later pass goes on with it.
                    return Ok(());
                }
                assembler.finish_video(rendition, emit)
            }
            Message::Sound { track, packet } => assembler.push_sound(track, &packet, emit),
            Message::SoundDone { track } => assembler.finish_sound(track, emit),
            Message::Image(event) => {
                emit(*event);
                Ok(())
            }
            Message::Narrowed { segment } => {
                self.outcome.narrowed = Some(segment);
                Ok(())
            }
            Message::Read { ending, refused } => {
                self.read = true;
                self.outcome.ending = ending;
                self.outcome.refused = refused;
                Ok(())
            }
            Message::Failed(failure) => Err(failure),
        }
    }

    fn judge(&mut self, assembler: &Assembler, narrow: &AtomicBool, emit: Emit<'_>) {
        if self.outcome.playable {
            return;
        }
        let made_us = match self.small.filter(|_| self.focused) {
            Some(small) => assembler.made_of_us(small),
            None => assembler.made_us(),
        };
        let (since, from) =
            self.focus_from.unwrap_or((self.reporter.started(), self.reporter.start_us()));
        let progress = playable::Progress {
            wall_s: since.elapsed().as_secs_f64(),
            pass_s: (made_us - from).max(0) as f64 / 1e6,
            made_s: made_us as f64 / 1e6,
            duration_s: self.duration_us as f64 / 1e6,
        };
        match progress.judge(&self.rules, self.small.is_some() && !self.focused) {
            Verdict::Wait => {}
            Verdict::Playable => {
                self.outcome.playable = true;
                emit(Event::Playable);
            }
            Verdict::SmallFirst => {
                narrow.store(true, Ordering::Relaxed);
                self.focused = true;
                let small = self.small.map_or(0, |small| assembler.made_of_us(small));
                self.focus_from = Some((Instant::now(), small));
            }
        }
    }
}
