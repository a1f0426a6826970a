//! What are the swarms of a video called? Info hashes as p2p-media-loader 2.3.1 computes them from
//! what hls.js 1.7.4 reads in a master playlist, and as PeerTube's players compute theirs. Which
//! swarms exist and who may join them is the server's business.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use md5::Md5;
use sha1::{Digest as _, Sha1};
use uuid::Uuid;

use crate::master;

/// Name of a swarm on the tracker: 20 bytes, mostly printable ones.
pub type InfoHash = [u8; 20];

/// Versions that PeerTube's newest players put into `pt-v{N}-…` (p2p-media-loader 2 and 3).
const PEERTUBE_VERSIONS: [u32; 2] = [2, 3];

/// How p2p-media-loader sorts the playlists of a master.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A variant: `EXT-X-STREAM-INF`, sound-only ones too.
    Main,
    /// A sound track of its own: `EXT-X-MEDIA` with an address.
    Secondary,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Secondary => "secondary",
        }
    }
}

/// Everything of a playlist that takes part in its name, attributes word for word as the master
/// has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream<'a> {
    /// Variant or sound track.
    pub kind: Kind,
    /// `BANDWIDTH` in bit/s; 0 for sound tracks. A variant with 0 is named by that alone.
    pub bandwidth_bps: u64,
    /// Variants: the video codecs only. Sound tracks: the sound codecs of their group's variant.
    pub codecs: Option<&'a str>,
    /// Width in pixels.
    pub width: Option<u32>,
    /// Height in pixels.
    pub height: Option<u32>,
    /// `LANGUAGE` of a sound track.
    pub language: Option<&'a str>,
    /// `CHANNELS` of a sound track.
    pub channels: Option<&'a str>,
    /// `NAME` of a sound track.
    pub name: Option<&'a str>,
    /// `FRAME-RATE` of a variant.
    pub frame_rate: Option<&'a str>,
    /// `VIDEO-RANGE` of a variant.
    pub video_range: Option<&'a str>,
}

/// The info hash of one playlist (p2p-media-loader-core 2.3.1, `utils/stream.js`, `utils/peer.js`).
#[must_use]
pub fn of(swarm_id: &str, stream: &Stream<'_>) -> InfoHash {
    let kind = stream.kind.word();
    printable(Sha1::digest(format!("v2-{swarm_id}-{kind}-{}", short_id(stream))).as_ref())
}

/// The info hashes of every playlist a player can take from a master, in its order, each once.
#[must_use]
pub fn of_master(swarm_id: &str, master: &str) -> Vec<InfoHash> {
    let mut hashes = Vec::new();
    for rendition in master::renditions(master) {
        let hash = of(swarm_id, &rendition.stream());
        if !hashes.contains(&hash) {
            hashes.push(hash);
        }
    }
    hashes
}

/// The info hashes PeerTube's players compute for a published playlist, three generations of them.
///
/// `master_url` is the address of the master as their API names it, `resolutions` the height of
/// each rendition in its list of files (0 = sound only).
#[must_use]
pub fn peertube(master_url: &str, video: Uuid, resolutions: &[u32]) -> Vec<InfoHash> {
    let sound_only = resolutions.contains(&0);
    let mut hashes = Vec::new();
    for at in 0..resolutions.len() {
        // Up to 6.3: server/core/models/video/video-streaming-playlist.ts, peer version 2.
        hashes.push(Sha1::digest(format!("2{master_url}+V{at}")).into());
    }
    // Later: peer version -2, packages/node-utils/src/p2p.ts.
    let mains = (0..resolutions.len()).map(|at| format!("v2-{master_url}-main-{at}"));
    let secondary = sound_only.then(|| format!("v2-{master_url}-secondary-0"));
    for id in mains.chain(secondary) {
        hashes.push(printable(Md5::digest(id).get(1..).unwrap_or_default()));
    }
    for version in PEERTUBE_VERSIONS {
        for &resolution in resolutions {
            let last = if resolution == 0 { "default".to_owned() } else { resolution.to_string() };
            let id = format!("pt-v{version}-{video}-main-default-{last}");
            hashes.push(printable(Sha1::digest(id).as_ref()));
        }
        if sound_only {
            let id = format!("pt-v{version}-{video}-secondary-default-default");
            hashes.push(printable(Sha1::digest(id).as_ref()));
        }
    }
    hashes
}

/// 15 bytes of a digest as 20 characters.
fn printable(digest: &[u8]) -> InfoHash {
    let mut hash = [0; 20];
    let fifteen = digest.get(..15).unwrap_or_default();
    // 15 bytes are 20 characters without padding, so this always fits.
    let written = BASE64.encode_slice(fifteen, &mut hash).unwrap_or_default();
    debug_assert_eq!(written, 20, "a digest has at least 15 bytes");
    hash
}

/// `generateStreamShortId` of p2p-media-loader-core, fed as `segment-manager.js` of
/// p2p-media-loader-hlsjs feeds it.
fn short_id(stream: &Stream<'_>) -> String {
    let bare = stream.kind == Kind::Main && stream.bandwidth_bps == 0;
    let known = |value| if bare { None } else { value };
    let number = |value: Option<u32>| value.map(|value| value.to_string()).unwrap_or_default();
    let text = format!(
        "{}-{}-{}-{}-{}-{}-{}-{}-{}",
        stream.bandwidth_bps,
        codecs(known(stream.codecs)),
        if bare { String::new() } else { number(stream.width) },
        if bare { String::new() } else { number(stream.height) },
        language(stream.language),
        stream.channels.and_then(|channels| channels.split('/').next()).unwrap_or_default(),
        js_trim(&stream.name.unwrap_or_default().to_lowercase()),
        frame_rate(known(stream.frame_rate)),
        js_trim(&known(stream.video_range).unwrap_or_default().to_uppercase()),
    );
    BASE64.encode(Sha1::digest(text))
}

fn codecs(codecs: Option<&str>) -> String {
    let Some(codecs) = codecs.filter(|codecs| !codecs.is_empty()) else {
        return String::new();
    };
    let mut list: Vec<_> = codecs.split(',').map(codec).collect();
    list.sort_unstable();
    list.join(",")
}

/// `avc1.66.30` (RFC 4281) becomes `avc1.42001e`.
fn codec(codec: &str) -> String {
    let codec = js_trim(codec).to_lowercase();
    let parts: Vec<_> = codec.split('.').collect();
    if let [name @ ("avc1" | "avc"), profile, level] = *parts.as_slice()
        && let (Some(profile), Some(level)) = (plain_decimal(profile), plain_decimal(level))
    {
        return format!("{name}.{profile:02x}00{level:02x}");
    }
    codec
}

/// A number written as JavaScript would write it back.
fn plain_decimal(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// The first two UTF-16 units, as `slice(0, 2)` takes them.
fn language(language: Option<&str>) -> String {
    let language = language.filter(|language| *language != "und").unwrap_or_default();
    let two: Vec<_> = language.encode_utf16().take(2).collect();
    String::from_utf16_lossy(&two).to_lowercase()
}

/// `Number(text).toString()` for what a master says: digits with or without a fraction.
fn frame_rate(text: Option<&str>) -> String {
    let plain = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = text.filter(plain).and_then(|text| text.parse::<f64>().ok());
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// JavaScript's `trim` also takes byte order marks, and leaves U+0085.
fn js_trim(text: &str) -> &str {
    text.trim_matches(|c: char| (c.is_whitespace() && c != '\u{85}') || c == '\u{feff}')
}

#[cfg(test)]
mod tests;
