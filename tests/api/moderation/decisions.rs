//! `POST /api/v1/moderation/decisions…` and `…/batches…`: release, refuse, contest, undo.

use serde_json::{Value, json};

use crate::support::people::Person;
use crate::support::videos::TestVideo;
use crate::support::{TestApp, moderation::Written};

const DECIDE: &str = "/api/v1/moderation/decisions";

struct Stage {
    app: TestApp,
    author: Person,
    root: Person,
    video: TestVideo,
}

impl Stage {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let (owner, author, root) =
            (app.user("owner").await, app.user("author").await, app.root().await);
        let video = app.video(&owner).publish().await;
        root.word_list("", "hold", &["cabbage"]).await;
        root.word_list("", "reject", &["turnip"]).await;
        Self { app, author, root, video }
    }

    async fn write(&self, text: &str) -> Written {
        self.app.comment(&self.author, &self.video, text).await
    }

    async fn decide(&self, who: &Person, ids: &[i64], decision: &str) -> Value {
        let body = json!({"ids": ids, "decision": decision, "note": "n", "answer": "because"});
        let answer = who.post_json(DECIDE, &body).await;
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    async fn undo(&self, batch: &Value) -> u16 {
        let path = format!("/api/v1/moderation/batches/{batch}/undo");
        self.root.post(&path).await.status().as_u16()
    }

    async fn waiting(&self) -> i64 {
        let page: Value = self.root.get("/api/v1/moderation/queue").await.json().await.unwrap();
        page["total"].as_i64().unwrap()
    }
}

#[tokio::test]
async fn a_released_comment_is_public_and_undone_it_waits_again() {
    let stage = Stage::new().await;
    let held = stage.write("a cabbage").await;
    assert_eq!(stage.app.public_comment(held.id).await, None);
    let outcome = stage.decide(&stage.root, &[held.item.unwrap()], "release").await;
    assert_eq!((&outcome["done"], &outcome["failed"]), (&json!(1), &json!([])));
    assert_eq!(stage.app.public_comment(held.id).await.as_deref(), Some("a cabbage"));
    assert_eq!(stage.waiting().await, 0);
    assert_eq!(stage.undo(&outcome["batchId"]).await, 202);
    assert_eq!(stage.app.public_comment(held.id).await, None);
    assert_eq!(stage.waiting().await, 1);
    assert_eq!(stage.undo(&outcome["batchId"]).await, 409, "once");
    let path = format!("/api/v1/moderation/batches/{}", outcome["batchId"]);
    let batch: Value = stage.root.get(&path).await.json().await.unwrap();
    assert_eq!((&batch["state"], &batch["changed"]), (&json!("undone"), &json!(1)));
}

#[tokio::test]
async fn many_are_decided_at_once_and_the_others_are_named() {
    let stage = Stage::new().await;
    let mut ids = Vec::new();
    for n in 0..120 {
        ids.push(stage.write(&format!("cabbage {n}")).await.item.unwrap());
    }
    ids.push(999_999);
    let outcome = stage.decide(&stage.root, &ids, "reject").await;
    assert_eq!((&outcome["done"], &outcome["failed"][0]["id"]), (&json!(120), &json!(999_999)));
    assert_eq!(stage.waiting().await, 0);
    // More than is undone at once goes by a job.
    assert_eq!(stage.undo(&outcome["batchId"]).await, 202);
    let stop = tokio_util::sync::CancellationToken::new();
    let id = outcome["batchId"].as_i64().unwrap();
    farandole::moderation::undo::finish(&stage.app.app, id, &stop).await.unwrap();
    farandole::moderation::undo::finish(&stage.app.app, id, &stop).await.unwrap();
    assert_eq!(stage.waiting().await, 120);
    let page: Value = stage.root.get("/api/v1/moderation/batches").await.json().await.unwrap();
    assert_eq!((&page["total"], &page["data"][0]["state"]), (&json!(1), &json!("undone")));
}

