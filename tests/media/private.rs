//! Files of videos that are not open to all: who gets them, by what, and until when.

use farandole::domain::{Principal, Privacy, VideoRef};
use farandole::videos::access::{self, Presented};
use reqwest::Response;
use uuid::Uuid;

use super::shelf::{self, Shelved, VIDEO_PASSWORD};
use crate::support::{Person, TestApp};

const FILE: &str = "1080-fragmented.mp4";
const EVERY_NAME: [&str; 4] = ["master.m3u8", "1080.m3u8", FILE, "segments-sha256.json"];

async fn with_password(app: &TestApp, path: &str, password: &str) -> Response {
    let request = app.client.get(app.url(path)).header("x-peertube-video-password", password);
    request.send().await.unwrap()
}

/// A file token as the API gives one, to somebody who is let in by `by`.
async fn token(app: &TestApp, video: &Shelved, by: &Presented<'_>) -> String {
    let guard = access::guard(&app.app, VideoRef::Uuid(video.uuid)).await.unwrap();
    let grant = access::may_watch(&app.app, &guard, by, None).await.unwrap();
    access::file_token(&app.app, &guard, grant, video.generation).unwrap().0
}

async fn principal(app: &TestApp, person: &Person) -> Principal {
    let caller = farandole::db::tokens::Caller { device: None, address: None };
    farandole::auth::principal::of_token(&app.app, &person.token, &caller).await.unwrap()
}

#[tokio::test]
async fn each_privacy_lets_in_whom_it_should_and_nobody_else() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let other = app.user("bob").await;
    let moderator = app.moderator("carol").await;
    for (privacy, anonymous, somebody) in [
        (Privacy::Private, 401, 403),
        (Privacy::Internal, 401, 200),
        (Privacy::PasswordProtected, 403, 403),
    ] {
        let video = Shelved::published(&app, &owner, privacy).await;
        for name in EVERY_NAME {
            let path = video.path(name);
            assert_eq!(app.get(&path).await.status(), anonymous, "{privacy:?} {name}");
            assert_eq!(other.get(&path).await.status(), somebody, "{privacy:?} {name}");
            assert_eq!(moderator.get(&path).await.status(), 200, "{privacy:?} {name}");
            let response = owner.get(&path).await;
            assert_eq!(response.status(), 200, "{privacy:?} {name}");
            assert_eq!(response.headers()["cache-control"], "private, no-store");
            let public = video.path_below("", name);
            assert_eq!(owner.get(&public).await.status(), 404, "{privacy:?} {name}");
        }
    }
}

#[tokio::test]
async fn an_open_video_has_no_private_address() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    for privacy in [Privacy::Public, Privacy::Unlisted] {
        let video = Shelved::published(&app, &owner, privacy).await;
        assert_eq!(app.get(&video.path(FILE)).await.status(), 200);
        assert_eq!(owner.get(&video.path_below("private/", FILE)).await.status(), 404);
    }
}

#[tokio::test]
async fn a_password_opens_what_it_is_for() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::published(&app, &owner, Privacy::PasswordProtected).await;
    let path = video.path(FILE);
    let response = with_password(&app, &path, VIDEO_PASSWORD).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.bytes().await.unwrap(), shelf::bytes("1080"));
    let wrong = with_password(&app, &path, "guess").await;
    assert_eq!(wrong.status(), 403);
    let problem: serde_json::Value = wrong.json().await.unwrap();
    assert_eq!(problem["code"], "incorrect_video_password");
    let none: serde_json::Value = app.get(&path).await.json().await.unwrap();
    assert_eq!(none["code"], "video_requires_password");
    let private = Shelved::published(&app, &owner, Privacy::Private).await;
    assert_eq!(with_password(&app, &private.path(FILE), VIDEO_PASSWORD).await.status(), 401);
}

#[tokio::test]
async fn a_file_token_opens_one_generation_of_one_video() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::published(&app, &owner, Privacy::Private).await;
    let other = Shelved::published(&app, &owner, Privacy::Private).await;
    let person = principal(&app, &owner).await;
    let token = token(&app, &video, &Presented::viewer(Some(&person))).await;
    let with = |path: String| format!("{path}?videoFileToken={token}");
    for name in EVERY_NAME {
        assert_eq!(app.get(&with(video.path(name))).await.status(), 200, "{name}");
        assert_eq!(app.get(&with(other.path(name))).await.status(), 403, "{name}");
    }
    let bent = format!("{}?videoFileToken={}x", video.path(FILE), &token[..token.len() - 1]);
    assert_eq!(app.get(&bent).await.status(), 403);
    let next = video.next_generation(&app).await;
    assert_eq!(app.get(&with(next.path(FILE))).await.status(), 403, "ask for a new token");
    assert_eq!(owner.get(&next.path(FILE)).await.status(), 200);
}

