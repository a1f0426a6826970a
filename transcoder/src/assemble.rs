//! How do packets from encoders and copies become segments? Everything finished arrives here,
//! in any order between tracks; a segment is written once its pictures and its sound are whole.
//! Knows times and packets, not where they come from.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use crate::av::{MuxTrack, Packet, Parameters, Rational, rescale};
use crate::bank::SoundBank;
use crate::failure::Failure;
use crate::output::{Allowance, RenditionFile, Written};
use crate::spec::{Event, RenditionPlan};
use crate::timeline::Timeline;

/// What the engine tells the world through.
pub(crate) type Emit<'e> = &'e mut dyn FnMut(Event);

/// A rendition with pictures under construction.
struct Video {
    rendition: usize,
    file: RenditionFile,
    time_base: Rational,
    /// How much before a cut its first picture may lie, microseconds.
    slack_us: i64,
    /// Muxed sound.
    track: Option<usize>,
    /// Segments not yet written; all but the last are whole.
    segments: VecDeque<Vec<Packet>>,
    /// Number of the first of those.
    next: usize,
    end_us: i64,
    ended: bool,
    done: bool,
}

/// A rendition of sound alone under construction.
struct Sound {
    rendition: usize,
    file: RenditionFile,
    track: usize,
    next: usize,
    /// Start of the sound not yet written: earlier than segment `next` after empty segments.
    from_us: i64,
    done: bool,
}

/// Collects packets and writes segments.
pub(crate) struct Assembler {
    dir: PathBuf,
    plans: Vec<RenditionPlan>,
    timeline: Timeline,
    banks: Vec<SoundBank>,
    videos: Vec<Video>,
    sounds: Vec<Sound>,
    allowance: Allowance,
    end_us: i64,
}

impl Assembler {
    /// An assembler for the planned renditions; `banks` are the sound tracks, the default first.
    pub(crate) fn new(
        dir: &Path,
        plans: Vec<RenditionPlan>,
        timeline: Timeline,
        banks: Vec<SoundBank>,
        allowance: Allowance,
    ) -> Self {
        Self {
            dir: dir.to_owned(),
            plans,
            timeline,
            banks,
            videos: Vec::new(),
            sounds: Vec::new(),
            allowance,
            end_us: 0,
        }
    }

    fn create(&self, rendition: usize, tracks: &[MuxTrack]) -> Result<RenditionFile, Failure> {
        let plan = self.plans.get(rendition).ok_or_else(|| lost("a rendition"))?;
        RenditionFile::create(&self.dir, plan, tracks)
    }

    fn sound_track(&self, track: usize, rendition: usize) -> Result<MuxTrack, Failure> {
        let bank = self.banks.get(track).ok_or_else(|| lost("a sound track"))?;
        let parameters = bank
            .parameters
            .duplicate()
            .map_err(|error| Failure::crash("prepare the sound", error))?;
        let language = self.plans.get(rendition).and_then(|plan| plan.language.clone());
        Ok(MuxTrack { parameters, time_base: bank.time_base, language })
    }

    /// Starts a rendition with pictures; the default sound is muxed in when there is any.
    /// `slack_us` is how much before a cut its first picture may lie.
    pub(crate) fn open_video(
        &mut self,
        rendition: usize,
        parameters: Parameters,
        time_base: Rational,
        slack_us: i64,
    ) -> Result<(), Failure> {
        let mut tracks = vec![MuxTrack { parameters, time_base, language: None }];
        let track = (!self.banks.is_empty()).then_some(0);
        if let Some(track) = track {
            tracks.push(self.sound_track(track, rendition)?);
        }
        let file = self.create(rendition, &tracks)?;
        self.videos.push(Video {
            rendition,
            file,
            time_base,
            slack_us,
            track,
            segments: VecDeque::new(),
            next: 0,
            end_us: 0,
            ended: false,
            done: false,
        });
        Ok(())
    }

    /// Starts a rendition of one sound track alone.
    pub(crate) fn open_sound(&mut self, rendition: usize, track: usize) -> Result<(), Failure> {
        let tracks = [self.sound_track(track, rendition)?];
        let file = self.create(rendition, &tracks)?;
        self.sounds.push(Sound { rendition, file, track, next: 0, from_us: 0, done: false });
        Ok(())
    }

