//! `POST /api/v1/videos/upload`: what is taken, what is refused, and that nothing refused stays.

use farandole::db::sql;
use farandole::domain::ShortUuid;
use reqwest::multipart::{Form, Part};
use serde_json::Value;

use crate::support::TestApp;
use crate::support::clips::clip_bytes;

const PATH: &str = "/api/v1/videos/upload";

/// Files of uploads in this server's scratch.
pub fn scratch_files(app: &TestApp) -> Vec<String> {
    let Ok(folder) = std::fs::read_dir(app.app.scratch("uploads")) else { return Vec::new() };
    folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

pub async fn count(app: &TestApp, table: &str) -> i64 {
    let mut conn = app.app.db().read().await.unwrap();
    let row = sql(format!("SELECT COUNT(*) AS n FROM {table}")).one(&mut conn).await.unwrap();
    row.int("n").unwrap()
}

/// No trace of a refused upload: neither rows nor files.
pub async fn assert_nothing_stays(app: &TestApp) {
    for table in ["videos", "originals", "media_sets", "video_images"] {
        assert_eq!(count(app, table).await, 0, "{table}");
    }
    assert_eq!(scratch_files(app), Vec::<String>::new());
}

pub async fn problem(response: reqwest::Response, status: u16) -> Value {
    assert_eq!(response.headers()["content-type"], "application/problem+json; charset=utf-8");
    let answered = response.status();
    let body: Value = response.json().await.unwrap();
    assert_eq!(answered, status, "{body}");
    body
}

#[tokio::test]
async fn an_upload_becomes_a_video_with_its_work_queued() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = alice.upload("good.mp4", &[("tags[0]", "sea"), ("tags[1]", "sand")]).await;
    let uuid: uuid::Uuid = video["uuid"].as_str().unwrap().parse().unwrap();
    assert_eq!(video["shortUUID"], ShortUuid(uuid).to_string());

    let mut conn = app.app.db().read().await.unwrap();
    let row = sql("SELECT v.name, v.state, v.available, v.privacy, v.duration_ms, v.ap_url, \
         v.aspect_ratio_millionths, o.filename, o.size_bytes, o.location, o.scratch_path, \
         s.state AS set_state FROM videos v JOIN originals o ON o.video_id = v.id \
         JOIN media_sets s ON s.original_id = o.id WHERE v.id = $1")
    .int(video["id"].as_i64().unwrap())
    .one(&mut conn)
    .await
    .unwrap();
    assert_eq!(row.text("name").unwrap(), "A walk by the sea");
    assert_eq!(row.int("state").unwrap(), 2);
    assert_eq!(row.int("available").unwrap(), 0);
    assert_eq!(row.int("privacy").unwrap(), 1);
    assert!((9_900..10_100).contains(&row.int("duration_ms").unwrap()));
    assert_eq!(row.int("aspect_ratio_millionths").unwrap(), 1_777_778);
    let ap_url = row.text("ap_url").unwrap();
    assert!(ap_url.ends_with(&format!("/videos/watch/{uuid}")), "{ap_url}");
    assert_eq!(row.text("filename").unwrap(), "good.mp4");
    assert_eq!(row.text("set_state").unwrap(), "waiting");
    let kept = std::fs::read(row.text("scratch_path").unwrap()).unwrap();
    assert!(kept == clip_bytes("good.mp4"), "the bytes changed on the way");

    let jobs = sql("SELECT kind, only_node FROM jobs ORDER BY kind").all(&mut conn).await.unwrap();
    let jobs: Vec<_> = jobs
        .iter()
        .map(|job| (job.text("kind").unwrap(), job.text("only_node").unwrap()))
        .collect();
    let here = app.app.claimant().node.clone();
    assert_eq!(jobs, [("store-original".to_owned(), here.clone()), ("transcode".to_owned(), here)]);
    let tags = sql("SELECT tag FROM video_tags ORDER BY position").all(&mut conn).await.unwrap();
    let tags: Vec<_> = tags.iter().map(|row| row.text("tag").unwrap()).collect();
    assert_eq!(tags, ["sea", "sand"]);
    let fields = sql("SELECT field FROM revisions WHERE subject_kind = 'video' ORDER BY field")
        .all(&mut conn)
        .await
        .unwrap();
    let fields: Vec<_> = fields.iter().map(|row| row.text("field").unwrap()).collect();
    assert_eq!(fields, ["name", "tags"]);
}

