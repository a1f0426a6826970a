//! `GET /api/v1/videos/{id}/stats/traffic` and `GET /api/v1/server/traffic`.

use std::time::Duration;

use farandole::db::sql;
use farandole::domain::Privacy;
use farandole::videos::traffic;
use serde_json::{Value, json};

use super::read::settings;
use crate::support::TestApp;
use crate::support::people::Person;
use crate::support::videos::TestVideo;

const SERVER: &str = "/api/v1/server/traffic";
const DAY: Duration = Duration::from_secs(24 * 3600);

fn file(video: &TestVideo) -> String {
    let (uuid, generation) = (video.uuid, video.generation);
    format!("/static/streaming-playlists/hls/{uuid}/{generation}-240-fragmented.mp4")
}

/// What the statistics say once everything counted is written.
async fn said(app: &TestApp, person: &Person, path: &str) -> Value {
    // A body's last chunk is counted when it is taken, before it arrives.
    traffic::flush(&app.app).await.unwrap();
    let response = person.get(path).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

fn report(video: &TestVideo, down: u64, up: u64) -> Value {
    json!({
        "playerMode": "p2p-media-loader", "p2pEnabled": true, "resolutionChanges": 0, "errors": 0,
        "downloadedBytesP2P": down, "downloadedBytesHTTP": 0, "uploadedBytesP2P": up,
        "videoId": video.uuid.to_string(),
    })
}

async fn share(app: &TestApp, video: &TestVideo, down: u64, up: u64) {
    let request = app.client.post(app.url("/api/v1/metrics/playback"));
    let answer = request.json(&report(video, down, up)).send().await.unwrap();
    assert_eq!(answer.status(), 204);
}

#[tokio::test]
async fn every_byte_that_is_sent_for_playing_is_counted() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    assert_eq!(app.get(&file(&video)).await.bytes().await.unwrap().len(), 3_000);
    let part = app.client.get(app.url(&file(&video))).header("range", "bytes=1000-1499");
    assert_eq!(part.send().await.unwrap().bytes().await.unwrap().len(), 500);
    let head = app.client.head(app.url(&file(&video))).send().await.unwrap();
    assert_eq!(head.status(), 200);
    let master =
        format!("/static/streaming-playlists/hls/{}/{}-master.m3u8", video.uuid, video.generation);
    assert_eq!(app.get(&master).await.status(), 200);
    let download = format!("/download/videos/{}-240-fragmented.mp4", video.generation);
    assert_eq!(app.get(&download).await.bytes().await.unwrap().len(), 3_000);
    share(&app, &video, 700, 200).await;
    let stats = said(&app, &alice, &video.path("/stats/traffic")).await;
    let bytes = json!({ "httpBytes": 3_500, "p2pBytes": 700, "uploadedBytes": 200 });
    assert_eq!(stats["total"], bytes, "not playlists, not downloads, not HEAD");
    assert_eq!(stats["days"].as_array().unwrap().len(), 1);
    let mut settings = settings();
    settings.add_filter(r"\d{4}-\d\d-\d\d", "[date]");
    settings.bind(|| insta::assert_json_snapshot!("video_traffic", stats));
    let metrics = app.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("media_bytes_total{road=\"http\"}"), "{metrics}");
    assert!(metrics.contains("media_bytes_total{road=\"p2p\"}"), "{metrics}");
}

#[tokio::test]
async fn days_are_kept_for_a_year_and_then_added_up() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let path = video.path("/stats/traffic");
    for down in [1, 2, 4] {
        share(&app, &video, down, 0).await;
        traffic::flush(&app.app).await.unwrap();
        app.clock.advance(DAY);
    }
    // A year later, but for the first two of them.
    app.clock.advance(DAY * (366 - 2));
    let alice = app.sign_in("alice").await;
    for _ in 0..2 {
        traffic::fold(&app.app).await.unwrap();
        let stats = said(&app, &alice, &path).await;
        assert_eq!(stats["total"]["p2pBytes"], 7, "{stats}");
        let days = stats["days"].as_array().unwrap();
        let kept: Vec<_> = days.iter().map(|day| day["p2pBytes"].as_i64().unwrap()).collect();
        assert_eq!(kept, [2, 4], "{stats}");
    }
    app.clock.advance(DAY);
    let alice = app.sign_in("alice").await;
    traffic::fold(&app.app).await.unwrap();
    let stats = said(&app, &alice, &path).await;
    assert_eq!(
        (&stats["total"]["p2pBytes"], stats["days"].as_array().unwrap().len()),
        (&json!(7), 1)
    );
}

#[tokio::test]
async fn the_traffic_of_a_video_is_for_its_managers() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("carol").await;
    let video = app.video(&alice).privacy(Privacy::Private).publish().await;
    let path = video.path("/stats/traffic");
    assert_eq!(app.get(&path).await.status(), 401);
    assert_eq!(bob.get(&path).await.status(), 403);
    assert_eq!(alice.get(&path).await.status(), 200);
    assert_eq!(moderator.get(&path).await.status(), 200);
    assert_eq!(alice.get("/api/v1/videos/999/stats/traffic").await.status(), 404);
    assert_eq!(alice.get("/api/v1/videos/nonsense/stats/traffic").await.status(), 400);
}

#[tokio::test]
async fn administrators_see_what_sharing_saved() {
    let app = TestApp::start().await;
    let (alice, root) = (app.user("alice").await, app.root().await);
    let moderator = app.moderator("carol").await;
    let quiet = app.video(&alice).name("Quiet").publish().await;
    let busy = app.video(&alice).name("Busy").publish().await;
    let gone = app.video(&alice).name("Gone").publish().await;
    app.get(&file(&quiet)).await.bytes().await.unwrap();
    for (video, down) in [(&busy, 9_000), (&gone, 90_000)] {
        share(&app, video, down, 1_000).await;
    }
    traffic::flush(&app.app).await.unwrap();
    assert_eq!(alice.delete(&gone.path("")).await.status(), 204);
    assert_eq!(app.get(SERVER).await.status(), 401);
    assert_eq!(alice.get(SERVER).await.status(), 403);
    assert_eq!(moderator.get(SERVER).await.status(), 403);
    let stats = said(&app, &root, SERVER).await;
    let names: Vec<_> = stats["videos"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["Busy", "Quiet"]);
    let mut settings = settings();
    settings.add_filter(r"\d{4}-\d\d-\d\d", "[date]");
    settings.bind(|| insta::assert_json_snapshot!("server_traffic", stats));
}

#[tokio::test]
async fn bytes_of_a_video_that_went_meanwhile_hold_nothing_up() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let (gone, stays) = (app.video(&alice).publish().await, app.video(&alice).publish().await);
    for video in [&gone, &stays] {
        app.get(&file(video)).await.bytes().await.unwrap();
    }
    assert_eq!(alice.delete(&gone.path("")).await.status(), 204);
    let stats = said(&app, &alice, &stays.path("/stats/traffic")).await;
    assert_eq!(stats["total"]["httpBytes"], 3_000);
    let mut conn = app.app.db().read().await.unwrap();
    let rows = sql("SELECT COUNT(*) AS n FROM video_traffic").one(&mut conn).await.unwrap();
    assert_eq!(rows.int("n").unwrap(), 1);
}
