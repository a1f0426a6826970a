//! How does a file become frames for the encoders and packets for the sound? The one thread of a
//! pass that reads, decodes and scales; everything that comes of it goes into bounded queues.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, SyncSender};

use crate::av::{Frame, Input, Packet, Rational, ReadError, rescale};
use crate::chain::Chain;
use crate::clock::FrameRate;
use crate::collect::Message;
use crate::failure::Failure;
use crate::images::{Schedule, Wanted};
use crate::picture::Picture;
use crate::remux::Ending;
use crate::rung::Feed;
use crate::timeline::Timeline;

/// Sound that goes on after the pictures by less than this needs no picture held for it.
const SHORT_US: i64 = 1_000_000;

/// What the sound thread is fed.
pub(crate) enum SoundFeed {
    /// A packet of a track.
    Packet(usize, Packet),
    /// No more will come; the presentation ends here, microseconds.
    End(i64),
}

/// A frame for the pictures: what for, large, small.
pub(crate) type ImageFeed = (Wanted, Frame, Frame);

/// Where frames for the pictures are taken and where they go.
pub(crate) struct ImageTap {
    /// When frames are wanted.
    pub schedule: Schedule,
    /// Exit of the chain for large pictures, not after `small`.
    pub large: usize,
    /// Exit for small ones.
    pub small: usize,
    /// Taken at `large`, not yet at `small`.
    pub waiting: VecDeque<(i64, Wanted, Frame)>,
    /// Where they go.
    pub out: SyncSender<ImageFeed>,
}

/// One exit of the chain.
pub(crate) struct Exit {
    /// The encoder's queue; none for an exit that only serves pictures.
    pub feed: Option<SyncSender<Feed>>,
}

/// A request to go on with one size alone, made by whoever watches the speed.
pub(crate) struct Narrowing<'n> {
    /// Set when it is wanted.
    pub wanted: &'n AtomicBool,
    /// The exit that goes on.
    pub exit: usize,
    /// The chain with that exit alone.
    pub chain: Chain,
}

/// Everything the reading thread holds.
pub(crate) struct Reader<'r> {
    /// The open file.
    pub input: Input<'r>,
    /// The stream that is shown.
    pub stream: usize,
    /// Decoder, clock and graph.
    pub picture: Picture,
    /// Where frames go, in the order of the chain's exits.
    pub exits: Vec<Exit>,
    /// Where sound goes.
    pub sound: Option<SyncSender<SoundFeed>>,
    /// Streams of the sound tracks.
    pub sound_streams: Vec<usize>,
    /// Pictures to take on the way.
    pub images: Option<ImageTap>,
    /// The way to go on with one size alone.
    pub narrowing: Option<Narrowing<'r>>,
    /// Frames of the encodes.
    pub rate: FrameRate,
    /// Segment boundaries.
    pub timeline: &'r Timeline,
    /// Time on the container's clock that becomes 0, microseconds.
    pub origin_us: i64,
    /// The presentation lasts at least this long, microseconds.
    pub least_end_us: i64,
    /// Stop reading.
    pub cancelled: &'r AtomicBool,
    /// Where news goes.
    pub out: Sender<Message>,
}

/// Somebody downstream is gone: the pass is over, and the reason is told elsewhere.
fn gone() -> Failure {
    Failure::cancelled()
}

/// Hands frames out to encoders and pictures.
struct Hand {
    exits: Vec<Exit>,
    images: Option<ImageTap>,
    rate: FrameRate,
    /// One more than the last frame number.
    end: i64,
    /// All exits but this one stop before a frame number.
    stop: Option<(usize, i64)>,
}

impl Hand {
    fn take(&mut self, exit: usize, frame: Frame) -> Result<(), Failure> {
        let number = frame.pts().unwrap_or(self.end);
        self.end = self.end.max(number + 1);
        if let Some(tap) = &mut self.images {
            tap.look(exit, number, &frame, self.rate)?;
        }
        if self.stop.is_some_and(|(stays, cut)| exit != stays && number >= cut) {
            return Ok(());
        }
        match self.exits.get(exit).and_then(|exit| exit.feed.as_ref()) {
            Some(feed) => feed.send(Feed::Frame(frame)).map_err(|_| gone()),
            None => Ok(()),
        }
    }

    /// Lets every encoder show its last frame up to `number`, and ends their feeds.
    fn close(&mut self, number: i64) {
        for exit in self.exits.drain(..) {
            if let Some(feed) = exit.feed {
                // An encoder that is gone has said why itself.
                let _ = feed.send(Feed::Hold(number));
            }
        }
    }
}

impl ImageTap {
    fn look(
        &mut self,
        exit: usize,
        number: i64,
        frame: &Frame,
        rate: FrameRate,
    ) -> Result<(), Failure> {
        let share = || frame.share().map_err(|error| Failure::crash("keep a picture", error));
        if exit == self.large
            && let Some(wanted) = self.schedule.ask(rate.time_us(number))
        {
            self.waiting.push_back((number, wanted, share()?));
        }
        let here = self.waiting.front().is_some_and(|(at, ..)| *at == number);
        if exit == self.small
            && here
            && let Some((_, wanted, large)) = self.waiting.pop_front()
        {
            // Pictures are worth little: when they cannot be made the video still is.
            let _ = self.out.send((wanted, large, share()?));
        }
        Ok(())
    }
}

