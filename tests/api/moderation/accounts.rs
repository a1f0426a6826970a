//! `/api/v1/moderation/accounts/{name}…`: what moderators see of an account, their notes, and
//! decisions on everything it commented.

use serde_json::{Value, json};

use crate::api::notifications::{told, work};
use crate::support::TestApp;
use crate::support::people::Person;

const ACCOUNTS: &str = "/api/v1/moderation/accounts";

async fn seen(by: &Person, path: &str) -> Value {
    let answer = by.get(&format!("{ACCOUNTS}/{path}")).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.unwrap()
}

async fn decided(by: &Person, name: &str, body: Value) -> Value {
    let answer = by.post_json(&format!("{ACCOUNTS}/{name}/comments"), &body).await;
    assert_eq!(answer.status(), 202, "{}", answer.text().await.unwrap());
    answer.json().await.unwrap()
}

#[tokio::test]
async fn an_account_is_seen_with_all_that_is_known_of_it() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let root = app.root().await;
    let video = app.video(&alice).publish().await;
    app.video(&bob).name("His own").publish().await;
    root.word_list("", "hold", &["cabbage"]).await;
    app.comment(&bob, &video, "first").await;
    app.comment(&bob, &video, "cabbage").await;
    let report = json!({"reason": "Rude", "account": {"id": bob.account_id}});
    assert_eq!(alice.post_json("/api/v1/abuses", &report).await.status(), 200);
    let review = seen(&moderator, "bob").await;
    insta::assert_json_snapshot!("account", review, {
        ".account.id" => "[id]", ".account.url" => "[url]", ".account.host" => "[host]",
        ".account.createdAt" => "[time]", ".account.updatedAt" => "[time]",
        ".account.userId" => "[id]", ".user.lastLoginDate" => "[time]",
        ".user.id" => "[id]", ".user.createdAt" => "[time]", ".channels" => "[channels]",
    });
    let texts = seen(&moderator, "bob/texts?count=100").await;
    // Two comments, the title of a video, the names of the account and its channel.
    let surfaces: Vec<&str> =
        texts["data"].as_array().unwrap().iter().map(|t| t["surface"].as_str().unwrap()).collect();
    assert_eq!(surfaces[..2], ["comment", "comment"], "newest first");
    let newest = &texts["data"][0];
    assert_eq!((&newest["text"], &newest["state"]), (&json!("cabbage"), &json!("held")));
    assert_eq!(newest["video"]["id"], json!(video.id));
    for (query, total) in
        [("state=held", 1), ("kind=comment", 2), ("search=CÀBBAGE", 1), ("search=turnip", 0)]
    {
        let page = seen(&moderator, &format!("bob/texts?{query}")).await;
        assert_eq!(page["total"], total, "{query}");
        assert_eq!(page["data"].as_array().unwrap().len(), total, "{query}");
    }
    let page = seen(&moderator, "bob/texts?kind=comment&start=1&count=1").await;
    assert_eq!((&page["total"], &page["data"][0]["text"]), (&json!(2), &json!("first")));
    let videos = seen(&moderator, "bob/videos").await;
    assert_eq!((&videos["total"], &videos["data"][0]["name"]), (&json!(1), &json!("His own")));
    for bad in ["bob/texts?state=moon", "bob/texts?kind=moon", "bob/videos?count=101"] {
        assert_eq!(moderator.get(&format!("{ACCOUNTS}/{bad}")).await.status(), 400, "{bad}");
    }
    for path in ["nobody", "nobody/texts", "nobody/videos", "nobody/notes"] {
        assert_eq!(moderator.get(&format!("{ACCOUNTS}/{path}")).await.status(), 404, "{path}");
        assert_eq!(
            alice.get(&format!("{ACCOUNTS}/{}", path.replace("nobody", "bob"))).await.status(),
            403,
            "{path}"
        );
    }
}

#[tokio::test]
async fn reports_from_both_sides_are_found_by_name() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let report = json!({"reason": "Rude", "account": {"id": bob.account_id}});
    assert_eq!(alice.post_json("/api/v1/abuses", &report).await.status(), 200);
    for (query, total) in [
        ("reporter=alice", 1),
        ("reporter=bob", 0),
        ("reportee=bob", 1),
        ("reportee=alice", 0),
        ("reporter=alice&reportee=bob", 1),
    ] {
        let page: Value =
            moderator.get(&format!("/api/v1/abuses?{query}")).await.json().await.unwrap();
        assert_eq!(page["total"], total, "{query}");
    }
    assert_eq!(moderator.get("/api/v1/abuses?reporter=nobody").await.status(), 404);
}

