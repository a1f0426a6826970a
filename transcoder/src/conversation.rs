//! Does a worker keep to the protocol, and what has it made so far? Checks every event before
//! anybody acts on it: the child reads hostile media, so what it says is not trusted.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::index::{IndexError, SegmentIndex};
use crate::spec::{Event, FailureKind, ImageKind, Probe, RenditionPlan, Tiles};

/// Renditions one order may announce, far more than any ladder and any film's sound tracks.
const MAX_RENDITIONS: usize = 128;
/// Longest file name a worker may announce, bytes.
const MAX_FILE_NAME: usize = 64;
/// Longest segment a playlist may promise, seconds.
const MAX_TARGET_DURATION_S: u32 = 60;
/// Segments one rendition may have: three weeks of four seconds each.
const MAX_SEGMENTS: usize = 500_000;
/// Pictures one order may make.
const MAX_IMAGES: usize = 16;
/// Warnings kept for people; more say nothing new.
const MAX_WARNINGS: usize = 50;

/// A picture that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// Which picture.
    pub kind: ImageKind,
    /// File below the order's `out_dir`.
    pub file: String,
    /// Width, pixels.
    pub width: u32,
    /// Height, pixels.
    pub height: u32,
    /// For the storyboard only.
    pub tiles: Option<Tiles>,
}

/// A rendition and what is on disk of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// What was promised.
    pub plan: RenditionPlan,
    /// Its segments.
    pub index: SegmentIndex,
    /// Size of the finished file, bytes; 0 while it grows.
    pub size_bytes: u64,
}

/// Everything a worker has said, checked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// What the file is; present in every finished work.
    pub probe: Option<Probe>,
    /// Every rendition in the order of the plan; empty after a probe.
    pub renditions: Vec<Made>,
    /// `EXT-X-TARGETDURATION`, whole seconds.
    pub target_duration_s: u32,
    /// Pictures, in the order they were made.
    pub images: Vec<Image>,
    /// Things people should know though the work went on.
    pub warnings: Vec<String>,
    /// Length of the presentation as made; zero until the end.
    pub duration: Duration,
}

/// How a worker ended its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All is complete.
    Done,
    /// It gave up.
    Failed {
        /// What kind of failure.
        kind: FailureKind,
        /// A plain sentence for the uploader.
        message: String,
    },
}

