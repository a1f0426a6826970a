//! Are these the bytes the channel published? The signed list of a rendition's segment hashes:
//! written and signed by the server, checked by whoever takes segments from strangers. Where the
//! key comes from (the API of the video's own host, never storage or a CDN) is the caller's
//! business.
//!
//! A manifest is a row of blocks, integers big-endian:
//! `"FSM1"`, video UUID, generation UUID, length of the name (u8), name, index of the first
//! segment (u32), number of hashes (u16, 1 to 64, less than 64 only in the last block), flags (u8,
//! bit 0: complete), SHA-256 of the whole block before (zeros in the first), the hashes, and an
//! Ed25519 signature over all of that.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Most hashes in one block.
pub const BLOCK_SEGMENTS: usize = 64;
/// Longest name of a rendition, in bytes.
pub const NAME_LIMIT: usize = 64;

const MAGIC: [u8; 4] = *b"FSM1";
const COMPLETE: u8 = 1;
const SIGNATURE: usize = 64;

/// SHA-256 of a segment's bytes, the initialisation section left out.
pub type SegmentHash = [u8; 32];
/// An Ed25519 public key.
pub type PublicKey = [u8; 32];

/// What is wrong with a manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// It ends in the middle of a block, or is no manifest.
    #[error("the segment manifest is cut off or malformed at byte {0}")]
    Malformed(usize),
    /// It tells of another video, generation or rendition.
    #[error("the segment manifest belongs to another video or rendition")]
    OtherRendition,
    /// Blocks are missing, repeated or out of order.
    #[error("the segment manifest has a gap before segment {0}")]
    Broken(usize),
    /// It was not signed with the channel's key.
    #[error("the segment manifest is not signed by the video's channel")]
    BadSignature,
    /// A block cannot be written: no hashes, too many, or a name that does not fit.
    #[error("a block of {hashes} hashes for the rendition {name:?} cannot be written")]
    Unwritable {
        /// Hashes given.
        hashes: usize,
        /// Name given.
        name: String,
    },
}

/// Which rendition a manifest is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The video.
    pub video: Uuid,
    /// Generation of its media.
    pub set: Uuid,
    /// Stem of the rendition's name, ASCII, at most [`NAME_LIMIT`] bytes.
    pub name: String,
}

/// One block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The rendition.
    pub identity: Identity,
    /// Index of the first segment listed.
    pub first: u32,
    /// No segment follows after this block.
    pub complete: bool,
    /// SHA-256 of the whole block before; zeros in the first.
    pub prev: [u8; 32],
    /// Hashes of the segments from `first` on.
    pub hashes: Vec<SegmentHash>,
}

impl Block {
    /// The bytes that are signed.
    ///
    /// # Errors
    /// The block has no hashes or too many, or its name does not fit.
    pub fn encode(&self) -> Result<Vec<u8>, ManifestError> {
        let name = &self.identity.name;
        let unwritable =
            || ManifestError::Unwritable { hashes: self.hashes.len(), name: name.clone() };
        if !(1..=BLOCK_SEGMENTS).contains(&self.hashes.len()) || !name.is_ascii() {
            return Err(unwritable());
        }
        let count = u16::try_from(self.hashes.len()).map_err(|_| unwritable())?;
        let length = u8::try_from(name.len()).map_err(|_| unwritable())?;
        if name.is_empty() || name.len() > NAME_LIMIT {
            return Err(unwritable());
        }
        let mut bytes = Vec::with_capacity(76 + name.len() + 32 * self.hashes.len() + SIGNATURE);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(self.identity.video.as_bytes());
        bytes.extend_from_slice(self.identity.set.as_bytes());
        bytes.push(length);
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(&self.first.to_be_bytes());
        bytes.extend_from_slice(&count.to_be_bytes());
        bytes.push(if self.complete { COMPLETE } else { 0 });
        bytes.extend_from_slice(&self.prev);
        for hash in &self.hashes {
            bytes.extend_from_slice(hash);
        }
        Ok(bytes)
    }

    /// The whole block with its signature.
    ///
    /// # Errors
    /// As [`Block::encode`].
    pub fn sign(&self, key: &Ed25519KeyPair) -> Result<Vec<u8>, ManifestError> {
        let mut bytes = self.encode()?;
        let signature = key.sign(&bytes);
        bytes.extend_from_slice(signature.as_ref());
        Ok(bytes)
    }

