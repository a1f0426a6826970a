//! How do bytes come and go? One task per socket, which holds buffers only while something moves.
//!
//! What is read lands in a buffer that all sockets of a thread share, and is understood there; a
//! message that has come in part is kept until the rest is there. What others queue meanwhile goes
//! out in one write.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;

use super::frames::{self, Broken, Frames, Incoming, MOST_HEAD_BYTES};
use super::hear::Faults;
use super::protocol::MOST_BYTES;
use super::seat::Seat;
use super::{Tracker, counters};
use crate::domain::Millis;

/// Room for a whole frame and for what comes with it.
const SHARED_BYTES: usize = 2 * (MOST_BYTES + MOST_HEAD_BYTES);
/// Reads of one socket before others have their turn.
const READS: usize = 4;
/// How long a goodbye may take to be sent.
const GOODBYE: Duration = Duration::from_secs(1);

thread_local! {
    static SHARED: RefCell<Box<[u8]>> = RefCell::new(vec![0; SHARED_BYTES].into());
}

/// Where the time comes from.
pub type Now = Arc<dyn Fn() -> Millis + Send + Sync>;

/// A socket that is served.
struct Served {
    tracker: Arc<Tracker>,
    seat: Arc<Seat>,
    stream: TcpStream,
    now: Now,
    frames: Frames,
    /// The beginning of a frame whose rest has not come.
    begun: Vec<u8>,
    faults: Faults,
}

/// Forgets the socket also when its task is dropped half-way.
struct Leaving(Arc<Tracker>, Arc<Seat>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.close(&self.1);
    }
}

/// Serves a socket until it ends; `early` is what came behind the request that opened it.
pub async fn serve(
    tracker: Arc<Tracker>,
    seat: Arc<Seat>,
    stream: TcpStream,
    early: Vec<u8>,
    now: Now,
) {
    let _leaving = Leaving(Arc::clone(&tracker), Arc::clone(&seat));
    let mut served = Served {
        tracker,
        seat,
        stream,
        now,
        frames: Frames::default(),
        begun: early,
        faults: Faults::default(),
    };
    // It may hold a whole message already.
    served.understand_early();
    let ended = poll_fn(|cx| served.poll(cx)).await;
    if ended.is_ok() && !served.seat.dead() {
        let waiting = served.seat.take_waiting();
        // Who does not take it is left without.
        let _ = tokio::time::timeout(GOODBYE, goodbye(served.stream, &waiting)).await;
    }
}

/// Sends the last words, and waits until they are taken: a connection that is closed while
/// something unread has come in is reset, and the words with it.
async fn goodbye(mut stream: TcpStream, words: &[u8]) -> io::Result<()> {
    stream.write_all(words).await?;
    stream.shutdown().await?;
    let mut unread = [0; 1024];
    while stream.read(&mut unread).await? > 0 {}
    Ok(())
}

impl Served {
    /// Ready when the socket is to be closed: with a goodbye, or with the error that ended it.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // What it is told while it is heard goes out below: nobody needs to be woken for that.
        self.seat.wakes_nobody();
        let mut reads = 0;
        while !self.seat.ended() {
            if reads == READS {
                cx.waker().wake_by_ref();
                break;
            }
            match self.read(cx) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
                Poll::Ready(Ok(_)) => reads += 1,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => break,
            }
        }
        self.seat.wakes(cx.waker());
        self.write(cx)
    }

    /// Reads once into the shared buffer, and hears what is whole.
    fn read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        SHARED.with_borrow_mut(|shared| {
            let kept = self.begun.len();
            let Some((before, room)) = shared.split_at_mut_checked(kept) else {
                return Poll::Ready(Err(io::ErrorKind::OutOfMemory.into()));
            };
            let mut read = ReadBuf::new(room);
            match Pin::new(&mut self.stream).poll_read(cx, &mut read) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            }
            let came = read.filled().len();
            before.copy_from_slice(&self.begun);
            if came > 0
                && let Some(bytes) = shared.get_mut(..kept + came)
            {
                self.understand(bytes);
            }
            Poll::Ready(Ok(came))
        })
    }

    fn understand_early(&mut self) {
        let mut early = std::mem::take(&mut self.begun);
        if early.len() <= SHARED_BYTES / 2 {
            self.understand(&mut early);
        } else {
            self.seat.end(code(Broken::TooLong), "");
        }
    }

    /// Hears the messages in `bytes`, and keeps what is left of them.
    fn understand(&mut self, mut bytes: &mut [u8]) {
        let now = (self.now)();
        self.seat.heard(now);
        loop {
            let taken = match self.frames.next(bytes) {
                Ok(None) => break,
                Ok(Some((incoming, taken))) => {
                    let (tracker, seat) = (&self.tracker, &self.seat);
                    match incoming {
                        _ if !tracker.within_rate(seat, &mut self.faults, now) => {}
                        Incoming::Text(text) => tracker.hear(seat, &mut self.faults, text, now),
                        Incoming::Ping(payload) => {
                            seat.send_frames(|out| frames::write_pong(out, payload));
                        }
                        Incoming::Close(code) => seat.end(code.unwrap_or(1000), ""),
                        Incoming::Pong | Incoming::Part => {}
                    }
                    taken
                }
                Err(broken) => {
                    self.tracker.counters.drop(counters::Drop::Malformed);
                    self.seat.end(code(broken), "");
                    break;
                }
            };
            if self.seat.ended() {
                return;
            }
            bytes = bytes.split_at_mut_checked(taken).map_or(&mut [], |(_, rest)| rest);
        }
        self.frames.rest();
        self.begun.clear();
        if bytes.is_empty() {
            self.begun = Vec::new();
        } else {
            self.begun.extend_from_slice(bytes);
        }
    }

    /// Writes what waits, as far as it goes.
    fn write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if self.seat.ended() {
                return Poll::Ready(Ok(()));
            }
            let mut waiting = self.seat.take_waiting();
            if waiting.is_empty() {
                return Poll::Pending;
            }
            match Pin::new(&mut self.stream).poll_write(cx, &waiting) {
                Poll::Ready(Ok(written)) if written == waiting.len() => {}
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => {
                    waiting.drain(..written);
                    self.put_back(waiting);
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    self.put_back(waiting);
                    return if self.seat.dead() { Poll::Ready(Ok(())) } else { Poll::Pending };
                }
            }
        }
    }

    fn put_back(&self, unsent: Vec<u8>) {
        if !self.seat.put_back(unsent) {
            self.tracker.counters.drop(counters::Drop::Slow);
        }
    }
}

/// The close code for what a peer did wrong.
fn code(broken: Broken) -> u16 {
    match broken {
        Broken::Protocol => 1002,
        Broken::NotUtf8 => 1007,
        Broken::TooLong => 1009,
    }
}