    /// The segment boundaries.
    pub(crate) fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Adds a segment boundary, found while copying.
    pub(crate) fn add_cut(&mut self, time_us: i64) {
        self.timeline.add_cut(time_us);
    }

    /// Takes one packet with pictures, in decoding order.
    pub(crate) fn push_video(
        &mut self,
        rendition: usize,
        packet: Packet,
        emit: Emit<'_>,
    ) -> Result<(), Failure> {
        let timeline = &self.timeline;
        let Some(video) = self.videos.iter_mut().find(|video| video.rendition == rendition) else {
            return Err(lost("a rendition"));
        };
        let us = |time: i64| rescale(time, video.time_base, Rational::MICROSECONDS);
        let pts = packet.pts().unwrap_or(0);
        let open = video.next + video.segments.len();
        let starts = video.segments.is_empty()
            || packet.is_key()
                && timeline.start_us(open).is_some_and(|cut| us(pts) + video.slack_us >= cut);
        video.end_us = video.end_us.max(us(pts + packet.duration()));
        if starts {
            video.segments.push_back(vec![packet]);
            return self.flush(emit);
        }
        if let Some(segment) = video.segments.back_mut() {
            segment.push(packet);
        }
        Ok(())
    }

    /// No more pictures will come for a rendition.
    pub(crate) fn finish_video(&mut self, rendition: usize, emit: Emit<'_>) -> Result<(), Failure> {
        if let Some(video) = self.videos.iter_mut().find(|video| video.rendition == rendition) {
            video.ended = true;
        }
        self.flush(emit)
    }

    /// Takes one packet of a sound track.
    pub(crate) fn push_sound(
        &mut self,
        track: usize,
        packet: &Packet,
        emit: Emit<'_>,
    ) -> Result<(), Failure> {
        let bank = self.banks.get_mut(track).ok_or_else(|| lost("a sound track"))?;
        let before = self.timeline.segment_at(bank.end_us());
        self.allowance.take(packet.data().len())?;
        bank.push(packet)?;
        if self.timeline.segment_at(bank.end_us()) == before {
            return Ok(());
        }
        self.flush(emit)
    }

    /// No more sound will come for a track.
    pub(crate) fn finish_sound(&mut self, track: usize, emit: Emit<'_>) -> Result<(), Failure> {
        if let Some(bank) = self.banks.get_mut(track) {
            bank.finish();
        }
        self.flush(emit)
    }

    /// Writes every segment that is whole.
    pub(crate) fn flush(&mut self, emit: Emit<'_>) -> Result<(), Failure> {
        let mut videos = std::mem::take(&mut self.videos);
        let result = videos.iter_mut().try_for_each(|video| self.flush_video(video, emit));
        self.videos = videos;
        result?;
        let mut sounds = std::mem::take(&mut self.sounds);
        let result = sounds.iter_mut().try_for_each(|sound| self.flush_sound(sound, emit));
        self.sounds = sounds;
        result
    }

    fn flush_video(&mut self, video: &mut Video, emit: Emit<'_>) -> Result<(), Failure> {
        while !video.done {
            let last = video.segments.len() <= 1;
            if last && !video.ended {
                return Ok(());
            }
            let from = self.timeline.start_us(video.next).unwrap_or(0);
            let to = if last { None } else { self.timeline.start_us(video.next + 1) };
            let bank = video.track.and_then(|track| self.banks.get(track));
            if bank.is_some_and(|bank| !to.map_or(bank.is_ended(), |to| bank.reaches(to))) {
                return Ok(());
            }
            let mut end = to.unwrap_or(video.end_us);
            if let Some(mut pictures) = video.segments.pop_front() {
                set_last_duration(&mut pictures, video.segments.front());
                let mut tracks = vec![pictures];
                if let Some(bank) = bank {
                    tracks.push(bank.packets(from, to)?);
                    end = if last { end.max(bank.end_us()) } else { end };
                }
                let written = video.file.write_segment(&mut tracks, &mut self.allowance)?;
                tell(video.rendition, written, end - from, emit);
                video.next += 1;
                self.end_us = self.end_us.max(end);
            }
            if last {
                video.done = true;
                let size_bytes = video.file.length();
                emit(Event::RenditionDone { rendition: video.rendition, size_bytes });
            }
        }
        Ok(())
    }

