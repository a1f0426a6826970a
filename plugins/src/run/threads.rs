//! Who runs the calls? A few threads of their own, behind a short queue: plugins that are slow use
//! up these and nothing else, and when the queue is full the caller hears so at once.

use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::failure::Failure;

/// Work that waited longer than this is not begun: whoever asked has been waiting too.
const PATIENCE: Duration = Duration::from_secs(5);
/// Room for what WebAssembly may use of it (512 KiB), and for the host above that.
const STACK_BYTES: usize = 4 << 20;

type Work = Box<dyn FnOnce() + Send>;

/// A set of threads and their queue. They end when it is dropped.
pub(crate) struct Threads {
    queue: SyncSender<Work>,
}

impl Threads {
    pub(crate) fn start(name: &str, threads: usize, queue: usize) -> Result<Self, std::io::Error> {
        let (sender, receiver) = sync_channel::<Work>(queue);
        let receiver = Arc::new(Mutex::new(receiver));
        for number in 0..threads.max(1) {
            let receiver = Arc::clone(&receiver);
            thread::Builder::new().name(format!("{name}-{number}")).stack_size(STACK_BYTES).spawn(
                move || {
                    loop {
                        let next = match receiver.lock() {
                            Ok(receiver) => receiver.recv(),
                            Err(_) => return,
                        };
                        match next {
                            Ok(work) => work(),
                            Err(_) => return,
                        }
                    }
                },
            )?;
        }
        Ok(Self { queue: sender })
    }

    /// Lets a thread do this.
    ///
    /// # Errors
    /// [`Failure::Busy`] when the queue is full, or the turn came too late.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let (answer, answered) = oneshot::channel();
        let asked = Instant::now();
        let work: Work = Box::new(move || {
            if asked.elapsed() > PATIENCE || answer.is_closed() {
                return;
            }
            // A panic here would take a thread away from all plugins.
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
            if let Ok(done) = done {
                let _ = answer.send(done);
            }
        });
        match self.queue.try_send(work) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                return Err(Failure::Busy);
            }
        }
        answered.await.map_err(|_| {
            if asked.elapsed() > PATIENCE {
                Failure::Busy
            } else {
                Failure::Host("the call broke down".to_owned())
            }
        })
    }
}
