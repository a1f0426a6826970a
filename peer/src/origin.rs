//! What does a video's own host say of it? Its JSON, playlists, manifests and segments over HTTP,
//! every answer bounded in size, time and redirects. The public key comes from here and from
//! nowhere else.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::{Bytes, BytesMut};
use reqwest::header::RANGE;
use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;
use serde_json::json;
use url::Url;
use uuid::Uuid;

use crate::info_hash::{self, InfoHash};
use crate::manifest::{Chain, Hashes, Identity, ManifestError, PublicKey};
use crate::master;
use crate::media::{Playlist, Segment};
use crate::tracker::wire::{self, PeerId};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Without a byte for this long a line is dead.
const READ_TIMEOUT: Duration = Duration::from_secs(20);
const REDIRECTS: usize = 3;
/// Bytes of a video's JSON or of a list of videos.
const JSON_LIMIT: u64 = 4 << 20;
/// Bytes of a playlist or a manifest: two days of segments.
const TEXT_LIMIT: u64 = 8 << 20;
/// Bytes of one segment.
const SEGMENT_LIMIT: u64 = 128 << 20;
/// Segments of one rendition.
const SEGMENTS: usize = 50_000;
/// Characters of a hyphenated UUID.
const UUID_LENGTH: usize = 36;

/// Why the host's answer cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OriginError {
    /// The line, or the host.
    #[error("the host is not reached: {0}")]
    Unreachable(#[source] reqwest::Error),
    /// The host refused.
    #[error("the host answered {0}")]
    Refused(StatusCode),
    /// The answer is longer than any honest one.
    #[error("the host's answer is too long")]
    TooLong,
    /// The answer is not what was asked for.
    #[error("the host's answer is not understood: {0}")]
    NotUnderstood(&'static str),
    /// Sharing is off, or the video is not public.
    #[error("this video is not shared between viewers")]
    NotShared,
    /// The segment list is not the channel's.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

impl From<reqwest::Error> for OriginError {
    fn from(error: reqwest::Error) -> Self {
        // The address may hold a token; the kind of failure is enough.
        Self::Unreachable(error.without_url())
    }
}

/// A video as its host tells of it.
#[derive(Debug, Clone)]
pub struct Video {
    /// Its id.
    pub uuid: Uuid,
    /// Its title, for people; control characters removed.
    pub name: String,
    /// Address of the master playlist.
    pub master: Url,
    /// What names its swarms.
    pub swarm_id: String,
    /// The channel's key.
    pub public_key: PublicKey,
    /// Swarms the tracker serves.
    pub info_hashes: Vec<InfoHash>,
    /// Trackers, `ws` or `wss`.
    pub trackers: Vec<Url>,
    /// STUN servers.
    pub stun_urls: Vec<String>,
    /// Where altered segments are reported.
    pub report: Option<Url>,
}

/// A rendition with everything needed to share it.
#[derive(Debug, Clone)]
pub struct Rendition {
    /// Stem of its name: `720`, `audio`.
    pub name: String,
    /// Generation of its media.
    pub set: Uuid,
    /// Its swarm.
    pub info_hash: InfoHash,
    /// Its playlist.
    pub playlist: Url,
    /// Its segments.
    pub media: Playlist,
    /// What they must be.
    pub hashes: Arc<Hashes>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VideoJson {
    uuid: Uuid,
    #[serde(default)]
    name: String,
    #[serde(default)]
    streaming_playlists: Vec<PlaylistJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlaylistJson {
    playlist_url: String,
    p2p: Option<SharingJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SharingJson {
    swarm_id: String,
    public_key: String,
    #[serde(default)]
    info_hashes: Vec<String>,
    #[serde(default)]
    tracker_urls: Vec<String>,
    #[serde(default)]
    stun_urls: Vec<String>,
    report_url: Option<String>,
}

#[derive(Deserialize)]
struct ListJson {
    total: u64,
    #[serde(default)]
    data: Vec<ListedJson>,
}

#[derive(Deserialize)]
struct ListedJson {
    uuid: Uuid,
}

/// A host, asked over HTTP.
#[derive(Debug, Clone)]
pub struct Origin {
    client: Client,
}

impl Origin {
    /// A client with our limits.
    ///
    /// # Errors
    /// The system's certificates cannot be read.
    pub fn new() -> Result<Self, OriginError> {
        let client = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .redirect(reqwest::redirect::Policy::limited(REDIRECTS))
            .user_agent(concat!("farandole-peer/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client })
    }

    /// The video with this id (UUID or short UUID) on the host of `base`.
    ///
    /// # Errors
    /// The host is not reached, refuses, or does not share the video.
    pub async fn video(&self, base: &Url, id: &str) -> Result<Video, OriginError> {
        let path = ["api", "v1", "videos", id];
        let address = under(base, &path)?;
        let body = self.body(self.client.get(address.clone()).send().await?, JSON_LIMIT).await?;
        let video: VideoJson = serde_json::from_slice(&body)
            .map_err(|_| OriginError::NotUnderstood("the video's JSON"))?;
        read_video(&address, video)
    }

    /// Ids of a channel's public videos, newest first, at most `limit`.
    ///
    /// # Errors
    /// The host is not reached or refuses.
    pub async fn channel(
        &self,
        base: &Url,
        channel: &str,
        limit: usize,
    ) -> Result<Vec<Uuid>, OriginError> {
        const PAGE: usize = 100;
        let mut found = Vec::new();
        while found.len() < limit {
            let mut address = under(base, &["api", "v1", "video-channels", channel, "videos"])?;
            let (start, count) =
                (found.len().to_string(), PAGE.min(limit - found.len()).to_string());
            address.query_pairs_mut().append_pair("start", &start).append_pair("count", &count);
            let body = self.body(self.client.get(address).send().await?, JSON_LIMIT).await?;
            let list: ListJson = serde_json::from_slice(&body)
                .map_err(|_| OriginError::NotUnderstood("the channel's videos"))?;
            let empty = list.data.is_empty();
            found.extend(list.data.into_iter().map(|video| video.uuid));
            if empty || u64::try_from(found.len()).is_ok_and(|found| found >= list.total) {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Every rendition of a video whose swarm the tracker serves, manifests checked.
    ///
    /// # Errors
    /// The host is not reached or refuses, or a manifest is not signed by the channel.
    pub async fn renditions(&self, video: &Video) -> Result<Vec<Rendition>, OriginError> {
        let master = self.text(&video.master).await?;
        let mut found = Vec::new();
        for listed in master::renditions(&master) {
            let info_hash = info_hash::of(&video.swarm_id, &listed.stream());
            if video.info_hashes.contains(&info_hash) {
                let playlist = video
                    .master
                    .join(&listed.uri)
                    .map_err(|_| OriginError::NotUnderstood("an address in the master playlist"))?;
                found.push(self.rendition(video, playlist, info_hash).await?);
            }
        }
        Ok(found)
    }

    async fn rendition(
        &self,
        video: &Video,
        playlist: Url,
        info_hash: InfoHash,
    ) -> Result<Rendition, OriginError> {
        let (set, name) =
            rendition_name(&playlist).ok_or(OriginError::NotUnderstood("a rendition's name"))?;
        let mut manifest = playlist.clone();
        manifest.set_path(&playlist.path().replace(".m3u8", ".manifest"));
        let text = self.text(&playlist).await?;
        let media = Playlist::parse(&text, SEGMENTS)
            .ok_or(OriginError::NotUnderstood("a media playlist"))?;
        let body = self.body(self.client.get(manifest).send().await?, TEXT_LIMIT).await?;
        let identity = Identity { video: video.uuid, set, name: name.clone() };
        let hashes = Arc::new(Chain::verify(&body, &video.public_key, &identity)?);
        Ok(Rendition { name, set, info_hash, playlist, media, hashes })
    }

    /// The bytes of one segment, of the length its playlist says. Not checked.
    ///
    /// # Errors
    /// The host is not reached, refuses, or sends another length.
    pub async fn segment(&self, playlist: &Url, segment: &Segment) -> Result<Bytes, OriginError> {
        let address = playlist
            .join(&segment.uri)
            .map_err(|_| OriginError::NotUnderstood("an address in a media playlist"))?;
        let mut request = self.client.get(address);
        if let Some(range) = segment.range {
            let last = range.offset.saturating_add(range.length).saturating_sub(1);
            request = request.header(RANGE, format!("bytes={}-{last}", range.offset));
        }
        let limit = segment.range.map_or(SEGMENT_LIMIT, |range| range.length.min(SEGMENT_LIMIT));
        let bytes = self.body(request.send().await?, limit).await?;
        let wanted = segment.range.map(|range| range.length);
        if wanted.is_some_and(|wanted| u64::try_from(bytes.len()) != Ok(wanted)) {
            return Err(OriginError::NotUnderstood("the length of a segment"));
        }
        Ok(bytes)
    }

    /// Tells the host that a peer sent altered bytes. Best effort: nothing depends on it.
    pub async fn report(&self, video: &Video, hash: &InfoHash, own: &PeerId, bad: &PeerId) {
        let Some(address) = video.report.clone() else { return };
        let body = json!({
            "infoHash": wire::text(hash), "peerId": wire::text(own), "badPeerId": wire::text(bad),
        });
        if let Err(error) = self.client.post(address).json(&body).send().await {
            tracing::debug!(error = %error.without_url(), "an altered segment was not reported");
        }
    }

    async fn text(&self, address: &Url) -> Result<String, OriginError> {
        let body = self.body(self.client.get(address.clone()).send().await?, TEXT_LIMIT).await?;
        String::from_utf8(body.into()).map_err(|_| OriginError::NotUnderstood("a playlist"))
    }

    async fn body(&self, mut answer: Response, limit: u64) -> Result<Bytes, OriginError> {
        if !answer.status().is_success() {
            return Err(OriginError::Refused(answer.status()));
        }
        if answer.content_length().is_some_and(|length| length > limit) {
            return Err(OriginError::TooLong);
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await? {
            body.extend_from_slice(&chunk);
            if u64::try_from(body.len()).is_ok_and(|length| length > limit) {
                return Err(OriginError::TooLong);
            }
        }
        Ok(body.freeze())
    }
}

/// An address of the same host; ids are escaped, so that they stay one part of the path.
fn under(base: &Url, path: &[&str]) -> Result<Url, OriginError> {
    let mut address = base.join("/").map_err(|_| OriginError::NotUnderstood("the address"))?;
    address
        .path_segments_mut()
        .map_err(|()| OriginError::NotUnderstood("the address"))?
        .clear()
        .extend(path);
    Ok(address)
}

fn read_video(address: &Url, video: VideoJson) -> Result<Video, OriginError> {
    let playlist = video.streaming_playlists.into_iter().next().ok_or(OriginError::NotShared)?;
    let sharing = playlist.p2p.ok_or(OriginError::NotShared)?;
    let not_understood = |what| move |_| OriginError::NotUnderstood(what);
    let public_key = BASE64.decode(&sharing.public_key).ok().and_then(|key| key.try_into().ok());
    let socket = |text: &String| {
        Url::parse(text).ok().filter(|address| matches!(address.scheme(), "ws" | "wss"))
    };
    Ok(Video {
        uuid: video.uuid,
        name: video.name.chars().filter(|c| !c.is_control()).take(120).collect(),
        master: address
            .join(&playlist.playlist_url)
            .map_err(not_understood("the address of the master playlist"))?,
        swarm_id: sharing.swarm_id,
        public_key: public_key.ok_or(OriginError::NotUnderstood("the channel's key"))?,
        info_hashes: sharing.info_hashes.iter().filter_map(|hash| wire::bytes(hash)).collect(),
        trackers: sharing.tracker_urls.iter().filter_map(socket).collect(),
        stun_urls: sharing.stun_urls.into_iter().filter(|url| url.starts_with("stun:")).collect(),
        report: sharing.report_url.and_then(|url| address.join(&url).ok()),
    })
}

/// `{generation}-{stem}.m3u8`.
fn rendition_name(playlist: &Url) -> Option<(Uuid, String)> {
    let file = playlist.path_segments()?.next_back()?;
    let (generation, rest) = file.split_at_checked(UUID_LENGTH)?;
    let stem = rest.strip_prefix('-')?.strip_suffix(".m3u8")?;
    let plain = stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (plain && !stem.is_empty()).then_some(())?;
    Some((Uuid::try_parse(generation).ok()?, stem.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{OriginError, read_video, rendition_name, under};
    use serde_json::json;
    use url::Url;

    fn address() -> Url {
        Url::parse("https://example.org/api/v1/videos/x").unwrap()
    }

    #[test]
    fn ids_stay_one_part_of_the_path() {
        let base = Url::parse("https://example.org/w/abc?x=1").unwrap();
        let found = under(&base, &["api", "v1", "videos", "../users?a#b"]).unwrap();
        assert_eq!(found.as_str(), "https://example.org/api/v1/videos/..%2Fusers%3Fa%23b");
    }

    #[test]
    fn a_shared_video_is_read() {
        let json = json!({
            "uuid": "9c9de5e8-0a1e-484a-b099-e80766180a6d", "name": "A\u{1b}[2J film",
            "streamingPlaylists": [{
                "playlistUrl": "/static/m.m3u8",
                "p2p": {
                    "policy": "on", "swarmId": "s", "minViewers": 1,
                    "publicKey": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                    "infoHashes": ["a".repeat(20), "short"],
                    "trackerUrls": ["wss://example.org/tracker/socket", "http://example.org/"],
                    "stunUrls": ["stun:example.org:3478", "turn:example.org"],
                    "reportUrl": "https://example.org/report",
                },
            }],
        });
        let video = read_video(&address(), serde_json::from_value(json).unwrap()).unwrap();
        assert_eq!(video.name, "A[2J film");
        assert_eq!(video.master.as_str(), "https://example.org/static/m.m3u8");
        assert_eq!(video.info_hashes, [[b'a'; 20]]);
        assert_eq!(video.trackers.len(), 1);
        assert_eq!(video.stun_urls, ["stun:example.org:3478"]);
        assert_eq!(video.public_key, [0; 32]);
    }

    #[test]
    fn a_video_that_is_not_shared_says_so() {
        let uuid = "9c9de5e8-0a1e-484a-b099-e80766180a6d";
        for playlists in [json!([]), json!([{ "playlistUrl": "/m.m3u8", "p2p": null }])] {
            let json = json!({ "uuid": uuid, "streamingPlaylists": playlists });
            let found = read_video(&address(), serde_json::from_value(json).unwrap());
            assert!(matches!(found, Err(OriginError::NotShared)));
        }
    }

    #[test]
    fn a_rendition_is_named_by_its_playlist() {
        let name = |path: &str| rendition_name(&address().join(path).unwrap());
        let uuid = "9c9de5e8-0a1e-484a-b099-e80766180a6d";
        let (set, stem) = name(&format!("/hls/{uuid}-audio-2.m3u8")).unwrap();
        assert_eq!((set.to_string().as_str(), stem.as_str()), (uuid, "audio-2"));
        assert_eq!(name(&format!("/hls/{uuid}-.m3u8")), None);
        assert_eq!(name(&format!("/hls/{uuid}-..%2F.m3u8")), None);
        assert_eq!(name("/hls/720.m3u8"), None);
    }
}
