//! Which segments does a media playlist list? Enough of HLS (RFC 8216) to fetch what our server
//! writes: byte ranges of one file, or one address a segment.

/// A segment of a playlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Address, as written.
    pub uri: String,
    /// Length and offset in bytes, `None` when the address is all of it.
    pub range: Option<ByteRange>,
    /// Length in microseconds.
    pub duration_us: u64,
}

/// Part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    /// Bytes.
    pub length: u64,
    /// First byte.
    pub offset: u64,
}

/// A media playlist.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Playlist {
    /// Its segments in order.
    pub segments: Vec<Segment>,
    /// Nothing will follow.
    pub complete: bool,
}

impl Playlist {
    /// Reads a playlist; `None` when it is none, or has more than `limit` segments.
    #[must_use]
    pub fn parse(text: &str, limit: usize) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()?.trim() != "#EXTM3U" {
            return None;
        }
        let mut playlist = Self::default();
        let mut duration_us = None;
        let mut range = None;
        for line in lines.map(str::trim) {
            if let Some(info) = line.strip_prefix("#EXTINF:") {
                duration_us = Some(micros(info.split(',').next()?)?);
            } else if let Some(bytes) = line.strip_prefix("#EXT-X-BYTERANGE:") {
                range = Some(playlist.range(bytes)?);
            } else if line == "#EXT-X-ENDLIST" {
                playlist.complete = true;
            } else if !line.is_empty() && !line.starts_with('#') {
                let duration_us = duration_us.take()?;
                if playlist.segments.len() >= limit {
                    return None;
                }
                playlist.segments.push(Segment {
                    uri: line.to_owned(),
                    range: range.take(),
                    duration_us,
                });
            }
        }
        Some(playlist)
    }

    /// `length@offset`, or `length` right after the segment before (RFC 8216 4.3.2.2).
    fn range(&self, text: &str) -> Option<ByteRange> {
        let (length, offset) = match text.split_once('@') {
            Some((length, offset)) => (length, offset.parse().ok()?),
            None => {
                let last = self.segments.last()?.range?;
                (text, last.offset.checked_add(last.length)?)
            }
        };
        let length: u64 = length.parse().ok()?;
        offset.checked_add(length)?;
        Some(ByteRange { length, offset })
    }
}

fn micros(seconds: &str) -> Option<u64> {
    let seconds: f64 = seconds.parse().ok()?;
    // No segment is a day long; a float that fits loses nothing that matters here.
    (0.0..86_400.0).contains(&seconds).then_some((seconds * 1e6) as u64)
}

#[cfg(test)]
mod tests {
    use super::{ByteRange, Playlist, Segment};
    use proptest::prelude::*;

    #[test]
    fn byte_ranges_and_whole_files_are_read() {
        let text = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-MAP:URI=\"f.mp4\",BYTERANGE=\"700@0\"\n\
                    #EXTINF:4.000000,\n#EXT-X-BYTERANGE:100@700\nf.mp4\n\
                    #EXTINF:3.5,title\n#EXT-X-BYTERANGE:50\nf.mp4\n#EXTINF:1,\nlast.m4s\n#EXT-X-ENDLIST\n";
        let playlist = Playlist::parse(text, 3).unwrap();
        let segment =
            |uri: &str, range, duration_us| Segment { uri: uri.to_owned(), range, duration_us };
        assert_eq!(
            playlist.segments,
            [
                segment("f.mp4", Some(ByteRange { length: 100, offset: 700 }), 4_000_000),
                segment("f.mp4", Some(ByteRange { length: 50, offset: 800 }), 3_500_000),
                segment("last.m4s", None, 1_000_000),
            ]
        );
        assert!(playlist.complete);
        assert_eq!(Playlist::parse(text, 2), None);
        assert_eq!(Playlist::parse("<html>", 3), None);
    }

    proptest! {
        #[test]
        fn no_text_is_a_panic(text in "#EXTM3U\n(#EXTINF:[0-9.,-]{0,9}\n|#EXT-X-BYTERANGE:[0-9@]{0,25}\n|a\n){0,8}") {
            let _ = Playlist::parse(&text, 4);
        }
    }
}
