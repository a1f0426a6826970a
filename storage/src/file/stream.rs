//! How is one range of a file read, buffer after buffer?

use std::future::Future;
use std::io::{self, IoSliceMut};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures::Stream;
use rustix::io::{Errno, ReadWriteFlags, preadv2};
use tokio::task::JoinHandle;

use super::LocalFile;
use super::pool::Buffer;
use crate::StoreError;

/// The bytes of one range of a [`LocalFile`], made by [`LocalFile::read_stream`].
///
/// Ends after exactly the bytes of the range, or with one error.
pub struct FileStream {
    file: LocalFile,
    range: Range<u64>,
    /// Cleared when the file system does not know `RWF_NOWAIT` (tmpfs of older kernels, FUSE).
    inline: bool,
    waiting: Option<JoinHandle<(Buffer, io::Result<usize>)>>,
}

impl FileStream {
    pub(super) fn new(file: LocalFile, range: Range<u64>) -> Self {
        Self { file, range, inline: true, waiting: None }
    }

    /// Bytes still to come.
    pub fn remaining(&self) -> u64 {
        self.range.end.saturating_sub(self.range.start)
    }

    /// What the page cache can give at once; `None` when the disk has to be asked.
    fn read_inline(&mut self, buffer: &mut Buffer) -> Option<usize> {
        let room = buffer.room(self.remaining());
        let slices = &mut [IoSliceMut::new(room)];
        match preadv2(&self.file.file, slices, self.range.start, ReadWriteFlags::NOWAIT) {
            // Nothing read is the end of the file, which the blocking read confirms.
            Ok(0) | Err(Errno::AGAIN | Errno::INTR) => None,
            Ok(count) => Some(count),
            // Whatever else is wrong, the blocking read meets it too and reports it.
            Err(_) => {
                self.inline = false;
                None
            }
        }
    }

    fn read_on_a_thread(&self, mut buffer: Buffer) -> JoinHandle<(Buffer, io::Result<usize>)> {
        let (file, start, wanted) = (self.file.file.clone(), self.range.start, self.remaining());
        tokio::task::spawn_blocking(move || {
            let result = fill(buffer.room(wanted), |room, done| file.read_at(room, start + done));
            (buffer, result)
        })
    }

    fn deliver(&mut self, buffer: Buffer, count: usize) -> Poll<Option<Result<Bytes, StoreError>>> {
        if count == 0 {
            let short = StoreError::BadRange {
                what: self.file.name.to_string(),
                start: self.range.start,
                end: self.range.end,
                size_bytes: self.file.size_now().unwrap_or(self.range.start),
            };
            return self.fail(short);
        }
        self.range.start += count as u64;
        Poll::Ready(Some(Ok(buffer.into_bytes(count))))
    }

    /// An error is the last item: what follows a failed read would be at the wrong place.
    fn fail(&mut self, error: StoreError) -> Poll<Option<Result<Bytes, StoreError>>> {
        self.range.start = self.range.end;
        Poll::Ready(Some(Err(error)))
    }
}

