//! Where in a rendition's file does each segment lie? A compact list of byte ranges, durations and
//! hashes from which playlists and checks are made. Nothing here reads files.

use std::time::Duration;

use crate::spec::Event;

/// First byte of the stored form; a new layout takes the next number.
const VERSION: u8 = 1;
/// Fewest bytes one stored segment takes: three one-byte numbers and a SHA-256.
const MIN_SEGMENT_BYTES: usize = 3 + 32;
/// Largest number accepted for a length, an offset or a duration (databases keep `i64`).
const MAX_NUMBER: u64 = i64::MAX as u64;

/// One media segment inside a rendition's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Where it starts in the file, bytes.
    pub offset: u64,
    /// Its length, bytes.
    pub length: u64,
    /// Its media duration, microseconds.
    pub duration_us: u64,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

impl Segment {
    /// First byte after the segment.
    #[must_use]
    pub const fn end(&self) -> u64 {
        self.offset.saturating_add(self.length)
    }
}

/// Why a segment or a stored index was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// The stored bytes end too early or have something left over.
    #[error("the segment index is cut short or has trailing bytes")]
    Length,
    /// Written by a newer version of this program.
    #[error("the segment index has layout {0}, which this version does not know")]
    Version(u8),
    /// A number that no file can have.
    #[error("the segment index holds a number that is out of range")]
    Number,
    /// Segments must follow each other, never overlap, and last longer than nothing.
    #[error("a segment is empty, or overlaps the one before it")]
    Order,
    /// Nothing may be added after the end was announced.
    #[error("a segment was added to a complete index")]
    Complete,
    /// The worker sent a hash that is not 64 hexadecimal digits.
    #[error("a segment hash is not a SHA-256")]
    Hash,
}

/// The segments of one rendition's file, in order of time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SegmentIndex {
    init_length: u64,
    segments: Vec<Segment>,
    complete: bool,
}

