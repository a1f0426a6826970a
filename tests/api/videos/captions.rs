//! Captions, storyboards and chapters.

use farandole::domain::Privacy;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::read::settings;
use crate::support::TestApp;
use crate::support::people::Person;
use crate::support::videos::TestVideo;

const SRT: &str = "1\n00:00:01,000 --> 00:00:02,000\nHello <b>you</b> <img src=x>\n";

async fn send(person: &Person, video: &TestVideo, language: &str, file: &str) -> Response {
    let part = Part::text(file.to_owned()).file_name("a.srt");
    let form = Form::new().part("captionfile", part);
    let path = video.path(&format!("/captions/{language}"));
    person.request(Method::PUT, &path).multipart(form).send().await.unwrap()
}

async fn list(app: &TestApp, video: &TestVideo) -> Value {
    app.get(&video.path("/captions")).await.json().await.unwrap()
}

#[tokio::test]
async fn captions_are_sent_listed_served_and_deleted() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    assert_eq!(list(&app, &video).await, json!({ "total": 0, "data": [] }));
    assert_eq!(send(&alice, &video, "fr", SRT).await.status(), 204);
    assert_eq!(send(&alice, &video, "en", SRT).await.status(), 204);
    // The same language again takes the place of the first.
    assert_eq!(send(&alice, &video, "fr", SRT).await.status(), 204);
    let json = list(&app, &video).await;
    settings().bind(|| insta::assert_json_snapshot!(json));
    let file = app.get(json["data"][0]["captionPath"].as_str().unwrap()).await;
    assert_eq!(file.status(), 200);
    assert_eq!(
        file.text().await.unwrap(),
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello <b>you</b> \n"
    );
    assert_eq!(alice.delete(&video.path("/captions/fr")).await.status(), 204);
    assert_eq!(alice.delete(&video.path("/captions/fr")).await.status(), 404);
    assert_eq!(list(&app, &video).await["total"], 1);
}

#[tokio::test]
async fn captions_that_do_not_fit_are_refused() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    for (language, file) in [("xx", SRT), ("fr", "no cues"), ("fr", "")] {
        let response = send(&alice, &video, language, file).await;
        assert_eq!(response.status(), 400, "{language} {file}");
    }
    assert_eq!(send(&bob, &video, "fr", SRT).await.status(), 403);
    assert_eq!(bob.delete(&video.path("/captions/fr")).await.status(), 403);
    let large = "x".repeat(3 << 20);
    assert_eq!(send(&alice, &video, "fr", &large).await.status(), 413);
    let path = video.path("/captions/fr");
    let none = alice.request(Method::PUT, &path).multipart(Form::new()).send().await.unwrap();
    assert_eq!(none.status(), 400);
    assert_eq!(app.client.delete(app.url(&path)).send().await.unwrap().status(), 401);
    assert_eq!(list(&app, &video).await["total"], 0);
}

#[tokio::test]
async fn captions_of_a_private_video_need_a_token() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).privacy(Privacy::Private).publish().await;
    assert_eq!(send(&alice, &video, "fr", SRT).await.status(), 204);
    let json: Value = alice.get(&video.path("/captions")).await.json().await.unwrap();
    let path = json["data"][0]["captionPath"].as_str().unwrap();
    assert_eq!(app.get(path).await.status(), 200, "the address carries the owner's token");
    let bare = path.split('?').next().unwrap();
    assert_eq!(app.get(bare).await.status(), 401);
    assert_eq!(alice.get(bare).await.status(), 200);
}

#[tokio::test]
async fn storyboards_are_listed() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let json: Value = app.get(&video.path("/storyboards")).await.json().await.unwrap();
    settings().bind(|| insta::assert_json_snapshot!(json));
}

#[tokio::test]
async fn chapters_are_replaced_as_a_whole() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    let path = video.path("/chapters");
    let read = async || app.get(&path).await.json::<Value>().await.unwrap();
    assert_eq!(read().await, json!({ "chapters": [] }));
    let chapters = json!({ "chapters": [
        { "timecode": 30, "title": "The end" }, { "timecode": 0, "title": "The beginning" },
    ]});
    assert_eq!(alice.put_json(&path, &chapters).await.status(), 204);
    assert_eq!(
        read().await,
        json!({ "chapters": [
            { "timecode": 0, "title": "The beginning" }, { "timecode": 30, "title": "The end" },
        ]})
    );
    assert_eq!(bob.put_json(&path, &chapters).await.status(), 403);
    for bad in [
        json!({}),
        json!({ "chapters": [{ "timecode": -1, "title": "x" }] }),
        json!({ "chapters": [{ "timecode": 1, "title": "" }] }),
        json!({ "chapters": [{ "timecode": 1, "title": "x".repeat(101) }] }),
        json!({ "chapters": [{ "timecode": 1, "title": "a" }, { "timecode": 1, "title": "b" }] }),
    ] {
        assert_eq!(alice.put_json(&path, &bad).await.status(), 400, "{bad}");
    }
    assert_eq!(alice.put_json(&path, &json!({ "chapters": [] })).await.status(), 204);
    assert_eq!(read().await, json!({ "chapters": [] }));
}
