//! A published video is one call: `app.video(&alice).publish().await`.
//!
//! Rows are written as upload and worker write them, with small files in the store, so that a
//! test of access does not encode anything.

use farandole::auth::seal::{self, Purpose};
use farandole::db::changes::{self, ChangeKind};
use farandole::db::videos::swarms;
use farandole::db::{DbError, sql};
use farandole::domain::{Privacy, VideoState, keys, sort_key};
use farandole::transact;
use farandole::videos::swarms::of_renditions;
use farandole_storage::Key;
use farandole_transcoder::index::{Segment, SegmentIndex};
use farandole_transcoder::playlist::Rendition;
use farandole_transcoder::spec::{Ratio, RenditionPlan, Role};
use uuid::Uuid;

use super::TestApp;
use super::people::Person;

/// A video that is there.
#[derive(Clone, Debug)]
pub struct TestVideo {
    pub id: i64,
    pub uuid: Uuid,
    pub generation: Uuid,
    pub thumbnail: String,
}

impl TestVideo {
    /// `/api/v1/videos/{uuid}` and what follows it.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/videos/{}{rest}", self.uuid)
    }
}

/// A video to be.
pub struct VideoBuilder<'a> {
    app: &'a TestApp,
    channel_id: i64,
    name: String,
    privacy: Privacy,
    passwords: Vec<String>,
    tags: Vec<String>,
    available: bool,
    nsfw: bool,
    description: Option<String>,
    category: Option<i64>,
    language: Option<String>,
    duration_ms: i64,
    views: i64,
    minutes_old: i64,
    growing: bool,
}

impl TestApp {
    /// A public video of somebody, to be changed and published.
    pub fn video<'a>(&'a self, owner: &Person) -> VideoBuilder<'a> {
        VideoBuilder {
            app: self,
            channel_id: owner.channel_id,
            name: "A walk in the woods".to_owned(),
            privacy: Privacy::Public,
            passwords: Vec::new(),
            tags: Vec::new(),
            available: true,
            nsfw: false,
            description: None,
            category: None,
            language: None,
            duration_ms: 62_345,
            views: 0,
            minutes_old: 0,
            growing: false,
        }
    }
}

