//! How is a child's output read without letting it fill the memory? Lines of bounded length, and
//! the bounded tail of a stream.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

/// Longest line read, bytes. A plan of a film with many sound tracks takes some tens of kilobytes.
const MAX_LINE: usize = 1 << 20;
/// What is kept of a stream's end, bytes.
const MAX_TAIL: usize = 4096;

/// A stream cut into lines. Cancelling [`Self::next`] loses nothing.
#[derive(Debug)]
pub struct Lines<R> {
    input: BufReader<R>,
    line: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// Reads from `input`.
    pub fn new(input: R) -> Self {
        Self { input: BufReader::new(input), line: Vec::new() }
    }

    /// The next line without its end, or `None` at the end of the stream. A last line without an
    /// end is dropped: its writer died within it.
    ///
    /// # Errors
    /// When reading fails or a line is longer than a mebibyte.
    pub async fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            let chunk = self.input.fill_buf().await?;
            if chunk.is_empty() {
                return Ok(None);
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let taken = end.unwrap_or(chunk.len());
            if self.line.len() + taken > MAX_LINE {
                return Err(io::Error::other("a line is too long"));
            }
            self.line.extend(chunk.iter().take(taken));
            self.input.consume(taken + usize::from(end.is_some()));
            if end.is_some() {
                return Ok(Some(std::mem::take(&mut self.line)));
            }
        }
    }
}

/// The last bytes of a stream that is read to the end but not kept.
#[derive(Debug)]
pub struct Tail<R> {
    input: R,
    kept: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Tail<R> {
    /// Reads from `input`.
    pub const fn new(input: R) -> Self {
        Self { input, kept: Vec::new() }
    }

    /// Reads a little more; false at the end of the stream or on an error. Cancelling loses
    /// nothing.
    pub async fn read(&mut self) -> bool {
        let mut chunk = [0; 1024];
        let count = self.input.read(&mut chunk).await.unwrap_or(0);
        self.kept.extend(chunk.iter().take(count));
        let surplus = self.kept.len().saturating_sub(MAX_TAIL);
        self.kept.drain(..surplus);
        count > 0
    }

    /// What was kept, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.kept).trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{Lines, MAX_LINE, MAX_TAIL, Tail};

    #[tokio::test]
    async fn lines_are_cut_and_an_unended_one_is_dropped() {
        let mut lines = Lines::new(&b"one\n\ntwo\nthr"[..]);
        assert_eq!(lines.next().await.unwrap().unwrap(), b"one");
        assert_eq!(lines.next().await.unwrap().unwrap(), b"");
        assert_eq!(lines.next().await.unwrap().unwrap(), b"two");
        assert_eq!(lines.next().await.unwrap(), None);
    }

    #[tokio::test]
    async fn an_endless_line_is_refused_before_it_fills_the_memory() {
        let mut lines = Lines::new(tokio::io::repeat(b'x'));
        assert!(lines.next().await.is_err());
        assert!(lines.line.len() <= MAX_LINE);
    }

    #[tokio::test]
    async fn only_the_end_of_a_stream_is_kept() {
        let text = format!("{}the end", "x".repeat(3 * MAX_TAIL));
        let mut tail = Tail::new(text.as_bytes());
        while tail.read().await {}
        assert_eq!(tail.text().len(), MAX_TAIL);
        assert!(tail.text().ends_with("the end"));
    }
}