/// Fill `room` from reads that may be short; stops early only at the end of the file.
fn fill(
    mut room: &mut [u8],
    mut read: impl FnMut(&mut [u8], u64) -> io::Result<usize>,
) -> io::Result<usize> {
    let mut done = 0_usize;
    while !room.is_empty() {
        match read(room, done as u64) {
            Ok(0) => break,
            Ok(count) => {
                done += count;
                room = room.get_mut(count..).unwrap_or_default();
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(done)
}

impl Stream for FileStream {
    type Item = Result<Bytes, StoreError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let me = self.get_mut();
        if me.remaining() == 0 {
            return Poll::Ready(None);
        }
        if me.waiting.is_none() {
            let mut buffer = Buffer::for_read_of(me.remaining());
            if me.inline
                && let Some(count) = me.read_inline(&mut buffer)
            {
                return me.deliver(buffer, count);
            }
            me.waiting = Some(me.read_on_a_thread(buffer));
        }
        let Some(waiting) = &mut me.waiting else { return Poll::Ready(None) };
        let done = ready!(Pin::new(waiting).poll(cx));
        me.waiting = None;
        match done {
            Ok((buffer, Ok(count))) => me.deliver(buffer, count),
            Ok((_, Err(e))) => {
                let fault = me.file.fault("read", e);
                me.fail(fault)
            }
            Err(_) => {
                let stopped = StoreError::Stopped { what: me.file.name.to_string() };
                me.fail(stopped)
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::from(self.remaining() > 0), None)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use futures::{StreamExt, TryStreamExt};
    use proptest::prelude::*;

    use super::*;

    fn pattern(size: usize) -> Vec<u8> {
        (0..size).map(|i| (i * 31 + i / 251) as u8).collect()
    }

    async fn collect(file: &LocalFile, range: Range<u64>) -> Result<Vec<u8>, StoreError> {
        file.read_stream(range).map_ok(|b| b.to_vec()).try_concat().await
    }

    fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[tokio::test]
    async fn every_kind_of_range_comes_back_whole() {
        let bytes = pattern(700_001);
        let on_disk = written(&bytes);
        let file = LocalFile::open(on_disk.path()).await.unwrap();
        assert_eq!(file.stat().size_bytes, 700_001);
        for range in [0..700_001, 0..0, 0..1, 699_999..700_001, 65_535..65_537, 262_143..524_289] {
            let want = &bytes[range.start as usize..range.end as usize];
            assert_eq!(collect(&file, range.clone()).await.unwrap(), want, "{range:?}");
        }
    }

    #[tokio::test]
    async fn the_blocking_path_gives_the_same_bytes() {
        let bytes = pattern(600_000);
        let on_disk = written(&bytes);
        let file = LocalFile::open(on_disk.path()).await.unwrap();
        let mut stream = file.read_stream(10..599_990);
        stream.inline = false;
        let got: Vec<u8> = stream.map_ok(|b| b.to_vec()).try_concat().await.unwrap();
        assert_eq!(got, &bytes[10..599_990]);
    }

    #[tokio::test]
    async fn bytes_dropped_from_the_page_cache_are_fetched_again() {
        let bytes = pattern(1_500_000);
        let on_disk = written(&bytes);
        on_disk.as_file().sync_all().unwrap();
        let advice = rustix::fs::Advice::DontNeed;
        rustix::fs::fadvise(on_disk.as_file(), 0, None, advice).unwrap();
        let file = LocalFile::open(on_disk.path()).await.unwrap();
        assert_eq!(collect(&file, 1..1_499_999).await.unwrap(), &bytes[1..1_499_999]);
    }

    #[tokio::test]
    async fn a_growing_file_gives_what_was_asked_and_no_more() {
        let mut on_disk = written(b"first");
        let file = LocalFile::open(on_disk.path()).await.unwrap();
        on_disk.write_all(b" second").unwrap();
        assert_eq!(file.size_now().unwrap(), 12);
        assert_eq!(collect(&file, 0..5).await.unwrap(), b"first");
        assert_eq!(collect(&file, 3..12).await.unwrap(), b"st second");
    }

    #[tokio::test]
    async fn a_file_shorter_than_the_range_is_an_error_after_its_bytes() {
        let on_disk = written(b"short");
        let file = LocalFile::open(on_disk.path()).await.unwrap();
        let mut stream = file.read_stream(0..9);
        assert_eq!(&stream.next().await.unwrap().unwrap()[..], b"short");
        let said = stream.next().await.unwrap().unwrap_err();
        assert!(matches!(said, StoreError::BadRange { size_bytes: 5, end: 9, .. }), "{said:?}");
        assert!(stream.next().await.is_none());
    }

    #[tokio::test]
    async fn a_folder_or_nothing_is_not_a_file() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_owned(), folder.path().join("none")] {
            let said = LocalFile::open(&path).await.unwrap_err();
            assert!(matches!(said, StoreError::NotFound { .. }), "{said:?}");
        }
    }

    proptest! {
        #[test]
        fn short_reads_add_up(size in 0_usize..200, step in 1_usize..50) {
            let bytes = pattern(size);
            let mut room = vec![0; 100];
            let count = fill(&mut room, |room, done| {
                let rest = &bytes[(done as usize).min(size)..];
                let count = rest.len().min(step).min(room.len());
                room[..count].copy_from_slice(&rest[..count]);
                Ok(count)
            });
            let want = size.min(100);
            prop_assert_eq!(count.unwrap(), want);
            prop_assert_eq!(&room[..want], &bytes[..want]);
        }
    }
}
