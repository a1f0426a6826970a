//! Guessing the password of a video: slowed down, without keeping out who knows it.

use std::time::Duration;

use farandole::domain::Privacy;
use reqwest::Response;
use serde_json::Value;

use crate::support::TestApp;

async fn with(app: &TestApp, path: &str, password: &str) -> Response {
    let request = app.client.get(app.url(path)).header("x-peertube-video-password", password);
    request.send().await.unwrap()
}

#[tokio::test]
async fn wrong_passwords_are_counted_per_address_and_video() {
    let app = TestApp::start_with(|config| {
        config.accounts.max_failures_per_account = 3;
        config.accounts.max_failures_per_address = 5;
    })
    .await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).passwords(&["sesame"]).publish().await;
    let other = app.video(&alice).passwords(&["sesame"]).publish().await;
    let playlist = format!(
        "/static/streaming-playlists/hls/private/{}/{}-master.m3u8",
        video.uuid, video.generation
    );
    // The right one costs nothing, however often it is sent.
    for _ in 0..10 {
        assert_eq!(with(&app, &video.path(""), "sesame").await.status(), 200);
    }
    let token: Value = {
        let request = app.client.post(app.url(&video.path("/token")));
        let request = request.header("x-peertube-video-password", "sesame");
        request.send().await.unwrap().json().await.unwrap()
    };
    let token = token["files"]["token"].as_str().unwrap().to_owned();
    for path in [video.path(""), video.path("/captions"), playlist.clone()] {
        assert_eq!(with(&app, &path, "wrong").await.status(), 403, "{path}");
    }
    for path in [video.path(""), video.path("/description"), playlist.clone()] {
        let refused = with(&app, &path, "sesame").await;
        assert_eq!(refused.status(), 429, "{path}");
        let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=300).contains(&wait), "{wait}");
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(problem["code"], "too_many_video_password_failures");
    }
    // Who was let in before stays in, and the owner is not asked for passwords.
    let with_token = format!("{playlist}?videoFileToken={token}");
    assert_eq!(with(&app, &with_token, "wrong").await.status(), 200);
    assert_eq!(alice.get(&video.path("")).await.status(), 200);
    // Nobody else is meant: another video, signing in.
    assert_eq!(with(&app, &other.path(""), "sesame").await.status(), 200);
    assert_eq!(with(&app, &other.path(""), "wrong").await.status(), 403);
    assert_eq!(with(&app, &other.path(""), "wrong").await.status(), 403);
    assert_eq!(with(&app, &other.path(""), "sesame").await.status(), 429, "five from one address");
    app.clock.advance(Duration::from_secs(300));
    assert_eq!(with(&app, &video.path(""), "sesame").await.status(), 200);
}

#[tokio::test]
async fn a_password_that_is_not_asked_for_is_no_guess() {
    let app = TestApp::start_with(|config| config.accounts.max_failures_per_account = 2).await;
    let alice = app.user("alice").await;
    let open = app.video(&alice).publish().await;
    let private = app.video(&alice).privacy(Privacy::Private).publish().await;
    for _ in 0..5 {
        assert_eq!(with(&app, &open.path(""), "wrong").await.status(), 200);
        assert_eq!(with(&app, &private.path(""), "wrong").await.status(), 401);
    }
}
