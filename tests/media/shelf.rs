//! A video whose every byte is known: rows, media set and stored files, without a worker.

use std::path::Path;

use farandole::db::videos::insert::{self, NewVideo};
use farandole::db::videos::media_sets::{self, Probed};
use farandole::db::videos::renditions::NewRendition;
use farandole::db::videos::swarms;
use farandole::db::{self, DbError, sql};
use farandole::domain::{Privacy, VideoState, keys};
use farandole::transact;
use farandole::videos::swarms::of_renditions;
use farandole::videos::{cache, passwords};
use farandole_storage::Key;
use farandole_transcoder::index::{Segment, SegmentIndex};
use farandole_transcoder::playlist::Rendition;
use farandole_transcoder::spec::{Ratio, RenditionPlan, Role};
use uuid::Uuid;

use crate::support::{Person, TestApp};

/// Bytes of the initialisation section of every file.
pub const INIT: u64 = 1_000;
/// Bytes of each of the four segments of every file.
pub const SEGMENT: u64 = 25_000;
/// Bytes of every file.
pub const LENGTH: u64 = INIT + 4 * SEGMENT;
/// Opens password-protected ones.
pub const VIDEO_PASSWORD: &str = "open sesame";

/// The renditions of every video here.
pub const STEMS: [&str; 3] = ["1080", "240", "audio"];

/// A video on the shelf.
#[derive(Debug, Clone)]
pub struct Shelved {
    pub id: i64,
    pub uuid: Uuid,
    pub set: i64,
    pub generation: Uuid,
    open: bool,
}

/// The bytes of a rendition: every file differs from the others everywhere.
pub fn bytes(stem: &str) -> Vec<u8> {
    let seed: usize = stem.bytes().map(usize::from).sum();
    (0..LENGTH as usize).map(|i| (i * 31 + i / 251 + seed) as u8).collect()
}

pub fn plan(index: usize, stem: &str) -> RenditionPlan {
    let height = stem.parse().unwrap_or(0);
    let video = height > 0;
    RenditionPlan {
        index,
        role: if video { Role::Video } else { Role::AudioOnly },
        label: if video { format!("{height}p") } else { "Audio only".to_owned() },
        file: format!("{stem}.mp4"),
        resolution: height,
        width: height * 16 / 9,
        height,
        fps: video.then_some(Ratio { num: 30, den: 1 }),
        codecs: if video { "avc1.640028,mp4a.40.2" } else { "mp4a.40.2" }.to_owned(),
        bandwidth_bps: 140_000 + u64::from(height) * 1000,
        remux: false,
        has_audio: true,
        has_video: video,
        language: None,
        sound_title: None,
        channels: 2,
        default: !video,
    }
}

pub fn segment(stem: &str, number: u64) -> Segment {
    let offset = INIT + number * SEGMENT;
    let part = &bytes(stem)[offset as usize..(offset + SEGMENT) as usize];
    let sha256 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, part);
    let sha256 = sha256.as_ref().try_into().unwrap();
    Segment { offset, length: SEGMENT, duration_us: 4_000_000, sha256 }
}

fn index(stem: &str) -> SegmentIndex {
    let mut index = SegmentIndex::new();
    index.set_init(INIT).unwrap();
    for number in 0..4 {
        index.push(segment(stem, number)).unwrap();
    }
    index.finish();
    index
}

impl Shelved {
    /// A row without files.
    pub async fn empty(app: &TestApp, owner: &Person, privacy: Privacy) -> Self {
        let (uuid, generation) = (Uuid::new_v4(), Uuid::new_v4());
        let sealed = passwords::sealed(&app.app, VIDEO_PASSWORD).unwrap();
        let protected = privacy == Privacy::PasswordProtected;
        let new = NewVideo {
            uuid,
            ap_url: format!("https://here.example/videos/watch/{uuid}"),
            channel_id: owner.channel_id,
            actor_id: 1,
            name: "A walk: côte d’Émeraude / 50 %".to_owned(),
            description: None,
            support: None,
            category: None,
            licence: None,
            language: None,
            privacy,
            state: VideoState::ToTranscode,
            nsfw: false,
            nsfw_flags: 0,
            nsfw_summary: None,
            wait_transcoding: false,
            download_enabled: true,
            comments_policy: None,
            comments_pause_s: None,
            duration_ms: 16_000,
            aspect_ratio_millionths: Some(1_777_778),
            schedule: None,
            originally_published_at: None,
            p2p: None,
            tags: Vec::new(),
            passwords_sealed: if protected { vec![sealed] } else { Vec::new() },
        };
        let now = app.app.now();
        let made: Result<(i64, i64), DbError> = transact!(app.app.db(), tx => {
            let id = insert::video(tx, &new, now).await?;
            let set = media_sets::insert(tx, id, generation, None, None, now).await?;
            Ok((id, set))
        });
        let (id, set) = made.unwrap();
        Self { id, uuid, set, generation, open: privacy.open_files() }
    }

