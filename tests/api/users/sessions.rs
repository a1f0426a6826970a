//! `users/{id}/token-sessions` and their end.

use serde_json::Value;

use crate::support::TestApp;

#[tokio::test]
async fn somebody_sees_where_they_are_signed_in() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let newer = app.sign_in("alice").await;
    let path = format!("/api/v1/users/{}/token-sessions", alice.user_id);
    let response = newer.get(&path).await;
    assert_eq!(response.status(), 200);
    let page: Value = response.json().await.unwrap();
    insta::assert_json_snapshot!("token-sessions", page, {
        ".data[].id" => "[id]",
        ".data[].loginDate" => "[time]",
        ".data[].lastActivityDate" => "[time]",
        ".data[].createdAt" => "[time]",
    });
}

#[tokio::test]
async fn where_a_session_was_last_used_is_written_down() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let path = format!("/api/v1/users/{}/token-sessions", alice.user_id);
    app.clock.advance(std::time::Duration::from_secs(60));
    let request = alice.request(reqwest::Method::GET, &path).header("user-agent", "Phone/1");
    request.header("x-forwarded-for", "203.0.113.7").send().await.unwrap();
    farandole::auth::activity::flush(&app.app).await.unwrap();
    let page: Value = alice.get(&path).await.json().await.unwrap();
    let session = &page["data"][0];
    assert_eq!(session["loginDevice"], "tests");
    assert_eq!(session["lastActivityDevice"], "Phone/1");
    assert_eq!(session["lastActivityIP"], "203.0.113.7");
    assert!(session["lastActivityDate"].as_str() > session["loginDate"].as_str());
}

#[tokio::test]
async fn a_session_is_ended_from_another() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let lost = app.sign_in("alice").await;
    let path = format!("/api/v1/users/{}/token-sessions", alice.user_id);
    let page: Value = alice.get(&path).await.json().await.unwrap();
    assert_eq!(page["total"], 2);
    let other = page["data"].as_array().unwrap().iter().find(|s| s["currentSession"] == false);
    let revoke = format!("{path}/{}/revoke", other.unwrap()["id"]);
    assert_eq!(lost.get(&path).await.status(), 200);
    assert_eq!(alice.post(&revoke).await.status(), 200);
    assert_eq!(lost.get(&path).await.status(), 401);
    assert_eq!(alice.post(&revoke).await.status(), 404, "it is gone already");
}

#[tokio::test]
async fn sessions_of_others_are_for_administrators_only() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let bob = app.user("bob").await;
    let path = format!("/api/v1/users/{}/token-sessions", alice.user_id);
    assert_eq!(bob.get(&path).await.status(), 403);
    assert_eq!(bob.post(&format!("{path}/1/revoke")).await.status(), 403);
    assert_eq!(app.get(&path).await.status(), 401);
    let root = app.root().await;
    assert_eq!(root.get(&path).await.status(), 200);
    assert_eq!(root.get("/api/v1/users/99999/token-sessions").await.status(), 404);
    assert_eq!(root.get(&format!("{path}?count=101")).await.status(), 400);
    assert_eq!(root.get("/api/v1/users/x/token-sessions").await.status(), 400);
}