#[tokio::test]
async fn the_answer_is_peertubes() {
    let app = TestApp::start().await;
    let response = app.user("alice").await.try_upload("good.mp4", &[]).await;
    assert_eq!(response.status(), 200);
    let body: Value = response.json().await.unwrap();
    insta::assert_json_snapshot!(body, {
        ".video.id" => "[id]", ".video.uuid" => "[uuid]", ".video.shortUUID" => "[shortUUID]",
    });
}

#[tokio::test]
async fn every_kind_of_clip_is_taken() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    for (clip, aspect) in [
        ("good.mkv", Some(1_777_778)),
        ("audio-only.m4a", None),
        ("portrait.mp4", Some(562_500)),
        ("rotated.mp4", Some(562_500)),
        ("surround.mp4", Some(1_777_778)),
    ] {
        let video = alice.upload(clip, &[]).await;
        let mut conn = app.app.db().read().await.unwrap();
        let row =
            sql("SELECT duration_ms, aspect_ratio_millionths AS aspect FROM videos WHERE id = $1")
                .int(video["id"].as_i64().unwrap())
                .one(&mut conn)
                .await
                .unwrap();
        assert_eq!(row.int_opt("aspect").unwrap(), aspect, "{clip}");
        assert!(row.int("duration_ms").unwrap() > 500, "{clip}");
    }
}

#[tokio::test]
async fn nobody_uploads_without_a_session() {
    let app = TestApp::start().await;
    let form = Form::new().text("name", "A walk");
    let response = app.client.post(app.url(PATH)).multipart(form).send().await.unwrap();
    problem(response, 401).await;
}

#[tokio::test]
async fn a_channel_of_somebody_else_is_refused_but_not_to_moderators() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let channel = alice.channel_id.to_string();
    let refused = bob.try_upload("good.mp4", &[("channelId", &channel)]).await;
    problem(refused, 403).await;
    let unknown = bob.try_upload("good.mp4", &[("channelId", "999999")]).await;
    problem(unknown, 404).await;
    assert_nothing_stays(&app).await;
    app.moderator("maud").await.upload("good.mp4", &[("channelId", &channel)]).await;
}

#[tokio::test]
async fn every_bad_field_is_named_and_nothing_stays() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let body = problem(
        alice.try_upload("good.mp4", &[("name", "ab"), ("category", "99"), ("tags[]", "x")]).await,
        400,
    )
    .await;
    insta::assert_json_snapshot!(body);
    let nothing = Form::new().text("name", "A walk");
    let body = problem(alice.post_multipart(PATH, nothing).await, 400).await;
    let mut missing: Vec<_> = body["invalid-params"].as_object().unwrap().keys().collect();
    missing.sort();
    assert_eq!(missing, ["channelId", "videofile"]);
    problem(alice.post(PATH).await, 400).await;
    assert_nothing_stays(&app).await;
}

#[tokio::test]
async fn what_is_no_media_is_refused_with_what_was_found() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    for (clip, words) in [
        ("text.mp4", "plain text"),
        ("zero.mp4", "empty"),
        ("zeros.mp4", "not a video or sound file"),
        ("no-moov.mp4", "cut short"),
        ("playlist.mp4", "playlist"),
    ] {
        let body = problem(alice.try_upload(clip, &[]).await, 422).await;
        let detail = body["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{clip}: {detail}");
    }
    let letter = Part::bytes(b"Dear diary".to_vec()).file_name("letter.txt");
    let form = Form::new().part("videofile", letter.mime_str("text/plain").unwrap());
    problem(alice.post_multipart(PATH, form).await, 415).await;
    assert_nothing_stays(&app).await;
}

#[tokio::test]
async fn a_broken_form_leaves_nothing() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let body = "--x\r\nContent-Disposition: form-data; name=\"videofile\"; filename=\"a.mp4\"\r\n\
                \r\nsome bytes, and then nothing";
    let response = alice
        .request(reqwest::Method::POST, PATH)
        .header("content-type", "multipart/form-data; boundary=x")
        .body(body)
        .send()
        .await
        .unwrap();
    problem(response, 400).await;
    assert_nothing_stays(&app).await;
}