    /// A published video.
    pub async fn published(app: &TestApp, owner: &Person, privacy: Privacy) -> Self {
        let shelved = Self::empty(app, owner, privacy).await;
        shelved.publish(app).await;
        shelved
    }

    /// The set grows on this node and can be played.
    pub async fn grow(&self, app: &TestApp) {
        let now = app.app.now();
        let (id, node) = (self.set, app.app.config().server.node_name.clone());
        let begun: Result<(), DbError> = transact!(app.app.db(), tx => {
            let set = media_sets::by_id(tx, id).await?.unwrap();
            media_sets::begin(tx, &set, &node, now).await?;
            media_sets::playable(tx, &set, now).await?;
            Ok(())
        });
        begun.unwrap();
        cache::forget(&app.app, self.id);
    }

    /// Every file goes into storage and the video is published.
    pub async fn publish(&self, app: &TestApp) {
        self.publish_quietly(app).await;
        cache::forget(&app.app, self.id);
    }

    /// As [`Self::publish`], and what this node remembers stays as it was.
    pub async fn publish_quietly(&self, app: &TestApp) {
        let mut renditions = Vec::new();
        for (position, stem) in STEMS.into_iter().enumerate() {
            let plan = plan(position, stem);
            let key = keys::rendition(self.uuid, self.generation, &plan.file);
            app.app.store().put_bytes(&Key::parse(&key).unwrap(), bytes(stem)).await.unwrap();
            renditions.push(NewRendition::new(&plan, &index(stem), LENGTH, key));
        }
        let plans: Vec<_> = STEMS.into_iter().enumerate().map(|(i, stem)| plan(i, stem)).collect();
        let indexes = STEMS.map(index);
        let made: Vec<_> =
            plans.iter().zip(&indexes).map(|(plan, index)| Rendition { plan, index }).collect();
        let named = of_renditions(&app.app, self.uuid, self.generation, &made);
        let now = app.app.now();
        let (id, node) = (self.set, app.app.config().server.node_name.clone());
        let figures = Probed {
            duration_ms: 16_000,
            aspect_ratio_millionths: Some(1_777_778),
            json: "{}".to_owned(),
        };
        let switched: Result<bool, DbError> = transact!(app.app.db(), tx => {
            let set = media_sets::by_id(tx, id).await?.unwrap();
            media_sets::begin(tx, &set, &node, now).await?;
            let set = media_sets::by_id(tx, id).await?.unwrap();
            swarms::put(tx, id, &named).await?;
            media_sets::complete(tx, &set, 4, &renditions, Some(&figures), now).await
        });
        assert!(switched.unwrap());
    }

    /// A new generation takes the place of this one.
    pub async fn next_generation(&self, app: &TestApp) -> Self {
        let generation = Uuid::new_v4();
        let (id, now) = (self.id, app.app.now());
        let set: Result<i64, DbError> = transact!(app.app.db(), tx => {
            media_sets::insert(tx, id, generation, None, None, now).await
        });
        let next = Self { generation, set: set.unwrap(), ..self.clone() };
        next.publish(app).await;
        next
    }

    /// Takes every password away.
    pub async fn forget_passwords(&self, app: &TestApp) {
        let id = self.id;
        let done: Result<(), DbError> = transact!(app.app.db(), tx => {
            db::videos::passwords::clear(tx, id).await
        });
        done.unwrap();
        cache::forget(&app.app, self.id);
    }

    /// The address of a file of the generation, such as `master.m3u8`.
    pub fn path(&self, name: &str) -> String {
        let private = if self.open { "" } else { "private/" };
        self.path_below(private, name)
    }

    /// The address of a file below another folder than its own.
    pub fn path_below(&self, folder: &str, name: &str) -> String {
        let (uuid, generation) = (self.uuid, self.generation);
        format!("/static/streaming-playlists/hls/{folder}{uuid}/{generation}-{name}")
    }

    /// Runs one statement on the video's row and tells the caches.
    pub async fn change(&self, app: &TestApp, assignment: &'static str) {
        let id = self.id;
        let done: Result<u64, DbError> = transact!(app.app.db(), tx => {
            sql(format!("UPDATE videos SET {assignment} WHERE id = $1")).int(id).run(tx).await
        });
        assert_eq!(done.unwrap(), 1);
        cache::forget(&app.app, self.id);
    }

    /// Writes the first `segments` of every rendition into a scratch folder.
    pub fn write_growing(dir: &Path, segments: u64) {
        for stem in STEMS {
            let length = (INIT + segments * SEGMENT) as usize;
            std::fs::write(dir.join(format!("{stem}.mp4")), &bytes(stem)[..length]).unwrap();
        }
    }
}
