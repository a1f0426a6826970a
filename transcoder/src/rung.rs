//! How does one rendition get encoded? A thread per rendition takes frames, keeps the rate
//! steady by showing a frame again where the file has none, and forces a key frame wherever a
//! segment starts.

use std::sync::mpsc::{Receiver, Sender};

use crate::av::{AvError, Encoder, Frame};
use crate::collect::Message;
use crate::failure::Failure;

/// What a rendition's thread is fed.
pub(crate) enum Feed {
    /// The next frame; its time is its number.
    Frame(Frame),
    /// The frame shown last stays up to this frame number.
    Hold(i64),
}

/// One rendition being encoded.
pub(crate) struct RungEncoder {
    /// Index in the plan.
    pub rendition: usize,
    /// The open encoder.
    pub encoder: Encoder,
    /// Frame numbers at which segments start, growing.
    pub cuts: Vec<i64>,
    /// The first frame to encode: 0, or where an earlier pass stopped.
    pub next: i64,
    /// Where the packets go.
    pub out: Sender<Message>,
}

/// Nobody wants the packets any more.
struct Unwanted;

impl RungEncoder {
    /// Encodes until the feed ends, then says that the rendition is done.
    pub(crate) fn run(mut self, feed: &Receiver<Feed>) {
        // A send that fails means that the whole pass was given up: nobody is left to tell.
        match self.encode_all(feed) {
            Ok(Ok(())) => {
                let _ = self.out.send(Message::VideoDone { rendition: self.rendition });
            }
            Ok(Err(Unwanted)) => {}
            Err(error) => {
                let failure = Failure::crash("encode the video", error);
                let _ = self.out.send(Message::Failed(failure));
            }
        }
    }

    fn encode_all(&mut self, feed: &Receiver<Feed>) -> Result<Result<(), Unwanted>, AvError> {
        let mut shown: Option<Frame> = None;
        for item in feed {
            let (frame, until) = match item {
                Feed::Frame(frame) => {
                    let number = frame.pts().unwrap_or(self.next);
                    (Some(frame), number)
                }
                Feed::Hold(until) => (None, until),
            };
            // Before the first frame of all, that frame itself is shown.
            if let Some(again) = shown.as_ref().or(frame.as_ref()) {
                let again = again.share()?;
                while self.next < until {
                    if self.encode(again.share()?)?.is_err() {
                        return Ok(Err(Unwanted));
                    }
                }
            }
            if let Some(frame) = frame {
                if until == self.next && self.encode(frame.share()?)?.is_err() {
                    return Ok(Err(Unwanted));
                }
                shown = Some(frame);
            }
        }
        self.encoder.send(None)?;
        self.drain()
    }

    fn encode(&mut self, mut frame: Frame) -> Result<Result<(), Unwanted>, AvError> {
        let passed = self.cuts.partition_point(|cut| *cut < self.next);
        frame.set_pts(self.next);
        frame.force_key(self.cuts.get(passed) == Some(&self.next));
        self.next += 1;
        self.encoder.send(Some(&frame))?;
        self.drain()
    }

    fn drain(&mut self) -> Result<Result<(), Unwanted>, AvError> {
        loop {
            match self.encoder.receive() {
                Ok(mut packet) => {
                    if let (Some(pts), Some(dts)) = (packet.pts(), packet.dts()) {
                        packet.set_times(pts, dts, 1);
                    }
                    let message = Message::Video { rendition: self.rendition, packet };
                    if self.out.send(message).is_err() {
                        return Ok(Err(Unwanted));
                    }
                }
                Err(AvError::Again | AvError::Eof) => return Ok(Ok(())),
                Err(error) => return Err(error),
            }
        }
    }
}
