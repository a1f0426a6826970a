//! How is a file made into encoded renditions? One pass over it: a thread reads, decodes and
//! scales, one thread per rendition encodes, one handles the sound, one the pictures; this one
//! collects what they finish, writes segments and tells how it goes.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{self, Receiver, Sender, sync_channel};

use crate::assemble::{Assembler, Emit};
use crate::av::{Encoder, Input, Packet};
use crate::chain::{Chain, Size};
use crate::clock::FrameRate;
use crate::collect::{Message, Outcome, Watch};
use crate::failure::Failure;
use crate::images::{Images, Schedule};
use crate::picture::Picture;
use crate::plan::VideoEncode;
use crate::playable::Rules;
use crate::reader::{Exit, ImageFeed, ImageTap, Narrowing, Reader, SoundFeed};
use crate::rung::{Feed, RungEncoder};
use crate::sound::SoundLine;
use crate::spec::{Event, ImageSettings};
use crate::timeline::Timeline;

/// Frames that may wait before each encoder: enough to keep both sides busy, few enough to keep
/// memory small.
const FRAME_QUEUE: usize = 6;

/// Frames that may wait to become pictures.
const IMAGE_QUEUE: usize = 4;

/// Sound packets that may wait.
const SOUND_QUEUE: usize = 256;

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
    pub rules: Rules,
}

impl Pass<'_> {
    /// The encode to go on with alone when the whole ladder is too slow: the largest of at most
    /// 360p, else the smallest.
    pub(crate) fn small_one(&self) -> Option<usize> {
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
        mut self,
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
            let (lines, out) = (std::mem::take(&mut self.lines), out.clone());
            scope.spawn(move || make_sound(lines, &packets, &out));
            feed
        });
        let images = self.images.as_ref().map(|settings| {
            let (tap, images, frames) = self.tap(settings);
            let out = out.clone();
            scope.spawn(move || make_images(images, &frames, &out));
            tap
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

    /// Where frames for the pictures are taken, and who makes them.
    fn tap(&self, settings: &ImageSettings) -> (ImageTap, Images, Receiver<ImageFeed>) {
        let schedule = Schedule::new(settings, self.duration_us, self.storyboard);
        let large = large_exit(&self.chain.sizes, settings.preview_px);
        let small = self.chain.sizes.len().saturating_sub(1);
        let images = Images::new(self.dir, settings, schedule.tile_seconds());
        let (out, frames) = sync_channel::<ImageFeed>(IMAGE_QUEUE);
        (ImageTap { schedule, large, small, waiting: VecDeque::new(), out }, images, frames)
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
