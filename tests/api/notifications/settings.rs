use serde_json::{Value, json};

use crate::support::TestApp;

const PATH: &str = "/api/v1/users/me/notification-settings";

#[tokio::test]
async fn settings_are_kept_and_shown() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let me: Value = alice.get("/api/v1/users/me").await.json().await.unwrap();
    assert_eq!(me["notificationSettings"]["commentMention"], 1);
    assert_eq!(me["notificationSettings"]["abuseAsModerator"], 3, "site and mail");
    let change = json!({ "commentMention": 0, "newFollow": 3 });
    assert_eq!(alice.put_json(PATH, &change).await.status(), 204);
    let me: Value = alice.get("/api/v1/users/me").await.json().await.unwrap();
    assert_eq!(me["notificationSettings"]["commentMention"], 0);
    assert_eq!(me["notificationSettings"]["newFollow"], 3);
    assert_eq!(me["notificationSettings"]["newCommentOnMyVideo"], 1, "what is not named stays");
    let own: Value = alice.get(PATH).await.json().await.unwrap();
    assert_eq!(own, me["notificationSettings"]);
    let theirs: Value = bob.get(PATH).await.json().await.unwrap();
    assert_eq!(theirs["commentMention"], 1);
}

#[tokio::test]
async fn unknown_settings_and_values_are_refused() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    for bad in [
        json!({ "commentMention": 4 }),
        json!({ "commentMention": -1 }),
        json!({ "commentMention": "1" }),
        json!({ "commentMention": true }),
        json!({ "commentMention": 0, "nothing": 1 }),
        json!([1]),
    ] {
        assert_eq!(alice.put_json(PATH, &bad).await.status(), 400, "{bad}");
    }
    let own: Value = alice.get(PATH).await.json().await.unwrap();
    assert_eq!(own["commentMention"], 1, "nothing of what was refused was kept");
    let anonymous = app.client.put(app.url(PATH)).json(&json!({})).send().await.unwrap();
    assert_eq!(anonymous.status(), 401);
    assert_eq!(app.get(PATH).await.status(), 401);
}
