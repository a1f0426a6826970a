//! `/api/v1/moderation/channels/{handle}/moderators…` and `…/scopes`.

use serde_json::{Value, json};

use crate::support::TestApp;

#[tokio::test]
async fn an_owner_names_and_dismisses_moderators() {
    let app = TestApp::start().await;
    let (alice, bob, carol) =
        (app.user("alice").await, app.user("bob").await, app.user("carol").await);
    let path = format!("/api/v1/moderation/channels/{}/moderators", alice.channel_name);
    let bobs = format!("{path}/bob");
    assert_eq!(bob.put_json(&bobs, &json!({})).await.status(), 403, "not oneself");
    assert_eq!(alice.put_json(&bobs, &json!({})).await.status(), 204);
    assert_eq!(alice.put_json(&bobs, &json!({})).await.status(), 204, "again is no mistake");
    let page: Value = bob.get(&path).await.json().await.unwrap();
    assert_eq!((&page["total"], &page["data"][0]["account"]["name"]), (&json!(1), &json!("bob")));
    assert_eq!(bob.put_json(&format!("{path}/carol"), &json!({})).await.status(), 403);
    let scopes: Value = bob.get("/api/v1/moderation/scopes").await.json().await.unwrap();
    let names: Vec<&Value> =
        scopes["channels"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, [&json!(alice.channel_name), &json!(bob.channel_name)]);
    assert_eq!(scopes["instance"], false);
    assert_eq!(carol.get(&path).await.status(), 403);
    assert_eq!(carol.delete(&bobs).await.status(), 403);
    assert_eq!(bob.delete(&bobs).await.status(), 204, "one may step down");
    assert_eq!(alice.delete(&bobs).await.status(), 404);
    assert_eq!(alice.put_json(&format!("{path}/nobody"), &json!({})).await.status(), 404);
    let missing = "/api/v1/moderation/channels/nobody/moderators";
    assert_eq!(alice.get(missing).await.status(), 404);
    assert_eq!(app.get(&path).await.status(), 401);
}
