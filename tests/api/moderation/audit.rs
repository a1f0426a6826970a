//! `GET /api/v1/moderation/audit…`: search and export.

use serde_json::{Value, json};

use crate::support::TestApp;

const AUDIT: &str = "/api/v1/moderation/audit";

#[tokio::test]
async fn the_log_is_searched_and_taken_home() {
    let app = TestApp::start().await;
    let (alice, bob, root) = (app.user("alice").await, app.user("bob").await, app.root().await);
    let video = app.video(&alice).publish().await;
    let list = root.word_list("", "hold", &["cabbage"]).await;
    let held = app.comment(&bob, &video, "=a \"cabbage\", cooked").await.item.unwrap();
    app.comment(&alice, &video, "my cabbage").await;
    let decide = json!({"ids": [held], "decision": "reject", "note": "rude"});
    root.post_json("/api/v1/moderation/decisions", &decide).await;
    let seen = async |query: &str| {
        let page: Value = root.get(&format!("{AUDIT}?{query}")).await.json().await.unwrap();
        let data = page["data"].as_array().unwrap().clone();
        (page["total"].as_i64().unwrap(), data)
    };
    let (total, all) = seen("").await;
    assert_eq!(total, 5, "the list was made and filled, two texts, one decision");
    assert_eq!((&all[0]["decision"], &all[0]["actor"]), (&json!("rejected"), &json!("root")));
    assert_eq!((&all[0]["ofId"], &all[0]["note"]), (&json!(held), &json!("rude")));
    assert_eq!(all[2]["reasons"][0]["list"]["id"], json!(list));
    assert_eq!(seen("decision=judged").await.0, 2);
    assert_eq!(seen("author=bob").await.0, 2);
    assert_eq!(seen("actor=root").await.0, 3);
    assert_eq!(seen(&format!("list={list}")).await.0, 4);
    assert_eq!(seen("search=COOKED").await.0, 2);
    assert_eq!(seen("since=2000-01-01T00:00:00Z&until=2001-01-01T00:00:00Z").await.0, 0);
    let channel = format!("scope=channel&channel={}", alice.channel_name);
    assert_eq!(seen(&channel).await.0, 3);
    for bad in ["decision=x", "since=x", "list=x", "scope=account", "start=-1"] {
        assert_eq!(root.get(&format!("{AUDIT}?{bad}")).await.status(), 400, "{bad}");
    }
    assert_eq!(root.get(&format!("{AUDIT}?author=nobody")).await.status(), 404);
    let file = root.get(&format!("{AUDIT}/export")).await;
    let exported: Value = file.json().await.unwrap();
    assert_eq!(exported, json!(all), "the whole log, as the search shows it");
    let file = root.get(&format!("{AUDIT}/export?format=csv&decision=judged")).await;
    assert_eq!(file.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    let csv = file.text().await.unwrap();
    assert_eq!(csv.lines().count(), 3);
    assert!(csv.contains("\"'=a \"\"cabbage\"\", cooked\""), "{csv}");
    assert_eq!(root.get(&format!("{AUDIT}/export?format=pdf")).await.status(), 400);
    let none: Value =
        root.get(&format!("{AUDIT}/export?search=nothing")).await.json().await.unwrap();
    assert_eq!(none, json!([]));
}