#[tokio::test]
async fn notes_are_between_moderators() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let (one, two, root) =
        (app.moderator("one").await, app.moderator("two").await, app.root().await);
    let path = format!("{ACCOUNTS}/bob/notes");
    let answer = one.post_json(&path, &json!({"text": " Writes at night. "})).await;
    assert_eq!(answer.status(), 200);
    let note: Value = answer.json().await.unwrap();
    assert_eq!(
        (&note["text"], &note["author"]["name"]),
        (&json!("Writes at night."), &json!("one"))
    );
    assert_eq!((&note["editable"], &note["removable"]), (&json!(true), &json!(true)));
    let id = note["id"].as_i64().unwrap();
    let page = seen(&two, "bob/notes").await;
    assert_eq!((&page["total"], &page["data"][0]["id"]), (&json!(1), &json!(id)));
    assert_eq!(page["data"][0]["editable"], false);
    let own = format!("{path}/{id}");
    assert_eq!(two.put_json(&own, &json!({"text": "x"})).await.status(), 403);
    assert_eq!(two.delete(&own).await.status(), 403);
    let changed = one.put_json(&own, &json!({"text": "Writes by day."})).await;
    assert_eq!(changed.json::<Value>().await.unwrap()["text"], "Writes by day.");
    for text in ["", "  ", &"x".repeat(3_001)] {
        assert_eq!(one.post_json(&path, &json!({"text": text})).await.status(), 400);
        assert_eq!(one.put_json(&own, &json!({"text": text})).await.status(), 400);
    }
    for somebody in [&alice, &bob] {
        assert_eq!(somebody.get(&path).await.status(), 403);
        assert_eq!(somebody.post_json(&path, &json!({"text": "x"})).await.status(), 403);
    }
    let other = format!("{ACCOUNTS}/alice/notes/{id}");
    assert_eq!(one.put_json(&other, &json!({"text": "x"})).await.status(), 404);
    assert_eq!(one.delete(&format!("{path}/x")).await.status(), 400);
    assert_eq!(root.delete(&own).await.status(), 204, "administrators remove any");
    assert_eq!(root.delete(&own).await.status(), 404);
    assert_eq!(seen(&one, "bob").await["notes"], 0);
}

#[tokio::test]
async fn all_comments_are_refused_and_one_call_puts_them_back() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let (moderator, root) = (app.moderator("mod").await, app.root().await);
    let video = app.video(&alice).publish().await;
    root.word_list("", "hold", &["cabbage"]).await;
    let public = app.comment(&bob, &video, "hello").await;
    let held = app.comment(&bob, &video, "cabbage").await;
    let hers = app.comment(&alice, &video, "mine").await;
    let body = json!({"decision": "reject", "note": "a raid", "answer": "Not here."});
    let batch = decided(&moderator, "bob", body).await;
    assert_eq!((&batch["kind"], &batch["state"]), (&json!("author"), &json!("done")));
    assert_eq!((&batch["decision"], &batch["total"]), (&json!("reject"), &json!(2)));
    assert_eq!((&batch["examined"], &batch["changed"]), (&json!(2), &json!(2)));
    assert_eq!(app.public_comment(public.id).await, None);
    assert_eq!(app.public_comment(hers.id).await.as_deref(), Some("mine"));
    let queue: Value = moderator.get("/api/v1/moderation/queue").await.json().await.unwrap();
    assert_eq!(queue["total"], 0, "what was refused waits for nobody");
    let counts = seen(&moderator, "bob").await;
    assert_eq!(counts["comments"], json!({"rejected": 2}));
    assert_eq!(counts["batches"][0]["id"], batch["id"]);
    let audit: Value = moderator
        .get("/api/v1/moderation/audit?author=bob&decision=rejected")
        .await
        .json()
        .await
        .unwrap();
    assert_eq!((&audit["total"], &audit["data"][0]["note"]), (&json!(2), &json!("a raid")));
    assert_eq!(audit["data"][0]["actor"], "mod");
    let undo = format!("/api/v1/moderation/batches/{}/undo", batch["id"]);
    let undone: Value = moderator.post(&undo).await.json().await.unwrap();
    assert_eq!(undone["state"], "undone");
    assert_eq!(app.public_comment(public.id).await.as_deref(), Some("hello"));
    let queue: Value = moderator.get("/api/v1/moderation/queue").await.json().await.unwrap();
    assert_eq!(queue["data"][0]["id"], json!(held.item), "the held one waits again");
    assert_eq!(seen(&moderator, "bob").await["comments"], json!({"held": 1, "shown": 1}));
}

