//! How do bytes get from a connection onto the disk? Streamed into one scratch file, with the same
//! memory whatever the size, and stopped as soon as a limit is passed.
//!
//! Who may send them, and what they are, is decided by the rooms' verbs.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use tokio::fs::File;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};

use super::upload::UploadError;
use crate::app::App;
use crate::auth::quota;

/// Bytes held back before a write: many uploads run at once, each with its own.
const BUFFER_BYTES: usize = 128 << 10;
/// The disk and the quota are looked at again after this many bytes.
const CHECK_EVERY_BYTES: u64 = 32 << 20;
/// A connection that sends nothing for so long is given up.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Folder of files on their way in, on this node.
#[must_use]
pub fn folder(app: &App) -> PathBuf {
    app.scratch("uploads")
}

/// Refuses when `additional_bytes` would leave less than the floor free on the data disk.
///
/// # Errors
/// [`UploadError::DiskLow`], or the disk's own.
pub fn check_disk(app: &App, additional_bytes: u64) -> Result<(), UploadError> {
    let folder = folder(app);
    std::fs::create_dir_all(&folder)?;
    let stat = rustix::fs::statvfs(&folder).map_err(io::Error::from)?;
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let floor = app.config().uploads.free_disk_floor_bytes;
    if free < floor.saturating_add(additional_bytes) {
        tracing::warn!(free_bytes = free, floor_bytes = floor, "an upload was refused: disk low");
        return Err(UploadError::DiskLow);
    }
    Ok(())
}

/// A file in scratch that is removed again unless somebody keeps it.
#[derive(Debug)]
pub struct ScratchFile {
    path: PathBuf,
    kept: bool,
}

impl ScratchFile {
    /// Takes charge of `path`, which may not exist yet.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self { path, kept: false }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves it where it is: a row names it now.
    pub fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for ScratchFile {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        if let Err(error) = std::fs::remove_file(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(error = %error, "a scratch file was not removed; the sweeper will");
        }
    }
}

/// A scratch file being written.
pub struct Sink {
    file: File,
    /// Bytes in the file.
    length: u64,
    since_check: u64,
}

impl Sink {
    /// Opens `path` to go on at `offset`; what lies beyond is cut off.
    ///
    /// # Errors
    /// The disk's.
    pub async fn open(path: &Path, offset: u64) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        let mut file = File::options().create(true).write(true).truncate(false).open(path).await?;
        file.set_max_buf_size(BUFFER_BYTES);
        file.set_len(offset).await?;
        file.seek(io::SeekFrom::Start(offset)).await?;
        Ok(Self { file, length: offset, since_check: 0 })
    }

    /// Bytes in the file.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Appends bytes. True: it is time to look at disk and quota again.
    ///
    /// # Errors
    /// The disk's.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<bool> {
        self.file.write_all(bytes).await?;
        let count = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.length += count;
        self.since_check += count;
        let due = self.since_check >= CHECK_EVERY_BYTES;
        if due {
            self.since_check = 0;
        }
        Ok(due)
    }

    /// Writes out what is held back and waits until the disk has it.
    ///
    /// # Errors
    /// The disk's.
    pub async fn settle(&mut self) -> io::Result<()> {
        self.file.flush().await?;
        self.file.sync_data().await
    }

    /// Forgets what came after `offset`.
    ///
    /// # Errors
    /// The disk's.
    pub async fn cut_back(&mut self, offset: u64) -> io::Result<()> {
        self.file.flush().await?;
        self.file.set_len(offset).await?;
        self.file.seek(io::SeekFrom::Start(offset)).await?;
        self.length = offset;
        Ok(())
    }
}

/// Receives a file that comes in one piece, of unknown size. Nothing of it stays on an error.
///
/// # Errors
/// The server's limits, the quota of `user_id`, a broken or stalled connection, the disk.
pub async fn whole<S, E>(
    app: &App,
    user_id: i64,
    body: &mut S,
) -> Result<(ScratchFile, u64), UploadError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let max_bytes = app.config().uploads.max_file_bytes;
    check_disk(app, 0)?;
    let file = ScratchFile::at(folder(app).join(format!("{}.whole", app.new_uuid().simple())));
    let mut sink = Sink::open(file.path(), 0).await?;
    while let Some(piece) = next_piece(body).await? {
        let look_again = sink.write(&piece).await?;
        if sink.length() > max_bytes {
            return Err(UploadError::TooLarge { max_bytes });
        }
        if look_again {
            check_disk(app, 0)?;
            quota::check(app, user_id, sink.length()).await?;
        }
    }
    quota::check(app, user_id, sink.length()).await?;
    sink.settle().await?;
    Ok((file, sink.length()))
}

/// The next piece of a body; `None` at its end.
///
/// # Errors
/// [`UploadError::Stalled`] after [`PATIENCE`] without a byte, [`UploadError::CutShort`] when the
/// connection broke.
pub async fn next_piece<S, E>(body: &mut S) -> Result<Option<Bytes>, UploadError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    match tokio::time::timeout(PATIENCE, body.next()).await {
        Err(_) => Err(UploadError::Stalled(PATIENCE)),
        Ok(None) => Ok(None),
        Ok(Some(Ok(piece))) => Ok(Some(piece)),
        Ok(Some(Err(_))) => Err(UploadError::CutShort),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sink_goes_on_where_it_was_and_forgets_what_it_is_told_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/file");
        let mut sink = Sink::open(&path, 0).await.unwrap();
        sink.write(b"hello world").await.unwrap();
        sink.settle().await.unwrap();
        let mut sink = Sink::open(&path, 5).await.unwrap();
        assert_eq!(sink.length(), 5);
        sink.write(b", torn").await.unwrap();
        sink.cut_back(6).await.unwrap();
        sink.write(b" sea").await.unwrap();
        sink.settle().await.unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"hello, sea");
        assert_eq!(sink.length(), 10);
    }

    #[test]
    fn a_scratch_file_goes_unless_it_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two] = ["one", "two"].map(|name| folder.path().join(name));
        for path in [&one, &two] {
            std::fs::write(path, b"x").unwrap();
        }
        drop(ScratchFile::at(one.clone()));
        ScratchFile::at(two.clone()).keep();
        assert!(!one.exists() && two.exists());
    }
}
