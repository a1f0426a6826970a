//! Where do plugin and host hand each other bytes? In blocks on the host, numbered like addresses,
//! which a plugin reads and writes through calls only: so no bookkeeping lies within its reach.
//!
//! The calls are those of Extism's kernel (`alloc`, `free`, `length`, `load_u8`, …), so that
//! Extism's kits for authors work unchanged.

use std::collections::BTreeMap;

/// All blocks of a call together may have so many bytes.
const MAX_BYTES: usize = 16 << 20;
/// And there may be so many.
const MAX_BLOCKS: usize = 50_000;
/// The first address: no valid block is at 0, which kits use for "none".
const FIRST: u64 = 64;

/// The blocks of one call.
#[derive(Debug)]
pub(crate) struct Blocks {
    blocks: BTreeMap<u64, Vec<u8>>,
    next: u64,
    bytes: usize,
}

impl Default for Blocks {
    fn default() -> Self {
        Self { blocks: BTreeMap::new(), next: FIRST, bytes: 0 }
    }
}

impl Blocks {
    /// Takes bytes in and gives their address; 0 for none at all, `None` when there is no room.
    pub(crate) fn put(&mut self, bytes: Vec<u8>) -> Option<u64> {
        if bytes.is_empty() {
            return Some(0);
        }
        let total = self.bytes.checked_add(bytes.len()).filter(|total| *total <= MAX_BYTES)?;
        if self.blocks.len() >= MAX_BLOCKS {
            return None;
        }
        let address = self.next;
        let length = u64::try_from(bytes.len()).ok()?;
        // A gap behind each block: a write past its end meets nothing.
        self.next = address.checked_add(length)?.checked_next_multiple_of(16)?.checked_add(16)?;
        self.bytes = total;
        self.blocks.insert(address, bytes);
        Some(address)
    }

    /// A new block of zeros.
    pub(crate) fn alloc(&mut self, length: u64) -> Option<u64> {
        let length = usize::try_from(length).ok().filter(|length| *length <= MAX_BYTES)?;
        self.put(vec![0; length])
    }

    /// Gives a block back.
    pub(crate) fn free(&mut self, address: u64) {
        if let Some(block) = self.blocks.remove(&address) {
            self.bytes -= block.len();
        }
    }

    /// The length of the block at exactly this address; 0 when there is none.
    pub(crate) fn length(&self, address: u64) -> u64 {
        self.blocks.get(&address).map_or(0, |block| block.len() as u64)
    }

    /// The whole block at exactly this address; empty when there is none.
    pub(crate) fn get(&self, address: u64) -> &[u8] {
        self.blocks.get(&address).map_or(&[], Vec::as_slice)
    }

    /// So many bytes from an address within a block, if they are all there.
    pub(crate) fn part(&self, address: u64, length: u64) -> Option<&[u8]> {
        if length == 0 {
            return Some(&[]);
        }
        let (start, block) = self.blocks.range(..=address).next_back()?;
        let from = usize::try_from(address - start).ok()?;
        block.get(from..from.checked_add(usize::try_from(length).ok()?)?)
    }

    /// Eight bytes, or 0 where there are none.
    pub(crate) fn load_u64(&self, address: u64) -> u64 {
        self.part(address, 8).and_then(|part| part.try_into().ok()).map_or(0, u64::from_le_bytes)
    }

    /// A byte, or 0 where there is none.
    pub(crate) fn load_u8(&self, address: u64) -> u8 {
        self.part(address, 1).and_then(|part| part.first().copied()).unwrap_or(0)
    }

    /// Writes; where there is no room for all of it, nothing happens.
    pub(crate) fn store(&mut self, address: u64, bytes: &[u8]) {
        let Some((start, block)) = self.blocks.range_mut(..=address).next_back() else { return };
        let Ok(from) = usize::try_from(address - start) else { return };
        let Some(end) = from.checked_add(bytes.len()) else { return };
        if let Some(part) = block.get_mut(from..end) {
            part.copy_from_slice(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_stored_is_loaded() {
        let mut blocks = Blocks::default();
        let first = blocks.alloc(10).unwrap();
        blocks.store(first, &7_u64.to_le_bytes());
        blocks.store(first + 8, &[8]);
        assert_eq!(blocks.load_u64(first), 7);
        assert_eq!(blocks.load_u8(first + 8), 8);
        assert_eq!(blocks.length(first), 10);
        assert_eq!(blocks.part(first + 7, 3), Some(&[0, 8, 0][..]));
    }

    #[test]
    fn nothing_reaches_past_a_block() {
        let mut blocks = Blocks::default();
        let first = blocks.alloc(4).unwrap();
        let second = blocks.put(b"secret!!".to_vec()).unwrap();
        for address in [0, 1, first + 1, first + 4, second - 1, second + 1, u64::MAX, u64::MAX - 7]
        {
            blocks.store(address, &[0xff; 8]);
            assert_eq!(blocks.part(address, 8), None, "{address}");
            assert_eq!(blocks.load_u64(address), 0);
        }
        assert_eq!(blocks.get(second), b"secret!!");
        assert_eq!(blocks.part(second, u64::MAX), None);
        assert_eq!(blocks.length(first + 1), 0);
    }

    #[test]
    fn there_is_an_end_to_it() {
        let mut blocks = Blocks::default();
        assert_eq!(blocks.alloc(u64::MAX), None);
        assert_eq!(blocks.alloc(MAX_BYTES as u64 + 1), None);
        let whole = blocks.alloc(MAX_BYTES as u64).unwrap();
        assert_eq!(blocks.alloc(1), None);
        blocks.free(whole);
        blocks.free(whole);
        assert!(blocks.alloc(1).is_some());
        assert_eq!(blocks.put(Vec::new()), Some(0));
        assert_eq!((0..MAX_BLOCKS).filter_map(|_| blocks.alloc(1)).count(), MAX_BLOCKS - 1);
    }

    proptest! {
        #[test]
        fn no_address_does_harm(
            lengths in proptest::collection::vec(0u64..64, 0..8),
            pokes in proptest::collection::vec((any::<u64>(), any::<u64>()), 0..32),
        ) {
            let mut blocks = Blocks::default();
            for length in lengths {
                blocks.alloc(length);
            }
            for (address, length) in pokes {
                blocks.store(address % 700, &length.to_le_bytes());
                blocks.store(address, &[1]);
                let _ = blocks.part(address, length);
                blocks.free(address % 128);
            }
            prop_assert!(blocks.bytes <= MAX_BYTES);
        }
    }
}
