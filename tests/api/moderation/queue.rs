//! `GET /api/v1/moderation/queue…` and assignments.

use serde_json::{Value, json};

use crate::support::TestApp;

const QUEUE: &str = "/api/v1/moderation/queue";

#[tokio::test]
async fn an_item_shows_what_one_needs_to_decide() {
    let app = TestApp::start().await;
    let (alice, bob, root) = (app.user("alice").await, app.user("bob").await, app.root().await);
    let video = app.video(&alice).publish().await;
    app.comment(&bob, &video, "first").await;
    root.word_list("", "hold", &["cabbage"]).await;
    let held = app.comment(&bob, &video, "😀 a cabbage").await;
    let page: Value = root.get(QUEUE).await.json().await.unwrap();
    assert_eq!(page["total"], 1);
    let item = &page["data"][0];
    assert_eq!(item["id"], json!(held.item));
    assert_eq!((&item["kind"], &item["state"]), (&json!("comment"), &json!("open")));
    assert_eq!((&item["text"], &item["previousText"]), (&json!("😀 a cabbage"), &json!(null)));
    assert_eq!(item["spans"], json!([{"start": 5, "end": 12, "reason": 0}]), "UTF-16");
    assert_eq!(item["reasons"][0]["matched"], "cabbage");
    assert_eq!(item["reasons"][0]["list"]["version"], 2);
    assert_eq!(item["author"]["name"], "bob");
    assert_eq!(item["video"]["id"], json!(video.id));
    assert_eq!(item["channel"]["name"], json!(alice.channel_name));
    assert_eq!((&item["assignee"], &item["releasable"]), (&json!(null), &json!(true)));
    let path = format!("{QUEUE}/{}/context", held.item.unwrap());
    let context: Value = root.get(&path).await.json().await.unwrap();
    assert_eq!(context["item"]["id"], item["id"]);
    // With the name of the account and of its channel.
    assert_eq!(context["authorItems"].as_array().unwrap().len(), 3);
    assert_eq!(context["authorItems"][0]["text"], "first");
    assert_eq!(context["authorCounts"]["open"], 1);
    assert_eq!(context["history"][0]["state"], "held");
}

#[tokio::test]
async fn the_queue_is_narrowed_sorted_and_paged() {
    let app = TestApp::start().await;
    let (alice, bob, root) = (app.user("alice").await, app.user("bob").await, app.root().await);
    let (hers, his) = (app.video(&alice).publish().await, app.video(&bob).publish().await);
    root.word_list("", "hold", &["cabbage"]).await;
    let mut ids = Vec::new();
    for (n, video) in [(1, &hers), (2, &his), (3, &hers)] {
        app.clock.advance(std::time::Duration::from_secs(1));
        let text = format!("cabbage number {n}");
        ids.push(app.comment(&bob, video, &text).await.item.unwrap());
    }
    let seen = async |query: &str| {
        let page: Value = root.get(&format!("{QUEUE}?{query}")).await.json().await.unwrap();
        let data = page["data"].as_array().unwrap();
        let ids: Vec<i64> = data.iter().map(|item| item["id"].as_i64().unwrap()).collect();
        (page["total"].as_i64().unwrap(), ids)
    };
    assert_eq!(seen("").await, (3, ids.clone()), "longest waiting first");
    assert_eq!(seen("sort=-heldAt&count=1&start=1").await, (3, vec![ids[1]]));
    assert_eq!(seen("search=NUMBER+2").await, (1, vec![ids[1]]));
    assert_eq!(seen("kind=video").await, (0, vec![]));
    assert_eq!(seen("author=bob").await.0, 3);
    assert_eq!(seen("author=alice").await.0, 0);
    let channel = format!("scope=channel&channel={}", alice.channel_name);
    assert_eq!(seen(&channel).await, (2, vec![ids[0], ids[2]]));
    let take = format!("{QUEUE}/{}/assignment", ids[0]);
    assert_eq!(root.put_json(&take, &json!({})).await.status(), 204);
    assert_eq!(seen("assigned=me").await, (1, vec![ids[0]]));
    assert_eq!(seen("assigned=none").await.0, 2);
    for bad in ["kind=moon", "assigned=you", "sort=id", "count=101", "scope=moon", "scope=channel"]
    {
        assert_eq!(root.get(&format!("{QUEUE}?{bad}")).await.status(), 400, "{bad}");
    }
    let missing = root.get(&format!("{QUEUE}?scope=channel&channel=nobody")).await;
    assert_eq!(missing.status(), 404);
    for bad in ["999999/context", "x/context"] {
        let status = root.get(&format!("{QUEUE}/{bad}")).await.status().as_u16();
        assert!(matches!(status, 400 | 404), "{bad}");
    }
}

#[tokio::test]
async fn two_people_do_not_do_the_same_item() {
    let app = TestApp::start().await;
    let (alice, root) = (app.user("alice").await, app.root().await);
    let (one, two) = (app.moderator("one").await, app.moderator("two").await);
    let video = app.video(&alice).publish().await;
    root.word_list("", "hold", &["cabbage"]).await;
    let id = app.comment(&alice, &video, "cabbage").await.item.unwrap();
    let take = format!("{QUEUE}/{id}/assignment");
    assert_eq!(one.put_json(&take, &json!({})).await.status(), 204);
    assert_eq!(one.put_json(&take, &json!({})).await.status(), 204, "again by the same");
    assert_eq!(two.put_json(&take, &json!({})).await.status(), 409);
    let decide = json!({"ids": [id], "decision": "release"});
    let path = "/api/v1/moderation/decisions";
    let outcome: Value = two.post_json(path, &decide).await.json().await.unwrap();
    assert_eq!((&outcome["done"], &outcome["failed"][0]["id"]), (&json!(0), &json!(id)));
    app.clock.advance(std::time::Duration::from_secs(31 * 60));
    assert_eq!(two.put_json(&take, &json!({})).await.status(), 204, "it was left lying");
    assert_eq!(two.delete(&take).await.status(), 204);
    let outcome: Value = one.post_json(path, &decide).await.json().await.unwrap();
    assert_eq!(outcome["done"], 1);
    assert_eq!(two.put_json(&take, &json!({})).await.status(), 409, "it was decided");
    let outcome: Value = two.post_json(path, &decide).await.json().await.unwrap();
    assert_eq!(outcome["failed"][0]["reason"], "It was released before.");
    assert_eq!(one.put_json(&format!("{QUEUE}/99999/assignment"), &json!({})).await.status(), 404);
}
