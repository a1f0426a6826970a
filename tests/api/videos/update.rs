//! `PUT` and `DELETE /api/v1/videos/{id}`, and what was scheduled.

use std::time::Duration;

use farandole::db::sql;
use farandole::domain::{Privacy, keys};
use farandole::videos::edit;
use farandole_storage::Key;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::people::Person;
use crate::support::videos::TestVideo;

async fn read(person: &Person, video: &TestVideo) -> Value {
    let response = person.get(&video.path("")).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

async fn put(person: &Person, video: &TestVideo, body: &Value) -> u16 {
    person.put_json(&video.path(""), body).await.status().as_u16()
}

async fn jobs(app: &TestApp, kind: &str) -> i64 {
    let mut conn = app.app.db().read().await.unwrap();
    sql("SELECT COUNT(*) AS n FROM jobs WHERE kind = $1 AND state = 'queued'")
        .text(kind)
        .one(&mut conn)
        .await
        .unwrap()
        .int("n")
        .unwrap()
}

#[tokio::test]
async fn every_field_can_be_changed() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).tags(&["old"]).publish().await;
    let body = json!({
        "name": "Another name", "category": 5, "licence": 2, "language": "de",
        "description": "What it is about", "support": "Buy me tea", "tags": ["new", "tags"],
        "nsfw": true, "nsfwFlags": 2, "nsfwSummary": "Blood", "waitTranscoding": true,
        "downloadEnabled": false, "commentsPolicy": 3,
        "originallyPublishedAt": "2020-02-03T04:05:06.000Z",
        "scheduleUpdate": { "updateAt": "2099-01-01T00:00:00.000Z", "privacy": 2 },
    });
    assert_eq!(put(&alice, &video, &body).await, 204);
    let json = read(&alice, &video).await;
    for (path, value) in [
        ("/name", json!("Another name")),
        ("/category/id", json!(5)),
        ("/licence/id", json!(2)),
        ("/language/id", json!("de")),
        ("/description", json!("What it is about")),
        ("/support", json!("Buy me tea")),
        ("/tags", json!(["new", "tags"])),
        ("/nsfw", json!(true)),
        ("/nsfwFlags", json!(2)),
        ("/nsfwSummary", json!("Blood")),
        ("/waitTranscoding", json!(true)),
        ("/downloadEnabled", json!(false)),
        ("/commentsPolicy/id", json!(3)),
        ("/originallyPublishedAt", json!("2020-02-03T04:05:06.000Z")),
        ("/scheduledUpdate", json!({ "updateAt": "2099-01-01T00:00:00.000Z", "privacy": 2 })),
    ] {
        assert_eq!(json.pointer(path), Some(&value), "{path}");
    }
    // Only its owner knows what is planned.
    let public: Value = app.get(&video.path("")).await.json().await.unwrap();
    assert_eq!(public["scheduledUpdate"], Value::Null);
    // null empties, absence leaves alone.
    let body =
        json!({ "category": null, "description": null, "scheduleUpdate": null, "nsfw": false });
    assert_eq!(put(&alice, &video, &body).await, 204);
    let json = read(&alice, &video).await;
    assert_eq!((&json["category"]["id"], &json["description"]), (&Value::Null, &Value::Null));
    assert_eq!((&json["scheduledUpdate"], &json["nsfwSummary"]), (&Value::Null, &Value::Null));
    assert_eq!(json["name"], "Another name");
    assert_eq!(jobs(&app, "regenerate").await, 0, "the files stay where they are");
}

#[tokio::test]
async fn what_people_wrote_is_kept_for_moderation() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    for name in ["first name", "second name", "second name"] {
        assert_eq!(put(&alice, &video, &json!({ "name": name, "tags": ["a tag"] })).await, 204);
    }
    let mut conn = app.app.db().read().await.unwrap();
    let rows = sql("SELECT field, text, state FROM revisions WHERE subject_kind = 'video' \
                    AND subject_id = $1 ORDER BY id")
    .int(video.id)
    .all(&mut conn)
    .await
    .unwrap();
    let kept: Vec<_> = rows
        .iter()
        .map(|row| {
            let text = |column| row.text(column).unwrap();
            (text("field"), text("text"), text("state"))
        })
        .collect();
    let row = |field: &str, text: &str, state: &str| {
        (field.to_owned(), text.to_owned(), state.to_owned())
    };
    assert_eq!(
        kept,
        [
            row("name", "first name", "superseded"),
            row("tags", "a tag", "shown"),
            row("name", "second name", "shown"),
        ]
    );
}

