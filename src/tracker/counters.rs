//! What happened, for metrics: numbers only, cheap enough to count every message.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! kinds {
    ($(#[$doc:meta])* $name:ident { $($(#[$kind_doc:meta])* $kind:ident = $label:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$kind_doc])* $kind,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind,)+];

            /// Its name in metrics.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$kind => $label,)+ }
            }
        }
    };
}

kinds! {
    /// What a client said.
    Heard {
        /// An announce.
        Announce = "announce",
        /// An answer to an offer.
        Answer = "answer",
        /// A scrape.
        Scrape = "scrape",
        /// Something that is not understood.
        Malformed = "malformed",
    }
}

kinds! {
    /// What a client was told.
    Told {
        /// The reply to an announce.
        Reply = "reply",
        /// Somebody's offer.
        Offer = "offer",
        /// Somebody's answer.
        Answer = "answer",
        /// The reply to a scrape.
        Scrape = "scrape",
        /// A failure.
        Failure = "failure",
    }
}

kinds! {
    /// What was not done, and why.
    Drop {
        /// A socket was refused: there are enough.
        Full = "full",
        /// A socket was refused: enough of its address.
        Address = "address",
        /// A message of a socket over its rate.
        Rate = "rate",
        /// A socket was closed: it went on over its rate.
        Flood = "flood",
        /// A socket was closed: it said nothing understandable.
        Malformed = "malformed",
        /// A socket was closed: it took too little of what it was sent.
        Slow = "slow",
        /// A socket was closed: it was not heard of for long.
        Silent = "silent",
        /// An announce for a swarm that is not, or not for this client.
        Unknown = "unknown",
        /// An announce beyond the number of swarms.
        Swarms = "swarms",
        /// An announce with somebody else's id.
        Taken = "taken",
        /// An answer to no offer.
        Unasked = "unasked",
    }
}

/// All counts since the start.
#[derive(Debug, Default)]
pub struct Counters {
    heard: [AtomicU64; Heard::ALL.len()],
    told: [AtomicU64; Told::ALL.len()],
    drops: [AtomicU64; Drop::ALL.len()],
    reports: AtomicU64,
}

fn count(counts: &[AtomicU64], at: usize, by: u64) {
    if let Some(count) = counts.get(at) {
        count.fetch_add(by, Ordering::Relaxed);
    }
}

fn read(counts: &[AtomicU64], at: usize) -> u64 {
    counts.get(at).map_or(0, |count| count.load(Ordering::Relaxed))
}

impl Counters {
    /// A message came.
    pub fn hear(&self, kind: Heard) {
        count(&self.heard, kind as usize, 1);
    }

    /// Messages go out.
    pub fn tell(&self, kind: Told, number: usize) {
        count(&self.told, kind as usize, number as u64);
    }

    /// Something was not done.
    pub fn drop(&self, reason: Drop) {
        count(&self.drops, reason as usize, 1);
    }

    /// A report of a bad segment was believed.
    pub fn report(&self) {
        self.reports.fetch_add(1, Ordering::Relaxed);
    }

    /// Messages that came.
    #[must_use]
    pub fn heard(&self, kind: Heard) -> u64 {
        read(&self.heard, kind as usize)
    }

    /// Messages that went out.
    #[must_use]
    pub fn told(&self, kind: Told) -> u64 {
        read(&self.told, kind as usize)
    }

    /// What was not done.
    #[must_use]
    pub fn drops(&self, reason: Drop) -> u64 {
        read(&self.drops, reason as usize)
    }

    /// Reports that were believed.
    #[must_use]
    pub fn reports(&self) -> u64 {
        self.reports.load(Ordering::Relaxed)
    }
}
