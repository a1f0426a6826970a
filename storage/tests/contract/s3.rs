//! What is special about a store in a bucket: signed URLs, refusals, what operators get wrong.

use std::time::{Duration, SystemTime};

use farandole_storage::testing::S3Server;
use farandole_storage::{Key, S3Config, Store, StoreConfig, StoreError};
use futures::TryStreamExt;
use http::Method;
use reqwest::{Client, StatusCode};
use url::Url;

use super::support::{Stage, key, keys, pattern, s3, s3_other};

async fn open(config: S3Config) -> Store {
    Store::open(&StoreConfig::S3(Box::new(config))).await.unwrap()
}

async fn signed(stage: &Stage, key: &Key, life: Duration) -> Url {
    stage.store.signed_url(key, life, None).await.unwrap().unwrap()
}

/// A viewer's client: it knows no key, and where `*.localhost` is.
fn viewer(stage: &Stage) -> Client {
    let address = stage.server.as_ref().unwrap().address();
    Client::builder().no_proxy().resolve("videos.localhost", address).build().unwrap()
}

async fn status(client: &Client, url: &str) -> StatusCode {
    client.get(url).send().await.unwrap().status()
}

#[tokio::test]
async fn a_signed_url_gives_the_object_and_its_ranges_to_anybody() {
    for stage in [s3().await, s3_other().await] {
        let (key, bytes) = (key("hls/v/g/720p.mp4"), pattern(100_000, 1));
        stage.store.put_bytes(&key, bytes.clone()).await.unwrap();
        let (client, url) = (viewer(&stage), signed(&stage, &key, Duration::from_secs(60)).await);
        let answer = client.get(url.clone()).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "video/mp4");
        assert_eq!(answer.bytes().await.unwrap(), bytes);
        let part = client.get(url).header("range", "bytes=10-19").send().await.unwrap();
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(part.bytes().await.unwrap(), bytes[10..20]);
    }
}

