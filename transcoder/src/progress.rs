//! How far is the work? One report about every second, whatever is being done.

use std::time::{Duration, Instant};

use crate::assemble::{Assembler, Emit};
use crate::spec::Event;

/// Between two reports.
const REPORT: Duration = Duration::from_secs(1);

/// Counts and reports the progress of one pass.
#[derive(Debug)]
pub(crate) struct Reporter {
    started: Instant,
    reported: Instant,
    /// Media that was there before this pass, microseconds.
    from_us: i64,
    duration_us: i64,
    frames: u64,
}

impl Reporter {
    /// For a pass that starts now at `from_us` of media that lasts `duration_us`.
    pub(crate) fn new(from_us: i64, duration_us: i64) -> Self {
        let now = Instant::now();
        Self { started: now, reported: now, from_us, duration_us, frames: 0 }
    }

    /// One more frame was encoded.
    pub(crate) fn count_frame(&mut self) {
        self.frames += 1;
    }

    /// When the pass started.
    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// Where it started, microseconds.
    pub(crate) fn start_us(&self) -> i64 {
        self.from_us
    }

    /// Reports when it is time; true when it did.
    pub(crate) fn tick(&mut self, assembler: &Assembler, emit: Emit<'_>) -> bool {
        if self.reported.elapsed() < REPORT {
            return false;
        }
        self.reported = Instant::now();
        let wall = self.started.elapsed().as_secs_f64();
        let made = assembler.made_us();
        let speed = (made - self.from_us).max(0) as f64 / 1e6 / wall;
        let left = (self.duration_us - made).max(0) as f64 / 1e6;
        emit(Event::Progress {
            position_us: u64::try_from(made).unwrap_or(0),
            speed,
            fps: self.frames as f64 / wall,
            eta_ms: (speed > 0.0).then(|| (left / speed * 1000.0) as u64),
        });
        true
    }
}
