//! `/api/v1/users/me/history/videos`, `userHistory`, and who watches now.

use std::time::Duration;

use farandole::domain::Privacy;
use farandole::videos::views::flush;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::people::Person;
use crate::support::videos::TestVideo;

const HISTORY: &str = "/api/v1/users/me/history/videos";

async fn watch(app: &TestApp, person: &Person, video: &TestVideo, position: u64) {
    let answer = person.post_json(&video.path("/views"), &json!({ "currentTime": position })).await;
    assert_eq!(answer.status(), 204);
    flush(&app.app).await.unwrap();
    app.clock.advance(Duration::from_secs(1));
}

async fn names(person: &Person, query: &str) -> Vec<String> {
    let json: Value = person.get(&format!("{HISTORY}{query}")).await.json().await.unwrap();
    let videos = json["data"].as_array().unwrap_or_else(|| panic!("{json}"));
    videos.iter().map(|video| video["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn where_somebody_stopped_is_remembered_for_them_alone() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let first = app.video(&alice).name("first").publish().await;
    let second = app.video(&alice).name("second").publish().await;
    watch(&app, &bob, &first, 20).await;
    watch(&app, &bob, &second, 5).await;
    watch(&app, &bob, &first, 42).await;
    assert_eq!(names(&bob, "").await, ["first", "second"]);
    assert_eq!(names(&bob, "?count=1&start=1").await, ["second"]);
    assert_eq!(names(&bob, "?search=SEC").await, ["second"]);
    let page: Value = bob.get(&first.path("")).await.json().await.unwrap();
    assert_eq!(page["userHistory"], json!({ "currentTime": 42 }));
    let list: Value = bob.get("/api/v1/videos?sort=name").await.json().await.unwrap();
    assert_eq!(list["data"][1]["userHistory"], json!({ "currentTime": 5 }));
    for other in [alice.get(&first.path("")).await, app.get(&first.path("")).await] {
        assert_eq!(other.json::<Value>().await.unwrap()["userHistory"], Value::Null);
    }
    assert_eq!(names(&alice, "").await, Vec::<String>::new());
    // What they may not see any more is not shown.
    let private = json!({ "privacy": Privacy::Private.id() });
    assert_eq!(alice.put_json(&second.path(""), &private).await.status(), 204);
    assert_eq!(names(&bob, "").await, ["first"]);
}

#[tokio::test]
async fn people_can_have_what_they_watched_forgotten() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let mut videos = Vec::new();
    for name in ["a", "b", "c", "d"] {
        videos.push(app.video(&alice).name(name).publish().await);
        watch(&app, &bob, videos.last().unwrap(), 1).await;
    }
    let one = format!("{HISTORY}/{}", videos[0].uuid);
    assert_eq!(bob.delete(&one).await.status(), 204);
    assert_eq!(names(&bob, "").await, ["d", "c", "b"]);
    let before = app.app.now().minus(Duration::from_millis(1500)).rfc3339();
    let form = reqwest::multipart::Form::new().text("beforeDate", before);
    assert_eq!(bob.post_multipart(&format!("{HISTORY}/remove"), form).await.status(), 204);
    assert_eq!(names(&bob, "").await, ["d"]);
    let bad = json!({ "beforeDate": "yesterday" });
    assert_eq!(bob.post_json(&format!("{HISTORY}/remove"), &bad).await.status(), 400);
    assert_eq!(bob.post(&format!("{HISTORY}/remove")).await.status(), 204);
    assert_eq!(names(&bob, "").await, Vec::<String>::new());
    assert_eq!(bob.delete(&format!("{HISTORY}/4242")).await.status(), 404);
    assert_eq!(app.get(HISTORY).await.status(), 401);
}

#[tokio::test]
async fn nothing_is_remembered_of_people_who_do_not_want_it() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    let off = json!({ "videosHistoryEnabled": false });
    assert_eq!(bob.put_json("/api/v1/users/me", &off).await.status(), 204);
    watch(&app, &bob, &video, 20).await;
    assert_eq!(names(&bob, "").await, Vec::<String>::new());
}

#[tokio::test]
async fn those_who_watch_now_are_counted_for_half_a_minute() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    let viewers = async || {
        let json: Value = bob.get(&video.path("")).await.json().await.unwrap();
        json["viewers"].clone()
    };
    assert_eq!(viewers().await, 0);
    watch(&app, &bob, &video, 1).await;
    watch(&app, &bob, &video, 2).await;
    assert_eq!(viewers().await, 1, "one address is one viewer");
    app.clock.advance(Duration::from_secs(30));
    assert_eq!(viewers().await, 0);
}
