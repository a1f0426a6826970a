//! How do plugins run? A loaded [`Plugin`] is its compiled modules with what it may do; the
//! [`Host`] has the threads on which calls run.

mod blocks;
pub(crate) mod imports;
mod instance;
mod kept;
mod state;
mod threads;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::answer;
use crate::failure::{Failure, LoadError};
use crate::interface::{Event, Item, Reaction, Verdict};
use crate::manifest::{Grants, Hook, Manifest, Permission};
use crate::module;
use crate::package::Package;
use crate::services::Services;
use instance::Compiled;
use kept::Kept;
use state::Authority;
use threads::Threads;

/// How much of the machine plugins get.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Threads that judge.
    pub judge_threads: usize,
    /// Threads that handle events; they may wait for the network.
    pub event_threads: usize,
    /// Calls that may wait for a thread, per kind.
    pub queue: usize,
}

impl Default for Size {
    fn default() -> Self {
        Self { judge_threads: 2, event_threads: 1, queue: 64 }
    }
}

/// What an operator decided about a plugin.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// What it may do.
    pub grants: Grants,
    /// Its settings, as they were saved.
    pub config: Map<String, Value>,
}

/// The threads on which plugins run, and what the server does for them.
pub struct Host {
    judging: Threads,
    events: Threads,
    services: Arc<dyn Services>,
}

impl Host {
    /// Starts the threads.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn start(size: Size, services: Arc<dyn Services>) -> std::io::Result<Self> {
        Ok(Self {
            judging: Threads::start("plugin-judge", size.judge_threads, size.queue)?,
            events: Threads::start("plugin-event", size.event_threads, size.queue)?,
            services,
        })
    }

    /// Inspects and compiles a plugin: some ten milliseconds to a few seconds of a thread.
    ///
    /// # Errors
    /// When its module may not run, its configuration does not fit, or no thread is free.
    pub async fn load(&self, package: Package, setup: Setup) -> Result<Arc<Plugin>, LoadError> {
        let services = Arc::clone(&self.services);
        self.events
            .run(move || Plugin::load(&package, setup, services).map(Arc::new))
            .await
            .map_err(|_| LoadError::Busy)?
    }

    /// Lets a plugin judge a text. `keep_apart` separates kept instances: those of one channel
    /// never see another's texts.
    ///
    /// # Errors
    /// Whenever there is no true answer: the text must then be held.
    pub async fn judge(
        &self,
        plugin: &Arc<Plugin>,
        item: Item,
        keep_apart: &str,
    ) -> Result<Verdict, Failure> {
        let plugin = Arc::clone(plugin);
        let keep_apart = keep_apart.to_owned();
        self.judging.run(move || plugin.judge(&item, &keep_apart)).await?
    }

    /// Tells a plugin of an event.
    ///
    /// # Errors
    /// When it gave no true answer.
    pub async fn on_event(&self, plugin: &Arc<Plugin>, event: Event) -> Result<Reaction, Failure> {
        let plugin = Arc::clone(plugin);
        self.events.run(move || plugin.on_event(&event)).await?
    }
}

/// A plugin that is ready to be called.
pub struct Plugin {
    manifest: Manifest,
    authority: Arc<Authority>,
    judging: Option<Compiled>,
    events: Option<Compiled>,
    kept: Kept,
    counters: Counters,
}

/// What a plugin has done since it was loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Calls that were begun.
    pub calls: u64,
    /// Calls that gave no true answer, through the plugin's own doing.
    pub failures: u64,
    /// New instances.
    pub instances: u64,
    /// All the time that calls took, in microseconds.
    pub micros: u64,
}

#[derive(Default)]
struct Counters {
    calls: AtomicU64,
    failures: AtomicU64,
    instances: AtomicU64,
    micros: AtomicU64,
}

impl Plugin {
    /// Inspects and compiles; blocks the thread meanwhile.
    ///
    /// # Errors
    /// When its module may not run, or its configuration does not fit.
    pub fn load(
        package: &Package,
        setup: Setup,
        services: Arc<dyn Services>,
    ) -> Result<Self, LoadError> {
        let manifest = package.manifest().clone();
        manifest.configuration.validate(&setup.config)?;
        let missing = manifest.configuration.missing(&setup.config);
        if !missing.is_empty() {
            return Err(LoadError::Unset(missing.join(", ")));
        }
        let ready = module::ready(package.bytes(), &manifest)?;
        let compile = |hook: Hook| {
            manifest
                .hooks
                .contains(&hook)
                .then(|| Compiled::new(&ready, hook, &manifest.limits))
                .transpose()
        };
        let (judging, events) = (compile(Hook::Judge)?, compile(Hook::OnEvent)?);
        let authority = Authority {
            plugin: manifest.name.clone(),
            asked: manifest.permissions.clone(),
            granted: setup.grants.within(&manifest.permissions),
            config: manifest.configuration.resolve(&setup.config),
            services,
        };
        Ok(Self {
            kept: Kept::new(manifest.pooling.reuse),
            manifest,
            authority: Arc::new(authority),
            judging,
            events,
            counters: Counters::default(),
        })
    }

