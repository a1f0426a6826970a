//! `/api/v1/moderation/previews…` and `…/apply`: lists tried on stored text, and applied to it.

use farandole::moderation::{apply, previews, undo};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::TestApp;
use crate::support::people::Person;

const PREVIEWS: &str = "/api/v1/moderation/previews";

async fn begin(root: &Person, body: Value) -> i64 {
    let answer = root.post_json(PREVIEWS, &body).await;
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    let begun: Value = answer.json().await.unwrap();
    begun["id"].as_i64().unwrap()
}

async fn done(app: &TestApp, root: &Person, id: i64) -> Value {
    previews::run(&app.app, id, &CancellationToken::new()).await.unwrap();
    root.get(&format!("{PREVIEWS}/{id}")).await.json().await.unwrap()
}

#[tokio::test]
async fn a_draft_is_tried_and_what_was_fine_becomes_an_exception() {
    let app = TestApp::start().await;
    let (alice, root) = (app.user("alice").await, app.root().await);
    let video = app.video(&alice).publish().await;
    for text in ["I live in Scunthorpe", "😀 what a cunt", "a bum bag", "nothing"] {
        app.comment(&alice, &video, text).await;
    }
    let draft = json!({"action": "hold", "surfaces": ["comment"], "entries":
        [{"text": "cunt", "mode": "substring"}, {"text": "bum"}]});
    let id = begin(&root, json!({"draft": draft, "days": 7})).await;
    let running: Value = root.get(&format!("{PREVIEWS}/{id}")).await.json().await.unwrap();
    assert_eq!((&running["state"], &running["examined"]), (&json!("running"), &json!(0)));
    let seen = done(&app, &root, id).await;
    assert_eq!((&seen["state"], &seen["hits"]), (&json!("done"), &json!(3)));
    assert_eq!(seen["examined"], seen["total"]);
    assert_eq!(seen["bySurface"], json!({"comment": 3}));
    assert_eq!(seen["byLanguage"], json!({"unknown": 3}));
    let samples = seen["samples"].as_array().unwrap();
    assert_eq!(samples.len(), 3);
    let of = |text: &str| samples.iter().find(|one| one["text"] == text).unwrap();
    let cunt = of("😀 what a cunt");
    assert_eq!(
        (&cunt["spans"], &cunt["author"]),
        (&json!([{"start": 10, "end": 14}]), &json!("alice"))
    );
    let fine = format!("{PREVIEWS}/{id}/fine");
    for (text, exception) in [("I live in Scunthorpe", "Scunthorpe"), ("a bum bag", "bum bag")] {
        let body = json!({"revisionId": of(text)["revisionId"]});
        let made: Value = root.post_json(&fine, &body).await.json().await.unwrap();
        assert_eq!(made["exceptions"], json!([exception]));
    }
    let draft = json!({"entries": draft["entries"], "exceptions": ["Scunthorpe", "bum bag"]});
    let again = begin(&root, json!({"draft": draft, "days": 7})).await;
    assert_eq!(done(&app, &root, again).await["hits"], 1);
    let missing = root.post_json(&fine, &json!({"revisionId": 999_999})).await;
    assert_eq!(missing.status(), 404);
    assert_eq!(root.delete(&format!("{PREVIEWS}/{id}")).await.status(), 204);
    assert_eq!(root.get(&format!("{PREVIEWS}/{id}")).await.status(), 404);
    for bad in [
        json!({"days": 7}),
        json!({"draft": {}, "days": 0}),
        json!({"draft": {"entries": [{"text": ""}]}, "days": 7}),
    ] {
        assert_eq!(root.post_json(PREVIEWS, &bad).await.status(), 400, "{bad}");
    }
}

#[tokio::test]
async fn a_kept_list_gets_the_exceptions_itself_and_others_wait_their_turn() {
    let app = TestApp::start().await;
    let (alice, root) = (app.user("alice").await, app.root().await);
    let video = app.video(&alice).publish().await;
    app.comment(&alice, &video, "a bum bag").await;
    app.comment(&alice, &video, "bum").await;
    let list = root.word_list("", "hold", &["bum"]).await;
    let id = begin(&root, json!({"listId": list, "days": 7})).await;
    let seen = done(&app, &root, id).await;
    let samples = seen["samples"].as_array().unwrap();
    let fine = format!("{PREVIEWS}/{id}/fine");
    let of = |text: &str| samples.iter().find(|one| one["text"] == text).unwrap();
    let alone = json!({"revisionId": of("bum")["revisionId"]});
    assert_eq!(root.post_json(&fine, &alone).await.status(), 409, "that is what is meant");
    let body = json!({"revisionId": of("a bum bag")["revisionId"]});
    assert_eq!(root.post_json(&fine, &body).await.status(), 200);
    assert!(app.comment(&alice, &video, "my bum bag").await.shown);
    for _ in 0..4 {
        begin(&root, json!({"listId": list, "days": 7})).await;
    }
    let fifth = root.post_json(PREVIEWS, &json!({"listId": list, "days": 7})).await;
    assert_eq!(fifth.status(), 409);
}

