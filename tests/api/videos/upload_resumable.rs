//! `/api/v1/videos/upload-resumable`: every status of the protocol, in the order a client meets it.

use farandole::db::sql;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use super::upload::{assert_nothing_stays, count, problem, scratch_files};
use crate::support::TestApp;
use crate::support::clips::clip_bytes;
use crate::support::resumable::{UPLOAD, received};

#[tokio::test]
async fn chunks_become_a_video_and_the_last_answer_can_be_had_again() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let bytes = clip_bytes("good.mp4");
    let response = alice.try_begin(UPLOAD, bytes.len(), json!({ "tags": ["sea"] })).await;
    assert_eq!(response.status(), 201);
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    assert!(location.starts_with(&format!("{UPLOAD}?upload_id=")), "{location}");
    assert_eq!(response.headers()["content-length"], "0");

    let session = alice.begin(bytes.len(), json!({ "tags": ["sea"] })).await;
    assert_eq!(session.ask().await.headers()["range"], "bytes=0--1");
    let (first, rest) = bytes.split_at(100_000);
    let response = session.put(0, first).await;
    assert_eq!(response.headers()["range"], "bytes=0-99999");
    assert_eq!(received(&response), 100_000);
    assert_eq!(session.received().await, 100_000);
    let last = session.put(100_000, rest).await;
    assert_eq!(last.status(), 200);
    let answer: Value = last.json().await.unwrap();

    for again in [session.put(100_000, rest).await, session.ask().await] {
        assert_eq!(again.status(), 200);
        assert_eq!(again.json::<Value>().await.unwrap(), answer);
    }
    insta::assert_json_snapshot!(answer, {
        ".video.id" => "[id]", ".video.uuid" => "[uuid]", ".video.shortUUID" => "[shortUUID]",
    });
    assert_eq!(count(&app, "videos").await, 1);
    let mut conn = app.app.db().read().await.unwrap();
    let row = sql("SELECT scratch_path, filename FROM originals").one(&mut conn).await.unwrap();
    assert_eq!(row.text("filename").unwrap(), "walk.mp4");
    let path = row.text("scratch_path").unwrap();
    assert!(std::fs::read(&path).unwrap() == bytes, "the bytes changed on the way");

    // PeerTube's clients cancel a finished upload: the video and its file stay.
    assert_eq!(session.cancel().await.status(), 204);
    assert!(std::path::Path::new(&path).exists());
    problem(session.ask().await, 404).await;
}

#[tokio::test]
async fn one_request_without_a_range_is_enough() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let bytes = clip_bytes("good.mp4");
    let session = alice.begin(bytes.len(), json!({})).await;
    let response = alice.request(Method::PUT, &session.location).body(bytes).send().await.unwrap();
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn the_same_file_is_one_upload_until_it_is_finished() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let bytes = clip_bytes("good.mp4");
    let dated = json!({ "lastModified": 1_700_000_000_000_u64 });
    let first = alice.begin(bytes.len(), dated.clone()).await;
    assert_eq!(alice.begin(bytes.len(), dated.clone()).await.location, first.location);
    first.put(0, &bytes[..5000]).await;
    let named = json!({ "lastModified": 1_700_000_000_000_u64, "name": "A better title" });
    let found = alice.try_begin(UPLOAD, bytes.len(), named).await;
    assert_eq!(found.status(), 200);
    assert_eq!(found.headers()["location"], first.location.as_str());

    assert_ne!(bob.begin(bytes.len(), dated.clone()).await.location, first.location);
    assert_ne!(alice.begin(bytes.len() + 1, dated.clone()).await.location, first.location);
    let undated = alice.begin(bytes.len(), json!({})).await.location;
    assert_ne!(undated, alice.begin(bytes.len(), json!({})).await.location);

    assert_eq!(first.put(5000, &bytes[5000..]).await.status(), 200);
    let mut conn = app.app.db().read().await.unwrap();
    let row = sql("SELECT name FROM videos").one(&mut conn).await.unwrap();
    assert_eq!(row.text("name").unwrap(), "A better title");
    assert_ne!(alice.begin(bytes.len(), dated).await.location, first.location);
}

