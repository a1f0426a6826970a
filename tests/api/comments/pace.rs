use std::time::Duration;

use serde_json::{Value, json};

use super::{change, send, write};
use crate::support::{Person, TestApp};

async fn slow(owner: &Person, path: &str, seconds: Value) {
    let change = json!({ "commentsSlowModeSeconds": seconds });
    assert_eq!(owner.put_json(path, &change).await.status(), 204);
}

#[tokio::test]
async fn slow_mode_keeps_people_apart_from_themselves() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let eve = app.user("eve").await;
    let video = app.video(&alice).publish().await;
    let other = app.video(&alice).publish().await;
    slow(&alice, &video.path(""), json!(30)).await;
    let shown: Value = bob.get(&video.path("")).await.json().await.unwrap();
    assert_eq!(shown["commentsSlowModeSeconds"], 30);
    write(&bob, &video, "one").await;
    let refused = send(&bob, &video, "two").await;
    assert_eq!(refused.status(), 429);
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["code"], "comment_slow_mode");
    write(&eve, &video, "somebody else").await;
    write(&bob, &other, "somewhere else").await;
    for _ in 0..3 {
        write(&alice, &video, "the owner").await;
    }
    app.clock.advance(Duration::from_secs(30));
    write(&bob, &video, "two").await;
    assert_eq!(send(&bob, &video, "three").await.status(), 429);
    slow(&alice, &video.path(""), json!(0)).await;
    write(&bob, &video, "three").await;
}

#[tokio::test]
async fn a_channel_is_slow_where_its_videos_do_not_say_otherwise() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    let channel = format!("/api/v1/video-channels/{}", alice.channel_name);
    slow(&alice, &channel, json!(60)).await;
    let shown: Value = bob.get(&video.path("")).await.json().await.unwrap();
    assert_eq!(shown["commentsSlowModeSeconds"], 60);
    write(&bob, &video, "one").await;
    assert_eq!(send(&bob, &video, "two").await.status(), 429);
    slow(&alice, &video.path(""), json!(0)).await;
    write(&bob, &video, "two").await;
    slow(&alice, &video.path(""), Value::Null).await;
    assert_eq!(send(&bob, &video, "three").await.status(), 429, "as the channel again");
    for bad in [json!(-1), json!(86_401), json!("x")] {
        let change = json!({ "commentsSlowModeSeconds": bad });
        assert_eq!(alice.put_json(&video.path(""), &change).await.status(), 400, "{bad}");
    }
}

#[tokio::test]
async fn a_minute_holds_so_many_comments_of_a_person() {
    let app = TestApp::start_with(|config| config.comments.per_person = 3).await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    let one = write(&bob, &video, "one").await;
    write(&bob, &video, "two").await;
    assert_eq!(change(&bob, &video, &one, "uno").await.status(), 200, "edits count too");
    let refused = send(&bob, &video, "three").await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["code"], "comment_throttled");
    assert_eq!(change(&bob, &video, &one, "eins").await.status(), 429);
    write(&alice, &video, "somebody else").await;
    // What is no comment, and what is not allowed, counts for nothing.
    assert_eq!(send(&alice, &video, "").await.status(), 400);
    app.clock.advance(Duration::from_secs(61));
    write(&bob, &video, "three").await;
}

#[tokio::test]
async fn a_minute_holds_so_many_comments_of_an_address() {
    let app = TestApp::start_with(|config| config.comments.per_address = 3).await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    write(&bob, &video, "one").await;
    write(&alice, &video, "two").await;
    write(&bob, &video, "three").await;
    assert_eq!(send(&alice, &video, "four").await.status(), 429);
    app.clock.advance(Duration::from_secs(61));
    write(&alice, &video, "four").await;
}
