//! What may an object be called?
//!
//! A [`Key`] is checked once, when it is made; every other module may then treat it as a safe
//! relative path. Which key belongs to which video is the server's business, see
//! `docs/storage.md` for the layout.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::StoreError;

/// Longest key, in bytes. S3 stops at 1,024 and the bucket's own key prefix needs room too.
pub const MAX_KEY_BYTES: usize = 512;

/// Longest segment between two slashes, in bytes: `NAME_MAX` of every Linux file system.
pub const MAX_SEGMENT_BYTES: usize = 255;

/// The name of one object, such as `hls/{video}/{generation}/720p.mp4`.
///
/// Relative, `/`-separated segments of `[A-Za-z0-9._-]`; no empty segment and none that starts
/// with a dot, so neither `..` nor a hidden file can be named. Keys are compared byte by byte.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(String);

impl Key {
    /// Check a text and make it a key.
    ///
    /// # Errors
    /// [`StoreError::BadKey`] says which rule the text breaks.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let refuse = |why| Err(StoreError::BadKey { key: shorten(text), why });
        if text.is_empty() {
            return refuse("it is empty");
        }
        if text.len() > MAX_KEY_BYTES {
            return refuse("it is longer than 512 bytes");
        }
        for segment in text.split('/') {
            if segment.is_empty() {
                return refuse("it has an empty segment, or a slash at an end");
            }
            if segment.starts_with('.') {
                return refuse("a segment starts with a dot");
            }
            if segment.len() > MAX_SEGMENT_BYTES {
                return refuse("a segment is longer than 255 bytes");
            }
            if !segment
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
            {
                return refuse("only letters, digits, dot, dash and underscore are allowed");
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// The whole key.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The segments, first to last; there is at least one.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }

    /// The last segment: the file's name.
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(self.as_str(), |(_, name)| name)
    }

    /// The key without its last segment, or `None` at the top.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.to_owned()))
    }

    /// This key as a folder, with more segments under it.
    ///
    /// # Errors
    /// [`StoreError::BadKey`] when the result is not a key.
    pub fn join(&self, rest: &str) -> Result<Self, StoreError> {
        Self::parse(&format!("{}/{rest}", self.0))
    }

    /// The media type that the name's ending stands for; `application/octet-stream` otherwise.
    pub fn content_type(&self) -> &'static str {
        let ending = self.name().rsplit_once('.').map_or("", |(_, ending)| ending);
        match ending.to_ascii_lowercase().as_str() {
            "mp4" | "m4s" | "m4v" => "video/mp4",
            "m4a" => "audio/mp4",
            "webm" => "video/webm",
            "mkv" => "video/x-matroska",
            "mov" => "video/quicktime",
            // RFC 8216, section 4.
            "m3u8" => "application/vnd.apple.mpegurl",
            "vtt" => "text/vtt; charset=utf-8",
            "srt" => "application/x-subrip",
            "jpg" | "jpeg" => "image/jpeg",
            "png" => "image/png",
            "webp" => "image/webp",
            "gif" => "image/gif",
            "json" => "application/json",
            _ => "application/octet-stream",
        }
    }
}

/// A refused key may be megabytes of somebody's input: errors quote its beginning.
fn shorten(text: &str) -> String {
    let mut quoted: String = text.chars().take(80).collect();
    if quoted.len() < text.len() {
        quoted.push('…');
    }
    quoted
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Key {
    type Error = StoreError;

    fn try_from(text: String) -> Result<Self, StoreError> {
        Self::parse(&text)
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0
    }
}

impl std::str::FromStr for Key {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_documented_layout_is_made_of_keys() {
        for text in [
            "originals/3f6c/7e01/film.mp4",
            "hls/3f6c/7e01/1080p.mp4",
            "images/3f6c/preview.jpg",
            "storyboards/3f6c/sheet.jpg",
            "captions/3f6c/pt-BR.vtt",
            "actor-images/a_b-c.png",
        ] {
            let key = Key::parse(text).unwrap();
            assert_eq!(key.as_str(), text);
            assert_eq!(key.join("x").unwrap().parent().unwrap(), key);
        }
    }

    #[test]
    fn what_could_leave_the_root_or_hide_in_it_is_refused() {
        for text in [
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "a/..",
            "../a",
            "a/../../b",
            "a/./b",
            ".tmp/a",
            "a/.hidden",
            "a\\b",
            "a b",
            "a\0b",
            "é",
            "a/b\n",
            "C:/a",
            "~",
            "%2e%2e/a",
        ] {
            assert!(Key::parse(text).is_err(), "{text:?} was accepted");
        }
        assert!(Key::parse(&"a".repeat(256)).is_err());
        assert!(Key::parse(&"a/".repeat(300)).is_err());
        assert!(Key::parse(&"a".repeat(255)).is_ok());
    }

    #[test]
    fn a_refused_key_is_quoted_only_in_part() {
        let said = Key::parse(&"ü".repeat(100_000)).unwrap_err().to_string();
        assert!(said.len() < 400, "{said}");
    }

    #[test]
    fn endings_give_media_types() {
        let of = |text: &str| Key::parse(text).unwrap().content_type();
        assert_eq!(of("a/b.MP4"), "video/mp4");
        assert_eq!(of("a/master.m3u8"), "application/vnd.apple.mpegurl");
        assert_eq!(of("a/b.c/fr.vtt"), "text/vtt; charset=utf-8");
        assert_eq!(of("a/mp4"), "application/octet-stream");
    }

    #[test]
    fn serde_checks_as_parse_does() {
        assert!(serde_json::from_str::<Key>("\"a/b.mp4\"").is_ok());
        assert!(serde_json::from_str::<Key>("\"a/../b\"").is_err());
    }

    proptest! {
        #[test]
        fn a_key_joined_to_a_root_stays_under_it(text in "[a-z./\\\\\0 é-]{0,24}") {
            if let Ok(key) = Key::parse(&text) {
                let path = Path::new(key.as_str());
                prop_assert!(path.is_relative());
                prop_assert!(path.components().all(|c| matches!(c, Component::Normal(_))));
                prop_assert_eq!(path.components().count(), key.segments().count());
            }
        }

        #[test]
        fn every_key_survives_its_own_text(text in "[A-Za-z0-9_-][A-Za-z0-9._-]{0,20}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,20}){0,5}") {
            let key = Key::parse(&text).unwrap();
            prop_assert_eq!(&Key::parse(&key.to_string()).unwrap(), &key);
        }
    }
}
