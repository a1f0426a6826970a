//! Where does finished sound wait until every rendition has taken it? Each track is encoded (or
//! copied) once into an unnamed file; any rendition reads the packets of a segment from there.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::av::{Packet, Parameters, Rational, rescale};
use crate::failure::Failure;

/// A first packet this near to the start is taken to be at the start, microseconds: up to one
/// AAC frame goes missing where sound was cut there.
const SNAP_US: i64 = 35_000;

/// One stored packet.
#[derive(Debug, Clone, Copy)]
struct Entry {
    pts: i64,
    duration: u32,
    size: u32,
    offset: u64,
}

/// The finished packets of one sound track.
pub(crate) struct SoundBank {
    file: File,
    entries: Vec<Entry>,
    length: u64,
    ended: bool,
    /// Codec and its configuration.
    pub parameters: Parameters,
    /// Unit of the packets' times.
    pub time_base: Rational,
}

impl SoundBank {
    /// An empty bank; its file has no name and goes with the process.
    pub(crate) fn open(
        dir: &Path,
        parameters: Parameters,
        time_base: Rational,
    ) -> Result<Self, Failure> {
        let path = dir.join(format!(".sound-{}", std::process::id()));
        let file = File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(|error| Failure::output(&error))?;
        std::fs::remove_file(&path).map_err(|error| Failure::output(&error))?;
        Ok(Self { file, entries: Vec::new(), length: 0, ended: false, parameters, time_base })
    }

    /// Stores a packet. What lies before the start (an encoder's priming, sound before the first
    /// picture) or before what is there already is dropped.
    pub(crate) fn push(&mut self, packet: &Packet) -> Result<(), Failure> {
        let Some(mut pts) = packet.pts().filter(|pts| *pts >= 0) else { return Ok(()) };
        if self.entries.is_empty() && self.us(pts) < SNAP_US {
            // Every track of a file starts at 0; this is less than anybody can hear.
            pts = 0;
        }
        if self.entries.last().is_some_and(|last| pts <= last.pts) {
            return Ok(());
        }
        let bytes = packet.data();
        self.file.write_all_at(bytes, self.length).map_err(|error| Failure::output(&error))?;
        self.entries.push(Entry {
            pts,
            duration: u32::try_from(packet.duration().max(1)).unwrap_or(1),
            size: u32::try_from(bytes.len()).unwrap_or(0),
            offset: self.length,
        });
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// No more will come.
    pub(crate) fn finish(&mut self) {
        self.ended = true;
    }

    /// All sound before `time_us` is here.
    pub(crate) fn reaches(&self, time_us: i64) -> bool {
        self.ended || self.end_us() >= time_us
    }

    /// No more will come.
    pub(crate) fn is_ended(&self) -> bool {
        self.ended
    }

    /// Where the stored sound ends, microseconds.
    pub(crate) fn end_us(&self) -> i64 {
        self.entries.last().map_or(0, |last| self.us(last.pts + i64::from(last.duration)))
    }

    fn us(&self, time: i64) -> i64 {
        rescale(time, self.time_base, Rational::MICROSECONDS)
    }

    /// The packets that start within `from_us..to_us` (to the end without a `to_us`).
    pub(crate) fn packets(&self, from_us: i64, to_us: Option<i64>) -> Result<Vec<Packet>, Failure> {
        let first = self.entries.partition_point(|entry| self.us(entry.pts) < from_us);
        let last = to_us.map_or(self.entries.len(), |to| {
            self.entries.partition_point(|entry| self.us(entry.pts) < to)
        });
        let mut packets = Vec::new();
        let mut bytes = Vec::new();
        for entry in self.entries.get(first..last).unwrap_or_default() {
            bytes.resize(entry.size as usize, 0);
            self.file
                .read_exact_at(&mut bytes, entry.offset)
                .map_err(|error| Failure::output(&error))?;
            let mut packet = Packet::from_bytes(&bytes)
                .map_err(|error| Failure::crash("keep a piece of sound", error))?;
            packet.set_times(entry.pts, entry.pts, i64::from(entry.duration));
            packet.set_key(true);
            packets.push(packet);
        }
        Ok(packets)
    }
}