#[tokio::test]
async fn a_signed_url_that_was_tampered_with_is_refused() {
    let stage = s3().await;
    let (mine, other) = (key("hls/v/g/720p.mp4"), key("hls/w/g/720p.mp4"));
    for key in [&mine, &other] {
        stage.store.put_bytes(key, "bytes").await.unwrap();
    }
    let client = viewer(&stage);
    let url = signed(&stage, &mine, Duration::from_secs(60)).await.to_string();
    assert_eq!(status(&client, &url).await, StatusCode::OK);
    let forged = format!("{}{}", &url[..url.len() - 1], if url.ends_with('0') { '1' } else { '0' });
    let longer = url.replace("X-Amz-Expires=60", "X-Amz-Expires=600");
    for changed in [url.replace("/v/", "/w/"), longer, forged] {
        assert_ne!(changed, url);
        assert_eq!(status(&client, &changed).await, StatusCode::FORBIDDEN, "{changed}");
    }
    let (bare, _) = url.split_once('?').unwrap();
    assert_eq!(status(&client, bare).await, StatusCode::FORBIDDEN);
    assert_eq!(client.delete(&url).send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_signed_url_ends_when_it_says() {
    let stage = s3().await;
    let key = key("hls/v/g/720p.mp4");
    stage.store.put_bytes(&key, "bytes").await.unwrap();
    let (client, url) = (viewer(&stage), signed(&stage, &key, Duration::from_secs(1)).await);
    let begun = SystemTime::now();
    while status(&client, url.as_str()).await == StatusCode::OK {
        assert!(begun.elapsed().unwrap() < Duration::from_secs(60), "the URL never ended");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(status(&client, url.as_str()).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_signed_url_lives_no_longer_than_the_settings_allow() {
    let stage = s3().await;
    let expires = |url: &Url| {
        let mut pairs = url.query_pairs();
        pairs.find(|(name, _)| name == "X-Amz-Expires").unwrap().1.into_owned()
    };
    let key = key("a/b");
    for (asked, got) in [(0, "1"), (60, "60"), (601, "600"), (u64::MAX, "600")] {
        assert_eq!(expires(&signed(&stage, &key, Duration::from_secs(asked)).await), got);
    }
    let mut config = stage.server.as_ref().unwrap().config().unwrap();
    config.signed_url_max_age_seconds = 30;
    let url = open(config).await.signed_url(&key, Duration::from_secs(60), None).await.unwrap();
    assert_eq!(expires(&url.unwrap()), "30");
}

#[tokio::test]
async fn a_download_carries_its_file_name() {
    let stage = s3().await;
    let key = key("originals/v/g/film.mp4");
    stage.store.put_bytes(&key, "bytes").await.unwrap();
    let name = "attachment; filename=\"a b.mp4\"; filename*=UTF-8''%C3%A9t%C3%A9.mp4";
    let url = stage.store.signed_url(&key, Duration::from_secs(60), Some(name)).await.unwrap();
    let answer = viewer(&stage).get(url.unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-disposition"], name);
}

#[tokio::test]
async fn parts_of_a_refused_upload_are_given_back() {
    let stage = s3().await;
    let (server, key) = (stage.server.as_ref().unwrap(), key("originals/v/g/film.mp4"));
    let path = stage.folder.path().join("scratch");
    std::fs::write(&path, pattern(40 << 20, 1)).unwrap();
    let query = |uri: &http::Uri| uri.query().unwrap_or_default().to_owned();
    server.refuse(move |_, uri| query(uri).contains("partNumber=4"));
    let said = stage.store.put_file(&key, &path).await.unwrap_err();
    assert!(matches!(said, StoreError::S3 { .. }), "{said:?}");
    assert_eq!(server.unfinished_files().unwrap(), 0);
    // The last step, when all parts are there.
    server.refuse(move |method, uri| *method == Method::POST && query(uri).contains("uploadId"));
    stage.store.put_file(&key, &path).await.unwrap_err();
    assert_eq!(server.unfinished_files().unwrap(), 0);
    assert_eq!(stage.store.stat(&key).await.unwrap(), None);
    server.refuse_nothing();
    stage.store.put_file(&key, &path).await.unwrap();
    assert_eq!(stage.store.stat(&key).await.unwrap().unwrap().size_bytes, 40 << 20);
}

#[tokio::test]
async fn large_objects_have_their_media_type_too() {
    let stage = s3().await;
    let path = stage.folder.path().join("scratch");
    std::fs::write(&path, pattern(9 << 20, 1)).unwrap();
    let (key, copy) = (key("hls/v/g/1080p.mp4"), key("hls/v/h/1080p.mp4"));
    stage.store.put_file(&key, &path).await.unwrap();
    stage.store.copy(&key, &copy).await.unwrap();
    for key in [key, copy] {
        let url = signed(&stage, &key, Duration::from_secs(60)).await;
        let answer = viewer(&stage).get(url).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "video/mp4");
        assert!(answer.bytes().await.unwrap() == pattern(9 << 20, 1));
    }
}

#[tokio::test]
async fn a_prefix_keeps_two_stores_in_one_bucket_apart() {
    let stage = s3_other().await;
    let whole = open(stage.server.as_ref().unwrap().config().unwrap()).await;
    stage.store.put_bytes(&key("a/b"), "ours").await.unwrap();
    whole.put_bytes(&key("a/b"), "theirs").await.unwrap();
    whole.put_bytes(&key("some/prefix-of-others/a"), "theirs").await.unwrap();
    assert_eq!(keys(&stage.store).await, ["a/b"]);
    assert_eq!(stage.store.read(&key("a/b"), 10).await.unwrap(), "ours");
    assert_eq!(stage.store.delete_prefix(&key("a")).await.unwrap(), 1);
    assert_eq!(keys(&whole).await, ["a/b", "some/prefix-of-others/a"]);
}

/// Asked of a listing, because the test server makes a bucket that is put into.
#[tokio::test]
async fn a_bucket_that_does_not_exist_is_said_and_is_not_an_empty_one() {
    let stage = s3().await;
    let mut config = stage.server.as_ref().unwrap().config().unwrap();
    config.bucket = "nowhere".to_owned();
    let store = open(config).await;
    let said = store.list(None).try_collect::<Vec<_>>().await.unwrap_err().to_string();
    assert!(said.contains("the bucket does not exist"), "{said}");
    store.delete_prefix(&key("a")).await.unwrap_err();
}

#[tokio::test]
async fn the_check_says_what_is_wrong_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let server = S3Server::start(folder.path()).await.unwrap();
    let said = |change: fn(&mut S3Config)| {
        let mut config = server.config().unwrap();
        change(&mut config);
        async move { open(config).await.check().await.unwrap_err().to_string() }
    };
    let bad_secret = said(|config| config.secret_key = "wrong".to_owned()).await;
    assert!(bad_secret.contains("check the secret key"), "{bad_secret}");
    let bad_key = said(|config| config.access_key = "wrong".to_owned()).await;
    assert!(bad_key.contains("check") && bad_key.contains("key"), "{bad_key}");
    // Port 1 of this machine: nobody listens there.
    let nobody = said(|config| config.endpoint = Some("http://localhost:1".parse().unwrap())).await;
    assert!(nobody.contains("could not be reached"), "{nobody}");
    server.refuse(|method, _| *method == Method::DELETE);
    let no_delete = open(server.config().unwrap()).await.check().await.unwrap_err().to_string();
    assert!(no_delete.contains("could not delete probes/"), "{no_delete}");
    assert!(no_delete.contains("it may get, put, delete and list"), "{no_delete}");
}
