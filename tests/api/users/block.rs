//! `POST /api/v1/users/{id}/block` and `…/unblock`.

use serde_json::{Value, json};

use crate::support::TestApp;

#[tokio::test]
async fn a_blocked_user_is_out_at_once_and_comes_back_when_unblocked() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let moderator = app.moderator("mod").await;
    assert_eq!(alice.get("/api/v1/users/me").await.status(), 200);
    let path = format!("/api/v1/users/{}", alice.user_id);
    let blocked = moderator.post_json(&format!("{path}/block"), &json!({"reason": "spam"})).await;
    assert_eq!(blocked.status(), 204);
    assert_eq!(alice.get("/api/v1/users/me").await.status(), 401);
    let shown: Value = moderator.get(&path).await.json().await.unwrap();
    assert_eq!((&shown["blocked"], &shown["blockedReason"]), (&json!(true), &json!("spam")));
    let again = app.sign_in("alice").await;
    assert_eq!(again.get("/api/v1/users/me").await.status(), 401, "no session of theirs works");
    assert_eq!(moderator.post(&format!("{path}/unblock")).await.status(), 204);
    let shown: Value = moderator.get(&path).await.json().await.unwrap();
    assert_eq!((&shown["blocked"], &shown["blockedReason"]), (&json!(false), &json!(null)));
    assert_eq!(app.sign_in("alice").await.get("/api/v1/users/me").await.status(), 200);
}

#[tokio::test]
async fn who_may_not_block_does_not() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let moderator = app.moderator("mod").await;
    let root = app.root().await;
    let block = |id: i64| format!("/api/v1/users/{id}/block");
    assert_eq!(alice.post(&block(moderator.user_id)).await.status(), 403);
    assert_eq!(moderator.post(&block(root.user_id)).await.status(), 403);
    assert_eq!(moderator.post(&block(moderator.user_id)).await.status(), 403);
    let admin = app.administrator("admin").await;
    assert_eq!(admin.post(&block(admin.user_id)).await.status(), 400, "oneself");
    assert_eq!(root.post(&block(99999)).await.status(), 404);
    let long = json!({"reason": "x".repeat(501)});
    assert_eq!(root.post_json(&block(alice.user_id), &long).await.status(), 400);
    assert_eq!(root.post_json(&block(alice.user_id), &json!({"reason": 7})).await.status(), 400);
    let nobody = app.client.post(app.url(&block(alice.user_id))).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
}
