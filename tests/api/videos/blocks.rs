//! `/api/v1/videos/{id}/blacklist` and `/api/v1/videos/blacklist`.

use std::time::Duration;

use farandole::db::changes::{self, ChangeKind};
use farandole::db::{DbError, sql};
use farandole::domain::{NotifyEvent, Privacy};
use farandole::notify;
use farandole::tracker::protocol::Id;
use farandole::transact;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::read::settings;
use crate::support::TestApp;
use crate::support::people::Person;
use crate::support::videos::TestVideo;

const LIST: &str = "/api/v1/videos/blacklist";

async fn block(by: &Person, video: &TestVideo, reason: &str) -> StatusCode {
    by.post_json(&video.path("/blacklist"), &json!({ "reason": reason })).await.status()
}

async fn listed(by: &Person, query: &str) -> Vec<Value> {
    let answer = by.get(&format!("{LIST}{query}")).await;
    assert_eq!(answer.status(), 200, "{query}");
    let page: Value = answer.json().await.unwrap();
    let data = page["data"].as_array().unwrap().clone();
    assert!(page["total"].as_i64().unwrap() >= data.len() as i64);
    data
}

async fn names(by: &Person, query: &str) -> Vec<String> {
    let name = |one: &Value| one["video"]["name"].as_str().unwrap().to_owned();
    listed(by, query).await.iter().map(name).collect()
}

async fn total(app: &TestApp, path: &str) -> i64 {
    let page: Value = app.get(path).await.json().await.unwrap();
    page["total"].as_i64().unwrap()
}

async fn told(by: &Person) -> Vec<Value> {
    let page: Value = by.get("/api/v1/users/me/notifications").await.json().await.unwrap();
    page["data"].as_array().unwrap().clone()
}

/// What the latest statement of reasons says, and whether it is in force.
async fn statement(to: &Person) -> Value {
    let page: Value = to.get("/api/v1/users/me/statements").await.json().await.unwrap();
    let one = &page["data"][0];
    json!([one["act"], one["label"], one["reason"], one["inForce"]])
}

async fn block_id(app: &TestApp, video_id: i64) -> i64 {
    let mut conn = app.app.db().read().await.unwrap();
    let row = sql("SELECT id FROM video_blocks WHERE video_id = $1").int(video_id);
    row.one(&mut conn).await.unwrap().int("id").unwrap()
}

/// As when it is transcoded.
async fn made(app: &TestApp, id: i64) {
    let now = app.app.now();
    let outcome: Result<(), DbError> = transact!(app.app.db(), tx => {
        sql("UPDATE videos SET available = 1, state = 1 WHERE id = $1").int(id).run(tx).await?;
        changes::record(tx, ChangeKind::Video, id, now).await
    });
    outcome.unwrap();
}

#[tokio::test]
async fn nothing_of_a_blocked_video_is_given_to_others() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let video = app.video(&alice).name("Boats").publish().await;
    let hls = format!("/static/streaming-playlists/hls/{}/{}-master.m3u8", video.uuid, video.uuid);
    let shown: Value = app.get(&video.path("")).await.json().await.unwrap();
    let playlist = shown["streamingPlaylists"][0]["playlistUrl"].as_str().unwrap();
    let playlist =
        playlist.split_once("/static/").map_or(hls, |(_, rest)| format!("/static/{rest}"));
    let file =
        format!("/static/streaming-playlists/hls/{}/{}/240.mp4", video.uuid, video.generation);
    let picture = format!("/lazy-static/thumbnails/{}", video.thumbnail);
    let mut paths: Vec<String> =
        ["", "/description", "/captions", "/chapters", "/storyboards", "/comment-threads"]
            .into_iter()
            .map(|rest| video.path(rest))
            .collect();
    paths.extend([playlist, file, picture]);
    let before: Vec<u16> = {
        let mut statuses = Vec::new();
        for path in &paths {
            statuses.push(app.get(path).await.status().as_u16());
        }
        statuses
    };
    assert_eq!(&before[..7], [200; 7], "{paths:?}");
    assert_eq!(block(&moderator, &video, "Stolen").await, 204);
    for path in &paths {
        for answer in [app.get(path).await, bob.get(path).await] {
            let status = answer.status().as_u16();
            assert!(matches!(status, 403 | 404), "{path}: {status}");
        }
    }
    let refused: Value = bob.get(&video.path("")).await.json().await.unwrap();
    assert_eq!((&refused["status"], &refused["code"]), (&json!(403), &json!("video_blocked")));
    let comment = json!({ "text": "First" });
    assert_eq!(bob.post_json(&video.path("/comment-threads"), &comment).await.status(), 403);
    assert_eq!(bob.post(&video.path("/token")).await.status(), 403);
    let page = app.get(&format!("/w/{}", video.uuid)).await;
    assert!(!page.text().await.unwrap().contains("Boats"), "the page says nothing of it");
    assert_eq!(total(&app, "/api/v1/videos").await, 0);
    assert_eq!(total(&app, "/api/v1/accounts/alice/videos").await, 0);
    assert_eq!(bob.get("/feeds/videos.json").await.text().await.unwrap().find("Boats"), None);

    for person in [&alice, &moderator] {
        let own: Value = person.get(&video.path("")).await.json().await.unwrap();
        assert_eq!(
            (&own["blacklisted"], &own["blacklistedReason"], &own["blacklistedType"]),
            (&json!(true), &json!("Stolen"), &json!(1))
        );
    }
    let mine: Value = alice.get("/api/v1/users/me/videos").await.json().await.unwrap();
    assert_eq!(mine["data"][0]["blacklistedReason"], "Stolen");
    let all: Value = moderator.get("/api/v1/videos?include=2").await.json().await.unwrap();
    assert_eq!(all["total"], 1, "moderators may list it");

    assert_eq!(moderator.delete(&video.path("/blacklist")).await.status(), 204);
    for (path, status) in paths.iter().zip(before) {
        assert_eq!(app.get(path).await.status().as_u16(), status, "{path}");
    }
    assert_eq!(total(&app, "/api/v1/videos").await, 1);
}

