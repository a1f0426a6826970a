use std::time::Duration;

use serde_json::{Value, json};

use super::{comment, told};
use crate::api::users::redacted;
use crate::support::TestApp;

#[tokio::test]
async fn a_notification_has_every_field_of_the_schema() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    comment(&app, &bob, &video, None, "Lovely").await;
    let list = told(&alice, "").await;
    assert_eq!(list["total"], 1);
    let mut settings = redacted();
    settings.add_redaction(".**.uuid", "[uuid]");
    settings.add_redaction(".**.shortUUID", "[uuid]");
    settings.add_redaction(".**.threadId", "[id]");
    settings.bind(|| insta::assert_json_snapshot!("notification", list["data"][0]));
}

#[tokio::test]
async fn they_are_seen_one_by_one_or_all_at_once() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    for _ in 0..3 {
        comment(&app, &bob, &video, None, "Lovely").await;
    }
    comment(&app, &alice, &video, None, "Dear @bob").await;
    let list = told(&alice, "unread=true").await;
    assert_eq!(list["total"], 3);
    let ids: Vec<Value> =
        list["data"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    assert!(ids[0].as_i64() > ids[1].as_i64(), "latest first: {ids:?}");
    let seen = json!({ "ids": [ids[1]] });
    let path = "/api/v1/users/me/notifications/read";
    // Somebody else cannot mark them.
    assert_eq!(bob.post_json(path, &seen).await.status(), 204);
    assert_eq!(told(&alice, "unread=true&count=0").await["total"], 3);
    assert_eq!(alice.post_json(path, &seen).await.status(), 204);
    assert_eq!(told(&alice, "unread=true&count=0").await["total"], 2);
    let read = told(&alice, "unread=false").await;
    assert_eq!((read["total"].clone(), read["data"][0]["id"].clone()), (json!(1), ids[1].clone()));
    assert_eq!(read["data"][0]["read"], true);
    assert_eq!(alice.post("/api/v1/users/me/notifications/read-all").await.status(), 204);
    assert_eq!(told(&alice, "unread=true").await["total"], 0);
    assert_eq!(told(&bob, "unread=true").await["total"], 1, "those of others are left alone");
}

#[tokio::test]
async fn they_are_paged_filtered_and_sorted() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    let theirs = app.video(&bob).publish().await;
    for _ in 0..4 {
        comment(&app, &bob, &video, None, "Lovely").await;
    }
    comment(&app, &bob, &theirs, None, "See here, @alice").await;
    assert_eq!(told(&alice, "typeOneOf=11").await["total"], 1);
    assert_eq!(told(&alice, "typeOneOf=2&typeOneOf=11").await["total"], 5);
    assert_eq!(told(&alice, "typeOneOf[]=2").await["total"], 4);
    assert_eq!(told(&alice, "typeOneOf=1").await["total"], 0);
    let ids = |list: Value| -> Vec<i64> {
        list["data"].as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect()
    };
    let all = ids(told(&alice, "sort=createdAt").await);
    let mut paged = Vec::new();
    for start in 0..5 {
        paged.extend(ids(told(&alice, &format!("sort=createdAt&start={start}&count=1")).await));
    }
    assert_eq!(paged, all);
    let mut latest = ids(told(&alice, "sort=-createdAt").await);
    latest.reverse();
    assert_eq!(latest, all);
}

#[tokio::test]
async fn what_is_malformed_or_anonymous_is_refused() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    for query in ["unread=perhaps", "typeOneOf=x", "start=-1", "count=101", "sort=type"] {
        let path = format!("/api/v1/users/me/notifications?{query}");
        assert_eq!(alice.get(&path).await.status(), 400, "{query}");
    }
    assert_eq!(app.get("/api/v1/users/me/notifications").await.status(), 401);
    let path = "/api/v1/users/me/notifications/read";
    for body in [json!({}), json!({ "ids": "all" }), json!({ "ids": [1.5] }), json!([1])] {
        assert_eq!(alice.post_json(path, &body).await.status(), 400, "{body}");
    }
    let many: Vec<i64> = (0..1_001).collect();
    assert_eq!(alice.post_json(path, &json!({ "ids": many })).await.status(), 400);
    for path in [path, "/api/v1/users/me/notifications/read-all"] {
        let body = json!({ "ids": [1] });
        let answer = app.client.post(app.url(path)).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
    }
}

#[tokio::test]
async fn old_ones_are_forgotten() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    comment(&app, &bob, &video, None, "Lovely").await;
    app.clock.advance(Duration::from_secs(179 * 24 * 3600));
    farandole::notify::sweep(&app.app).await.unwrap();
    let alice = app.sign_in("alice").await;
    assert_eq!(told(&alice, "").await["total"], 1);
    app.clock.advance(Duration::from_secs(2 * 24 * 3600));
    farandole::notify::sweep(&app.app).await.unwrap();
    let alice = app.sign_in("alice").await;
    assert_eq!(told(&alice, "").await["total"], 0);
}