#[tokio::test]
async fn what_is_said_is_judged_before_any_byte() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let body =
        problem(alice.try_begin(UPLOAD, 9, json!({ "name": "x", "filename": "" })).await, 400)
            .await;
    insta::assert_json_snapshot!(body);
    let plain = alice.post_json(UPLOAD, &json!({ "name": "A walk", "channelId": 1 })).await;
    let body = problem(plain, 400).await;
    let mut missing: Vec<_> = body["invalid-params"].as_object().unwrap().keys().collect();
    missing.sort();
    assert_eq!(missing, ["filename", "x-upload-content-length", "x-upload-content-type"]);
    problem(alice.request(Method::POST, UPLOAD).body("{").send().await.unwrap(), 415).await;

    let theirs = json!({ "channelId": alice.channel_id });
    problem(bob.try_begin(UPLOAD, 9, theirs).await, 403).await;
    problem(bob.try_begin(UPLOAD, 9, json!({ "channelId": 99_999 })).await, 404).await;
    problem(alice.try_begin(UPLOAD, 0, json!({})).await, 422).await;
    let picture = alice
        .request(Method::POST, UPLOAD)
        .header("X-Upload-Content-Length", 9)
        .header("X-Upload-Content-Type", "image/png")
        .json(&json!({ "name": "A walk", "channelId": alice.channel_id, "filename": "a.png" }));
    problem(picture.send().await.unwrap(), 415).await;
    let nobody = app.client.post(app.url(UPLOAD)).json(&json!({})).send().await.unwrap();
    problem(nobody, 401).await;
    assert_eq!(count(&app, "uploads").await, 0);
}

#[tokio::test]
async fn sizes_quotas_and_numbers_have_limits() {
    let app = TestApp::start_with(|config| {
        config.uploads.max_file_bytes = 10_000;
        config.uploads.max_open_per_user = 2;
    })
    .await;
    let alice = app.user_with("alice", |new| new.video_quota = Some(9000)).await;
    let response = alice.try_begin(UPLOAD, 10_001, json!({})).await;
    assert_eq!(response.headers()["x-file-maximum-size"], "10000");
    assert_eq!(problem(response, 413).await["code"], "max_file_size_reached");
    let body = problem(alice.try_begin(UPLOAD, 9001, json!({})).await, 413).await;
    assert_eq!(body["code"], "quota_reached");
    // Bytes that are promised to one upload cannot be promised to another.
    let first = alice.begin(6000, json!({})).await;
    problem(alice.try_begin(UPLOAD, 6000, json!({})).await, 413).await;
    alice.begin(3000, json!({})).await;
    let body = problem(alice.try_begin(UPLOAD, 1, json!({})).await, 413).await;
    assert!(body["detail"].as_str().unwrap().contains("2 unfinished uploads"), "{body}");
    assert_eq!(first.cancel().await.status(), 204);
    alice.begin(1, json!({})).await;
}

#[tokio::test]
async fn bytes_that_do_not_fit_are_conflicts_and_change_nothing() {
    let app = TestApp::start().await;
    let session = app.user("alice").await.begin(1000, json!({})).await;
    assert_eq!(received(&session.put(0, &[7; 100]).await), 100);
    for (range, body) in [
        ("bytes 101-199/1000", vec![7; 99]),
        ("bytes 100-199/999", vec![7; 100]),
        ("bytes 100-1000/1000", vec![7; 901]),
        ("bytes */999", vec![]),
    ] {
        let refused = session.put_range(range, body).await;
        assert_eq!(refused.headers()["range"], "bytes=0-99", "{range}");
        problem(refused, 409).await;
    }
    for (range, body) in [
        ("bytes 100-199/1000", vec![7; 50]),
        ("bytes 199-100/1000", vec![7; 100]),
        ("nonsense", vec![7; 100]),
    ] {
        problem(session.put_range(range, body).await, 400).await;
    }
    // More bytes than announced, in a body of unknown length.
    let pieces = [Ok::<_, std::io::Error>(vec![7_u8; 60]), Ok(vec![7; 60])];
    let body = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
    problem(session.put_range("bytes 100-199/1000", body).await, 409).await;
    assert_eq!(session.received().await, 100);
    // A chunk that was sent already is no conflict: its answer may have been lost.
    assert_eq!(received(&session.put(0, &[7; 100]).await), 100);
    assert_eq!(received(&session.put(50, &[7; 100]).await), 150);
}

#[tokio::test]
async fn a_digest_is_checked_and_a_wrong_chunk_forgotten() {
    let app = TestApp::start().await;
    let session = app.user("alice").await.begin(100, json!({})).await;
    let put = async |digest: &str| {
        session
            .person
            .request(Method::PUT, &session.location)
            .header("Content-Range", "bytes 0-4/100")
            .header("Digest", digest)
            .body("hello")
            .send()
            .await
            .unwrap()
    };
    problem(put("sha=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").await, 460).await;
    problem(put("sha1=AAAAAAAAAAAAAAAAAAAAAAAAAAA=").await, 460).await;
    assert_eq!(session.received().await, 0);
    assert_eq!(received(&put("sha1=qvTGHdzF6KLavt4PO0gs2a6pQ00=").await), 5);
}

