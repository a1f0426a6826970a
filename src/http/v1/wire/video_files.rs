//! `VideoStreamingPlaylists` and `VideoFile`: where players find what.

use farandole_transcoder::spec::{RenditionPlan, Role};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Site;
use super::video_sharing::{PlaylistSharing, text};
use crate::config::{Config, StorageKind};
use crate::db::videos::shown::RenditionRow;
use crate::videos::names::{MediaName, stem};
use crate::videos::shown::Details;

/// A resolution, such as 1080 and `1080p`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Resolution {
    /// Rung of the ladder; 0 for sound.
    pub id: i64,
    /// For people.
    pub label: String,
}

impl Resolution {
    /// PeerTube's label of a rung.
    #[must_use]
    pub fn new(id: i64) -> Self {
        let label = if id == 0 { "Audio only".to_owned() } else { format!("{id}p") };
        Self { id, label }
    }
}

/// PeerTube's `VideoFile`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VideoFile {
    /// `renditions.id`.
    id: i64,
    /// Which rung.
    resolution: Resolution,
    /// Pixels; 0 for sound.
    width: i64,
    /// Pixels; 0 for sound.
    height: i64,
    /// Bytes.
    size: i64,
    /// Frames per second; 0 for sound.
    fps: f64,
    /// No torrents are made here.
    torrent_url: Option<String>,
    /// No torrents are made here.
    torrent_download_url: Option<String>,
    /// No torrents are made here.
    magnet_uri: Option<String>,
    /// The fragmented MP4.
    file_url: String,
    /// The same, named for people to keep.
    file_download_url: String,
    /// Its media playlist.
    playlist_url: String,
    /// What is in it.
    metadata_url: String,
    /// Plays with sound.
    has_audio: bool,
    /// Plays with a picture.
    has_video: bool,
    /// 0: disk, 1: object storage.
    storage: i64,
}

/// Somebody who mirrors a playlist.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Redundancy {
    /// Where.
    base_url: String,
}

/// PeerTube's `VideoStreamingPlaylists`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StreamingPlaylist {
    /// `media_sets.id`.
    id: i64,
    /// 1: HLS.
    r#type: i64,
    /// The master playlist.
    playlist_url: String,
    /// The hashes of every segment.
    segments_sha256_url: String,
    /// Mirrors.
    redundancies: Vec<Redundancy>,
    /// Swarms of PeerTube's players; none unless everybody may watch and nobody is asked.
    p2p_info_hashes: Vec<String>,
    /// How viewers share its segments; null: they do not.
    p2p: Option<PlaylistSharing>,
    /// Complete files; none while they are being made.
    files: Vec<VideoFile>,
}

impl StreamingPlaylist {
    /// The playlists of a video: one, once something can be played.
    #[must_use]
    pub fn of(site: &Site, details: &Details, config: &Config) -> Vec<Self> {
        let Some(set) = &details.set else { return Vec::new() };
        let folder = folder(site, details);
        let files = details
            .renditions
            .iter()
            .filter_map(|rendition| VideoFile::new(site, details, rendition, config.storage.kind))
            .collect();
        let peertube = details.sharing.iter().flat_map(|sharing| &sharing.peertube);
        let playlist = Self {
            id: set.id,
            r#type: 1,
            playlist_url: format!("{folder}/{}", MediaName::Master.of(set.generation)),
            segments_sha256_url: format!("{folder}/{}", MediaName::Hashes.of(set.generation)),
            redundancies: Vec::new(),
            p2p_info_hashes: peertube.map(text).collect(),
            p2p: PlaylistSharing::of(site, details, config),
            files,
        };
        vec![playlist]
    }
}

/// Where the files of a video are: apart for those that need a token, so that proxies can tell.
fn folder(site: &Site, details: &Details) -> String {
    let row = &details.shown.row;
    let open = row.available && row.privacy.open_files();
    let private = if open { "" } else { "private/" };
    format!("{}/static/streaming-playlists/hls/{private}{}", site.base_url, row.uuid)
}

impl VideoFile {
    /// `None` for sound tracks of the audio group, which do not play on their own.
    fn new(
        site: &Site,
        details: &Details,
        rendition: &RenditionRow,
        storage: StorageKind,
    ) -> Option<Self> {
        let plan: RenditionPlan = serde_json::from_str(&rendition.plan).ok()?;
        if plan.role == Role::AudioTrack {
            return None;
        }
        let generation = details.set.as_ref().map_or(Uuid::nil(), |set| set.generation);
        let row = &details.shown.row;
        let stem = stem(&rendition.file);
        let file = MediaName::File(stem.to_owned()).of(generation);
        let playlist = MediaName::Playlist(stem.to_owned()).of(generation);
        let folder = folder(site, details);
        Some(Self {
            id: rendition.id,
            resolution: Resolution::new(rendition.resolution),
            width: rendition.width,
            height: rendition.height,
            size: rendition.size_bytes,
            fps: rendition.fps_millis as f64 / 1000.0,
            torrent_url: None,
            torrent_download_url: None,
            magnet_uri: None,
            file_url: format!("{folder}/{file}"),
            file_download_url: format!("{}/download/videos/{file}", site.base_url),
            playlist_url: format!("{folder}/{playlist}"),
            metadata_url: format!(
                "{}/api/v1/videos/{}/metadata/{}",
                site.base_url, row.uuid, rendition.id
            ),
            has_audio: plan.has_audio,
            has_video: plan.has_video,
            storage: i64::from(storage == StorageKind::S3),
        })
    }
}
