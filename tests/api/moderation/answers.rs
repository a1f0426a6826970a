//! `/api/v1/moderation/answers…`.

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::people::Person;

const PATH: &str = "/api/v1/moderation/answers";

async fn titles(by: &Person, query: &str) -> Vec<String> {
    let page: Value = by.get(&format!("{PATH}{query}")).await.json().await.unwrap();
    let data = page["data"].as_array().unwrap();
    assert_eq!(page["total"], data.len());
    data.iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn answers_are_kept_changed_and_removed() {
    let app = TestApp::start().await;
    let moderator = app.moderator("mod").await;
    let body = json!({"title": " Off topic ", "text": "Please keep to the subject."});
    let answer = moderator.post_json(PATH, &body).await;
    assert_eq!(answer.status(), 200);
    let made: Value = answer.json().await.unwrap();
    insta::assert_json_snapshot!("answer", made, {
        ".id" => "[id]", ".createdAt" => "[time]", ".updatedAt" => "[time]"
    });
    let second = json!({"title": "Insults", "text": "No insults here."});
    assert_eq!(moderator.post_json(PATH, &second).await.status(), 200);
    assert_eq!(titles(&moderator, "").await, ["Insults", "Off topic"], "by title");
    let own = format!("{PATH}/{}", made["id"]);
    let changed = moderator.put_json(&own, &json!({"title": "A title"})).await;
    let changed: Value = changed.json().await.unwrap();
    assert_eq!(changed["title"], "A title");
    assert_eq!(changed["text"], made["text"], "what is not said stays");
    for bad in [
        json!({"title": "", "text": "x"}),
        json!({"title": "x", "text": "  "}),
        json!({"title": "x".repeat(101), "text": "x"}),
        json!({"title": "x", "text": "x".repeat(1_001)}),
        json!({"title": "x"}),
    ] {
        assert_eq!(moderator.post_json(PATH, &bad).await.status(), 400, "{bad}");
    }
    assert_eq!(moderator.put_json(&own, &json!({"text": ""})).await.status(), 400);
    let none = format!("{PATH}?scope=account");
    assert_eq!(moderator.post_json(&none, &second).await.status(), 400);
    assert_eq!(moderator.delete(&own).await.status(), 204);
    assert_eq!(moderator.delete(&own).await.status(), 404);
    assert_eq!(moderator.put_json(&own, &json!({})).await.status(), 404);
    assert_eq!(moderator.delete(&format!("{PATH}/x")).await.status(), 400);
}

#[tokio::test]
async fn a_channel_has_its_own_and_those_of_the_instance() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let channel = format!("?channel={}", alice.channel_name);
    let body = |title: &str| json!({"title": title, "text": "Text"});
    assert_eq!(moderator.post_json(PATH, &body("Everywhere")).await.status(), 200);
    let hers = alice.post_json(&format!("{PATH}{channel}"), &body("Here")).await;
    let hers: Value = hers.json().await.unwrap();
    assert_eq!(hers["scope"], "channel");
    assert_eq!(titles(&alice, &channel).await, ["Everywhere", "Here"]);
    assert_eq!(titles(&moderator, "").await, ["Everywhere"]);
    assert_eq!(alice.get(PATH).await.status(), 403);
    assert_eq!(bob.get(&format!("{PATH}{channel}")).await.status(), 403);
    let page: Value = alice.get(&format!("{PATH}{channel}")).await.json().await.unwrap();
    let everywhere = page["data"][0]["id"].as_i64().unwrap();
    let path = format!("{PATH}/{everywhere}");
    assert_eq!(alice.put_json(&path, &json!({"title": "x"})).await.status(), 403);
    assert_eq!(alice.delete(&path).await.status(), 403);
    assert_eq!(alice.delete(&format!("{PATH}/{}", hers["id"])).await.status(), 204);
}