    fn flush_sound(&mut self, sound: &mut Sound, emit: Emit<'_>) -> Result<(), Failure> {
        let bank = self.banks.get(sound.track).ok_or_else(|| lost("a sound track"))?;
        while !sound.done {
            let to = self.timeline.start_us(sound.next + 1);
            // Once the sound has ended, what is left is the last segment.
            let to = to.filter(|to| !bank.is_ended() || bank.end_us() > *to);
            match to {
                Some(to) if !bank.reaches(to) => return Ok(()),
                None if !bank.is_ended() => return Ok(()),
                _ => {}
            }
            let packets = bank.packets(sound.from_us, to)?;
            if !packets.is_empty() {
                let end = to.unwrap_or_else(|| bank.end_us());
                let written = sound.file.write_segment(&mut [packets], &mut self.allowance)?;
                tell(sound.rendition, written, end - sound.from_us, emit);
                sound.from_us = end;
                self.end_us = self.end_us.max(end);
            }
            sound.next += 1;
            if to.is_none() {
                sound.done = true;
                let size_bytes = sound.file.length();
                emit(Event::RenditionDone { rendition: sound.rendition, size_bytes });
            }
        }
        Ok(())
    }

    /// Media time written by the slowest rendition that has pictures and is not done.
    pub(crate) fn made_us(&self) -> i64 {
        let open = self.videos.iter().filter(|video| !video.done);
        open.map(|video| self.timeline.start_us(video.next).unwrap_or(video.end_us))
            .min()
            .unwrap_or(self.end_us)
    }

    /// Media time written of one rendition with pictures, microseconds.
    pub(crate) fn made_of_us(&self, rendition: usize) -> i64 {
        self.videos
            .iter()
            .find(|video| video.rendition == rendition)
            .map_or(0, |video| self.timeline.start_us(video.next).unwrap_or(video.end_us))
    }

    /// Where a sound track ends so far, microseconds.
    pub(crate) fn sound_end_us(&self, track: usize) -> i64 {
        self.banks.get(track).map_or(0, SoundBank::end_us)
    }

    /// Where a rendition's pictures end so far, microseconds.
    pub(crate) fn video_end_us(&self, rendition: usize) -> i64 {
        self.videos
            .iter()
            .find(|video| video.rendition == rendition)
            .map_or(0, |video| video.end_us)
    }

    /// Segments that every rendition has.
    pub(crate) fn made_segments(&self) -> i64 {
        let videos = self.videos.iter().filter(|video| !video.done).map(|video| video.next);
        let sounds = self.sounds.iter().filter(|sound| !sound.done).map(|sound| sound.next);
        videos.chain(sounds).min().and_then(|least| i64::try_from(least).ok()).unwrap_or(i64::MAX)
    }

    /// A rendition with pictures is complete.
    pub(crate) fn is_done(&self, rendition: usize) -> bool {
        self.videos.iter().any(|video| video.rendition == rendition && video.done)
    }

    /// Every rendition that was started is complete.
    pub(crate) fn is_complete(&self) -> bool {
        self.videos.iter().all(|video| video.done) && self.sounds.iter().all(|sound| sound.done)
    }

    /// Where the longest rendition ends, microseconds.
    pub(crate) fn end_us(&self) -> i64 {
        self.end_us
    }
}

/// A muxer takes the length of a fragment's last picture from the packet itself: it must reach
/// exactly to the first picture of the next segment.
fn set_last_duration(pictures: &mut [Packet], next: Option<&Vec<Packet>>) {
    let next = next.and_then(|next| next.first()).and_then(Packet::dts);
    let Some(last) = pictures.last_mut() else { return };
    if let (Some(next), Some(pts), Some(dts)) = (next, last.pts(), last.dts())
        && next > dts
    {
        last.set_times(pts, dts, next - dts);
    }
}

/// Tells of a segment that is on disk.
fn tell(rendition: usize, written: Written, duration_us: i64, emit: Emit<'_>) {
    if let Some(length) = written.init {
        emit(Event::Init { rendition, length });
    }
    emit(Event::Segment {
        rendition,
        offset: written.offset,
        length: written.length,
        duration_us: u64::try_from(duration_us).unwrap_or(0).max(1),
        sha256: written.sha256,
    });
}

/// A rendition or track that was never opened: a mistake of ours, worth one more try at most.
fn lost(what: &str) -> Failure {
    Failure::new(crate::spec::FailureKind::Crash, format!("The transcoder lost track of {what}."))
}
