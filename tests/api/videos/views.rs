//! `POST /api/v1/videos/{id}/views`.

use std::time::Duration;

use farandole::domain::Privacy;
use farandole::videos::views::flush;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::videos::TestVideo;

async fn report(app: &TestApp, video: &TestVideo, body: &Value) -> u16 {
    let request = app.client.post(app.url(&video.path("/views"))).json(body);
    request.send().await.unwrap().status().as_u16()
}

/// Plays from `from` for `seconds`, as a player reports it.
async fn play(app: &TestApp, video: &TestVideo, from: u64, seconds: u64) {
    for step in (0..=seconds).step_by(5) {
        assert_eq!(report(app, video, &json!({ "currentTime": from + step })).await, 204);
        app.clock.advance(Duration::from_secs(5));
    }
}

async fn views(app: &TestApp, video: &TestVideo) -> Value {
    flush(&app.app).await.unwrap();
    let json: Value = app.get(&video.path("")).await.json().await.unwrap();
    json["views"].clone()
}

#[tokio::test]
async fn ten_seconds_of_watching_count_once_an_hour() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    play(&app, &video, 0, 5).await;
    assert_eq!(views(&app, &video).await, 0);
    play(&app, &video, 10, 40).await;
    assert_eq!(views(&app, &video).await, 1);
    play(&app, &video, 0, 40).await;
    assert_eq!(views(&app, &video).await, 1, "the same address within the hour");
    app.clock.advance(Duration::from_secs(3600));
    play(&app, &video, 0, 20).await;
    assert_eq!(views(&app, &video).await, 2);
}

#[tokio::test]
async fn most_of_a_short_video_is_enough() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).duration_ms(6_000).publish().await;
    play(&app, &video, 0, 5).await;
    assert_eq!(views(&app, &video).await, 1);
}

#[tokio::test]
async fn reports_that_do_not_fit_are_refused() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    for bad in [
        json!({}),
        json!({ "currentTime": "x" }),
        json!({ "currentTime": -1 }),
        json!({ "currentTime": 5000 }),
        json!({ "currentTime": 1, "viewEvent": "dance" }),
    ] {
        assert_eq!(report(&app, &video, &bad).await, 400, "{bad}");
    }
    let private = app.video(&alice).privacy(Privacy::Private).publish().await;
    assert_eq!(report(&app, &private, &json!({ "currentTime": 1 })).await, 401);
    let missing = app.client.post(app.url("/api/v1/videos/4242/views"));
    let missing = missing.json(&json!({ "currentTime": 1 })).send().await.unwrap();
    assert_eq!(missing.status(), 404);
}