#[tokio::test]
async fn the_swarms_of_a_blocked_video_end() {
    let app = TestApp::start().await;
    let (alice, moderator) = (app.user("alice").await, app.moderator("mod").await);
    let video = app.video(&alice).publish().await;
    let shown: Value = app.get(&video.path("")).await.json().await.unwrap();
    let hash = shown["streamingPlaylists"][0]["p2p"]["infoHashes"][0].as_str().unwrap().to_owned();
    let hash: Vec<u8> = hash.chars().map(|c| c as u8).collect();
    let hash = Id(hash.try_into().unwrap());
    let ends_as = async |wanted: bool| {
        for _ in 0..100 {
            if app.app.tracker().directory().find(&hash, None).is_some() == wanted {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    };
    assert!(ends_as(true).await);
    assert_eq!(block(&moderator, &video, "Stolen").await, 204);
    assert!(ends_as(false).await);
    assert_eq!(moderator.delete(&video.path("/blacklist")).await.status(), 204);
    assert!(ends_as(true).await);
}

#[tokio::test]
async fn a_blocked_video_is_listed_with_what_was_said_of_it() {
    let app = TestApp::start().await;
    let (alice, moderator) = (app.user("alice").await, app.moderator("mod").await);
    let video = app.video(&alice).name("Boats").publish().await;
    let other = app.video(&alice).name("Éclairs").publish().await;
    let body = json!({ "reason": "Stolen", "internalNote": "Second time", "unfederate": true });
    assert_eq!(moderator.post_json(&video.path("/blacklist"), &body).await.status(), 204);
    assert_eq!(moderator.post_json(&video.path("/blacklist"), &body).await.status(), 409);
    let answer: Value = moderator.get(LIST).await.json().await.unwrap();
    settings().bind(|| insta::assert_json_snapshot!("blocklist", answer));
    assert_eq!(moderator.post(&other.path("/blacklist")).await.status(), 204, "without a body");
    assert_eq!(names(&moderator, "?sort=name").await, ["Boats", "Éclairs"]);
    assert_eq!(names(&moderator, "?sort=-createdAt").await, ["Éclairs", "Boats"]);
    assert_eq!(names(&moderator, "?search=eclair").await, ["Éclairs"]);
    assert_eq!(names(&moderator, "?search=alice&sort=id").await, ["Boats", "Éclairs"]);
    assert_eq!(names(&moderator, "?start=1&count=1&sort=id").await, ["Éclairs"]);
    assert!(listed(&moderator, "?type=2").await.is_empty());
    for bad in ["?type=3", "?type=x", "?sort=reason"] {
        assert_eq!(moderator.get(&format!("{LIST}{bad}")).await.status(), 400, "{bad}");
    }
    let change = json!({ "reason": "Stolen from Bob", "internalNote": null });
    assert_eq!(moderator.put_json(&video.path("/blacklist"), &change).await.status(), 204);
    let first = &listed(&moderator, "?sort=id").await[0];
    assert_eq!(
        (&first["reason"], &first["internalNote"]),
        (&json!("Stolen from Bob"), &json!(null))
    );
    let own: Value = alice.get(&video.path("")).await.json().await.unwrap();
    assert_eq!(own["blacklistedReason"], "Stolen from Bob");
    assert!(own.get("internalNote").is_none());
}

#[tokio::test]
async fn only_moderators_block_and_only_what_is_there() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let video = app.video(&alice).publish().await;
    let path = video.path("/blacklist");
    for person in [&alice, &bob] {
        assert_eq!(block(person, &video, "Stolen").await, 403);
        assert_eq!(person.put_json(&path, &json!({})).await.status(), 403);
        assert_eq!(person.delete(&path).await.status(), 403);
        assert_eq!(person.get(LIST).await.status(), 403);
    }
    assert_eq!(app.get(LIST).await.status(), 401);
    assert_eq!(app.client.post(app.url(&path)).send().await.unwrap().status(), 401);
    assert_eq!(moderator.put_json(&path, &json!({})).await.status(), 404, "not blocked");
    assert_eq!(moderator.delete(&path).await.status(), 404, "not blocked");
    let nowhere = "/api/v1/videos/999999/blacklist";
    assert_eq!(moderator.post(nowhere).await.status(), 404);
    assert_eq!(moderator.post("/api/v1/videos/nonsense/blacklist").await.status(), 400);
    for reason in ["x", &"x".repeat(301)] {
        assert_eq!(block(&moderator, &video, reason).await, 400, "{reason}");
    }
    let wrong = json!({ "reason": 7 });
    assert_eq!(moderator.post_json(&path, &wrong).await.status(), 400);
    assert!(listed(&moderator, "").await.is_empty());
}

#[tokio::test]
async fn owners_hear_of_blocks_and_the_log_keeps_them() {
    let app = TestApp::start().await;
    let (alice, moderator) = (app.user("alice").await, app.moderator("mod").await);
    let video = app.video(&alice).name("Boats").publish().await;
    assert_eq!(block(&moderator, &video, "Stolen").await, 204);
    let block_id = block_id(&app, video.id).await;
    for _ in 0..2 {
        notify::deliver(&app.app, NotifyEvent::VideoBlocked { block_id }).await.unwrap();
    }
    let heard = told(&alice).await;
    assert_eq!((heard.len(), &heard[0]["type"]), (1, &json!(4)));
    let about = &heard[0]["videoBlacklist"];
    assert_eq!((&about["reason"], &about["id"]), (&json!("Stolen"), &json!(block_id)));
    assert_eq!(about["video"]["name"], "Boats");
    assert!(told(&moderator).await.is_empty());
    assert_eq!(statement(&alice).await, json!(["video-blocked", "Boats", "Stolen", true]));
    assert_eq!(moderator.delete(&video.path("/blacklist")).await.status(), 204);
    let event = NotifyEvent::VideoUnblocked { video_id: video.id, block_id };
    notify::deliver(&app.app, event).await.unwrap();
    assert_eq!(told(&alice).await[0]["type"], 5);
    assert_eq!(statement(&alice).await, json!(["video-blocked", "Boats", "Stolen", false]));
    notify::deliver(&app.app, NotifyEvent::VideoBlocked { block_id }).await.unwrap();
    assert_eq!(told(&alice).await.len(), 2, "what is over is told to nobody");
    let log: Value = moderator.get("/api/v1/moderation/audit").await.json().await.unwrap();
    let deeds: Vec<_> =
        log["data"].as_array().unwrap().iter().map(|row| &row["decision"]).collect();
    assert_eq!(deeds, ["video-unblocked", "video-blocked"]);
    let row = &log["data"][1];
    assert_eq!((&row["note"], &row["actor"]), (&json!("Stolen"), &json!("mod")));
    assert_eq!((&row["author"], &row["text"]), (&json!("alice"), &json!("Boats")));
}

async fn first_looks() -> TestApp {
    TestApp::start_with(|config| config.moderation.hold_new_videos = true).await
}

#[tokio::test]
async fn new_videos_wait_for_a_first_look_when_the_instance_wants_that() {
    let app = first_looks().await;
    let (alice, moderator) = (app.user("alice").await, app.moderator("mod").await);
    let config: Value = app.get("/api/v1/config").await.json().await.unwrap();
    assert_eq!(config["autoBlacklist"]["videos"]["ofUsers"]["enabled"], true);
    let new = alice.upload("good.mp4", &[("name", "Boats"), ("privacy", "1")]).await;
    let id = new["id"].as_i64().unwrap();
    made(&app, id).await;
    let path = format!("/api/v1/videos/{}", new["uuid"].as_str().unwrap());
    assert_eq!(app.get(&path).await.status(), 404, "as if it were not made yet");
    let own: Value = alice.get(&path).await.json().await.unwrap();
    assert_eq!((&own["blacklisted"], &own["blacklistedType"]), (&json!(true), &json!(2)));
    assert_eq!(names(&moderator, "?type=2").await, ["Boats"]);
    let block_id = block_id(&app, id).await;
    notify::deliver(&app.app, NotifyEvent::VideoBlocked { block_id }).await.unwrap();
    assert_eq!(told(&moderator).await[0]["type"], 12);
    assert_eq!(told(&moderator).await[0]["videoBlacklist"]["video"]["name"], "Boats");
    assert!(told(&alice).await.is_empty());
    let before: Value = alice.get(&path).await.json().await.unwrap();
    app.clock.advance(Duration::from_secs(3600));
    assert_eq!(moderator.delete(&format!("{path}/blacklist")).await.status(), 204);
    let shown: Value = app.get(&path).await.json().await.unwrap();
    assert_eq!(shown["blacklisted"], false);
    assert_ne!(
        shown["publishedAt"], before["publishedAt"],
        "it was published when it was let pass"
    );
    // What was looked at does not wait again.
    for privacy in [3, 1] {
        let body = json!({ "privacy": privacy });
        assert_eq!(alice.put_json(&path, &body).await.status(), 204);
    }
    assert_eq!(app.get(&path).await.status(), 200);
}

#[tokio::test]
async fn a_refused_first_look_becomes_a_block_with_a_reason() {
    let app = first_looks().await;
    let (alice, moderator) = (app.user("alice").await, app.moderator("mod").await);
    let new = alice.upload("good.mp4", &[("privacy", "1")]).await;
    let path = format!("/api/v1/videos/{}", new["uuid"].as_str().unwrap());
    let body = json!({ "reason": "Not a walk" });
    let refused = moderator.post_json(&format!("{path}/blacklist"), &body).await;
    assert_eq!(refused.status(), 204);
    assert_eq!(app.get(&path).await.status(), 403);
    assert_eq!(names(&moderator, "?type=1").await.len(), 1);
    assert_eq!(statement(&alice).await[0], "video-blocked", "in the place of the first look");
    assert!(names(&moderator, "?type=2").await.is_empty());
}

#[tokio::test]
async fn private_videos_wait_when_they_are_opened_and_trusted_people_never() {
    let app = first_looks().await;
    let (alice, moderator) = (app.user("alice").await, app.moderator("mod").await);
    let ann = app.user_with("ann", |new| new.admin_flags = 1).await;
    for trusted in [&ann, &moderator] {
        trusted.upload("good.mp4", &[("privacy", "1")]).await;
    }
    assert!(listed(&moderator, "").await.is_empty());
    let video = app.video(&alice).privacy(Privacy::Private).publish().await;
    assert!(listed(&moderator, "").await.is_empty(), "nobody but her sees it");
    let open = json!({ "privacy": 1 });
    assert_eq!(alice.put_json(&video.path(""), &open).await.status(), 204);
    assert_eq!(app.get(&video.path("")).await.status(), 404);
    assert_eq!(listed(&moderator, "?type=2").await.len(), 1);
    // What is public already stays so.
    let old = app.video(&alice).publish().await;
    let rename = json!({ "name": "Older boats", "privacy": 2 });
    assert_eq!(alice.put_json(&old.path(""), &rename).await.status(), 204);
    assert_eq!(app.get(&format!("/api/v1/videos/{}", old.uuid)).await.status(), 200);
}

#[tokio::test]
async fn a_block_and_a_held_title_hide_a_video_until_both_are_settled() {
    let app = TestApp::start().await;
    let (alice, root) = (app.user("alice").await, app.root().await);
    let video = app.video(&alice).publish().await;
    root.word_list("", "hold", &["cabbage"]).await;
    // An edit that waits does not hide what is public; a block over it does, and only as long as
    // it is there.
    let edit = json!({ "name": "Old cabbage" });
    assert_eq!(alice.put_json(&video.path(""), &edit).await.status(), 204);
    assert_eq!(app.get(&video.path("")).await.status(), 200);
    assert_eq!(block(&root, &video, "Stolen").await, 204);
    assert_eq!(root.delete(&video.path("/blacklist")).await.status(), 204);
    assert_eq!(app.get(&video.path("")).await.status(), 200);
    // Edited while it is blocked, it is hidden for two reasons.
    assert_eq!(block(&root, &video, "Stolen").await, 204);
    let edit = json!({ "description": "More cabbage" });
    assert_eq!(alice.put_json(&video.path(""), &edit).await.status(), 204);
    assert_eq!(root.delete(&video.path("/blacklist")).await.status(), 204);
    assert_eq!(app.get(&video.path("")).await.status(), 404);
    let queue: Value = root.get("/api/v1/moderation/queue").await.json().await.unwrap();
    for item in queue["data"].as_array().unwrap() {
        let body = json!({ "ids": [item["id"]], "decision": "release" });
        assert_eq!(root.post_json("/api/v1/moderation/decisions", &body).await.status(), 200);
    }
    assert_eq!(app.get(&video.path("")).await.status(), 200);
}
