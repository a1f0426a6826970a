//! What does every room share? Handles, clock, randomness, tasks and the guarded HTTP client.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use farandole_storage::Store;
use farandole_transcoder::worker::Worker;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::config::Config;
use crate::db::{Db, jobs::Claimant};
use crate::domain::Millis;
use crate::tracker::Tracker;

/// Where the time comes from: the machine's clock, or a test's.
pub trait Clock: Send + Sync {
    /// The moment it is.
    fn now(&self) -> Millis;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Millis {
        Millis(jiff::Timestamp::now().as_millisecond())
    }
}

/// Where randomness comes from: the machine, or a test's seed.
pub trait Randomness: Send + Sync {
    /// Fills `bytes` with unpredictable values.
    fn fill(&self, bytes: &mut [u8]);
}

/// The machine's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        use rand::Rng as _;
        rand::rng().fill_bytes(bytes);
    }
}

/// What an [`App`] is made of.
pub struct Parts {
    /// Checked settings.
    pub config: Config,
    /// The database, migrated.
    pub db: Db,
    /// Object storage.
    pub store: Store,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub randomness: Arc<dyn Randomness>,
    /// How media is worked on: the child process.
    pub worker: Worker,
    /// 32 bytes that never leave this instance: they key tokens and seal what is kept.
    pub secret: [u8; 32],
}

/// The shared handles. Cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    parts: Parts,
    claimant: Claimant,
    tracker: Arc<Tracker>,
    tasks: TaskTracker,
    stopping: CancellationToken,
    job_wakeup: Notify,
    rooms: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let mut boot = [0; 16];
        parts.randomness.fill(&mut boot);
        let claimant = Claimant {
            node: parts.config.server.node_name.clone(),
            boot_id: uuid::Builder::from_random_bytes(boot).into_uuid().to_string(),
        };
        let mut seed = [0; 32];
        parts.randomness.fill(&mut seed);
        let tracker =
            Tracker::new(parts.config.tracker.clone(), parts.config.p2p.min_viewers, seed);
        Self {
            inner: Arc::new(Inner {
                parts,
                claimant,
                tracker: Arc::new(tracker),
                tasks: TaskTracker::new(),
                stopping: CancellationToken::new(),
                job_wakeup: Notify::new(),
                rooms: Mutex::default(),
            }),
        }
    }

    /// Checked settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.inner.parts.config
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.inner.parts.db
    }

    /// Probes and transcodes in a child process.
    #[must_use]
    pub fn worker(&self) -> &Worker {
        &self.inner.parts.worker
    }

    /// Object storage.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.parts.store
    }

    /// The moment it is.
    #[must_use]
    pub fn now(&self) -> Millis {
        self.inner.parts.clock.now()
    }

    /// `N` unpredictable bytes.
    #[must_use]
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.inner.parts.randomness.fill(&mut bytes);
        bytes
    }

    /// A new UUIDv4.
    #[must_use]
    pub fn new_uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.random_bytes()).into_uuid()
    }

    /// The instance's secret.
    #[must_use]
    pub fn secret(&self) -> &[u8; 32] {
        &self.inner.parts.secret
    }

    /// This start of this node, as jobs know it.
    #[must_use]
    pub fn claimant(&self) -> &Claimant {
        &self.inner.claimant
    }

    /// Tells viewers of the same video of each other.
    #[must_use]
    pub fn tracker(&self) -> &Arc<Tracker> {
        &self.inner.tracker
    }

    /// A folder below the data folder for bytes that only this node needs.
    #[must_use]
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.inner.parts.config.server.data_dir.join("scratch").join(name)
    }

    /// What a higher room keeps in memory on this node (growing media, throttles, caches): made
    /// once, shared by everybody who holds this `App`.
    #[must_use]
    pub fn room<T: Any + Default + Send + Sync>(&self) -> Arc<T> {
        let mut rooms = self.inner.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let kept =
            Arc::clone(rooms.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default())));
        drop(rooms);
        // The map holds under each type's id only that type, so the fallback is never taken.
        kept.downcast().unwrap_or_default()
    }

    /// Runs `task` until it ends; [`App::shutdown`] waits for it. Long ones watch
    /// [`App::stopping`].
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.inner.tasks.spawn(task);
    }

    /// Does `work` every so often until the server stops, and once more then.
    pub fn regularly<F>(&self, every: Duration, work: impl Fn(Self) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send,
    {
        let app = self.clone();
        self.spawn(async move {
            let stopping = app.stopping();
            let mut stops = false;
            while !stops {
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = tokio::time::sleep(every) => {}
                }
                // Asked before the work: what comes in meanwhile is for the last time.
                stops = stopping.is_cancelled();
                work(app.clone()).await;
            }
        });
    }

    /// Fires when the server is asked to stop.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        self.inner.stopping.clone()
    }

    /// Wakes the job runner: something was queued by this node.
    pub fn wake_jobs(&self) {
        self.inner.job_wakeup.notify_waiters();
    }

    /// Waits until [`App::wake_jobs`] is called.
    pub async fn jobs_woken(&self) {
        self.inner.job_wakeup.notified().await;
    }

    /// Asks every task to stop, waits for them at most `patience`, and closes the database.
    pub async fn shutdown(&self, patience: Duration) {
        self.inner.stopping.cancel();
        self.inner.tasks.close();
        if tokio::time::timeout(patience, self.inner.tasks.wait()).await.is_err() {
            tracing::warn!(tasks = self.inner.tasks.len(), "tasks still ran when the time was up");
        }
        self.inner.parts.db.close().await;
    }
}