    /// The block at the start of `bytes` and its length with the signature, which is not checked.
    ///
    /// # Errors
    /// There is no whole block.
    pub fn parse(bytes: &[u8]) -> Result<(Self, usize), ManifestError> {
        let mut reader = Reader { bytes, at: 0 };
        if reader.array::<4>()? != MAGIC {
            return Err(ManifestError::Malformed(0));
        }
        let video = Uuid::from_bytes(reader.array()?);
        let set = Uuid::from_bytes(reader.array()?);
        let length = usize::from(u8::from_be_bytes(reader.array()?));
        if !(1..=NAME_LIMIT).contains(&length) {
            return Err(reader.malformed());
        }
        let name = reader.take(length)?;
        let name = str::from_utf8(name).ok().filter(|name| name.is_ascii());
        let name = name.ok_or_else(|| reader.malformed())?.to_owned();
        let first = u32::from_be_bytes(reader.array()?);
        let count = usize::from(u16::from_be_bytes(reader.array()?));
        if !(1..=BLOCK_SEGMENTS).contains(&count) {
            return Err(reader.malformed());
        }
        let [flags] = reader.array()?;
        if flags & !COMPLETE != 0 {
            return Err(reader.malformed());
        }
        let prev = reader.array()?;
        let hashes = (0..count).map(|_| reader.array()).collect::<Result<_, _>>()?;
        reader.take(SIGNATURE)?;
        let identity = Identity { video, set, name };
        Ok((Self { identity, first, complete: flags == COMPLETE, prev, hashes }, reader.at))
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn malformed(&self) -> ManifestError {
        ManifestError::Malformed(self.at)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], ManifestError> {
        let end = self.at.checked_add(length).ok_or_else(|| self.malformed())?;
        let taken = self.bytes.get(self.at..end).ok_or_else(|| self.malformed())?;
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ManifestError> {
        let taken = self.take(N)?;
        taken.try_into().map_err(|_| self.malformed())
    }
}

/// The row of blocks.
#[derive(Debug)]
pub struct Chain;

impl Chain {
    /// The manifest of a rendition's segments so far. No segments: no bytes.
    ///
    /// # Errors
    /// The name of the rendition does not fit.
    pub fn sign(
        identity: &Identity,
        hashes: &[SegmentHash],
        complete: bool,
        key: &Ed25519KeyPair,
    ) -> Result<Vec<u8>, ManifestError> {
        let mut bytes = Vec::new();
        let mut prev = [0; 32];
        let mut first = 0_u32;
        let blocks = hashes.chunks(BLOCK_SEGMENTS);
        let last = blocks.len().saturating_sub(1);
        for (at, chunk) in blocks.enumerate() {
            let complete = complete && at == last;
            let identity = identity.clone();
            let block =
                Block { identity, first, complete, prev, hashes: chunk.to_vec() }.sign(key)?;
            prev = Sha256::digest(&block).into();
            bytes.extend_from_slice(&block);
            first = first.saturating_add(u32::try_from(chunk.len()).unwrap_or(u32::MAX));
        }
        Ok(bytes)
    }

    /// Checks a whole manifest.
    ///
    /// # Errors
    /// It is damaged, of another rendition, incomplete in the middle, or not signed with the key.
    /// Then nothing of it may be believed.
    pub fn verify(
        bytes: &[u8],
        public_key: &PublicKey,
        expected: &Identity,
    ) -> Result<Hashes, ManifestError> {
        let key = UnparsedPublicKey::new(&ED25519, public_key);
        let mut known = Hashes { hashes: Vec::new(), complete: false };
        let mut prev = [0; 32];
        let mut rest = bytes;
        while !rest.is_empty() {
            let at = bytes.len() - rest.len();
            let (block, length) = Block::parse(rest).map_err(|error| match error {
                ManifestError::Malformed(inside) => ManifestError::Malformed(at + inside),
                other => other,
            })?;
            let (whole, after) =
                rest.split_at_checked(length).ok_or(ManifestError::Malformed(at))?;
            let (signed, signature) =
                whole.split_at_checked(length - SIGNATURE).ok_or(ManifestError::Malformed(at))?;
            key.verify(signed, signature).map_err(|_| ManifestError::BadSignature)?;
            if block.identity != *expected {
                return Err(ManifestError::OtherRendition);
            }
            let next = known.hashes.len();
            let in_order = usize::try_from(block.first).ok() == Some(next)
                && next.is_multiple_of(BLOCK_SEGMENTS)
                && block.prev == prev
                && !known.complete;
            if !in_order {
                return Err(ManifestError::Broken(next));
            }
            known.hashes.extend_from_slice(&block.hashes);
            known.complete = block.complete;
            prev = Sha256::digest(whole).into();
            rest = after;
        }
        Ok(known)
    }
}

/// What a checked manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashes {
    hashes: Vec<SegmentHash>,
    complete: bool,
}

impl Hashes {
    /// SHA-256 of segment `index`, `None` when it is not listed (yet).
    #[must_use]
    pub fn segment(&self, index: usize) -> Option<&SegmentHash> {
        self.hashes.get(index)
    }

    /// Are these the bytes of segment `index`? One that is not listed never matches.
    #[must_use]
    pub fn matches(&self, index: usize, bytes: &[u8]) -> bool {
        let digest: SegmentHash = Sha256::digest(bytes).into();
        self.segment(index) == Some(&digest)
    }

    /// Segments listed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Nothing is listed yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// No segment will follow.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }
}

#[cfg(test)]
mod tests;
