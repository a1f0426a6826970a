//! Where do a peer's segments lie? In memory for a viewer, in one file for a rendition that is
//! seeded. Whether bytes are the right ones was decided before they come here.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::future::BoxFuture;

/// Segments of one rendition, by their index in the playlist.
pub trait Segments: Send + Sync + 'static {
    /// Length of a segment in bytes, `None` when there is no such segment.
    fn size(&self, index: u64) -> Option<u64>;

    /// The bytes, `None` when they are not (or no longer) there.
    fn read(&self, index: u64) -> BoxFuture<'_, Option<Bytes>>;

    /// Keeps a segment that was checked. A failure is the store's to tell: the segment is then not
    /// offered to others.
    fn keep(&self, index: u64, bytes: Bytes) -> BoxFuture<'_, io::Result<()>>;
}

/// Segments in memory.
#[derive(Debug)]
pub struct Memory {
    sizes: Vec<u64>,
    kept: Mutex<HashMap<u64, Bytes>>,
}

impl Memory {
    /// An empty store for segments of these lengths.
    #[must_use]
    pub fn new(sizes: Vec<u64>) -> Self {
        Self { sizes, kept: Mutex::default() }
    }
}

impl Segments for Memory {
    fn size(&self, index: u64) -> Option<u64> {
        self.sizes.get(usize::try_from(index).ok()?).copied()
    }

    fn read(&self, index: u64) -> BoxFuture<'_, Option<Bytes>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = kept.get(&index).cloned();
        Box::pin(async move { bytes })
    }

    fn keep(&self, index: u64, bytes: Bytes) -> BoxFuture<'_, io::Result<()>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(index, bytes);
        Box::pin(async { Ok(()) })
    }
}

/// Segments one after the other in a file, each at its place from the start.
#[derive(Debug)]
pub struct OnDisk {
    file: Arc<File>,
    sizes: Vec<u64>,
    offsets: Vec<u64>,
}

impl OnDisk {
    /// Opens the file, or makes it with its full length (no disk is used before bytes come).
    ///
    /// # Errors
    /// The file cannot be opened, made or grown.
    pub fn open(path: &Path, sizes: Vec<u64>) -> io::Result<Self> {
        let mut end = 0_u64;
        let mut offsets = Vec::with_capacity(sizes.len());
        for size in &sizes {
            offsets.push(end);
            end = end.checked_add(*size).ok_or(io::ErrorKind::FileTooLarge)?;
        }
        let file =
            File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        if file.metadata()?.len() != end {
            file.set_len(end)?;
        }
        Ok(Self { file: Arc::new(file), sizes, offsets })
    }

    fn place(&self, index: u64) -> Option<(u64, u64)> {
        let index = usize::try_from(index).ok()?;
        Some((*self.offsets.get(index)?, *self.sizes.get(index)?))
    }
}

impl Segments for OnDisk {
    fn size(&self, index: u64) -> Option<u64> {
        self.place(index).map(|(_, size)| size)
    }

    fn read(&self, index: u64) -> BoxFuture<'_, Option<Bytes>> {
        let (file, place) = (Arc::clone(&self.file), self.place(index));
        Box::pin(async move {
            let (offset, size) = place?;
            let reading = tokio::task::spawn_blocking(move || {
                let mut bytes = vec![0; usize::try_from(size).ok()?];
                file.read_exact_at(&mut bytes, offset).ok()?;
                Some(Bytes::from(bytes))
            });
            reading.await.ok().flatten()
        })
    }

    fn keep(&self, index: u64, bytes: Bytes) -> BoxFuture<'_, io::Result<()>> {
        let (file, place) = (Arc::clone(&self.file), self.place(index));
        Box::pin(async move {
            let fits = place.filter(|(_, size)| u64::try_from(bytes.len()) == Ok(*size));
            let (offset, _) = fits.ok_or(io::ErrorKind::InvalidInput)?;
            let writing = tokio::task::spawn_blocking(move || file.write_all_at(&bytes, offset));
            writing.await.map_err(io::Error::other)?
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Memory, OnDisk, Segments};
    use bytes::Bytes;

    async fn keeps_and_gives_back(store: &dyn Segments) {
        assert_eq!(store.size(1), Some(3));
        assert_eq!(store.size(3), None);
        store.keep(1, Bytes::from_static(b"two")).await.unwrap();
        store.keep(0, Bytes::from_static(b"one1")).await.unwrap();
        assert_eq!(store.read(1).await.unwrap(), "two");
        assert_eq!(store.read(0).await.unwrap(), "one1");
        assert_eq!(store.read(3).await, None);
    }

    #[tokio::test]
    async fn memory_keeps_segments() {
        let store = Memory::new(vec![4, 3, 2]);
        keeps_and_gives_back(&store).await;
        assert_eq!(store.read(2).await, None);
    }

    #[tokio::test]
    async fn a_file_keeps_segments_for_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("720p");
        let sizes = || vec![4, 3, 2];
        keeps_and_gives_back(&OnDisk::open(&path, sizes()).unwrap()).await;
        let again = OnDisk::open(&path, sizes()).unwrap();
        assert_eq!(again.read(1).await.unwrap(), "two");
        // What never came reads as zeros, which no honest hash matches.
        assert_eq!(again.read(2).await.unwrap(), [0, 0][..]);
        assert!(again.keep(2, Bytes::from_static(b"too long")).await.is_err());
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 9);
    }
}
