//! Files of videos that are open to all: ranges, conditions, headers, playlists.

use farandole::domain::Privacy;
use reqwest::{Method, Response};
use sha2::{Digest as _, Sha256};

use super::shelf::{self, LENGTH, Shelved};
use crate::support::TestApp;

async fn on_the_shelf() -> (TestApp, Shelved) {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::published(&app, &owner, Privacy::Public).await;
    (app, video)
}

async fn ask(
    app: &TestApp,
    method: Method,
    path: &str,
    fields: &[(&'static str, &str)],
) -> Response {
    let mut request = app.client.request(method, app.url(path));
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn field<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn every_kind_of_range_gives_exactly_its_bytes() {
    let (app, video) = on_the_shelf().await;
    let path = video.path("1080-fragmented.mp4");
    let all = shelf::bytes("1080");
    let length = LENGTH as usize;
    for (range, want) in [
        ("bytes=0-0", 0..1),
        ("bytes=0-999", 0..1000),
        ("bytes=26000-50999", 26_000..51_000),
        ("bytes=100000-", 100_000..length),
        ("bytes=-500", length - 500..length),
        ("bytes=-999999", 0..length),
        ("bytes=90000-999999", 90_000..length),
    ] {
        let response = ask(&app, Method::GET, &path, &[("range", range)]).await;
        assert_eq!(response.status(), 206, "{range}");
        let said = format!("bytes {}-{}/{LENGTH}", want.start, want.end - 1);
        assert_eq!(field(&response, "content-range"), said);
        assert_eq!(field(&response, "content-length"), want.len().to_string());
        assert_eq!(response.bytes().await.unwrap(), all[want], "{range}");
    }
    for range in ["bytes=0-1,5-6", "pages=1-2"] {
        let response = ask(&app, Method::GET, &path, &[("range", range)]).await;
        assert_eq!(response.status(), 200, "{range}");
        assert_eq!(response.bytes().await.unwrap(), all, "{range}");
    }
    for range in ["bytes=101000-", "bytes=-0", "bytes=5-2", "bytes=x", "bytes=200000-300000"] {
        let response = ask(&app, Method::GET, &path, &[("range", range)]).await;
        assert_eq!(response.status(), 416, "{range}");
        assert_eq!(field(&response, "content-range"), format!("bytes */{LENGTH}"));
        assert_eq!(field(&response, "cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_finished_file_says_what_it_is_and_may_be_kept_for_ever() {
    let (app, video) = on_the_shelf().await;
    let response = app.get(&video.path("240-fragmented.mp4")).await;
    assert_eq!(response.status(), 200);
    for (name, value) in [
        ("content-type", "video/mp4"),
        ("content-length", &*LENGTH.to_string()),
        ("accept-ranges", "bytes"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("access-control-allow-origin", "*"),
        ("x-content-type-options", "nosniff"),
        ("vary", ""),
    ] {
        assert_eq!(field(&response, name), value, "{name}");
    }
    assert!(field(&response, "access-control-expose-headers").contains("content-range"));
    assert!(field(&response, "etag").starts_with('"'));
    assert!(field(&response, "last-modified").ends_with(" GMT"));
    assert_eq!(response.bytes().await.unwrap(), shelf::bytes("240"));
    let sound = app.get(&video.path("audio-fragmented.mp4")).await;
    assert_eq!(field(&sound, "content-type"), "audio/mp4");
    assert_eq!(sound.bytes().await.unwrap(), shelf::bytes("audio"));
}

#[tokio::test]
async fn head_tells_the_same_without_a_body() {
    let (app, video) = on_the_shelf().await;
    for name in ["1080-fragmented.mp4", "master.m3u8"] {
        let path = video.path(name);
        let got = app.get(&path).await;
        let head = ask(&app, Method::HEAD, &path, &[("range", "bytes=0-9")]).await;
        assert_eq!(head.status(), 200, "ranges are for GET");
        for name in ["content-length", "content-type", "etag", "cache-control", "last-modified"] {
            assert_eq!(field(&head, name), field(&got, name), "{name}");
        }
        assert_eq!(head.bytes().await.unwrap().len(), 0);
    }
}

#[tokio::test]
async fn conditions_save_bytes_and_protect_ranges() {
    let (app, video) = on_the_shelf().await;
    let path = video.path("1080-fragmented.mp4");
    let first = app.get(&path).await;
    let (etag, modified) = (field(&first, "etag"), field(&first, "last-modified"));
    let weak = format!("W/{etag}");
    let old = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (fields, status) in [
        (vec![("if-none-match", etag)], 304),
        (vec![("if-none-match", &weak)], 304),
        (vec![("if-none-match", "\"other\"")], 200),
        (vec![("if-modified-since", modified)], 304),
        (vec![("if-modified-since", old)], 200),
        (vec![("if-match", etag)], 200),
        (vec![("if-match", "\"other\"")], 412),
        (vec![("if-unmodified-since", old)], 412),
        (vec![("range", "bytes=0-9"), ("if-range", etag)], 206),
        (vec![("range", "bytes=0-9"), ("if-range", modified)], 206),
        (vec![("range", "bytes=0-9"), ("if-range", "\"other\"")], 200),
        (vec![("range", "bytes=0-9"), ("if-none-match", etag)], 304),
    ] {
        let response = ask(&app, Method::GET, &path, &fields).await;
        assert_eq!(response.status(), status, "{fields:?}");
        if status == 304 {
            assert_eq!(field(&response, "etag"), etag);
            assert_eq!(response.bytes().await.unwrap().len(), 0);
        }
    }
    let other = app.get(&video.path("240-fragmented.mp4")).await;
    assert_ne!(field(&other, "etag"), etag);
}

#[tokio::test]
async fn browsers_may_ask_from_other_sites() {
    let (app, video) = on_the_shelf().await;
    let fields = [
        ("origin", "https://elsewhere.example"),
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "range,authorization"),
    ];
    let path = video.path("1080-fragmented.mp4");
    let response = ask(&app, Method::OPTIONS, &path, &fields).await;
    assert!(response.status().is_success());
    assert_eq!(field(&response, "access-control-allow-origin"), "*");
    let allowed = field(&response, "access-control-allow-headers");
    for name in ["range", "authorization", "x-peertube-video-password"] {
        assert!(allowed.contains(name), "{allowed}");
    }
    assert_eq!(ask(&app, Method::POST, &path, &[]).await.status(), 405);
}

#[tokio::test]
async fn playlists_name_files_that_are_there() {
    let (app, video) = on_the_shelf().await;
    let response = app.get(&video.path("master.m3u8")).await;
    assert_eq!(response.status(), 200);
    assert_eq!(field(&response, "content-type"), "application/vnd.apple.mpegurl");
    assert_eq!(field(&response, "cache-control"), "no-cache");
    let again = [("if-none-match", field(&response, "etag"))];
    let kept = ask(&app, Method::GET, &video.path("master.m3u8"), &again).await;
    assert_eq!(kept.status(), 304);
    let text = response.bytes().await.unwrap();
    let master = m3u8_rs::parse_master_playlist_res(&text).unwrap();
    assert_eq!(master.variants.len(), 3);
    assert!(master.variants.iter().all(|variant| variant.average_bandwidth.is_some()));
    let base = app.url(&video.path("master.m3u8")).parse::<reqwest::Url>().unwrap();
    for (variant, stem) in master.variants.iter().zip(shelf::STEMS) {
        let url = base.join(&variant.uri).unwrap();
        let text = app.client.get(url.clone()).send().await.unwrap().bytes().await.unwrap();
        let media = m3u8_rs::parse_media_playlist_res(&text).unwrap();
        assert!(media.end_list);
        assert_eq!(media.target_duration, 4);
        assert_eq!(media.segments.len(), 4);
        for (number, segment) in media.segments.iter().enumerate() {
            let range = segment.byte_range.as_ref().unwrap();
            let first = range.offset.unwrap();
            let value = format!("bytes={first}-{}", first + range.length - 1);
            let file = app.client.get(url.join(&segment.uri).unwrap()).header("range", value);
            let got = file.send().await.unwrap();
            assert_eq!(got.status(), 206);
            let hash = Sha256::digest(got.bytes().await.unwrap());
            assert_eq!(hash[..], shelf::segment(stem, number as u64).sha256);
        }
    }
}

#[tokio::test]
async fn segment_hashes_are_told_by_file_and_range() {
    let (app, video) = on_the_shelf().await;
    let response = app.get(&video.path("segments-sha256.json")).await;
    assert_eq!(field(&response, "content-type"), "application/json");
    let hashes: serde_json::Value = response.json().await.unwrap();
    let file = &hashes[format!("{}-240-fragmented.mp4", video.generation)];
    assert_eq!(file["1000-25999"], hex::encode(shelf::segment("240", 0).sha256));
    assert_eq!(file.as_object().unwrap().len(), 4);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let (app, video) = on_the_shelf().await;
    let generation = video.generation;
    let other = uuid::Uuid::new_v4();
    let base = format!("/static/streaming-playlists/hls/{}", video.uuid);
    for path in [
        video.path("480-fragmented.mp4"),
        video.path("480.m3u8"),
        video.path("master.mpd"),
        video.path("..%2fmaster.m3u8"),
        format!("{base}/{other}-master.m3u8"),
        format!("{base}/master.m3u8"),
        format!("/static/streaming-playlists/hls/{other}/{generation}-master.m3u8"),
        format!("/static/streaming-playlists/hls/nonsense/{generation}-master.m3u8"),
        format!("/static/streaming-playlists/hls/private/{generation}-master.m3u8"),
    ] {
        let response = app.get(&path).await;
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(field(&response, "cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn a_retired_generation_ends() {
    let (app, video) = on_the_shelf().await;
    assert_eq!(app.get(&video.path("master.m3u8")).await.status(), 200);
    let next = video.next_generation(&app).await;
    assert_eq!(app.get(&next.path("1080-fragmented.mp4")).await.status(), 200);
    for name in ["master.m3u8", "1080.m3u8", "1080-fragmented.mp4", "segments-sha256.json"] {
        assert_eq!(app.get(&video.path(name)).await.status(), 404, "{name}");
    }
}

/// A signed address spares the server the bytes; unlisted videos are not given away so.
#[tokio::test]
async fn viewers_of_public_videos_are_sent_to_the_bucket_where_that_is_wanted() {
    let app = TestApp::start_with(|config| config.storage.s3.redirect = true).await;
    let owner = app.user("alice").await;
    let video = Shelved::published(&app, &owner, Privacy::Public).await;
    let unlisted = Shelved::published(&app, &owner, Privacy::Unlisted).await;
    let fields = [("range", "bytes=1000-1999")];
    let path = unlisted.path("240-fragmented.mp4");
    assert_eq!(ask(&app, Method::GET, &path, &fields).await.status(), 206);
    let path = video.path("240-fragmented.mp4");
    let response = ask(&app, Method::GET, &path, &fields).await;
    if app.app.config().storage.kind == farandole::config::StorageKind::Disk {
        assert_eq!(response.status(), 206, "a disk has no addresses");
        return;
    }
    assert_eq!(response.status(), 302);
    assert_eq!(field(&response, "access-control-allow-origin"), "*");
    assert_eq!(field(&response, "cache-control"), "private, max-age=300");
    let signed = field(&response, "location").to_owned();
    let got = app.client.get(&signed).header("range", fields[0].1).send().await.unwrap();
    assert_eq!(got.status(), 206);
    assert_eq!(got.bytes().await.unwrap(), shelf::bytes("240")[1000..2000]);
    let beyond = ask(&app, Method::GET, &path, &[("range", "bytes=999999-")]).await;
    assert_eq!(beyond.status(), 416, "nothing is signed for a range that is not there");
    assert_eq!(ask(&app, Method::HEAD, &path, &[]).await.status(), 200);
}
