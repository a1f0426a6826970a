//! `POST /api/v1/users/{id}/block` and `…/unblock`.

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::people::PASSWORD;

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

#[tokio::test]
async fn a_suspended_user_is_told_the_reason_when_they_sign_in_and_the_log_keeps_it() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let moderator = app.moderator("mod").await;
    let path = format!("/api/v1/users/{}", alice.user_id);
    let client: Value = app.get("/api/v1/oauth-clients/local").await.json().await.unwrap();
    let sign_in = async |password: &str| {
        let (id, secret) = (&client["client_id"], &client["client_secret"]);
        let body = format!(
            "client_id={}&client_secret={}&grant_type=password&username=alice&password={password}",
            id.as_str().unwrap(),
            secret.as_str().unwrap()
        );
        let request = app.client.post(app.url("/api/v1/users/token")).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let reason = json!({ "reason": "Three warnings" });
    assert_eq!(moderator.post_json(&format!("{path}/block"), &reason).await.status(), 204);
    let password = PASSWORD.replace(' ', "+");
    let refused = sign_in(&password).await;
    assert_eq!(
        (&refused["code"], &refused["reason"]),
        (&json!("account_blocked"), &json!("Three warnings"))
    );
    assert!(refused["detail"].as_str().unwrap().contains("Three warnings"));
    let guess = sign_in("wrong").await;
    assert_eq!((&guess["code"], &guess["reason"]), (&json!("invalid_grant"), &json!(null)));
    assert_eq!(
        moderator.post_json(&format!("{path}/block"), &json!({"reason": " "})).await.status(),
        204
    );
    assert_eq!(sign_in(&password).await["reason"], json!(null), "an empty one is none");
    assert_eq!(moderator.post(&format!("{path}/unblock")).await.status(), 204);
    assert!(sign_in(&password).await["access_token"].is_string());
    let log: Value = moderator.get("/api/v1/moderation/audit").await.json().await.unwrap();
    let rows = log["data"].as_array().unwrap();
    let deeds: Vec<_> = rows.iter().map(|row| &row["decision"]).collect();
    assert_eq!(deeds, ["user-unblocked", "user-blocked", "user-blocked"]);
    assert_eq!((&rows[2]["note"], &rows[2]["author"]), (&json!("Three warnings"), &json!("alice")));
    assert_eq!(rows[2]["actor"], "mod");
}
