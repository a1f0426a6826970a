//! Passwords, file tokens, and how soon they end.

use std::time::Duration;

use farandole::db::sql;
use farandole::domain::Privacy;
use farandole::transact;
use serde_json::{Value, json};

use super::read::settings;
use crate::support::TestApp;
use crate::support::people::Person;
use crate::support::videos::TestVideo;

fn master(video: &TestVideo, token: &str) -> String {
    format!(
        "/static/streaming-playlists/hls/private/{}/{}-master.m3u8?videoFileToken={token}",
        video.uuid, video.generation
    )
}

async fn token_of(person: &Person, video: &TestVideo) -> String {
    let response = person.post(&video.path("/token")).await;
    assert_eq!(response.status(), 200);
    let json: Value = response.json().await.unwrap();
    json["files"]["token"].as_str().unwrap().to_owned()
}

async fn token_by_password(app: &TestApp, video: &TestVideo, password: &str) -> (u16, Value) {
    let request = app.client.post(app.url(&video.path("/token")));
    let response = request.header("x-peertube-video-password", password).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn status(app: &TestApp, path: &str) -> u16 {
    app.get(path).await.status().as_u16()
}

/// Waits until a path answers so; in the ten seconds that the rules allow.
async fn within_ten_seconds(app: &TestApp, path: &str, wanted: u16) {
    for _ in 0..100 {
        if status(app, path).await == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{path} does not answer {wanted}");
}

#[tokio::test]
async fn a_token_opens_the_files_of_one_video() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).privacy(Privacy::Private).publish().await;
    let other = app.video(&alice).privacy(Privacy::Private).publish().await;
    let response = alice.post(&video.path("/token")).await;
    let json: Value = response.json().await.unwrap();
    settings().bind(|| {
        insta::assert_json_snapshot!(json, { ".files.token" => "[token]" });
    });
    let token = json["files"]["token"].as_str().unwrap();
    assert_eq!(status(&app, &master(&video, token)).await, 200);
    assert_eq!(status(&app, &master(&other, token)).await, 403);
    let mut changed = token.to_owned();
    changed.replace_range(20..21, if &token[20..21] == "A" { "B" } else { "A" });
    for bad in [changed.as_str(), "nonsense", &token[..token.len() - 2]] {
        assert_eq!(status(&app, &master(&video, bad)).await, 403, "{bad}");
    }
}

#[tokio::test]
async fn a_token_lives_four_hours_longer_than_the_video() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    let video =
        app.video(&alice).privacy(Privacy::Internal).duration_ms(2 * 3_600_000).publish().await;
    let token = token_of(&alice, &video).await;
    app.clock.advance(hours(6) - Duration::from_secs(60));
    assert_eq!(status(&app, &master(&video, &token)).await, 200);
    app.clock.advance(Duration::from_secs(61));
    assert_eq!(status(&app, &master(&video, &token)).await, 403);
}

#[tokio::test]
async fn a_revoked_session_takes_its_tokens_with_it() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).privacy(Privacy::Internal).publish().await;
    let path = master(&video, &token_of(&alice, &video).await);
    assert_eq!(status(&app, &path).await, 200);
    assert_eq!(alice.post("/api/v1/users/revoke-token").await.status(), 200);
    within_ten_seconds(&app, &path, 403).await;
}

#[tokio::test]
async fn a_reset_password_ends_sessions_and_tokens_at_once() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).privacy(Privacy::Internal).publish().await;
    let path = master(&video, &token_of(&alice, &video).await);
    assert_eq!(status(&app, &path).await, 200);
    assert_eq!(alice.get("/api/v1/users/me").await.status(), 200);
    farandole::accounts::reset_password(&app.app, "alice", "another password").await.unwrap();
    assert_eq!(alice.get("/api/v1/users/me").await.status(), 401);
    assert_eq!(status(&app, &path).await, 403);
}

#[tokio::test]
async fn a_blocked_user_loses_their_tokens() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).privacy(Privacy::Internal).publish().await;
    let path = master(&video, &token_of(&bob, &video).await);
    assert_eq!(status(&app, &path).await, 200);
    // By another node, which tells this one nothing.
    transact!(app.app.db(), tx => {
        sql("UPDATE users SET blocked = 1 WHERE id = $1").int(bob.user_id).run(tx).await
    })
    .unwrap();
    within_ten_seconds(&app, &path, 403).await;
}

