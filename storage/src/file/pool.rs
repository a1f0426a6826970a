//! Where do read buffers come from, and how much memory may they keep?
//!
//! Two sizes, each with a bounded shelf of free buffers. A buffer travels inside the [`Bytes`]
//! that is sent and comes back to its shelf when the last clone of those is dropped. The shelves
//! bound what is *kept* (12 MiB); what is in use is bounded by how much a connection queues.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

/// Buffer for long ranges: fewer system calls than 64 KiB, still inside most L2 caches.
pub(super) const LARGE_BYTES: usize = 256 * 1024;

/// Buffer for small files and the tails of ranges.
pub(super) const SMALL_BYTES: usize = 64 * 1024;

static LARGE: Shelf = Shelf::new(LARGE_BYTES, 32);
static SMALL: Shelf = Shelf::new(SMALL_BYTES, 64);

struct Shelf {
    size_bytes: usize,
    most: usize,
    free: Mutex<Vec<Box<[u8]>>>,
}

impl Shelf {
    const fn new(size_bytes: usize, most: usize) -> Self {
        Self { size_bytes, most, free: Mutex::new(Vec::new()) }
    }

    fn take(&self) -> Box<[u8]> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| vec![0; self.size_bytes].into_boxed_slice())
    }

    fn give_back(&self, memory: Box<[u8]>) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < self.most {
            free.push(memory);
        }
    }
}

/// A buffer on loan from its shelf.
pub(super) struct Buffer {
    memory: Box<[u8]>,
    filled: usize,
    shelf: &'static Shelf,
}

impl Buffer {
    /// A buffer that suits a read of `wanted` bytes; it may be smaller than that.
    pub(super) fn for_read_of(wanted: u64) -> Self {
        let shelf = if wanted <= SMALL_BYTES as u64 { &SMALL } else { &LARGE };
        Self { memory: shelf.take(), filled: 0, shelf }
    }

    /// The first `wanted` bytes of the buffer, or all of it when it is smaller.
    pub(super) fn room(&mut self, wanted: u64) -> &mut [u8] {
        let most = usize::try_from(wanted).unwrap_or(usize::MAX).min(self.memory.len());
        self.memory.get_mut(..most).unwrap_or_default()
    }

    /// The first `filled` bytes, to be sent; the buffer returns when they are dropped.
    pub(super) fn into_bytes(mut self, filled: usize) -> Bytes {
        self.filled = filled;
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        self.memory.get(..self.filled).unwrap_or_default()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.shelf.give_back(std::mem::take(&mut self.memory));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shelf_keeps_no_more_than_it_may() {
        static SHELF: Shelf = Shelf::new(8, 2);
        let lent: Vec<_> = (0..5).map(|_| SHELF.take()).collect();
        for memory in lent {
            SHELF.give_back(memory);
        }
        assert_eq!(SHELF.free.lock().unwrap().len(), 2);
    }

    #[test]
    fn bytes_show_only_what_was_filled_and_outlive_the_reader() {
        let mut buffer = Buffer::for_read_of(10);
        buffer.room(10).copy_from_slice(b"0123456789");
        let bytes = buffer.into_bytes(4);
        let part = bytes.slice(1..3);
        drop(bytes);
        assert_eq!(&part[..], b"12");
    }

    #[test]
    fn the_size_follows_the_read() {
        assert_eq!(Buffer::for_read_of(1).memory.len(), SMALL_BYTES);
        assert_eq!(Buffer::for_read_of(SMALL_BYTES as u64 + 1).memory.len(), LARGE_BYTES);
        assert_eq!(Buffer::for_read_of(u64::MAX).room(u64::MAX).len(), LARGE_BYTES);
    }
}
