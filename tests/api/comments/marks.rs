use reqwest::Method;
use serde_json::Value;

use super::{policy, reply, texts, threads, write};
use crate::support::TestApp;

#[tokio::test]
async fn one_comment_stands_first_and_some_have_hearts() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    let (a, b, c) = (
        write(&bob, &video, "a").await,
        write(&bob, &video, "b").await,
        write(&bob, &video, "c").await,
    );
    let path = |one: &Value, mark: &str| video.path(&format!("/comments/{}/{mark}", one["id"]));
    let put = async |path: String| alice.request(Method::PUT, &path).send().await.unwrap().status();
    assert_eq!(put(path(&a, "pin")).await, 204);
    let list = threads(&app, None, &video, "").await;
    assert_eq!(texts(&list), ["a", "c", "b"]);
    assert_eq!(list["data"][0]["pinned"], true);
    assert_eq!(put(path(&b, "pin")).await, 204);
    assert_eq!(texts(&threads(&app, None, &video, "").await), ["b", "c", "a"]);
    assert_eq!(alice.delete(&path(&a, "pin")).await.status(), 204, "it was pinned no more");
    assert_eq!(texts(&threads(&app, None, &video, "sort=createdAt").await), ["b", "a", "c"]);
    assert_eq!(alice.delete(&path(&b, "pin")).await.status(), 204);
    assert_eq!(texts(&threads(&app, None, &video, "").await), ["c", "b", "a"]);
    let answer = reply(&bob, &video, &c, "answer").await;
    assert_eq!(put(path(&answer, "pin")).await, 409, "replies stay where they are");
    assert_eq!(put(path(&answer, "heart")).await, 204);
    assert_eq!(put(path(&c, "heart")).await, 204);
    let list = threads(&app, None, &video, "").await;
    assert_eq!(list["data"][0]["hearted"], true);
    assert_eq!(alice.delete(&path(&c, "heart")).await.status(), 204);
    assert_eq!(threads(&app, None, &video, "").await["data"][0]["hearted"], false);
    for mark in ["pin", "heart"] {
        assert_eq!(put(video.path(&format!("/comments/4242/{mark}"))).await, 404);
    }
}

#[tokio::test]
async fn what_is_not_shown_is_not_marked() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    policy(&alice, &video, 3).await;
    let held = write(&bob, &video, "held").await;
    for mark in ["pin", "heart"] {
        let path = video.path(&format!("/comments/{}/{mark}", held["id"]));
        let answer = alice.request(Method::PUT, &path).send().await.unwrap();
        assert_eq!(answer.status(), 409, "{mark}");
    }
}
