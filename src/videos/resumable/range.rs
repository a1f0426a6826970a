//! Which bytes does a request bring? `Content-Range` and `Digest`, as PeerTube's clients write
//! them.

use aws_lc_rs::digest::{Algorithm, Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::videos::upload::UploadError;

/// What a request brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentRange {
    /// `bytes 0-99/500`: these bytes, the last one included.
    Bytes {
        /// Offset of the first byte.
        start: u64,
        /// How many.
        count: u64,
        /// Size of the file, unless given as `*`.
        total: Option<u64>,
    },
    /// `bytes */500`: nothing, it asks how much is here.
    Question {
        /// Size of the file, unless given as `*`.
        total: Option<u64>,
    },
}

impl ContentRange {
    /// Reads the header.
    ///
    /// # Errors
    /// [`UploadError::BadRequest`].
    pub fn parse(text: &str) -> Result<Self, UploadError> {
        Self::read(text).ok_or(UploadError::BadRequest(
            "Content-Range should be bytes FIRST-LAST/SIZE, or bytes */SIZE to ask what is here.",
        ))
    }

    fn read(text: &str) -> Option<Self> {
        let (range, total) = text.trim().strip_prefix("bytes")?.trim().split_once('/')?;
        let total = match total.trim() {
            "*" => None,
            digits => Some(number(digits)?),
        };
        let range = range.trim();
        if range == "*" {
            return Some(Self::Question { total });
        }
        let (start, end) = range.split_once('-')?;
        let (start, end) = (number(start)?, number(end)?);
        let count = end.checked_sub(start)?.checked_add(1)?;
        Some(Self::Bytes { start, count, total })
    }

    /// The size of the file it speaks of.
    #[must_use]
    pub const fn total(self) -> Option<u64> {
        match self {
            Self::Bytes { total, .. } | Self::Question { total } => total,
        }
    }
}

/// Digits only: `parse` alone would take a plus sign.
fn number(text: &str) -> Option<u64> {
    let digits = text.trim();
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| digits.parse().ok())
        .flatten()
}

/// The digest a client says its chunk has.
pub struct Digest {
    context: Context,
    expected: Vec<u8>,
}

impl Digest {
    /// Reads the header, such as `sha1=…` in base64.
    ///
    /// # Errors
    /// [`UploadError::BadRequest`] for algorithms other than SHA-1 and SHA-256,
    /// [`UploadError::DigestMismatch`] when it can be the digest of nothing.
    pub fn parse(text: &str) -> Result<Self, UploadError> {
        let (name, value) = text
            .split_once('=')
            .ok_or(UploadError::BadRequest("Digest should be ALGORITHM=BASE64."))?;
        let algorithm: &'static Algorithm = match name.trim().to_ascii_lowercase().as_str() {
            "sha" | "sha1" | "sha-1" => &SHA1_FOR_LEGACY_USE_ONLY,
            "sha256" | "sha-256" => &SHA256,
            _ => return Err(UploadError::BadRequest("Digest may be sha (SHA-1) or sha-256.")),
        };
        let expected = BASE64_STANDARD
            .decode(value.trim())
            .ok()
            .filter(|bytes| bytes.len() == algorithm.output_len())
            .ok_or(UploadError::DigestMismatch)?;
        Ok(Self { context: Context::new(algorithm), expected })
    }

    /// Takes bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    /// The bytes taken in are the ones the client meant.
    #[must_use]
    pub fn matches(self) -> bool {
        self.context.finish().as_ref() == self.expected.as_slice()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_forms_are_read() {
        assert_eq!(
            ContentRange::read("bytes 0-262143/2469036"),
            Some(ContentRange::Bytes { start: 0, count: 262_144, total: Some(2_469_036) })
        );
        assert_eq!(
            ContentRange::read("bytes 5-5/*"),
            Some(ContentRange::Bytes { start: 5, count: 1, total: None })
        );
        assert_eq!(
            ContentRange::read("bytes */500"),
            Some(ContentRange::Question { total: Some(500) })
        );
        assert_eq!(ContentRange::read("bytes */*"), Some(ContentRange::Question { total: None }));
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in [
            "",
            "bytes",
            "bytes 0-1",
            "bytes 2-1/3",
            "items 0-1/2",
            "bytes -1/2",
            "bytes 0-/2",
            "bytes +0-1/2",
            "bytes 0-18446744073709551615/*",
            "bytes a-b/c",
            "bytes 0-1/",
        ] {
            assert_eq!(ContentRange::read(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_range_reads_back(start in 0..u64::MAX / 2, count in 1..u64::MAX / 4, total: u64) {
            let text = format!("bytes {start}-{}/{total}", start + count - 1);
            prop_assert_eq!(
                ContentRange::read(&text),
                Some(ContentRange::Bytes { start, count, total: Some(total) })
            );
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = ContentRange::read(&text);
        }
    }

    #[test]
    fn digests_are_checked() {
        let digest = |text: &str, bytes: &[u8]| {
            Digest::parse(text).map(|mut digest| {
                digest.update(bytes);
                digest.matches()
            })
        };
        assert!(digest("sha1=qvTGHdzF6KLavt4PO0gs2a6pQ00=", b"hello").unwrap());
        let sha256 = "sha-256=LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
        assert!(digest(sha256, b"hello").unwrap());
        assert!(!digest(sha256, b"jello").unwrap());
        let a = "a".repeat(40);
        assert!(matches!(digest(&format!("sha={a}"), b""), Err(UploadError::DigestMismatch)));
        assert!(matches!(digest("crc=aaaa", b""), Err(UploadError::BadRequest(_))));
    }
}
