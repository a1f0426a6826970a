//! Files that are still being made: only whole segments, nothing kept, and no gap at the end.

use farandole::domain::Privacy;
use farandole::videos::growing::{Entry, Growing, GrowingSet};
use farandole_transcoder::spec::Event;
use reqwest::Response;
use tokio_util::sync::CancellationToken;

use super::shelf::{self, INIT, SEGMENT, STEMS, Shelved};
use crate::support::TestApp;

fn field<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// A set that grows in a scratch folder, as a worker's events tell it.
pub struct Growth {
    entry: Entry,
    dir: tempfile::TempDir,
}

impl Growth {
    pub fn begin(app: &TestApp, video: &Shelved) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let cancel = CancellationToken::new();
        let set = GrowingSet::new(video.set, video.id, video.generation, false, cancel);
        set.begin(dir.path().to_owned());
        Self { entry: Growing::of(&app.app).enter(set), dir }
    }

    pub fn plan(&self) {
        let renditions = STEMS.iter().enumerate().map(|(i, stem)| shelf::plan(i, stem)).collect();
        self.entry.set.hear(&Event::Planned { renditions, target_duration_s: 4 });
    }

    /// Segment `number` of every rendition is on disk and announced.
    pub fn segment(&self, number: u64) {
        Shelved::write_growing(self.dir.path(), number + 1);
        for (rendition, stem) in STEMS.into_iter().enumerate() {
            if number == 0 {
                self.entry.set.hear(&Event::Init { rendition, length: INIT });
            }
            let made = shelf::segment(stem, number);
            self.entry.set.hear(&Event::Segment {
                rendition,
                offset: made.offset,
                length: made.length,
                duration_us: made.duration_us,
                sha256: hex::encode(made.sha256),
            });
        }
    }
}

async fn growing(privacy: Privacy) -> (TestApp, Shelved, Growth) {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::empty(&app, &owner, privacy).await;
    video.grow(&app).await;
    let growth = Growth::begin(&app, &video);
    (app, video, growth)
}

async fn range(app: &TestApp, path: &str, range: &str) -> Response {
    app.client.get(app.url(path)).header("range", range).send().await.unwrap()
}

#[tokio::test]
async fn nothing_is_served_before_there_is_something() {
    let (app, video, growth) = growing(Privacy::Public).await;
    for name in ["master.m3u8", "1080.m3u8"] {
        let response = app.get(&video.path(name)).await;
        assert_eq!(response.status(), 503, "{name}: players try again after this, not after 404");
        assert_eq!(field(&response, "retry-after"), "1");
    }
    growth.plan();
    assert_eq!(app.get(&video.path("master.m3u8")).await.status(), 200);
    assert_eq!(app.get(&video.path("1080.m3u8")).await.status(), 503);
    let told: serde_json::Value = app.get(&video.path("growth.json")).await.json().await.unwrap();
    let first = &told["renditions"][0];
    assert_eq!(first["playlist"], format!("{}-1080.m3u8", video.generation));
    assert_eq!((&first["seconds"], &first["complete"]), (&0.0.into(), &false.into()));
    assert_eq!(app.get(&video.path("720.m3u8")).await.status(), 404);
    assert_eq!(app.get(&video.path("720-fragmented.mp4")).await.status(), 404);
}

