//! How does the body of a request arrive? At some pace at least, so that nobody holds a connection
//! by sending a byte now and then; and what no handler reads of it is taken off the wire for a
//! while, so that a client that still sends sees the answer instead of a broken connection.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

use crate::app::App;

/// Slower than any line that a film could be sent over, and a film may take as long as it takes.
const LEAST_BYTES_PER_SECOND: u64 = 256;
/// Bytes of an unwanted body that are read, at most: a refused chunk or form ends within them and
/// its connection lives on.
const DRAIN_BYTES: u64 = 16 << 20;
/// For reading them.
const DRAIN_TIME: Duration = Duration::from_secs(30);
/// For the next of them; and, when there are more, for a client to notice the answer.
const DRAIN_STALL: Duration = Duration::from_secs(5);

/// The body of a request, as handlers get it.
pub(super) struct Received {
    /// `None` once it has ended, well or not.
    body: Option<Incoming>,
    pace: Pace,
    /// When a handler began to wait for what comes next.
    since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
    /// The client asked for leave to send (`Expect: 100-continue`) and has not been given it: the
    /// first read does.
    held_back: bool,
    app: App,
}

impl Received {
    pub(super) fn new(body: Incoming, app: &App, stall: Duration, expects_leave: bool) -> Self {
        let body = (!body.is_end_stream()).then_some(body);
        Self {
            body,
            pace: Pace::new(stall),
            since: None,
            timer: None,
            held_back: expects_leave,
            app: app.clone(),
        }
    }

    /// Ready once the client has been too slow.
    fn poll_too_slow(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let patience = self.pace.patience();
        // Most bodies come at once, and get no timer.
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(patience)));
        if self.since.is_none() {
            let now = Instant::now();
            self.since = Some(now);
            timer.as_mut().reset(now + patience);
        }
        timer.as_mut().poll(cx)
    }
}

impl Body for Received {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        let Some(body) = this.body.as_mut() else { return Poll::Ready(None) };
        this.held_back = false;
        match Pin::new(body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                let waited = this.since.take().map_or(Duration::ZERO, |since| since.elapsed());
                this.pace.came(frame.data_ref().map_or(0, Bytes::len), waited);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(ended) => {
                this.body = None;
                Poll::Ready(ended.map(|last| last.map_err(Into::into)))
            }
            Poll::Pending => {
                ready!(this.poll_too_slow(cx));
                this.body = None;
                let error = io::Error::new(io::ErrorKind::TimedOut, "the request came too slowly");
                Poll::Ready(Some(Err(error.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Incoming::size_hint)
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        let Some(body) = self.body.take() else { return };
        // A client that waits for leave sends nothing once it has another answer.
        let sends = !body.is_end_stream() && !self.held_back;
        if sends && tokio::runtime::Handle::try_current().is_ok() {
            let stopping = self.app.stopping();
            self.app.spawn(async move {
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = drain(body) => {}
                }
            });
        }
    }
}

/// Reads what is still sent, within bounds.
async fn drain(mut body: Incoming) {
    let mut left = DRAIN_BYTES;
    let reading = async {
        while let Ok(Some(Ok(frame))) = tokio::time::timeout(DRAIN_STALL, body.frame()).await {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len) as u64);
            if left == 0 {
                return;
            }
        }
    };
    let _ = tokio::time::timeout(DRAIN_TIME, reading).await;
    if left == 0 {
        // Unread bytes at the end would reset the connection, and the answer could be lost with
        // it. A client that can send no more has a moment to look for it.
        sleep(DRAIN_STALL).await;
    }
}

/// How much came while somebody waited for it. The handler's own time does not count.
#[derive(Debug, Clone, Copy)]
struct Pace {
    stall: Duration,
    /// Waited since enough came last.
    waited: Duration,
    /// Came meanwhile, bytes.
    bytes: u64,
}

impl Pace {
    const fn new(stall: Duration) -> Self {
        Self { stall, waited: Duration::ZERO, bytes: 0 }
    }

    /// Something came, after it was waited for.
    fn came(&mut self, bytes: usize, waited: Duration) {
        self.waited += waited;
        self.bytes += bytes as u64;
        if self.bytes >= LEAST_BYTES_PER_SECOND * self.stall.as_secs() {
            *self = Self::new(self.stall);
        }
    }

    /// How long the next may take.
    const fn patience(&self) -> Duration {
        self.stall.saturating_sub(self.waited)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a body of `pieces` is taken to its end, one every `every`.
    fn taken(pieces: usize, bytes: usize, every: Duration) -> bool {
        let mut pace = Pace::new(Duration::from_secs(10));
        (0..pieces).all(|_| {
            let in_time = every < pace.patience();
            pace.came(bytes, every);
            in_time
        })
    }

    #[test]
    fn a_slow_line_is_waited_for_and_a_dripping_one_is_not() {
        let second = Duration::from_secs(1);
        assert!(taken(100_000, 300, second), "a modem");
        assert!(taken(1_000, 64 << 10, second * 9), "with long pauses");
        assert!(taken(100_000, 1, Duration::ZERO), "in tiny pieces");
        assert!(!taken(1_000, 1, second), "a byte a second");
        assert!(!taken(2, 64 << 10, second * 11), "nothing for too long");
    }
}