#[tokio::test]
async fn a_token_got_with_a_password_ends_with_it() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).passwords(&["sesame"]).publish().await;
    assert_eq!(token_by_password(&app, &video, "simsim").await.0, 403);
    let (code, json) = token_by_password(&app, &video, "sesame").await;
    assert_eq!(code, 200);
    let path = master(&video, json["files"]["token"].as_str().unwrap());
    assert_eq!(status(&app, &path).await, 200);
    let body = json!({ "passwords": ["sesame", "another"] });
    assert_eq!(alice.put_json(&video.path("/passwords"), &body).await.status(), 204);
    assert_eq!(status(&app, &path).await, 403, "at once on this node");
    assert_eq!(token_by_password(&app, &video, "sesame").await.0, 200);
}

#[tokio::test]
async fn a_new_privacy_ends_tokens_of_those_it_shuts_out() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).privacy(Privacy::Internal).publish().await;
    let bobs = master(&video, &token_of(&bob, &video).await);
    let own = master(&video, &token_of(&alice, &video).await);
    assert_eq!(alice.put_json(&video.path(""), &json!({ "privacy": 3 })).await.status(), 204);
    assert_eq!(status(&app, &bobs).await, 403);
    assert_eq!(status(&app, &own).await, 200);
}

#[tokio::test]
async fn who_may_not_watch_gets_no_token() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let private = app.video(&alice).privacy(Privacy::Private).publish().await;
    let public = app.video(&alice).publish().await;
    assert_eq!(bob.post(&private.path("/token")).await.status(), 403);
    let anonymous = async |video: &TestVideo| {
        app.client.post(app.url(&video.path("/token"))).send().await.unwrap().status()
    };
    assert_eq!(anonymous(&private).await, 401);
    assert_eq!(anonymous(&public).await, 401, "nobody to give it to, and nothing to open");
    assert_eq!(bob.post(&public.path("/token")).await.status(), 200);
    assert_eq!(bob.post("/api/v1/videos/4242/token").await.status(), 404);
    assert_eq!(bob.post("/api/v1/videos/nonsense/token").await.status(), 400);
}

#[tokio::test]
async fn passwords_are_listed_added_and_taken_away() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).passwords(&["first", "second"]).publish().await;
    let path = video.path("/passwords");
    assert_eq!(alice.post_json(&path, &json!({ "password": "third" })).await.status(), 204);
    let json: Value = alice.get(&path).await.json().await.unwrap();
    settings().bind(|| insta::assert_json_snapshot!(json));
    let page: Value = alice.get(&format!("{path}?start=1&count=1")).await.json().await.unwrap();
    assert_eq!((&page["total"], &page["data"][0]["password"]), (&json!(3), &json!("second")));
    for bad in [json!({}), json!({ "password": "x" }), json!({ "password": "third" })] {
        assert_eq!(alice.post_json(&path, &bad).await.status(), 400, "{bad}");
    }
    for bad in [json!([]), json!(["x"]), json!(["same", "same"])] {
        let body = json!({ "passwords": bad });
        assert_eq!(alice.put_json(&path, &body).await.status(), 400, "{body}");
    }
    assert_eq!(bob.get(&path).await.status(), 403);
    assert_eq!(app.get(&path).await.status(), 401);
    let one = json!({ "passwords": ["only"] });
    assert_eq!(alice.put_json(&path, &one).await.status(), 204);
    let json: Value = alice.get(&path).await.json().await.unwrap();
    let last = json["data"][0]["id"].as_i64().unwrap();
    assert_eq!(alice.delete(&format!("{path}/{last}")).await.status(), 400, "the last one stays");
    assert_eq!(alice.delete(&format!("{path}/987654")).await.status(), 404);
    assert_eq!(alice.post_json(&path, &json!({ "password": "more" })).await.status(), 204);
    assert_eq!(alice.delete(&format!("{path}/{last}")).await.status(), 204);
}

#[tokio::test]
async fn a_video_without_passwords_has_none_to_list() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let path = video.path("/passwords");
    assert_eq!(alice.get(&path).await.status(), 400);
    assert_eq!(alice.post_json(&path, &json!({ "password": "sesame" })).await.status(), 400);
    let mut conn = app.app.db().read().await.unwrap();
    let kept = sql("SELECT COUNT(*) AS n FROM video_passwords").one(&mut conn).await.unwrap();
    assert_eq!(kept.int("n").unwrap(), 0);
}
