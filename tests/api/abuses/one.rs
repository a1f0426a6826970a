//! `PUT` and `DELETE /api/v1/abuses/{abuseId}`.

use serde_json::json;

use super::{PATH, listed, reported};
use crate::support::TestApp;

#[tokio::test]
async fn moderators_decide_and_note() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let video = app.video(&alice).publish().await;
    let path = format!("{PATH}/{}", reported(&bob, &video).await);
    let put = async |body| moderator.put_json(&path, &body).await.status().as_u16();
    assert_eq!(put(json!({ "state": 2, "moderationComment": "Theirs indeed" })).await, 204);
    let shown = listed(&moderator, PATH).await.remove(0);
    assert_eq!(shown["state"], json!({ "id": 2, "label": "Rejected" }));
    assert_eq!(shown["moderationComment"], "Theirs indeed");
    // What is not said stays; null takes a note away.
    assert_eq!(put(json!({ "state": 3 })).await, 204);
    assert_eq!(listed(&moderator, PATH).await[0]["moderationComment"], "Theirs indeed");
    assert_eq!(put(json!({ "moderationComment": null })).await, 204);
    let shown = listed(&moderator, PATH).await.remove(0);
    assert_eq!((&shown["state"]["id"], &shown["moderationComment"]), (&json!(3), &json!(null)));
    for wrong in
        [json!({ "state": 0 }), json!({ "state": "x" }), json!({ "moderationComment": "x" })]
    {
        assert_eq!(put(wrong.clone()).await, 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_removed_report_is_gone() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let root = app.root().await;
    let video = app.video(&alice).publish().await;
    let path = format!("{PATH}/{}", reported(&bob, &video).await);
    let text = json!({ "message": "Which part of it?" });
    assert_eq!(root.post_json(&format!("{path}/messages"), &text).await.status(), 200);
    assert_eq!(root.delete(&path).await.status(), 204);
    assert_eq!(root.delete(&path).await.status(), 404);
    assert_eq!(root.put_json(&path, &json!({ "state": 2 })).await.status(), 404);
    assert!(listed(&bob, "/api/v1/users/me/abuses").await.is_empty());
}

#[tokio::test]
async fn nobody_else_decides() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    let path = format!("{PATH}/{}", reported(&bob, &video).await);
    let accept = json!({ "state": 3 });
    for person in [&alice, &bob] {
        assert_eq!(person.put_json(&path, &accept).await.status(), 403);
        assert_eq!(person.delete(&path).await.status(), 403);
    }
    let nobody = app.client.put(app.url(&path)).json(&accept).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    assert_eq!(app.client.delete(app.url(&path)).send().await.unwrap().status(), 401);
}