#[tokio::test]
async fn the_playlist_of_a_growing_video_starts_at_its_beginning() {
    let (app, video, growth) = growing(Privacy::Public).await;
    growth.plan();
    growth.segment(0);
    let master = app.get(&video.path("master.m3u8")).await.text().await.unwrap();
    growth.segment(1);
    assert_eq!(app.get(&video.path("master.m3u8")).await.text().await.unwrap(), master);
    let response = app.get(&video.path("240.m3u8")).await;
    assert_eq!(field(&response, "cache-control"), "no-cache");
    let text = response.bytes().await.unwrap();
    let media = m3u8_rs::parse_media_playlist_res(&text).unwrap();
    assert_eq!(media.playlist_type, Some(m3u8_rs::MediaPlaylistType::Event));
    assert_eq!((media.media_sequence, media.end_list, media.segments.len()), (0, false, 2));
    let start = media.start.unwrap();
    assert_eq!((start.time_offset, start.precise), (0.0, Some(true)));
    let told: serde_json::Value = app.get(&video.path("growth.json")).await.json().await.unwrap();
    assert_eq!(told["targetDuration"], 4);
    let seconds = told["renditions"].as_array().unwrap().iter().map(|one| &one["seconds"]);
    assert!(seconds.eq([&serde_json::json!(8.0); STEMS.len()]));
    let hashes: serde_json::Value =
        app.get(&video.path("segments-sha256.json")).await.json().await.unwrap();
    let file = format!("{}-240-fragmented.mp4", video.generation);
    assert_eq!(hashes[file].as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn only_announced_segments_can_be_read() {
    let (app, video, growth) = growing(Privacy::Public).await;
    growth.plan();
    growth.segment(0);
    // More is on disk than was announced.
    Shelved::write_growing(growth.dir.path(), 3);
    let path = video.path("1080-fragmented.mp4");
    let all = shelf::bytes("1080");
    let end = (INIT + SEGMENT) as usize;
    let response = range(&app, &path, "bytes=1000-25999").await;
    assert_eq!(response.status(), 206);
    assert_eq!(field(&response, "content-range"), "bytes 1000-25999/*");
    assert_eq!(field(&response, "cache-control"), "no-store");
    assert_eq!(field(&response, "etag"), "");
    assert_eq!(response.bytes().await.unwrap(), all[1000..end]);
    let response = range(&app, &path, "bytes=26000-50999").await;
    assert_eq!(response.status(), 416);
    assert_eq!(field(&response, "content-range"), "bytes */26000");
    let response = range(&app, &path, "bytes=25000-50999").await;
    assert_eq!(field(&response, "content-range"), "bytes 25000-25999/*");
    assert_eq!(response.bytes().await.unwrap(), all[25_000..end]);
    assert_eq!(app.get(&path).await.bytes().await.unwrap(), all[..end]);
    growth.segment(1);
    assert_eq!(range(&app, &path, "bytes=26000-50999").await.status(), 206);
}

#[tokio::test]
async fn a_growing_private_video_is_as_closed_as_a_finished_one() {
    let (app, video, growth) = growing(Privacy::Private).await;
    growth.plan();
    growth.segment(0);
    let owner = app.sign_in("alice").await;
    let other = app.user("bob").await;
    for name in ["master.m3u8", "growth.json", "1080.m3u8", "1080-fragmented.mp4"] {
        let path = video.path(name);
        assert_eq!(app.get(&path).await.status(), 401);
        assert_eq!(other.get(&path).await.status(), 403);
        assert_eq!(owner.get(&video.path_below("", name)).await.status(), 404);
        let response = owner.get(&path).await;
        assert_eq!(response.status(), 200);
        assert_eq!(field(&response, "cache-control"), "private, no-store");
    }
}

#[tokio::test]
async fn the_switch_to_storage_goes_unnoticed() {
    let (app, video, growth) = growing(Privacy::Public).await;
    growth.plan();
    for number in 0..4 {
        growth.segment(number);
    }
    let path = video.path("1080-fragmented.mp4");
    let all = shelf::bytes("1080");
    assert_eq!(app.get(&path).await.bytes().await.unwrap(), all);
    // As the worker does it: rows first, then the registry, then the folder. The caches of this
    // node are not told, as they are not on the others.
    video.publish_quietly(&app).await;
    assert_eq!(app.get(&path).await.bytes().await.unwrap(), all);
    drop(growth);
    let response = app.get(&path).await;
    assert_eq!(response.status(), 200);
    assert_eq!(field(&response, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(response.bytes().await.unwrap(), all);
    let text = app.get(&video.path("1080.m3u8")).await.text().await.unwrap();
    assert!(text.contains("#EXT-X-ENDLIST"), "{text}");
    let told: serde_json::Value = app.get(&video.path("growth.json")).await.json().await.unwrap();
    let complete = told["renditions"].as_array().unwrap().iter().map(|one| &one["complete"]);
    assert!(complete.eq([&serde_json::json!(true); STEMS.len()]), "{told}");
}

#[tokio::test]
async fn what_another_node_makes_is_not_there_yet() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::empty(&app, &owner, Privacy::Public).await;
    video.grow(&app).await;
    for name in ["master.m3u8", "1080.m3u8", "1080-fragmented.mp4"] {
        assert_eq!(app.get(&video.path(name)).await.status(), 503, "{name}");
    }
}