impl Reader<'_> {
    /// Reads the whole file; failures and the ending go out as messages.
    pub(crate) fn run(mut self) {
        let message = match self.read_all() {
            Ok(ending) => Message::Read { ending, refused: self.picture.refused() },
            Err(failure) => Message::Failed(failure),
        };
        // A send that fails means that the pass was given up already.
        let _ = self.out.send(message);
    }

    fn read_all(&mut self) -> Result<Ending, Failure> {
        let mut hand = Hand {
            exits: std::mem::take(&mut self.exits),
            images: self.images.take(),
            rate: self.rate,
            end: 0,
            stop: None,
        };
        let mut sound_end_us = self.least_end_us;
        let ending = loop {
            if self.cancelled.load(Ordering::Relaxed) {
                return Err(Failure::cancelled());
            }
            let packet = match self.input.read() {
                Ok(Some(packet)) => packet,
                Ok(None) => break Ending::Whole,
                Err(ReadError::Broken) => break Ending::Broken,
                Err(ReadError::Cancelled) => return Err(Failure::cancelled()),
            };
            if packet.stream() == self.stream {
                if !packet.data().is_empty() {
                    self.picture.push(Some(&packet), &mut |exit, frame| hand.take(exit, frame))?;
                    self.narrow(&mut hand)?;
                }
                continue;
            }
            let track = self.sound_streams.iter().position(|stream| *stream == packet.stream());
            if let (Some(track), Some(sound)) = (track, &self.sound) {
                if track == 0 {
                    sound_end_us = sound_end_us.max(end_us(&self.input, &packet) - self.origin_us);
                }
                sound.send(SoundFeed::Packet(track, packet)).map_err(|_| gone())?;
            }
        };
        self.picture.push(None, &mut |exit, frame| hand.take(exit, frame))?;
        self.narrow(&mut hand)?;
        if self.picture.decoded() == 0 {
            return Err(Failure::damaged(
                "Not one picture of the video could be decoded. Export or upload it again.",
            ));
        }
        self.finish(hand, sound_end_us)?;
        Ok(ending)
    }

    /// Holds the last picture while the sound goes on, and ends the sound with the pictures.
    fn finish(&mut self, mut hand: Hand, sound_end_us: i64) -> Result<(), Failure> {
        let mut end_us = self.rate.time_us(hand.end);
        let believable = self.timeline.end_us().saturating_add(60 * SHORT_US);
        if sound_end_us > end_us + SHORT_US && sound_end_us <= believable {
            end_us = sound_end_us;
        }
        hand.close(self.rate.nearest(end_us).max(hand.end));
        match self.sound.take() {
            Some(sound) => sound.send(SoundFeed::End(end_us)).map_err(|_| gone()),
            None => Ok(()),
        }
    }

    /// Carries out a wish to go on with one size alone: the others stop where the next segment
    /// starts, so that a later pass can take them up there.
    fn narrow(&mut self, hand: &mut Hand) -> Result<(), Failure> {
        let Some(narrowing) = &self.narrowing else { return Ok(()) };
        if hand.stop.is_none() && narrowing.wanted.load(Ordering::Relaxed) {
            let segment = self.timeline.segment_at(self.rate.time_us(hand.end)) + 1;
            let cut = self.timeline.start_us(segment).map(|start| self.rate.nearest(start));
            // In the last segment there is nothing left to leave out.
            hand.stop = cut.map(|cut| (narrowing.exit, cut));
            if hand.stop.is_none() {
                self.narrowing = None;
                return Ok(());
            }
        }
        let Some((stays, cut)) = hand.stop.filter(|(_, cut)| hand.end > *cut) else {
            return Ok(());
        };
        let segment = self.timeline.segment_at(self.rate.time_us(cut) + 1);
        let mut kept = None;
        for (number, exit) in hand.exits.drain(..).enumerate() {
            match exit.feed {
                Some(feed) if number != stays => {
                    let _ = feed.send(Feed::Hold(cut));
                }
                _ if number == stays => kept = Some(exit),
                _ => {}
            }
        }
        // Frames inside the graph leave it through the exits as they were; only one is kept now,
        // and what the others would get is for the later pass.
        let mut left = Vec::new();
        if let Some(narrowing) = self.narrowing.take() {
            self.picture.narrow(narrowing.chain, &mut |exit, frame| {
                if exit == stays {
                    left.push(frame);
                }
                Ok(())
            })?;
        }
        hand.exits.extend(kept);
        hand.stop = None;
        if let Some(tap) = &mut hand.images {
            (tap.large, tap.small) = (0, 0);
            tap.waiting.clear();
        }
        for frame in left {
            hand.take(0, frame)?;
        }
        self.out.send(Message::Narrowed { segment }).map_err(|_| gone())
    }
}

/// Where a packet ends on the container's clock, microseconds.
fn end_us(input: &Input<'_>, packet: &Packet) -> i64 {
    let Some(stream) = input.stream(packet.stream()) else { return 0 };
    let time = packet.pts().unwrap_or(0).saturating_add(packet.duration());
    rescale(time, stream.time_base(), Rational::MICROSECONDS)
}