    /// Whether a package could be loaded, short of its settings: what `install` asks.
    ///
    /// # Errors
    /// When its module may not run.
    pub fn check(package: &Package) -> Result<(), LoadError> {
        let manifest = package.manifest();
        let ready = module::ready(package.bytes(), manifest)?;
        for hook in &manifest.hooks {
            Compiled::new(&ready, *hook, &manifest.limits)?;
        }
        Ok(())
    }

    /// What it says about itself.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What it has done since it was loaded.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            calls: self.counters.calls.load(Relaxed),
            failures: self.counters.failures.load(Relaxed),
            instances: self.counters.instances.load(Relaxed),
            micros: self.counters.micros.load(Relaxed),
        }
    }

    /// Judges a text on this thread.
    ///
    /// # Errors
    /// As [`Host::judge`].
    pub fn judge(&self, item: &Item, keep_apart: &str) -> Result<Verdict, Failure> {
        let compiled = self.judging.as_ref().ok_or_else(|| no_hook(Hook::Judge))?;
        let author = self.authority.granted.has(&Permission::Author);
        let shown = Item { author: item.author.clone().filter(|_| author), ..item.clone() };
        let json = to_json(&shown)?;
        self.counted(|| {
            let output = self.called(compiled, &json, keep_apart)?;
            answer::verdict(&output, &item.text, &self.authority.asked, &self.authority.granted)
        })
    }

    /// Handles an event on this thread.
    ///
    /// # Errors
    /// As [`Host::on_event`].
    pub fn on_event(&self, event: &Event) -> Result<Reaction, Failure> {
        let compiled = self.events.as_ref().ok_or_else(|| no_hook(Hook::OnEvent))?;
        let author = self.authority.granted.has(&Permission::Author);
        let shown = Event { author: event.author.clone().filter(|_| author), ..event.clone() };
        let json = to_json(&shown)?;
        self.counted(|| {
            // Events are never pooled: they are rare, and may hold other channels' texts.
            let output = self.fresh(compiled, &json)?.0;
            answer::reaction(&output, &self.authority.asked, &self.authority.granted)
        })
    }

    fn counted<T>(&self, call: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        let began = Instant::now();
        let result = call();
        self.counters.calls.fetch_add(1, Relaxed);
        self.counters.micros.fetch_add(micros(began.elapsed()), Relaxed);
        if result.as_ref().is_err_and(Failure::is_the_plugins) {
            self.counters.failures.fetch_add(1, Relaxed);
        }
        result
    }

    fn called(&self, compiled: &Compiled, json: &[u8], apart: &str) -> Result<Vec<u8>, Failure> {
        if let Some(mut instance) = self.kept.take(apart) {
            // A kept instance that fails is dropped.
            match compiled.call(&mut instance, &self.authority, json) {
                Ok(output) => {
                    self.kept.give_back(apart, instance);
                    return Ok(output);
                }
                Err(Failure::Host(_)) => {}
                Err(failure) => return Err(failure),
            }
        }
        let (output, instance) = self.fresh(compiled, json)?;
        self.kept.give_back(apart, instance);
        Ok(output)
    }

    fn fresh(
        &self,
        compiled: &Compiled,
        json: &[u8],
    ) -> Result<(Vec<u8>, instance::Instance), Failure> {
        let once = || {
            let mut instance = compiled.instance()?;
            self.counters.instances.fetch_add(1, Relaxed);
            let output = compiled.call(&mut instance, &self.authority, json)?;
            Ok((output, instance))
        };
        match once() {
            // Interrupted through no fault of its own: once more, on an instance that is clean.
            Err(Failure::Host(_)) => once(),
            other => other,
        }
    }
}

fn no_hook(hook: Hook) -> Failure {
    Failure::Host(format!("this plugin has no {}", hook.function()))
}

fn to_json(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(value).map_err(|problem| Failure::Host(problem.to_string()))
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
