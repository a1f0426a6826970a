//! `GET /api/v1/videos/{id}`.

use farandole::domain::{Privacy, ShortUuid};
use serde_json::Value;

use crate::support::TestApp;

/// Leaves out what differs in every run.
pub fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "[uuid]");
    settings.add_filter(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "[time]");
    settings.add_filter(r#""shortUUID": "\w{22}""#, r#""shortUUID": "[short]""#);
    settings.add_filter(r"(localhost|127\.0\.0\.1):\d+", "[host]");
    settings.add_filter(r"videoFileToken=[\w-]+", "videoFileToken=[token]");
    settings.add_filter(r#""swarmId": "[0-9a-f]{32}""#, r#""swarmId": "[swarm]""#);
    settings.add_filter(r#""publicKey": "[\w+/]{43}=""#, r#""publicKey": "[key]""#);
    settings.add_filter(r"shard=[0-9a-f]{2}", "shard=[shard]");
    settings.add_filter(r#"(?m)^( +)"[\w+/]{20}"(,?)$"#, r#"$1"[hash]"$2"#);
    // PeerTube's number for object storage; which one the suite runs on is checked below.
    settings.add_filter(r#""storage": [01]"#, r#""storage": "[store]""#);
    settings
}

#[tokio::test]
async fn a_video_has_every_field_of_the_schema() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let text = "Birds, mostly. ".repeat(30);
    let video = app
        .video(&alice)
        .description(&text)
        .category(16)
        .language("fr")
        .tags(&["birds", "Woods"])
        .publish()
        .await;
    let response = app.get(&video.path("")).await;
    assert_eq!(response.status(), 200);
    let json: Value = response.json().await.unwrap();
    let on_s3 = app.app.config().storage.kind == farandole::config::StorageKind::S3;
    assert_eq!(json["streamingPlaylists"][0]["files"][0]["storage"], i64::from(on_s3));
    settings().bind(|| insta::assert_json_snapshot!(json));
}

#[tokio::test]
async fn number_uuid_and_short_uuid_name_the_same_video() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    for id in [video.id.to_string(), video.uuid.to_string(), ShortUuid(video.uuid).to_string()] {
        let json: Value = app.get(&format!("/api/v1/videos/{id}")).await.json().await.unwrap();
        assert_eq!(json["uuid"], video.uuid.to_string(), "{id}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_nonsense_is_refused() {
    let app = TestApp::start().await;
    for (id, status) in [
        ("999", 404),
        ("9c9de5e8-0a1e-484a-b099-e80766180a6d", 404),
        ("kkGMgK9ZtnKfYAgnEtQxbv", 404),
        ("nonsense", 400),
        ("-1", 400),
    ] {
        for rest in ["", "/description"] {
            let response = app.get(&format!("/api/v1/videos/{id}{rest}")).await;
            assert_eq!(response.status(), status, "{id}{rest}");
            let problem: Value = response.json().await.unwrap();
            assert_eq!(problem["status"], status);
        }
    }
}

#[tokio::test]
async fn a_growing_video_can_be_played_but_has_no_files_yet() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).growing().publish().await;
    let json: Value = app.get(&video.path("")).await.json().await.unwrap();
    assert_eq!(json["state"]["id"], 2);
    let playlist = &json["streamingPlaylists"][0];
    assert_eq!(playlist["files"], serde_json::json!([]));
    let url = playlist["playlistUrl"].as_str().unwrap();
    let path =
        format!("/static/streaming-playlists/hls/{}/{}-master.m3u8", video.uuid, video.generation);
    assert!(url.ends_with(&path), "{url}");
}

#[tokio::test]
async fn files_that_need_a_token_are_under_private() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).privacy(Privacy::Private).publish().await;
    let json: Value = alice.get(&video.path("")).await.json().await.unwrap();
    let playlist = &json["streamingPlaylists"][0];
    for url in [
        &playlist["playlistUrl"],
        &playlist["segmentsSha256Url"],
        &playlist["files"][0]["fileUrl"],
        &playlist["files"][0]["playlistUrl"],
    ] {
        let part = format!("/static/streaming-playlists/hls/private/{}/", video.uuid);
        assert!(url.as_str().unwrap().contains(&part), "{url}");
    }
    let picture = json["thumbnails"][0]["fileUrl"].as_str().unwrap();
    assert!(picture.contains("?videoFileToken="), "{picture}");
}

#[tokio::test]
async fn the_description_is_whole() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let text = "é".repeat(400);
    let video = app.video(&alice).description(&text).publish().await;
    let json: Value = app.get(&video.path("/description")).await.json().await.unwrap();
    assert_eq!(json, serde_json::json!({ "description": text }));
}
