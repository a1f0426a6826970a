//! Which instances may serve again? Only those of plugins whose manifest asks for it, only for the
//! same channel, at most a thousand calls long, and never after a failure or once their memory
//! has grown.

use std::collections::HashMap;
use std::sync::Mutex;

use super::instance::Instance;

/// An instance is thrown away after so many calls.
const MAX_CALLS: u32 = 1_000;
/// So many are kept per channel.
const PER_CHANNEL: usize = 2;
/// So many are kept per plugin; when there are more channels, all are thrown away.
const PER_PLUGIN: usize = 64;

/// The instances that wait for their next call.
pub(super) struct Kept {
    reuse: bool,
    waiting: Mutex<HashMap<String, Vec<Instance>>>,
}

impl Kept {
    pub(super) fn new(reuse: bool) -> Self {
        Self { reuse, waiting: Mutex::new(HashMap::new()) }
    }

    /// One for this channel, if one waits.
    pub(super) fn take(&self, channel: &str) -> Option<Instance> {
        if !self.reuse {
            return None;
        }
        self.waiting.lock().ok()?.get_mut(channel)?.pop()
    }

    /// Keeps it, if it may be kept. What is not is dropped outside the lock.
    pub(super) fn give_back(&self, channel: &str, instance: Instance) {
        if !self.reuse || instance.calls >= MAX_CALLS || instance.has_grown() {
            return;
        }
        let Ok(mut waiting) = self.waiting.lock() else { return };
        let dropped = if waiting.values().map(Vec::len).sum::<usize>() >= PER_PLUGIN {
            std::mem::take(&mut *waiting)
        } else {
            HashMap::new()
        };
        let here = waiting.entry(channel.to_owned()).or_default();
        if here.len() < PER_CHANNEL {
            here.push(instance);
        }
        drop(waiting);
        drop(dropped);
    }
}