impl VideoBuilder<'_> {
    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    pub fn privacy(mut self, privacy: Privacy) -> Self {
        self.privacy = privacy;
        self
    }

    /// Password-protected, with these.
    pub fn passwords(mut self, passwords: &[&str]) -> Self {
        self.privacy = Privacy::PasswordProtected;
        self.passwords = passwords.iter().map(|&password| password.to_owned()).collect();
        self
    }

    pub fn tags(mut self, tags: &[&str]) -> Self {
        self.tags = tags.iter().map(|&tag| tag.to_owned()).collect();
        self
    }

    /// Not listed and not playable yet.
    pub fn unavailable(mut self) -> Self {
        self.available = false;
        self
    }

    pub fn nsfw(mut self) -> Self {
        self.nsfw = true;
        self
    }

    pub fn description(mut self, text: &str) -> Self {
        self.description = Some(text.to_owned());
        self
    }

    pub fn category(mut self, category: i64) -> Self {
        self.category = Some(category);
        self
    }

    pub fn language(mut self, language: &str) -> Self {
        self.language = Some(language.to_owned());
        self
    }

    pub fn duration_ms(mut self, duration_ms: i64) -> Self {
        self.duration_ms = duration_ms;
        self
    }

    pub fn views(mut self, views: i64) -> Self {
        self.views = views;
        self
    }

    /// Published so long ago.
    pub fn minutes_old(mut self, minutes: i64) -> Self {
        self.minutes_old = minutes;
        self
    }

    /// Its renditions are still being made.
    pub fn growing(mut self) -> Self {
        self.growing = true;
        self
    }

    /// Writes rows and files.
    pub async fn publish(self) -> TestVideo {
        let (uuid, generation) = (Uuid::new_v4(), Uuid::new_v4());
        let thumbnail = format!("{}.jpg", Uuid::new_v4());
        let app = &self.app.app;
        let sealed: Vec<Vec<u8>> = self
            .passwords
            .iter()
            .map(|plain| seal::seal(app, Purpose::VideoPassword, plain.as_bytes()).unwrap())
            .collect();
        let id = transact!(app.db(), tx => {
            let id = self.insert_video(tx, uuid).await?;
            self.insert_media(tx, id, uuid, generation).await?;
            self.insert_images(tx, id, uuid, &thumbnail).await?;
            for sealed in &sealed {
                sql("INSERT INTO video_passwords (video_id, password_sealed, created_at, \
                     updated_at) VALUES ($1, $2, 0, 0)")
                    .int(id).bytes(sealed.as_slice()).run(tx).await?;
            }
            for (position, tag) in self.tags.iter().enumerate() {
                sql("INSERT INTO video_tags (video_id, position, tag, tag_folded) \
                     VALUES ($1, $2, $3, $4)")
                    .int(id).int(position as i64).text(tag).text(sort_key(tag))
                    .run(tx).await?;
            }
            changes::record(tx, ChangeKind::Video, id, app.now()).await?;
            Ok::<i64, DbError>(id)
        })
        .unwrap();
        let put = async |key: String, bytes: &'static [u8]| {
            app.store().put_bytes(&Key::parse(&key).unwrap(), bytes).await.unwrap();
        };
        put(keys::image(uuid, &thumbnail), b"a picture").await;
        put(keys::rendition(uuid, generation, "240.mp4"), &[7; 3000]).await;
        TestVideo { id, uuid, generation, thumbnail }
    }

    async fn insert_video(&self, tx: &mut farandole::db::Tx, uuid: Uuid) -> Result<i64, DbError> {
        let now = self.app.app.now().0;
        let published = now - self.minutes_old * 60_000;
        let state = if self.growing { VideoState::ToTranscode } else { VideoState::Published };
        sql(
            "INSERT INTO videos (uuid, ap_url, channel_id, name, name_sort, description, category, \
             language, privacy, state, available, nsfw, duration_ms, aspect_ratio_millionths, \
             views, published_at, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1777778, $14, $15, \
             $15, $15) RETURNING id",
        )
        .text(uuid.to_string())
        .text(format!("{}/videos/watch/{uuid}", self.app.app.config().public_url()))
        .int(self.channel_id)
        .text(&self.name)
        .text(sort_key(&self.name))
        .text_opt(self.description.as_deref())
        .int_opt(self.category)
        .text_opt(self.language.as_deref())
        .int(self.privacy)
        .int(state)
        .int(self.available)
        .int(self.nsfw)
        .int(self.duration_ms)
        .int(self.views)
        .int(published)
        .one(tx)
        .await?
        .int("id")
    }

    async fn insert_media(
        &self,
        tx: &mut farandole::db::Tx,
        video_id: i64,
        uuid: Uuid,
        generation: Uuid,
    ) -> Result<(), DbError> {
        let state = if self.growing { "growing" } else { "complete" };
        let node = self.growing.then_some("main");
        let set = sql("INSERT INTO media_sets (video_id, generation, kind, state, node, attempt, \
             target_duration_s, created_at, updated_at) \
             VALUES ($1, $2, 'vod', $3, $4, 1, 4, 0, 0) RETURNING id")
        .int(video_id)
        .text(generation.to_string())
        .text(state)
        .text_opt(node)
        .one(tx)
        .await?
        .int("id")?;
        if self.growing {
            return Ok(());
        }
        for (position, plan) in plans().into_iter().enumerate() {
            let fps = plan.fps.map_or(0, |fps| i64::from(fps.num * 1000 / fps.den));
            sql(
                "INSERT INTO renditions (media_set_id, position, plan, resolution, width, height, \
                 fps_millis, file, size_bytes, storage_key, segments, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 3000, $9, $10, 0)",
            )
            .int(set)
            .int(position as i64)
            .text(serde_json::to_string(&plan).unwrap())
            .int(plan.resolution)
            .int(plan.width)
            .int(plan.height)
            .int(fps)
            .text(&plan.file)
            .text(keys::rendition(uuid, generation, &plan.file))
            .bytes(index().to_bytes())
            .run(tx)
            .await?;
        }
        let (plans, index) = (plans(), index());
        let made: Vec<_> = plans.iter().map(|plan| Rendition { plan, index: &index }).collect();
        swarms::put(tx, set, &of_renditions(&self.app.app, uuid, generation, &made)).await
    }

    async fn insert_images(
        &self,
        tx: &mut farandole::db::Tx,
        video_id: i64,
        uuid: Uuid,
        thumbnail: &str,
    ) -> Result<(), DbError> {
        let board = format!("{}.jpg", Uuid::new_v4());
        for (kind, file, key, tile) in [
            ("thumbnail", thumbnail, keys::image(uuid, thumbnail), None),
            ("storyboard", board.as_str(), keys::storyboard(uuid, &board), Some(192)),
        ] {
            sql("INSERT INTO video_images (video_id, kind, file, storage_key, width, height, \
                 tile_width, tile_height, tile_seconds, tile_count, created_at) \
                 VALUES ($1, $2, $3, $4, 560, 316, $5, $6, $7, $8, 0)")
            .int(video_id)
            .text(kind)
            .text(file)
            .text(key)
            .int_opt(tile)
            .int_opt(tile.map(|_| 108))
            .int_opt(tile.map(|_| 2))
            .int_opt(tile.map(|_| 10))
            .run(tx)
            .await?;
        }
        Ok(())
    }
}

/// 240p and sound alone.
fn plans() -> Vec<RenditionPlan> {
    let video = RenditionPlan {
        index: 0,
        role: Role::Video,
        label: "240p".to_owned(),
        file: "240.mp4".to_owned(),
        resolution: 240,
        width: 426,
        height: 240,
        fps: Some(Ratio { num: 25, den: 1 }),
        codecs: "avc1.640015,mp4a.40.2".to_owned(),
        bandwidth_bps: 400_000,
        remux: false,
        has_audio: true,
        has_video: true,
        language: None,
        sound_title: None,
        channels: 2,
        default: true,
    };
    let sound = RenditionPlan {
        index: 1,
        role: Role::AudioOnly,
        label: "Audio only".to_owned(),
        file: "audio.mp4".to_owned(),
        resolution: 0,
        width: 0,
        height: 0,
        fps: None,
        codecs: "mp4a.40.2".to_owned(),
        bandwidth_bps: 128_000,
        has_video: false,
        ..video.clone()
    };
    vec![video, sound]
}

/// One segment of two seconds after an initialisation section of 1000 bytes.
fn index() -> SegmentIndex {
    let mut index = SegmentIndex::new();
    index.set_init(1000).unwrap();
    index
        .push(Segment { offset: 1000, length: 2000, duration_us: 2_000_000, sha256: [9; 32] })
        .unwrap();
    index.finish();
    index
}