#[tokio::test]
async fn a_form_with_a_picture_is_taken() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(640, 360, image::Rgb([200, 30, 30]))
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    let picture = Part::bytes(png.into_inner()).file_name("a.png").mime_str("image/png").unwrap();
    let form = Form::new()
        .text("name", "By form")
        .text("tags[]", "one")
        .text("tags[]", "two")
        .part("thumbnailfile", picture);
    let response =
        alice.request(Method::PUT, &video.path("")).multipart(form).send().await.unwrap();
    assert_eq!(response.status(), 204);
    let json = read(&alice, &video).await;
    assert_eq!((&json["name"], &json["tags"]), (&json!("By form"), &json!(["one", "two"])));
    let path = json["thumbnailPath"].as_str().unwrap();
    assert!(!path.contains(&video.thumbnail), "the old picture is gone");
    assert!(path.starts_with("/lazy-static/thumbnails/"), "{path}");
    assert!(json["previewPath"].as_str().unwrap().starts_with("/lazy-static/previews/"));
    assert_eq!(app.get(path).await.status(), 200);
}

#[tokio::test]
async fn bad_fields_are_named_and_change_nothing() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    for (body, field) in [
        (json!({ "name": "xy" }), "name"),
        (json!({ "name": "fine", "privacy": 9 }), "privacy"),
        (json!({ "nsfwFlags": 2 }), "nsfwFlags"),
        (json!({ "nsfwSummary": "Blood" }), "nsfwSummary"),
        (json!({ "privacy": 5 }), "videoPasswords"),
        (json!({ "privacy": 5, "videoPasswords": [] }), "videoPasswords"),
        (json!({ "tags": ["x"] }), "tags"),
    ] {
        let response = alice.put_json(&video.path(""), &body).await;
        assert_eq!(response.status(), 400, "{body}");
        let problem: Value = response.json().await.unwrap();
        assert!(problem["invalid-params"].get(field).is_some(), "{body}: {problem}");
    }
    for body in [json!([1]), json!("name")] {
        assert_eq!(put(&alice, &video, &body).await, 400);
    }
    assert_eq!(put(&alice, &video, &json!({ "channelId": 9999 })).await, 404);
    assert_eq!(read(&alice, &video).await["name"], "A walk in the woods");
}

#[tokio::test]
async fn only_its_owner_and_moderators_change_a_video() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let video = app.video(&alice).publish().await;
    let body = json!({ "name": "Mine now" });
    assert_eq!(put(&bob, &video, &body).await, 403);
    assert_eq!(bob.delete(&video.path("")).await.status(), 403);
    assert_eq!(put(&alice, &video, &json!({ "channelId": bob.channel_id })).await, 403);
    let anonymous = app.client.put(app.url(&video.path(""))).json(&body).send().await.unwrap();
    assert_eq!(anonymous.status(), 401);
    assert_eq!(app.client.delete(app.url(&video.path(""))).send().await.unwrap().status(), 401);
    assert_eq!(put(&moderator, &video, &body).await, 204);
    assert_eq!(moderator.delete("/api/v1/videos/4242").await.status(), 404);
    assert_eq!(moderator.delete(&video.path("")).await.status(), 204);
    assert_eq!(put(&alice, &video, &body).await, 404);
}

