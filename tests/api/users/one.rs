//! `GET` and `PUT /api/v1/users/{id}`.

use serde_json::{Value, json};

use crate::support::TestApp;

#[tokio::test]
async fn a_user_is_shown_to_who_manages_users() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let root = app.root().await;
    let path = format!("/api/v1/users/{}", alice.user_id);
    let plain: Value = root.get(&path).await.json().await.unwrap();
    assert_eq!(plain["username"], "alice");
    assert!(plain.get("videosCount").is_none());
    let counted: Value = root.get(&format!("{path}?withStats=true")).await.json().await.unwrap();
    assert_eq!(counted["videosCount"], 0);
    assert_eq!(alice.get(&path).await.status(), 403);
    assert_eq!(app.get(&path).await.status(), 401);
    assert_eq!(root.get("/api/v1/users/999999").await.status(), 404);
    assert_eq!(root.get("/api/v1/users/x").await.status(), 400);
}

#[tokio::test]
async fn an_administrator_changes_quota_address_and_role() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let root = app.root().await;
    let path = format!("/api/v1/users/{}", alice.user_id);
    let body = json!({
        "email": "new@example.org", "emailVerified": true, "videoQuota": 42,
        "videoQuotaDaily": 21, "role": 1, "adminFlags": 1,
    });
    assert_eq!(root.put_json(&path, &body).await.status(), 204);
    let shown: Value = root.get(&path).await.json().await.unwrap();
    for key in ["email", "emailVerified", "videoQuota", "videoQuotaDaily", "adminFlags"] {
        assert_eq!(shown[key], body[key], "{key}");
    }
    assert_eq!(shown["role"], json!({"id": 1, "label": "Moderator"}));
    assert_eq!(alice.get("/api/v1/users/me").await.status(), 401, "a new role, a new session");
}

#[tokio::test]
async fn a_password_set_by_an_administrator_ends_every_session() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    assert_eq!(alice.get("/api/v1/users/me").await.status(), 200);
    let root = app.root().await;
    let path = format!("/api/v1/users/{}", alice.user_id);
    assert_eq!(root.put_json(&path, &json!({"password": "another one"})).await.status(), 204);
    assert_eq!(alice.get("/api/v1/users/me").await.status(), 401);
    let again = app.sign_in("alice").await;
    let body = json!({"password": "x".repeat(6), "currentPassword": "another one"});
    assert_eq!(again.put_json("/api/v1/users/me", &body).await.status(), 204);
}

#[tokio::test]
async fn moderators_cannot_reach_above_themselves() {
    let app = TestApp::start().await;
    let moderator = app.moderator("mod").await;
    let alice = app.user("alice").await;
    let other = app.moderator("mod2").await;
    let put = async |id: i64, body: Value| {
        moderator.put_json(&format!("/api/v1/users/{id}"), &body).await.status().as_u16()
    };
    assert_eq!(put(alice.user_id, json!({"videoQuota": 7})).await, 204);
    assert_eq!(put(alice.user_id, json!({"role": 0})).await, 403);
    assert_eq!(put(alice.user_id, json!({"role": 1})).await, 403);
    assert_eq!(put(other.user_id, json!({"videoQuota": 7})).await, 403);
    assert_eq!(put(moderator.user_id, json!({"role": 0})).await, 403);
    let root = app.root().await;
    assert_eq!(put(root.user_id, json!({"password": "taken over"})).await, 403);
    assert_eq!(
        alice
            .put_json(&format!("/api/v1/users/{}", alice.user_id), &json!({"role": 0}))
            .await
            .status(),
        403
    );
}

#[tokio::test]
async fn moderators_see_plain_users_and_take_over_nobody() {
    let app = TestApp::start().await;
    let (moderator, other) = (app.moderator("mod").await, app.moderator("mod2").await);
    let (alice, root) = (app.user("alice").await, app.root().await);
    let path = |id: i64| format!("/api/v1/users/{id}");
    for (id, status) in [
        (alice.user_id, 200),
        (moderator.user_id, 200),
        (other.user_id, 403),
        (root.user_id, 403),
        (999_999, 404),
    ] {
        assert_eq!(moderator.get(&path(id)).await.status(), status, "{id}");
    }
    for (body, status) in [
        (json!({"password": "taken over"}), 403),
        (json!({"email": "mine@example.org"}), 403),
        (json!({"role": 1}), 403),
        // What PeerTube's form sends although nothing of it changes.
        (json!({"email": "alice@example.org", "role": 2, "videoQuota": 7}), 204),
    ] {
        let answer = moderator.put_json(&path(alice.user_id), &body).await;
        assert_eq!(answer.status(), status, "{body}");
    }
    assert_eq!(alice.get("/api/v1/users/me").await.status(), 200, "nothing ended her session");
}

#[tokio::test]
async fn the_administration_cannot_be_lost() {
    let app = TestApp::start().await;
    let admin = app.administrator("admin").await;
    let root = app.root().await;
    let root_path = format!("/api/v1/users/{}", root.user_id);
    assert_eq!(admin.put_json(&root_path, &json!({"role": 2})).await.status(), 400);
    assert_eq!(admin.delete(&root_path).await.status(), 400);
    assert_eq!(admin.post(&format!("{root_path}/block")).await.status(), 400);
    assert_eq!(root.delete("/api/v1/users/me").await.status(), 400);
    let path = format!("/api/v1/users/{}", admin.user_id);
    assert_eq!(root.put_json(&path, &json!({"role": 2})).await.status(), 204);
}

#[tokio::test]
async fn malformed_changes_change_nothing() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    app.user("bob").await;
    let root = app.root().await;
    let path = format!("/api/v1/users/{}", alice.user_id);
    for (body, status) in [
        (json!({"email": "nonsense", "videoQuota": 1}), 400),
        (json!({"email": "BOB@example.org", "videoQuota": 1}), 409),
        (json!({"role": 7, "videoQuota": 1}), 400),
        (json!({"videoQuota": -3}), 400),
        (json!({"password": "short", "videoQuota": 1}), 400),
        (json!({"videoQuota": "1"}), 400),
    ] {
        assert_eq!(root.put_json(&path, &body).await.status(), status, "{body}");
    }
    let shown: Value = root.get(&path).await.json().await.unwrap();
    assert_eq!(shown["videoQuota"], -1);
    assert_eq!(root.put_json("/api/v1/users/99999", &json!({})).await.status(), 404);
    let same = json!({"email": "ALICE@example.org"});
    assert_eq!(root.put_json(&path, &same).await.status(), 204, "one's own address, respelt");
}