impl SegmentIndex {
    /// An index with nothing in it yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { init_length: 0, segments: Vec::new(), complete: false }
    }

    /// Length of the initialisation section at offset 0, bytes; 0 while it is not on disk.
    #[must_use]
    pub const fn init_length(&self) -> u64 {
        self.init_length
    }

    /// The segments so far, in order of time.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// No more segments will come.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.complete
    }

    /// Says how long the initialisation section is.
    ///
    /// # Errors
    /// [`IndexError::Order`] when segments are known already or the length is 0.
    pub const fn set_init(&mut self, length: u64) -> Result<(), IndexError> {
        if length == 0 || !self.segments.is_empty() {
            return Err(IndexError::Order);
        }
        if length > MAX_NUMBER {
            return Err(IndexError::Number);
        }
        self.init_length = length;
        Ok(())
    }

    /// Adds the next segment.
    ///
    /// # Errors
    /// When the index is complete, or the segment is empty, overlaps what is there, or reaches
    /// further than any file can.
    pub fn push(&mut self, segment: Segment) -> Result<(), IndexError> {
        if self.complete {
            return Err(IndexError::Complete);
        }
        if segment.offset < self.end() || segment.length == 0 || segment.duration_us == 0 {
            return Err(IndexError::Order);
        }
        let end = segment.offset.checked_add(segment.length).ok_or(IndexError::Number)?;
        let time = self.duration_us().checked_add(segment.duration_us).ok_or(IndexError::Number)?;
        if end > MAX_NUMBER || time > MAX_NUMBER {
            return Err(IndexError::Number);
        }
        self.segments.push(segment);
        Ok(())
    }

    /// Marks the index as complete.
    pub const fn finish(&mut self) {
        self.complete = true;
    }

    /// Takes what a worker said about this index's rendition; other events change nothing.
    ///
    /// # Errors
    /// As [`Self::push`] and [`Self::set_init`], and [`IndexError::Hash`].
    pub fn apply(&mut self, event: &Event) -> Result<(), IndexError> {
        match event {
            Event::Init { length, .. } => self.set_init(*length),
            Event::Segment { offset, length, duration_us, sha256, .. } => {
                let mut hash = [0_u8; 32];
                hex::decode_to_slice(sha256, &mut hash).map_err(|_| IndexError::Hash)?;
                self.push(Segment {
                    offset: *offset,
                    length: *length,
                    duration_us: *duration_us,
                    sha256: hash,
                })
            }
            Event::RenditionDone { .. } => {
                self.finish();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// First byte after everything known: the size of a complete file, the safe part of a
    /// growing one.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.segments.last().map_or(self.init_length, Segment::end)
    }

    /// Media time of all segments, microseconds.
    #[must_use]
    pub fn duration_us(&self) -> u64 {
        self.segments.iter().fold(0, |sum, segment| sum.saturating_add(segment.duration_us))
    }

    /// Media time of all segments.
    #[must_use]
    pub fn duration(&self) -> Duration {
        Duration::from_micros(self.duration_us())
    }

    /// Bytes of all segments over their time, bits per second, rounded up; 0 without segments
    /// (RFC 8216 4.1, average segment bit rate).
    #[must_use]
    pub fn average_bandwidth_bps(&self) -> u64 {
        let bytes = self.segments.iter().fold(0, |sum: u64, s| sum.saturating_add(s.length));
        rate_bps(bytes, self.duration_us())
    }

    /// The largest bit rate of any run of segments that lasts between half and one and a half
    /// target durations, bits per second (RFC 8216 4.1, peak segment bit rate). When no run does,
    /// the largest of any one segment.
    #[must_use]
    pub fn peak_bandwidth_bps(&self, target_duration_s: u32) -> u64 {
        let target_us = u64::from(target_duration_s).saturating_mul(1_000_000);
        let shortest = target_us / 2;
        let longest = target_us.saturating_add(shortest);
        let mut peak = None;
        for first in 0..self.segments.len() {
            let (mut bytes, mut time) = (0_u64, 0_u64);
            for segment in self.segments.iter().skip(first) {
                bytes = bytes.saturating_add(segment.length);
                time = time.saturating_add(segment.duration_us);
                if time > longest {
                    break;
                }
                if time >= shortest {
                    peak = peak.max(Some(rate_bps(bytes, time)));
                }
            }
        }
        peak.unwrap_or_else(|| {
            self.segments.iter().map(|s| rate_bps(s.length, s.duration_us)).max().unwrap_or(0)
        })
    }

    /// The stored form: version, flags, numbers as LEB128 (offsets as the gap to what is before),
    /// raw hashes. About 42 bytes a segment.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(16 + self.segments.len() * 42);
        out.push(VERSION);
        out.push(u8::from(self.complete));
        put_number(&mut out, self.init_length);
        put_number(&mut out, self.segments.len() as u64);
        let mut end = self.init_length;
        for segment in &self.segments {
            put_number(&mut out, segment.offset.saturating_sub(end));
            put_number(&mut out, segment.length);
            put_number(&mut out, segment.duration_us);
            out.extend_from_slice(&segment.sha256);
            end = segment.end();
        }
        out
    }

    /// Reads the stored form. Any bytes may be given.
    ///
    /// # Errors
    /// When the bytes are not what [`Self::to_bytes`] writes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, IndexError> {
        let mut rest = bytes;
        let [version, flags] = take::<2>(&mut rest)?;
        if version != VERSION {
            return Err(IndexError::Version(version));
        }
        if flags > 1 {
            return Err(IndexError::Number);
        }
        let init_length = take_number(&mut rest)?;
        let count = usize::try_from(take_number(&mut rest)?).map_err(|_| IndexError::Number)?;
        // A lying count must not reserve memory that the bytes cannot fill.
        if count > rest.len() / MIN_SEGMENT_BYTES {
            return Err(IndexError::Length);
        }
        let mut index = Self { init_length, segments: Vec::with_capacity(count), complete: false };
        let mut time_us = 0_u64;
        for _ in 0..count {
            let gap = take_number(&mut rest)?;
            let offset = index.end().checked_add(gap).ok_or(IndexError::Number)?;
            let length = take_number(&mut rest)?;
            let duration_us = take_number(&mut rest)?;
            let segment = Segment { offset, length, duration_us, sha256: take(&mut rest)? };
            time_us = time_us.saturating_add(duration_us);
            if length == 0 || duration_us == 0 {
                return Err(IndexError::Order);
            }
            if offset.saturating_add(length) > MAX_NUMBER || time_us > MAX_NUMBER {
                return Err(IndexError::Number);
            }
            index.segments.push(segment);
        }
        if !rest.is_empty() {
            return Err(IndexError::Length);
        }
        index.complete = flags == 1;
        Ok(index)
    }
}

/// Bits per second of some bytes over some microseconds, rounded up.
fn rate_bps(bytes: u64, time_us: u64) -> u64 {
    if time_us == 0 {
        return 0;
    }
    let bits = u128::from(bytes) * 8 * 1_000_000;
    u64::try_from(bits.div_ceil(u128::from(time_us))).unwrap_or(u64::MAX)
}

fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number as u8) | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], IndexError> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or(IndexError::Length)?;
    *rest = tail;
    Ok(*head)
}

fn take_number(rest: &mut &[u8]) -> Result<u64, IndexError> {
    let mut number = 0_u64;
    // Nine groups of seven bits hold every number up to MAX_NUMBER.
    for shift in (0..63).step_by(7) {
        let [byte] = take::<1>(rest)?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            // One number has one spelling, so that equal indexes have equal bytes.
            let padded = byte == 0 && shift > 0;
            return if padded { Err(IndexError::Number) } else { Ok(number) };
        }
    }
    Err(IndexError::Number)
}

#[cfg(test)]
mod tests;