#[tokio::test]
async fn an_upload_belongs_to_whoever_began_it() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let mut session = alice.begin(1000, json!({})).await;
    session.person = bob;
    problem(session.put(0, &[7; 10]).await, 403).await;
    problem(session.ask().await, 403).await;
    problem(session.cancel().await, 403).await;
    session.location = format!("{UPLOAD}?upload_id=00000000000000000000000000000000");
    problem(session.ask().await, 404).await;
    problem(session.cancel().await, 404).await;
    session.location = UPLOAD.to_owned();
    problem(session.ask().await, 400).await;
    session.location = format!("{UPLOAD}?upload_id=..%2F..%2Fetc");
    problem(session.put(0, &[7; 10]).await, 404).await;
}

#[tokio::test]
async fn two_chunks_at_once_do_not_mix() {
    let app = TestApp::start().await;
    let session = app.user("alice").await.begin(1000, json!({})).await;
    let (sender, body) = futures::channel::mpsc::unbounded::<Result<Vec<u8>, std::io::Error>>();
    sender.unbounded_send(Ok(vec![7; 10])).unwrap();
    let slow = session.put_range("bytes 0-99/1000", reqwest::Body::wrap_stream(body));
    let meanwhile = async {
        // Its file is opened when it is in hand.
        while scratch_files(&app).is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let refused = session.put(0, &[9; 50]).await;
        assert_eq!(refused.headers()["retry-after"], "2");
        problem(refused, 429).await;
        problem(session.cancel().await, 429).await;
        assert_eq!(session.ask().await.status(), 308);
        sender.unbounded_send(Ok(vec![7; 90])).unwrap();
        drop(sender);
    };
    let (slow, ()) = tokio::join!(slow, meanwhile);
    assert_eq!(received(&slow), 100);
    assert_eq!(session.received().await, 100);
}

#[tokio::test]
async fn a_cut_connection_keeps_what_came() {
    let app = TestApp::start().await;
    let session = app.user("alice").await.begin(1_000_000, json!({})).await;
    let mut socket = tokio::net::TcpStream::connect(app.address).await.unwrap();
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: 1000000\r\n\
         Content-Range: bytes 0-999999/1000000\r\n\r\n",
        session.location, session.person.token
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&[7; 300_000]).await.unwrap();
    socket.shutdown().await.unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let mut here = session.received().await;
    while here < 300_000 && std::time::Instant::now() < deadline {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        here = session.received().await;
    }
    assert_eq!(here, 300_000);
}

#[tokio::test]
async fn what_is_no_media_leaves_nothing_when_its_last_byte_came() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    for clip in ["text.mp4", "no-moov.mp4", "zeros.mp4"] {
        let bytes = clip_bytes(clip);
        let session = alice.begin(bytes.len(), json!({})).await;
        problem(session.put(0, &bytes).await, 422).await;
        problem(session.ask().await, 404).await;
    }
    assert_eq!(count(&app, "uploads").await, 0);
    assert_nothing_stays(&app).await;
}

#[tokio::test]
async fn a_picture_can_come_with_the_beginning() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let bytes = clip_bytes("good.mp4");
    let begin = |picture: Vec<u8>| {
        let form = Form::new()
            .text("name", "A walk by the sea")
            .text("channelId", alice.channel_id.to_string())
            .text("filename", "walk.mp4")
            .part("thumbnailfile", Part::bytes(picture).file_name("cover.jpg"));
        alice
            .request(Method::POST, UPLOAD)
            .header("X-Upload-Content-Length", bytes.len())
            .header("X-Upload-Content-Type", "video/mp4")
            .multipart(form)
            .send()
    };
    problem(begin(b"<svg/>".to_vec()).await.unwrap(), 400).await;
    let response = begin(clip_bytes("cover.jpg")).await.unwrap();
    assert_eq!(response.status(), 201);
    let mut session = alice.begin(bytes.len(), json!({})).await;
    session.location = response.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(session.put(0, &bytes).await.status(), 200);
    assert_eq!(count(&app, "video_images").await, 2);
    assert!(!scratch_files(&app).iter().any(|name| name.ends_with(".picture")));
}

#[tokio::test]
async fn what_was_said_is_not_kept_in_the_clear() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let protected = json!({ "privacy": 5, "videoPasswords": ["open sesame"] });
    alice.begin(1000, protected).await;
    let mut conn = app.app.db().read().await.unwrap();
    let row = sql("SELECT metadata FROM uploads").one(&mut conn).await.unwrap();
    let kept = hex::decode(row.text("metadata").unwrap()).unwrap();
    assert!(!kept.windows(6).any(|part| part == b"sesame"));
}