/// How a worker broke the protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    /// An event that may not come at this point.
    #[error("{0} came out of order")]
    OutOfOrder(&'static str),
    /// A rendition that was never planned.
    #[error("rendition {0} was never planned")]
    UnknownRendition(usize),
    /// A plan no playlist can be made from.
    #[error("the plan is not usable: {0}")]
    Plan(&'static str),
    /// A name that could leave the folder.
    #[error("{0:?} is not a plain file name")]
    FileName(String),
    /// A segment that does not fit the ones before.
    #[error("rendition {rendition}: {source}")]
    Segment {
        /// Which rendition.
        rendition: usize,
        /// What is wrong with it.
        source: IndexError,
    },
    /// More of something than any film has.
    #[error("too many {0}")]
    TooMany(&'static str),
    /// The end was announced too early.
    #[error("done was said with {0} missing")]
    Unfinished(&'static str),
}

/// One order's events, from the first to the verdict.
#[derive(Debug)]
pub struct Conversation {
    probe_only: bool,
    planned: bool,
    verdict: Option<Verdict>,
    outcome: Outcome,
}

impl Conversation {
    /// Starts listening. `probe_only` when no work was ordered.
    #[must_use]
    pub fn new(probe_only: bool) -> Self {
        Self { probe_only, planned: false, verdict: None, outcome: Outcome::default() }
    }

    /// How it ended, when it did.
    #[must_use]
    pub const fn verdict(&self) -> Option<&Verdict> {
        self.verdict.as_ref()
    }

    /// What was said so far.
    #[must_use]
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Gives up what was said.
    #[must_use]
    pub fn into_outcome(self) -> Outcome {
        self.outcome
    }

    /// Takes the next event.
    ///
    /// # Errors
    /// [`Breach`] when the worker may not say this, or not now.
    pub fn accept(&mut self, event: &Event) -> Result<(), Breach> {
        if self.verdict.is_some() {
            return Err(Breach::OutOfOrder("an event after the end"));
        }
        match event {
            Event::Failed { kind, message } => {
                self.verdict = Some(Verdict::Failed { kind: *kind, message: message.clone() });
            }
            Event::Warning { message } => {
                if self.outcome.warnings.len() < MAX_WARNINGS {
                    self.outcome.warnings.push(message.clone());
                }
            }
            Event::Progress { .. } => {}
            Event::Probed { probe } => {
                if self.outcome.probe.is_some() {
                    return Err(Breach::OutOfOrder("a second probe"));
                }
                self.outcome.probe = Some(probe.clone());
            }
            Event::Planned { renditions, target_duration_s } => {
                self.plan(renditions, *target_duration_s)?;
            }
            Event::Init { rendition, .. } | Event::Segment { rendition, .. } => {
                self.grow(*rendition, event)?;
            }
            Event::RenditionDone { rendition, size_bytes } => {
                let made = self.grow(*rendition, event)?;
                if *size_bytes < made.index.end() {
                    return Err(Breach::OutOfOrder("a file shorter than its segments"));
                }
                made.size_bytes = *size_bytes;
            }
            Event::Playable => self.after_plan("playable")?,
            Event::Image { kind, file, width, height, tiles } => {
                self.after_plan("a picture")?;
                check_name(file)?;
                if self.outcome.images.len() >= MAX_IMAGES {
                    return Err(Breach::TooMany("pictures"));
                }
                let (kind, width, height, tiles) = (*kind, *width, *height, *tiles);
                self.outcome.images.push(Image { kind, file: file.clone(), width, height, tiles });
            }
            Event::Done { duration_us } => self.finish(*duration_us)?,
        }
        Ok(())
    }

    fn after_plan(&self, what: &'static str) -> Result<(), Breach> {
        if self.planned { Ok(()) } else { Err(Breach::OutOfOrder(what)) }
    }

    fn plan(&mut self, plans: &[RenditionPlan], target_duration_s: u32) -> Result<(), Breach> {
        if self.planned || self.probe_only || self.outcome.probe.is_none() {
            return Err(Breach::OutOfOrder("the plan"));
        }
        if plans.is_empty() || plans.len() > MAX_RENDITIONS {
            return Err(Breach::Plan("no rendition, or too many"));
        }
        if !(1..=MAX_TARGET_DURATION_S).contains(&target_duration_s) {
            return Err(Breach::Plan("target duration out of range"));
        }
        let mut names = BTreeSet::new();
        for (position, plan) in plans.iter().enumerate() {
            check_name(&plan.file)?;
            if plan.index != position || !names.insert(plan.file.as_str()) {
                return Err(Breach::Plan("renditions out of order or with one file name"));
            }
            if plan.fps.is_some_and(|fps| fps.den == 0) {
                return Err(Breach::Plan("a frame rate over zero"));
            }
        }
        self.planned = true;
        self.outcome.target_duration_s = target_duration_s;
        self.outcome.renditions = plans
            .iter()
            .map(|plan| Made { plan: plan.clone(), index: SegmentIndex::new(), size_bytes: 0 })
            .collect();
        Ok(())
    }

    fn grow(&mut self, rendition: usize, event: &Event) -> Result<&mut Made, Breach> {
        let made = self
            .outcome
            .renditions
            .get_mut(rendition)
            .ok_or(Breach::UnknownRendition(rendition))?;
        if made.index.segments().len() > MAX_SEGMENTS {
            return Err(Breach::TooMany("segments"));
        }
        made.index.apply(event).map_err(|source| Breach::Segment { rendition, source })?;
        Ok(made)
    }

    fn finish(&mut self, duration_us: u64) -> Result<(), Breach> {
        if self.outcome.probe.is_none() {
            return Err(Breach::Unfinished("the probe"));
        }
        if !self.probe_only && !self.planned {
            return Err(Breach::Unfinished("the plan"));
        }
        let unfinished = |made: &Made| !made.index.is_complete() || made.index.init_length() == 0;
        if self.outcome.renditions.iter().any(unfinished) {
            return Err(Breach::Unfinished("a rendition"));
        }
        self.outcome.duration = Duration::from_micros(duration_us);
        self.verdict = Some(Verdict::Done);
        Ok(())
    }
}

/// Letters, digits, dot, dash and underscore, not starting with a dot.
fn check_name(file: &str) -> Result<(), Breach> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if file.is_empty()
        || file.len() > MAX_FILE_NAME
        || file.starts_with('.')
        || !file.bytes().all(plain)
    {
        return Err(Breach::FileName(file.chars().take(MAX_FILE_NAME).collect()));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