#[tokio::test]
async fn a_list_is_applied_to_what_was_there_and_one_call_undoes_it() {
    let app = TestApp::start().await;
    let (alice, root) = (app.user("alice").await, app.root().await);
    let video = app.video(&alice).publish().await;
    let mut old = Vec::new();
    for n in 0..30 {
        old.push(app.comment(&alice, &video, &format!("cabbage {n}")).await);
    }
    let clean = app.comment(&alice, &video, "carrot").await;
    let list = root.word_list("", "hold", &["cabbage"]).await;
    let path = format!("/api/v1/moderation/lists/{list}/apply");
    assert_eq!(root.post_json(&path, &json!({"days": 0})).await.status(), 400);
    let answer = root.post_json(&path, &json!({"days": 1})).await;
    assert_eq!(answer.status(), 202);
    let batch: Value = answer.json().await.unwrap();
    let id = batch["id"].as_i64().unwrap();
    let stop = CancellationToken::new();
    apply::run(&app.app, id, &stop).await.unwrap();
    apply::run(&app.app, id, &stop).await.unwrap();
    let one = format!("/api/v1/moderation/batches/{id}");
    let batch: Value = root.get(&one).await.json().await.unwrap();
    assert_eq!((&batch["state"], &batch["changed"]), (&json!("done"), &json!(30)));
    for comment in &old {
        assert_eq!(app.public_comment(comment.id).await, None);
    }
    assert!(app.public_comment(clean.id).await.is_some());
    let queue: Value = root.get("/api/v1/moderation/queue").await.json().await.unwrap();
    assert_eq!(queue["total"], 30);
    let first = queue["data"][0]["id"].as_i64().unwrap();
    let mut conn = app.app.db().read().await.unwrap();
    let told = farandole::db::notifications::decision(&mut conn, first).await.unwrap().unwrap();
    assert!(told.decided_at.is_some(), "its author is told");
    drop(conn);
    // One of them is released by hand: that stands, whatever becomes of the batch.
    let ids = [queue["data"][0]["id"].as_i64().unwrap()];
    let body = json!({"ids": ids, "decision": "reject"});
    root.post_json("/api/v1/moderation/decisions", &body).await;
    assert_eq!(root.post(&format!("{one}/undo")).await.status(), 202);
    undo::finish(&app.app, id, &stop).await.unwrap();
    assert_eq!(app.public_comment(old[0].id).await, None);
    for comment in &old[1..] {
        assert!(app.public_comment(comment.id).await.is_some());
    }
    let queue: Value = root.get("/api/v1/moderation/queue").await.json().await.unwrap();
    assert_eq!(queue["total"], 0);
}

#[tokio::test]
async fn work_that_was_interrupted_goes_on_where_it_stopped() {
    let app = TestApp::start().await;
    let (alice, root) = (app.user("alice").await, app.root().await);
    let video = app.video(&alice).publish().await;
    let written = app.comment(&alice, &video, "cabbage").await;
    let list = root.word_list("", "reject", &["cabbage"]).await;
    let stopped = CancellationToken::new();
    stopped.cancel();
    let id = begin(&root, json!({"listId": list, "days": 7})).await;
    assert!(previews::run(&app.app, id, &stopped).await.is_err());
    assert_eq!(done(&app, &root, id).await["hits"], 1);
    let path = format!("/api/v1/moderation/lists/{list}/apply");
    let batch: Value = root.post_json(&path, &json!({"days": 1})).await.json().await.unwrap();
    let id = batch["id"].as_i64().unwrap();
    assert!(apply::run(&app.app, id, &stopped).await.is_err());
    assert!(app.public_comment(written.id).await.is_some());
    apply::run(&app.app, id, &CancellationToken::new()).await.unwrap();
    assert_eq!(app.public_comment(written.id).await, None);
    let tags = root.word_list("", "tag", &["carrot"]).await;
    let path = format!("/api/v1/moderation/lists/{tags}/apply");
    assert_eq!(root.post_json(&path, &json!({"days": 1})).await.status(), 409);
}