#[tokio::test]
async fn an_author_contests_once_and_is_answered() {
    let stage = Stage::new().await;
    let refused = stage.write("a turnip").await;
    let path = format!("{DECIDE}/{}/contest", refused.item.unwrap());
    let text = json!({"text": "It is a vegetable."});
    assert_eq!(stage.root.post_json(&path, &text).await.status(), 403, "not in another's name");
    assert_eq!(stage.author.post_json(&path, &json!({"text": " "})).await.status(), 400);
    assert_eq!(stage.author.post_json(&path, &text).await.status(), 204);
    assert_eq!(stage.author.post_json(&path, &text).await.status(), 409, "once");
    let page: Value =
        stage.root.get("/api/v1/moderation/queue?contested=true").await.json().await.unwrap();
    assert_eq!(page["data"][0]["contest"]["text"], "It is a vegetable.");
    assert_eq!(page["data"][0]["state"], "rejected");
    let outcome = stage.decide(&stage.root, &[refused.item.unwrap()], "release").await;
    assert_eq!(outcome["done"], 1);
    assert_eq!(stage.app.public_comment(refused.id).await.as_deref(), Some("a turnip"));
    assert_eq!(stage.author.post_json(&path, &text).await.status(), 409, "it is public");
    let missing = format!("{DECIDE}/999999/contest");
    assert_eq!(stage.author.post_json(&missing, &text).await.status(), 404);
}

#[tokio::test]
async fn what_was_decided_since_stands_when_an_older_batch_is_undone() {
    let stage = Stage::new().await;
    let held = stage.write("a cabbage").await;
    let first = stage.decide(&stage.root, &[held.item.unwrap()], "release").await;
    let second = stage.decide(&stage.root, &[held.item.unwrap()], "reject").await;
    assert_eq!(stage.app.public_comment(held.id).await, None);
    assert_eq!(stage.undo(&first["batchId"]).await, 202);
    assert_eq!(stage.app.public_comment(held.id).await, None, "the later decision stands");
    assert_eq!(stage.waiting().await, 0);
    assert_eq!(stage.undo(&second["batchId"]).await, 202);
    assert_eq!(stage.app.public_comment(held.id).await.as_deref(), Some("a cabbage"));
}

#[tokio::test]
async fn a_block_made_with_a_decision_goes_with_its_undo() {
    let stage = Stage::new().await;
    let held = stage.write("a cabbage").await;
    let body = json!({"ids": [held.item], "decision": "reject", "blockAuthor": true});
    let outcome: Value = stage.root.post_json(DECIDE, &body).await.json().await.unwrap();
    assert!(!stage.write("hello").await.shown);
    assert_eq!(stage.undo(&outcome["batchId"]).await, 202);
    assert!(stage.write("hello again").await.shown);
}

#[tokio::test]
async fn a_channel_decides_on_its_own_rules_but_not_on_the_instances() {
    let stage = Stage::new().await;
    let owner = stage.app.sign_in("owner").await;
    let helper = stage.app.user("helper").await;
    let channel = &owner.channel_name;
    let named = format!("/api/v1/moderation/channels/{channel}/moderators/helper");
    assert_eq!(owner.put_json(&named, &json!({})).await.status(), 204);
    let query = format!("?scope=channel&channel={channel}");
    owner.word_list(&query, "hold", &["leek"]).await;
    let own = stage.write("a leek").await.item.unwrap();
    let instance = stage.write("a cabbage").await.item.unwrap();
    let by_helper = stage.app.comment(&helper, &stage.video, "leek").await.item.unwrap();
    let outcome = stage.decide(&helper, &[own, instance, by_helper], "release").await;
    assert_eq!(outcome["done"], 1);
    let failed: Vec<&Value> =
        outcome["failed"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(failed, [&json!(instance), &json!(by_helper)]);
    let outcome = stage.decide(&helper, &[instance], "reject").await;
    assert_eq!(outcome["done"], 1, "to refuse is always theirs");
    let page: Value =
        owner.get(&format!("/api/v1/moderation/queue{query}")).await.json().await.unwrap();
    assert_eq!((&page["total"], &page["data"][0]["releasable"]), (&json!(1), &json!(true)));
}

#[tokio::test]
async fn odd_decisions_are_refused() {
    let stage = Stage::new().await;
    for bad in [
        json!({"ids": [], "decision": "release"}),
        json!({"ids": [1], "decision": "perhaps"}),
        json!({"ids": "1", "decision": "release"}),
        json!({"ids": vec![1; 1], "decision": "reject", "note": "x".repeat(2_001)}),
        json!({"ids": (0..1_001).collect::<Vec<i64>>(), "decision": "reject"}),
    ] {
        assert_eq!(stage.root.post_json(DECIDE, &bad).await.status(), 400);
    }
    assert_eq!(stage.root.get("/api/v1/moderation/batches/99999").await.status(), 404);
    assert_eq!(stage.undo(&json!(99999)).await, 404);
}
