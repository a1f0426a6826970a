//! What are the files of a generation called in addresses? PeerTube's forms:
//! `{generation}-master.m3u8`, `{generation}-{rendition}.m3u8`,
//! `{generation}-{rendition}-fragmented.mp4` and `{generation}-segments-sha256.json`, where the
//! rendition is the worker's file name without its ending (`1080`, `audio`, `audio-2`). Of our
//! own beside them: `{generation}-growth.json`, and
//! `{generation}-{rendition}.manifest`.

use uuid::Uuid;

/// Characters of a hyphenated UUID.
const UUID_LENGTH: usize = 36;

/// A file of a generation, as an address names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaName {
    /// The master playlist.
    Master,
    /// The hashes of every segment.
    Hashes,
    /// How far every rendition is.
    Growth,
    /// The media playlist of one rendition, by its file's stem.
    Playlist(String),
    /// The file of one rendition, by its stem.
    File(String),
    /// The signed hashes of one rendition's segments, by its stem.
    Manifest(String),
}

impl MediaName {
    /// The whole name.
    #[must_use]
    pub fn of(&self, generation: Uuid) -> String {
        match self {
            Self::Master => format!("{generation}-master.m3u8"),
            Self::Hashes => format!("{generation}-segments-sha256.json"),
            Self::Growth => format!("{generation}-growth.json"),
            Self::Playlist(stem) => format!("{generation}-{stem}.m3u8"),
            Self::File(stem) => format!("{generation}-{stem}-fragmented.mp4"),
            Self::Manifest(stem) => format!("{generation}-{stem}.manifest"),
        }
    }

    /// Reads a whole name.
    #[must_use]
    pub fn parse(name: &str) -> Option<(Uuid, Self)> {
        let (generation, rest) = name.split_at_checked(UUID_LENGTH)?;
        let generation = Uuid::try_parse(generation).ok()?;
        let rest = rest.strip_prefix('-')?;
        let named = match rest {
            "master.m3u8" => Self::Master,
            "segments-sha256.json" => Self::Hashes,
            "growth.json" => Self::Growth,
            _ => {
                if let Some(stem) = rest.strip_suffix("-fragmented.mp4") {
                    Self::File(plain(stem)?)
                } else if let Some(stem) = rest.strip_suffix(".manifest") {
                    Self::Manifest(plain(stem)?)
                } else {
                    Self::Playlist(plain(rest.strip_suffix(".m3u8")?)?)
                }
            }
        };
        Some((generation, named))
    }
}

/// The part of a rendition's file name that addresses show.
#[must_use]
pub fn stem(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// Stems are letters, digits and hyphens: nothing that could be a path.
fn plain(stem: &str) -> Option<String> {
    let fits = !stem.is_empty() && stem.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    fits.then(|| stem.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        let generation = Uuid::from_u128(9);
        for name in [
            MediaName::Master,
            MediaName::Hashes,
            MediaName::Growth,
            MediaName::Playlist(stem("1080.mp4").to_owned()),
            MediaName::File(stem("audio-2.mp4").to_owned()),
            MediaName::Manifest(stem("audio-2.mp4").to_owned()),
        ] {
            assert_eq!(MediaName::parse(&name.of(generation)), Some((generation, name)));
        }
    }

    #[test]
    fn nothing_else_is_a_name() {
        let generation = Uuid::from_u128(9);
        for bad in ["", "master.m3u8", "é", &format!("{generation}-../x.m3u8")] {
            assert_eq!(MediaName::parse(bad), None, "{bad}");
        }
        assert_eq!(MediaName::parse(&format!("{generation}-.m3u8")), None);
        assert_eq!(MediaName::parse(&format!("{generation}/master.m3u8")), None);
    }
}