#[tokio::test]
async fn a_new_privacy_is_in_force_at_once_and_moves_the_files() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let master =
        format!("/static/streaming-playlists/hls/{}/{}-master.m3u8", video.uuid, video.generation);
    assert_eq!(app.get(&master).await.status(), 200);
    assert_eq!(put(&alice, &video, &json!({ "privacy": 3 })).await, 204);
    assert_eq!(app.get(&video.path("")).await.status(), 401);
    assert!(!app.get(&master).await.status().is_success(), "the old address is closed");
    assert_eq!(jobs(&app, "regenerate").await, 1);
    // Changing it again before the files moved does not move them twice.
    assert_eq!(put(&alice, &video, &json!({ "privacy": 1 })).await, 204);
    assert_eq!(jobs(&app, "regenerate").await, 1);
    assert_eq!(app.get(&video.path("")).await.status(), 200);
}

#[tokio::test]
async fn passwords_come_and_go_with_the_privacy() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let body = json!({ "privacy": 5, "videoPasswords": ["sesame"] });
    assert_eq!(put(&alice, &video, &body).await, 204);
    let with = async |password: &str| {
        let request = app.client.get(app.url(&video.path("")));
        let request = request.header("x-peertube-video-password", password);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!((with("sesame").await, with("simsim").await), (200, 403));
    // Other edits leave them alone.
    assert_eq!(put(&alice, &video, &json!({ "name": "Locked" })).await, 204);
    assert_eq!(put(&alice, &video, &json!({ "privacy": 5 })).await, 204);
    assert_eq!(with("sesame").await, 200);
    assert_eq!(put(&alice, &video, &json!({ "privacy": 3 })).await, 204);
    assert_eq!(put(&alice, &video, &json!({ "privacy": 5 })).await, 400, "the old ones are gone");
}

#[tokio::test]
async fn a_scheduled_privacy_comes_into_force_when_due() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).privacy(Privacy::Private).minutes_old(600).publish().await;
    let at = app.app.now().plus(Duration::from_secs(3600)).rfc3339();
    let body = json!({ "scheduleUpdate": { "updateAt": at, "privacy": 1 } });
    assert_eq!(put(&alice, &video, &body).await, 204);
    edit::publish_scheduled(&app.app).await.unwrap();
    assert_eq!(app.get(&video.path("")).await.status(), 401, "not yet");
    app.clock.advance(Duration::from_secs(3601));
    edit::publish_scheduled(&app.app).await.unwrap();
    let json: Value = app.get(&video.path("")).await.json().await.unwrap();
    assert_eq!(json["privacy"]["id"], 1);
    assert!(json["publishedAt"].as_str().unwrap() > at.as_str(), "published when it was shown");
    assert_eq!(read(&alice, &video).await["scheduledUpdate"], Value::Null);
    assert_eq!(jobs(&app, "regenerate").await, 1);
}

#[tokio::test]
async fn a_deleted_video_leaves_nothing_but_its_address() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).tags(&["a tag"]).publish().await;
    let key = Key::parse(&keys::image(video.uuid, &video.thumbnail)).unwrap();
    assert!(app.app.store().stat(&key).await.unwrap().is_some());
    assert_eq!(alice.delete(&video.path("")).await.status(), 204);
    assert_eq!(alice.get(&video.path("")).await.status(), 404);
    assert_eq!(alice.delete(&video.path("")).await.status(), 404);
    let mut conn = app.app.db().read().await.unwrap();
    for table in ["video_tags", "video_images", "media_sets", "renditions"] {
        let left = sql(format!("SELECT COUNT(*) AS n FROM {table}")).one(&mut conn).await.unwrap();
        assert_eq!(left.int("n").unwrap(), 0, "{table}");
    }
    let tombs = sql("SELECT COUNT(*) AS n FROM tombstones WHERE uuid = $1")
        .text(video.uuid.to_string())
        .one(&mut conn)
        .await
        .unwrap();
    assert_eq!(tombs.int("n").unwrap(), 1);
    drop(conn);
    let runner = farandole::jobs::Runner::new(app.app.clone());
    while runner.run_next(farandole::db::jobs::Weight::Light).await.unwrap() {}
    assert!(app.app.store().stat(&key).await.unwrap().is_none(), "its files are deleted");
    let key = Key::parse(&keys::rendition(video.uuid, video.generation, "240.mp4")).unwrap();
    assert!(app.app.store().stat(&key).await.unwrap().is_none());
}
