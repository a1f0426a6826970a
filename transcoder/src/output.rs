//! How do segments get to disk? One file per rendition, each segment hashed as it is written and
//! wholly on disk before anybody hears of it.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::av::{Fragmenter, MuxTrack, Packet};
use crate::failure::Failure;
use crate::spec::{FailureKind, RenditionPlan};

/// Bytes that may still be written below the output folder.
#[derive(Debug)]
pub(crate) struct Allowance {
    left: u64,
}

impl Allowance {
    /// `bytes` in all.
    pub(crate) fn new(bytes: u64) -> Self {
        Self { left: bytes }
    }

    /// Takes `bytes` off, or says that the limit is reached.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), Failure> {
        self.left = self.left.checked_sub(bytes as u64).ok_or_else(|| {
            Failure::new(
                FailureKind::Limit,
                "The renditions together would be larger than this server allows.",
            )
        })?;
        Ok(())
    }
}

/// A segment that is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// Where it starts, bytes.
    pub offset: u64,
    /// Its length, bytes.
    pub length: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Length of the initialisation section, when it was written just before.
    pub init: Option<u64>,
}

/// The file of one rendition.
pub(crate) struct RenditionFile {
    file: File,
    fragmenter: Fragmenter,
    length: u64,
}

impl RenditionFile {
    /// Creates the file, still empty.
    pub(crate) fn create(
        dir: &Path,
        plan: &RenditionPlan,
        tracks: &[MuxTrack],
    ) -> Result<Self, Failure> {
        let fragmenter = Fragmenter::open(tracks)
            .map_err(|error| Failure::crash(format!("start the file of {}", plan.label), error))?;
        let file = File::options()
            .write(true)
            .create_new(true)
            .open(dir.join(&plan.file))
            .map_err(|error| Failure::output(&error))?;
        Ok(Self { file, fragmenter, length: 0 })
    }

    /// Writes one segment: the packets of each track in decoding order. The first one is preceded
    /// by the initialisation section.
    pub(crate) fn write_segment(
        &mut self,
        tracks: &mut [Vec<Packet>],
        allowance: &mut Allowance,
    ) -> Result<Written, Failure> {
        let failed = |error| Failure::crash("put a segment together", error);
        for (track, packets) in tracks.iter_mut().enumerate() {
            for packet in packets {
                self.fragmenter.write(track, packet).map_err(failed)?;
            }
        }
        let mut init = None;
        if self.length == 0 {
            let bytes = self.fragmenter.finish_init().map_err(failed)?;
            self.append(&bytes, allowance)?;
            init = Some(self.length);
        }
        let bytes = self.fragmenter.finish_fragment().map_err(failed)?;
        let offset = self.length;
        self.append(&bytes, allowance)?;
        let sha256 = hex::encode(Sha256::digest(&bytes));
        Ok(Written { offset, length: bytes.len() as u64, sha256, init })
    }

    fn append(&mut self, bytes: &[u8], allowance: &mut Allowance) -> Result<(), Failure> {
        allowance.take(bytes.len())?;
        self.file.write_all(bytes).map_err(|error| Failure::output(&error))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Bytes written so far.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }
}
