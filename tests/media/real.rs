//! A really transcoded clip, fetched as a player fetches it.

use std::collections::HashMap;

use farandole::db::jobs::Weight;
use farandole::db::sql;
use farandole::jobs::Runner;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::support::TestApp;

async fn made(clip: &str) -> (TestApp, Value) {
    let app = TestApp::start_with(|config| {
        config.transcoding.resolutions = vec![144, 360];
        config.transcoding.preset = "ultrafast".to_owned();
    })
    .await;
    let alice = app.user("alice").await;
    let video = alice.upload(clip, &[("privacy", "1")]).await;
    let runner = Runner::new(app.app.clone());
    while runner.run_next(Weight::Heavy).await.unwrap() {}
    while runner.run_next(Weight::Light).await.unwrap() {}
    let path = format!("/api/v1/videos/{}", video["uuid"].as_str().unwrap());
    let details: Value = app.get(&path).await.json().await.unwrap();
    assert_eq!(details["state"]["id"], 1, "{details}");
    (app, details)
}

/// An address of this server, whatever host it names itself by.
fn here(app: &TestApp, url: &Value) -> reqwest::Url {
    let url: reqwest::Url = url.as_str().unwrap().parse().unwrap();
    app.url(url.path()).parse().unwrap()
}

async fn fetch(app: &TestApp, url: reqwest::Url, range: Option<String>) -> bytes::Bytes {
    let mut request = app.client.get(url.clone());
    if let Some(range) = &range {
        request = request.header("range", range);
    }
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), if range.is_some() { 206 } else { 200 }, "{url}");
    response.bytes().await.unwrap()
}

#[tokio::test]
async fn every_segment_of_every_rendition_is_what_was_promised() {
    let (app, details) = made("two-languages.mkv").await;
    let playlist = &details["streamingPlaylists"][0];
    let hashes = fetch(&app, here(&app, &playlist["segmentsSha256Url"]), None).await;
    let hashes: HashMap<String, HashMap<String, String>> = serde_json::from_slice(&hashes).unwrap();
    let master_url = here(&app, &playlist["playlistUrl"]);
    let master = fetch(&app, master_url.clone(), None).await;
    let master = m3u8_rs::parse_master_playlist_res(&master).unwrap();
    let group = master.alternatives.iter().filter_map(|media| media.uri.clone());
    let uris: Vec<_> = master.variants.iter().map(|v| v.uri.clone()).chain(group).collect();
    assert!(uris.len() >= 3, "two with pictures and one without: {uris:?}");
    for uri in uris {
        let url = master_url.join(&uri).unwrap();
        let media = fetch(&app, url.clone(), None).await;
        let media = m3u8_rs::parse_media_playlist_res(&media).unwrap();
        assert!(media.end_list && media.segments.len() > 1, "{uri}");
        for segment in &media.segments {
            let range = segment.byte_range.as_ref().unwrap();
            let (first, last) = (range.offset.unwrap(), range.offset.unwrap() + range.length - 1);
            let file = url.join(&segment.uri).unwrap();
            let bytes = fetch(&app, file, Some(format!("bytes={first}-{last}"))).await;
            let said = &hashes[&segment.uri][&format!("{first}-{last}")];
            assert_eq!(said, &hex::encode(Sha256::digest(&bytes)), "{uri} {first}");
        }
    }
    for path in ["thumbnailPath", "previewPath"] {
        let picture = app.get(details[path].as_str().unwrap()).await;
        assert_eq!(picture.status(), 200, "{path}");
        let bytes = picture.bytes().await.unwrap();
        image::load_from_memory(&bytes).unwrap();
    }
    for file in playlist["files"].as_array().unwrap() {
        let whole = fetch(&app, here(&app, &file["fileUrl"]), None).await;
        assert_eq!(whole.len() as u64, file["size"].as_u64().unwrap());
        assert_eq!(fetch(&app, here(&app, &file["fileDownloadUrl"]), None).await, whole);
        fetch(&app, here(&app, &file["playlistUrl"]), None).await;
    }
}

#[tokio::test]
async fn another_sound_track_can_be_taken_home_with_the_pictures() {
    let (app, details) = made("two-languages.mkv").await;
    let mut conn = app.app.db().read().await.unwrap();
    let rows = sql("SELECT id, file, plan FROM renditions ORDER BY position").all(&mut conn).await;
    let rows = rows.unwrap();
    drop(conn);
    let id = |wanted: &dyn Fn(&str, &str) -> bool| {
        let fits =
            rows.iter().find(|row| wanted(&row.text("file").unwrap(), &row.text("plan").unwrap()));
        fits.unwrap().int("id").unwrap()
    };
    let pictures = id(&|file, _| file == "144.mp4");
    let french = id(&|_, plan| plan.contains("\"has_video\":false") && plan.contains("\"fra\""));
    let uuid = details["uuid"].as_str().unwrap();
    let path =
        format!("/download/videos/generate/{uuid}?videoFileIds={pictures}&videoFileIds={french}");
    let response = app.get(&path).await;
    assert_eq!(response.status(), 200);
    let (length, etag) =
        (response.headers()["content-length"].clone(), response.headers()["etag"].clone());
    let bytes = response.bytes().await.unwrap();
    assert_eq!(length.to_str().unwrap(), bytes.len().to_string());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("joined.mp4");
    std::fs::write(&file, &bytes).unwrap();
    let entries = "stream=codec_type,height:stream_tags=language:format=duration";
    let probe = std::process::Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", entries, "-of", "json"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(probe.stderr.is_empty(), "{probe:?}");
    let probe: Value = serde_json::from_slice(&probe.stdout).unwrap();
    assert_eq!(probe["streams"][0]["height"], 144, "{probe}");
    assert_eq!(probe["streams"][1]["tags"]["language"], "fra", "{probe}");
    let seconds: f64 = probe["format"]["duration"].as_str().unwrap().parse().unwrap();
    assert!((7.8..8.3).contains(&seconds), "{seconds}");
    let head = app.client.head(app.url(&path)).send().await.unwrap();
    assert_eq!(head.status(), 200);
    assert_eq!(head.headers()["etag"], etag);
    assert!(!head.headers().contains_key("content-length"), "it is not made to be measured");
    let known = app.client.get(app.url(&path)).header("if-none-match", &etag);
    assert_eq!(known.send().await.unwrap().status(), 304);
    // The same is made again, so that a broken download can go on.
    let rest =
        app.client.get(app.url(&path)).header("range", "bytes=1000-").header("if-range", etag);
    let rest = rest.send().await.unwrap();
    assert_eq!(rest.status(), 206);
    assert_eq!(rest.bytes().await.unwrap(), bytes[1000..]);
    let left = std::fs::read_dir(app.app.scratch("downloads")).unwrap().count();
    assert_eq!(left, 0, "nothing of it stays");
}