#[tokio::test]
async fn a_file_over_the_servers_limit_is_refused_before_and_while_it_comes() {
    let app = TestApp::start_with(|config| config.uploads.max_file_bytes = 1 << 20).await;
    let alice = app.user("alice").await;
    let announced = alice.upload_form("big.mp4", vec![0; 16 << 20], &[]);
    let response = alice.post_multipart(PATH, announced).await;
    assert_eq!(response.headers()["x-file-maximum-size"], "1M");
    assert_eq!(problem(response, 413).await["code"], "max_file_size_reached");
    // Of unknown length: only counting tells.
    let pieces = (0..48).map(|_| Ok::<_, std::io::Error>(vec![0_u8; 64 << 10]));
    let body = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
    let part = Part::stream(body).file_name("big.mp4");
    let response = alice.post_multipart(PATH, Form::new().part("videofile", part)).await;
    problem(response, 413).await;
    assert_nothing_stays(&app).await;
}

#[tokio::test]
async fn quotas_are_kept_before_and_after_the_bytes() {
    let app = TestApp::start().await;
    let alice = app
        .user_with("alice", |new| new.video_quota = Some(clip_bytes("good.mp4").len() as i64 + 100))
        .await;
    let announced = alice.upload_form("big.mp4", vec![0; 32 << 20], &[]);
    let body = problem(alice.post_multipart(PATH, announced).await, 413).await;
    assert_eq!(body["code"], "quota_reached");
    alice.upload("good.mp4", &[]).await;
    let body = problem(alice.try_upload("good.mp4", &[]).await, 413).await;
    assert_eq!(body["code"], "quota_reached");
    assert_eq!(count(&app, "videos").await, 1);
    assert_eq!(scratch_files(&app).len(), 1);
}

#[tokio::test]
async fn a_nearly_full_disk_is_said_clearly() {
    let app = TestApp::start_with(|config| config.uploads.free_disk_floor_bytes = 1 << 60).await;
    let alice = app.user("alice").await;
    let body = problem(alice.try_upload("good.mp4", &[]).await, 507).await;
    assert!(body["detail"].as_str().unwrap().contains("short of disk space"));
    assert_nothing_stays(&app).await;
}

#[tokio::test]
async fn a_chosen_picture_is_encoded_anew_in_two_sizes() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let cover = clip_bytes("cover.jpg");
    let part = Part::bytes(cover.clone()).file_name("cover.jpg").mime_str("image/jpeg").unwrap();
    let form = alice.upload_form("good.mp4", clip_bytes("good.mp4"), &[]);
    let response = alice.post_multipart(PATH, form.part("thumbnailfile", part)).await;
    assert_eq!(response.status(), 200);
    let mut conn = app.app.db().read().await.unwrap();
    let rows = sql("SELECT kind, chosen, storage_key, width FROM video_images ORDER BY kind")
        .all(&mut conn)
        .await
        .unwrap();
    let kinds: Vec<_> = rows.iter().map(|row| row.text("kind").unwrap()).collect();
    assert_eq!(kinds, ["preview", "thumbnail"]);
    for row in rows {
        assert!(row.flag("chosen").unwrap());
        let key = farandole_storage::Key::parse(&row.text("storage_key").unwrap()).unwrap();
        let jpeg = app.app.store().read(&key, 1 << 20).await.unwrap();
        assert!(jpeg.starts_with(b"\xff\xd8\xff") && jpeg != cover);
    }
}

#[tokio::test]
async fn a_picture_that_is_none_refuses_the_upload() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let part = Part::bytes(b"<svg/>".to_vec()).file_name("x.jpg").mime_str("image/jpeg").unwrap();
    let form = alice.upload_form("good.mp4", clip_bytes("good.mp4"), &[]);
    let body = problem(alice.post_multipart(PATH, form.part("previewfile", part)).await, 400).await;
    assert!(body["invalid-params"]["previewfile"].is_object(), "{body}");
    assert_nothing_stays(&app).await;
}

#[tokio::test]
async fn passwords_are_kept_sealed() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    alice.upload("good.mp4", &[("privacy", "5"), ("videoPasswords[0]", "open sesame")]).await;
    let mut conn = app.app.db().read().await.unwrap();
    let row = sql("SELECT password_sealed FROM video_passwords").one(&mut conn).await.unwrap();
    let sealed = row.bytes("password_sealed").unwrap();
    assert!(!sealed.windows(4).any(|part| part == b"open"));
    use farandole::auth::seal::{Purpose, open};
    assert_eq!(open(&app.app, Purpose::VideoPassword, &sealed).unwrap(), b"open sesame");
}
