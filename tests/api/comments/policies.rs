use serde_json::{Value, json};

use super::{policy, send, threads, write};
use crate::support::TestApp;

#[tokio::test]
async fn where_comments_are_off_there_are_none() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    let one = write(&bob, &video, "early").await;
    policy(&alice, &video, 2).await;
    for person in [&bob, &alice] {
        let answer = send(person, &video, "x").await;
        assert_eq!(answer.status(), 409);
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["code"], "comments_disabled");
        let path = video.path(&format!("/comments/{}", one["id"]));
        assert_eq!(person.post_json(&path, &json!({ "text": "x" })).await.status(), 409);
    }
    let list = threads(&app, Some(&bob), &video, "").await;
    assert_eq!(list, json!({ "total": 0, "totalNotDeletedComments": 0, "data": [] }));
    let path = video.path(&format!("/comment-threads/{}", one["id"]));
    assert_eq!(app.get(&path).await.status(), 404);
    policy(&alice, &video, 1).await;
    assert_eq!(threads(&app, None, &video, "").await["total"], 1, "nothing was lost");
}

#[tokio::test]
async fn a_channel_says_how_its_videos_begin() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let channel = format!("/api/v1/video-channels/{}", alice.channel_name);
    let shown: Value = app.get(&channel).await.json().await.unwrap();
    assert_eq!(shown["commentsPolicy"], 1);
    assert_eq!(shown["commentsSlowModeSeconds"], 0);
    let change = json!({ "commentsPolicy": 3, "commentsSlowModeSeconds": 60 });
    assert_eq!(bob.put_json(&channel, &change).await.status(), 403);
    assert_eq!(alice.put_json(&channel, &change).await.status(), 204);
    let shown: Value = app.get(&channel).await.json().await.unwrap();
    assert_eq!(shown["commentsPolicy"], 3);
    assert_eq!(shown["commentsSlowModeSeconds"], 60);
    for bad in [
        json!({ "commentsPolicy": 4 }),
        json!({ "commentsPolicy": 0 }),
        json!({ "commentsSlowModeSeconds": -1 }),
        json!({ "commentsSlowModeSeconds": 86_401 }),
        json!({ "commentsSlowModeSeconds": "x" }),
    ] {
        assert_eq!(alice.put_json(&channel, &bad).await.status(), 400, "{bad}");
    }
    // What is not named stays.
    let name = json!({ "displayName": "Other" });
    assert_eq!(alice.put_json(&channel, &name).await.status(), 204);
    let shown: Value = app.get(&channel).await.json().await.unwrap();
    assert_eq!(
        (shown["commentsPolicy"].clone(), shown["displayName"].clone()),
        (json!(3), json!("Other"))
    );
}