#[tokio::test]
async fn a_file_token_ends_with_its_time_its_session_and_its_password() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::published(&app, &owner, Privacy::PasswordProtected).await;
    let by_password = Presented { password: Some(VIDEO_PASSWORD), ..Presented::default() };
    let of_password = token(&app, &video, &by_password).await;
    let guest = app.sign_in("alice").await;
    let person = principal(&app, &guest).await;
    let of_session = token(&app, &video, &Presented::viewer(Some(&person))).await;
    let path = |token: &str| format!("{}?videoFileToken={token}", video.path(FILE));
    assert_eq!(app.get(&path(&of_password)).await.status(), 200);
    assert_eq!(app.get(&path(&of_session)).await.status(), 200);
    video.forget_passwords(&app).await;
    assert_eq!(app.get(&path(&of_password)).await.status(), 403);
    assert_eq!(app.get(&path(&of_session)).await.status(), 200);
    app.clock.advance(std::time::Duration::from_secs(16 + 4 * 3600 + 1));
    assert_eq!(app.get(&path(&of_session)).await.status(), 403);
}

#[tokio::test]
async fn a_playlist_repeats_the_token_in_every_address_when_asked_to() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::published(&app, &owner, Privacy::Private).await;
    let person = principal(&app, &owner).await;
    let token = token(&app, &video, &Presented::viewer(Some(&person))).await;
    let plain = format!("{}?videoFileToken={token}", video.path("master.m3u8"));
    assert!(!app.get(&plain).await.text().await.unwrap().contains("videoFileToken"));
    // As a native player does it: nothing but addresses from here on.
    let url = app.url(&format!("{plain}&reinjectVideoFileToken=true"));
    let url: reqwest::Url = url.parse().unwrap();
    let text = app.client.get(url.clone()).send().await.unwrap().bytes().await.unwrap();
    let master = m3u8_rs::parse_master_playlist_res(&text).unwrap();
    for variant in &master.variants {
        let url = url.join(&variant.uri).unwrap();
        let response = app.client.get(url.clone()).send().await.unwrap();
        assert_eq!(response.status(), 200, "{url}");
        let text = response.bytes().await.unwrap();
        let media = m3u8_rs::parse_media_playlist_res(&text).unwrap();
        let init = media.segments[0].map.as_ref().unwrap();
        for uri in media.segments.iter().map(|segment| &segment.uri).chain([&init.uri]) {
            let url = url.join(uri).unwrap();
            let response = app.client.get(url).header("range", "bytes=0-9").send().await.unwrap();
            assert_eq!(response.status(), 206);
        }
    }
}

#[tokio::test]
async fn a_made_up_token_cannot_write_into_a_playlist() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::published(&app, &owner, Privacy::Private).await;
    // The session lets its holder in; the text in the token's place is not looked at.
    let query = "videoFileToken=x%22%0A%23EXT-X-ENDLIST%0Ahttps://evil.example/&reinjectVideoFileToken=true";
    let text = owner.get(&format!("{}?{query}", video.path("1080.m3u8"))).await.text().await;
    let text = text.unwrap();
    assert_eq!(text.matches("#EXT-X-ENDLIST").count(), 1, "{text}");
    assert!(!text.contains("https://evil"), "{text}");
}

#[tokio::test]
async fn what_is_not_available_yet_is_for_its_owner() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let other = app.user("bob").await;
    let video = Shelved::published(&app, &owner, Privacy::Public).await;
    video.change(&app, "available = 0").await;
    for name in EVERY_NAME {
        assert_eq!(app.get(&video.path(name)).await.status(), 404);
        let private = video.path_below("private/", name);
        assert_eq!(app.get(&private).await.status(), 404);
        assert_eq!(other.get(&private).await.status(), 404);
        assert_eq!(owner.get(&private).await.status(), 200);
    }
}

#[tokio::test]
async fn a_session_that_ended_is_told_so() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::published(&app, &owner, Privacy::Private).await;
    let request = app.client.get(app.url(&video.path(FILE))).bearer_auth("0".repeat(64));
    assert_eq!(request.send().await.unwrap().status(), 401);
    let nothing = format!("/static/streaming-playlists/hls/private/{}/x", Uuid::new_v4());
    assert_eq!(owner.get(&nothing).await.status(), 404);
}
