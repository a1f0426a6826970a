//! What becomes of everything that the threads of a pass finish? Collected here, handed to the
//! assembler, reported; and from the speed follows when playback may start and whether one small
//! rendition has to go first.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::assemble::{Assembler, Emit};
use crate::av::Packet;
use crate::encode::Pass;
use crate::failure::Failure;
use crate::playable::{self, Verdict};
use crate::progress::Reporter;
use crate::remux::Ending;
use crate::spec::{Event, FailureKind};

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

/// Collects what the threads finish and keeps an eye on speed.
pub(crate) struct Watch {
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
    /// For a pass that starts now.
    pub(crate) fn new(pass: &Pass<'_>) -> Self {
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

    /// Takes messages until every thread has ended.
    pub(crate) fn collect(
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
                FailureKind::Crash,
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