#[tokio::test]
async fn comments_are_taken_back_to_wait_and_released_again() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let (moderator, root) = (app.moderator("mod").await, app.root().await);
    let video = app.video(&alice).publish().await;
    let old = app.comment(&bob, &video, "old").await;
    app.clock.advance(std::time::Duration::from_secs(3 * 24 * 3600));
    let (moderator, root) =
        (app.sign_in(&moderator.username).await, app.sign_in(&root.username).await);
    let new = app.comment(&bob, &video, "new").await;
    let batch = decided(&moderator, "bob", json!({"decision": "hold", "days": 1})).await;
    assert_eq!(batch["changed"], 1, "only those of a day");
    assert_eq!(app.public_comment(new.id).await, None);
    assert_eq!(app.public_comment(old.id).await.as_deref(), Some("old"));
    let queue: Value = root.get("/api/v1/moderation/queue").await.json().await.unwrap();
    assert_eq!((&queue["total"], &queue["data"][0]["text"]), (&json!(1), &json!("new")));
    let again = decided(&moderator, "bob", json!({"decision": "hold", "days": 1})).await;
    assert_eq!(again["total"], 0);
    // What somebody else works on is left to them.
    let take = format!("/api/v1/moderation/queue/{}/assignment", queue["data"][0]["id"]);
    assert_eq!(root.put_json(&take, &json!({})).await.status(), 204);
    let left = decided(&moderator, "bob", json!({"decision": "release"})).await;
    assert_eq!((&left["total"], &left["changed"]), (&json!(1), &json!(0)));
    assert_eq!(root.delete(&take).await.status(), 204);
    let released = decided(&moderator, "bob", json!({"decision": "release"})).await;
    assert_eq!(released["changed"], 1);
    assert_eq!(app.public_comment(new.id).await.as_deref(), Some("new"));
}

#[tokio::test]
async fn an_author_hears_once_of_many_comments() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let video = app.video(&alice).publish().await;
    for n in 0..3 {
        app.comment(&bob, &video, &format!("comment {n}")).await;
    }
    let heard = async || {
        work(&app).await;
        let told = told(&bob, "typeOneOf=100").await;
        (told["total"].clone(), told["data"][0]["details"]["batch"].clone())
    };
    let batch = decided(&moderator, "bob", json!({"decision": "reject"})).await;
    assert_eq!(batch["changed"], 3);
    assert_eq!(heard().await, (json!(1), json!({"texts": 3, "undone": false})));
    let undo = format!("/api/v1/moderation/batches/{}/undo", batch["id"]);
    assert_eq!(moderator.post(&undo).await.status(), 202);
    assert_eq!(
        heard().await,
        (json!(2), json!({"texts": 3, "undone": true})),
        "and of its undoing"
    );
}

#[tokio::test]
async fn many_comments_are_decided_in_the_background() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let video = app.video(&alice).publish().await;
    for n in 0..120 {
        app.comment(&bob, &video, &format!("comment {n}")).await;
    }
    let batch = decided(&moderator, "bob", json!({"decision": "reject"})).await;
    assert_eq!((&batch["total"], &batch["state"]), (&json!(120), &json!("running")));
    let id = batch["id"].as_i64().unwrap();
    let none = tokio_util::sync::CancellationToken::new();
    farandole::moderation::bulk::run(&app.app, id, &none).await.unwrap();
    let path = format!("/api/v1/moderation/batches/{id}");
    let batch: Value = moderator.get(&path).await.json().await.unwrap();
    assert_eq!((&batch["state"], &batch["changed"]), (&json!("done"), &json!(120)));
    farandole::moderation::bulk::run(&app.app, id, &none).await.unwrap();
    assert_eq!(moderator.post(&format!("{path}/undo")).await.status(), 202);
    farandole::moderation::undo::finish(&app.app, id, &none).await.unwrap();
    assert_eq!(seen(&moderator, "bob").await["comments"], json!({"shown": 120}));
}

#[tokio::test]
async fn nobody_decides_on_their_own_or_on_other_moderators() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let (one, two) = (app.moderator("one").await, app.moderator("two").await);
    let root = app.root().await;
    let reject = json!({"decision": "reject"});
    let at = |name: &str| format!("{ACCOUNTS}/{name}/comments");
    assert_eq!(alice.post_json(&at("one"), &reject).await.status(), 403);
    assert_eq!(one.post_json(&at("one"), &reject).await.status(), 403);
    assert_eq!(one.post_json(&at("two"), &reject).await.status(), 403);
    assert_eq!(root.post_json(&at("two"), &reject).await.status(), 202);
    assert_eq!(two.post_json(&at("alice"), &reject).await.status(), 202);
    assert_eq!(two.post_json(&at("nobody"), &reject).await.status(), 404);
    for bad in [
        json!({"decision": "delete"}),
        json!({"decision": "reject", "days": 0}),
        json!({"decision": "reject", "note": "x".repeat(2_001)}),
        json!({}),
    ] {
        assert_eq!(two.post_json(&at("alice"), &bad).await.status(), 400, "{bad}");
    }
}
