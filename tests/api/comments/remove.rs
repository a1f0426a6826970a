use serde_json::Value;

use super::{counted, reply, texts, thread, threads, write};
use crate::support::TestApp;

#[tokio::test]
async fn a_mark_stays_while_there_are_replies() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    let first = write(&bob, &video, "first").await;
    let answer = reply(&alice, &video, &first, "answer").await;
    let path = |one: &Value| video.path(&format!("/comments/{}", one["id"]));
    assert_eq!(bob.delete(&path(&first)).await.status(), 204);
    assert_eq!(bob.delete(&path(&first)).await.status(), 409, "it is gone already");
    let list = threads(&app, None, &video, "").await;
    let mark = &list["data"][0];
    assert_eq!((mark["isDeleted"].clone(), mark["text"].clone()), (true.into(), "".into()));
    assert_eq!((mark["account"].clone(), mark["html"].clone()), (Value::Null, "".into()));
    assert!(mark["deletedAt"].is_string());
    assert_eq!(list["totalNotDeletedComments"], 1);
    assert_eq!(counted(&bob, &video).await, 1);
    let tree = thread(&app, None, &video, &first).await;
    assert_eq!(tree["children"][0]["comment"]["text"], "answer");
    // Nobody answers what is gone.
    let body = serde_json::json!({ "text": "x" });
    assert_eq!(alice.post_json(&path(&first), &body).await.status(), 409);
    assert_eq!(alice.delete(&path(&answer)).await.status(), 204);
    assert_eq!(threads(&app, None, &video, "").await["total"], 0);
    assert_eq!(bob.delete(&path(&first)).await.status(), 404, "the mark went with the reply");
    assert_eq!(counted(&bob, &video).await, 0);
}

#[tokio::test]
async fn comments_go_with_accounts_channels_and_videos() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let root = app.root().await;
    let video = app.video(&alice).publish().await;
    let theirs = app.video(&bob).publish().await;
    let first = write(&bob, &video, "bob's").await;
    reply(&alice, &video, &first, "alice's").await;
    write(&bob, &video, "alone").await;
    write(&alice, &theirs, "gone with the video").await;
    let before: Value =
        root.get(&format!("/api/v1/users/{}", bob.user_id)).await.json().await.unwrap();
    let stats = root.get(&format!("/api/v1/users/{}?withStats=true", bob.user_id)).await;
    let stats: Value = stats.json().await.unwrap();
    assert_eq!(before["videoCommentsCount"], Value::Null);
    assert_eq!(stats["videoCommentsCount"], 2);
    let removed = root.delete(&format!("/api/v1/users/{}", bob.user_id)).await;
    assert_eq!(removed.status(), 204);
    let list = threads(&app, None, &video, "").await;
    assert_eq!(texts(&list), [""], "the one with a reply left a mark");
    assert_eq!(list["data"][0]["account"], Value::Null);
    assert_eq!(counted(&alice, &video).await, 1);
    assert_eq!(app.get(&theirs.path("/comment-threads")).await.status(), 404);
    let tree = thread(&app, None, &video, &first).await;
    assert_eq!(tree["children"][0]["comment"]["text"], "alice's");
}

#[tokio::test]
async fn what_is_held_is_removed_as_well() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    super::policy(&alice, &video, 3).await;
    let one = write(&bob, &video, "never mind").await;
    let path = video.path(&format!("/comments/{}", one["id"]));
    assert_eq!(bob.delete(&path).await.status(), 204);
    assert_eq!(threads(&app, Some(&alice), &video, "").await["total"], 0);
    assert_eq!(alice.post(&format!("{path}/approve")).await.status(), 404);
    assert_eq!(counted(&bob, &video).await, 0);
}
