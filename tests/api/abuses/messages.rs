//! `/api/v1/abuses/{abuseId}/messages`.

use serde_json::{Value, json};

use super::{PATH, listed, reported};
use crate::support::TestApp;

#[tokio::test]
async fn reporter_and_moderators_write_to_each_other() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let video = app.video(&alice).publish().await;
    let path = format!("{PATH}/{}/messages", reported(&bob, &video).await);
    let mut ids = Vec::new();
    for (person, text) in [(&moderator, "Which part?"), (&bob, "  From 0:03 on  ")] {
        let answer = person.post_json(&path, &json!({ "message": text })).await;
        let answer: Value = answer.json().await.unwrap();
        ids.push(answer["abuseMessage"]["id"].as_i64().unwrap());
    }
    for reader in [&bob, &moderator] {
        let all = listed(reader, &path).await;
        let told: Vec<_> = all.iter().map(|one| (&one["message"], &one["byModerator"])).collect();
        let wanted = [(json!("Which part?"), json!(true)), (json!("From 0:03 on"), json!(false))];
        assert_eq!(told, wanted.iter().map(|(a, b)| (a, b)).collect::<Vec<_>>());
        assert_eq!(all[1]["account"]["name"], "bob");
    }
    assert_eq!(listed(&moderator, PATH).await[0]["countMessages"], 2);
    // One's own go; a moderator's goes by a moderator only.
    assert_eq!(bob.delete(&format!("{path}/{}", ids[0])).await.status(), 403);
    assert_eq!(bob.delete(&format!("{path}/{}", ids[1])).await.status(), 204);
    assert_eq!(moderator.delete(&format!("{path}/{}", ids[0])).await.status(), 204);
    assert_eq!(moderator.delete(&format!("{path}/{}", ids[0])).await.status(), 404);
    assert!(listed(&bob, &path).await.is_empty());
}

#[tokio::test]
async fn others_neither_read_nor_write() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    let path = format!("{PATH}/{}/messages", reported(&bob, &video).await);
    let text = json!({ "message": "I am the one it is about" });
    assert_eq!(alice.get(&path).await.status(), 403);
    assert_eq!(alice.post_json(&path, &text).await.status(), 403);
    assert_eq!(alice.delete(&format!("{path}/1")).await.status(), 403);
    assert_eq!(app.get(&path).await.status(), 401);
    let missing = format!("{PATH}/99999/messages");
    assert_eq!(bob.get(&missing).await.status(), 404);
    assert_eq!(bob.post_json(&missing, &text).await.status(), 404);
    for wrong in [json!({}), json!({ "message": "x" }), json!({ "message": "x".repeat(3_001) })] {
        assert_eq!(bob.post_json(&path, &wrong).await.status(), 400, "{wrong}");
    }
}
