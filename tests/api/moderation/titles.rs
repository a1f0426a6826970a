//! Titles, descriptions, tags, captions, names: what is withheld of them, and what is seen instead.

use farandole::db::changes::{self, ChangeKind};
use farandole::db::{DbError, sql};
use farandole::moderation::apply;
use farandole::transact;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::TestApp;
use crate::support::people::Person;

async fn queue(root: &Person) -> Vec<Value> {
    let page: Value = root.get("/api/v1/moderation/queue").await.json().await.unwrap();
    page["data"].as_array().unwrap().clone()
}

async fn decide(root: &Person, item: &Value, decision: &str) {
    let body = json!({"ids": [item["id"]], "decision": decision});
    let answer = root.post_json("/api/v1/moderation/decisions", &body).await;
    let outcome: Value = answer.json().await.unwrap();
    assert_eq!(outcome["done"], 1, "{outcome}");
}

#[tokio::test]
async fn a_held_edit_leaves_what_was_public_until_it_is_released() {
    let app = TestApp::start().await;
    let (alice, root) = (app.user("alice").await, app.root().await);
    let video = app.video(&alice).publish().await;
    let read = async || -> Value { app.get(&video.path("")).await.json().await.unwrap() };
    let first = json!({"name": "My garden", "description": "It grows", "tags": ["garden"]});
    assert_eq!(alice.put_json(&video.path(""), &first).await.status(), 204);
    let before = read().await;
    root.word_list("", "hold", &["cabbage"]).await;
    let body = json!({"name": "My cabbage", "description": "A cabbage grows", "category": 5,
        "tags": ["cabbage", "garden"]});
    assert_eq!(alice.put_json(&video.path(""), &body).await.status(), 204);
    let after = read().await;
    for field in ["name", "description", "tags"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    assert_eq!(after["category"]["id"], 5, "what is no text is changed");
    let items = queue(&root).await;
    assert_eq!(items.len(), 3);
    let title = items.iter().find(|item| item["field"] == "name").unwrap();
    assert_eq!((&title["text"], &title["previousText"]), (&json!("My cabbage"), &before["name"]));
    decide(&root, title, "release").await;
    assert_eq!(read().await["name"], "My cabbage");
    let tags = items.iter().find(|item| item["field"] == "tags").unwrap();
    decide(&root, tags, "release").await;
    assert_eq!(read().await["tags"], json!(["cabbage", "garden"]));
    let about = items.iter().find(|item| item["field"] == "description").unwrap();
    decide(&root, about, "reject").await;
    assert_eq!(read().await["description"], before["description"]);
    let clean = json!({"name": "My carrot"});
    assert_eq!(alice.put_json(&video.path(""), &clean).await.status(), 204);
    assert_eq!(read().await["name"], "My carrot");
}

#[tokio::test]
async fn a_new_video_with_a_held_title_is_hidden_until_released_or_renamed() {
    let app = TestApp::start().await;
    let (alice, bob, root) = (app.user("alice").await, app.user("bob").await, app.root().await);
    root.word_list("", "hold", &["cabbage"]).await;
    let listed = async || {
        let page: Value = app.get("/api/v1/videos").await.json().await.unwrap();
        page["total"].as_i64().unwrap()
    };
    for release in [true, false] {
        let before = listed().await;
        let made = alice.upload("good.mp4", &[("name", "Fresh cabbage"), ("privacy", "1")]).await;
        // As when it is transcoded.
        let (id, now) = (made["id"].as_i64().unwrap(), app.app.now());
        let outcome: Result<(), DbError> = transact!(app.app.db(), tx => {
            sql("UPDATE videos SET available = 1, state = 1 WHERE id = $1").int(id).run(tx).await?;
            changes::record(tx, ChangeKind::Video, id, now).await
        });
        outcome.unwrap();
        let path = format!("/api/v1/videos/{}", made["uuid"].as_str().unwrap());
        assert_eq!(app.get(&path).await.status(), 404);
        assert_eq!(bob.get(&path).await.status(), 404);
        let own: Value = alice.get(&path).await.json().await.unwrap();
        assert_eq!((&own["name"], &own["blacklisted"]), (&json!("Fresh cabbage"), &json!(true)));
        assert_eq!(listed().await, before);
        if release {
            decide(&root, &queue(&root).await[0], "release").await;
        } else {
            decide(&root, &queue(&root).await[0], "reject").await;
            assert_eq!(app.get(&path).await.status(), 404);
            let body = json!({"name": "Fresh carrot"});
            assert_eq!(alice.put_json(&path, &body).await.status(), 204);
        }
        assert_eq!(app.get(&path).await.status(), 200);
        assert_eq!(listed().await, before + 1);
        assert!(queue(&root).await.is_empty());
    }
}

#[tokio::test]
async fn held_captions_are_not_offered() {
    let app = TestApp::start().await;
    let (alice, root) = (app.user("alice").await, app.root().await);
    let video = app.video(&alice).publish().await;
    root.word_list("", "hold", &["cabbage"]).await;
    let file = "WEBVTT\n\n00:01.000 --> 00:02.000\nA cabbage\n";
    let part = Part::bytes(file.as_bytes().to_vec()).file_name("c.vtt");
    let form = Form::new().part("captionfile", part);
    let path = video.path("/captions/fr");
    let put = alice.request(reqwest::Method::PUT, &path).multipart(form).send().await.unwrap();
    assert_eq!(put.status(), 204);
    let seen = async || -> Value { app.get(&video.path("/captions")).await.json().await.unwrap() };
    assert_eq!(seen().await["total"], 0);
    decide(&root, &queue(&root).await[0], "release").await;
    assert_eq!(seen().await["total"], 1);
}

#[tokio::test]
async fn names_and_words_of_people_and_channels_are_judged() {
    let app = TestApp::start().await;
    let (alice, root) = (app.user("alice").await, app.root().await);
    root.word_list("", "hold", &["cabbage"]).await;
    let me = json!({"displayName": "Miss Cabbage", "description": "I sell cabbage"});
    assert_eq!(alice.put_json("/api/v1/users/me", &me).await.status(), 204);
    let path = "/api/v1/accounts/alice";
    let shown: Value = app.get(path).await.json().await.unwrap();
    assert_eq!((&shown["displayName"], &shown["description"]), (&json!("alice"), &json!(null)));
    for item in queue(&root).await {
        decide(&root, &item, "release").await;
    }
    let shown: Value = app.get(path).await.json().await.unwrap();
    assert_eq!(shown["displayName"], "Miss Cabbage");
    assert_eq!(shown["description"], "I sell cabbage");
    let channel = format!("/api/v1/video-channels/{}", alice.channel_name);
    let body = json!({"displayName": "Cabbage TV", "description": "fine"});
    assert_eq!(alice.put_json(&channel, &body).await.status(), 204);
    let shown: Value = app.get(&channel).await.json().await.unwrap();
    assert_eq!(shown["displayName"], "Main alice channel");
    assert_eq!(shown["description"], "fine", "only what was found is withheld");
}

#[tokio::test]
async fn what_is_new_with_a_held_name_is_in_no_list() {
    let app = TestApp::start().await;
    let (alice, root) = (app.user("alice").await, app.root().await);
    root.word_list("", "hold", &["cabbage"]).await;
    let total = async |path: &str| {
        let page: Value = app.get(path).await.json().await.unwrap();
        page["total"].as_i64().unwrap()
    };
    let (accounts, channels) = ("/api/v1/accounts", "/api/v1/video-channels");
    let before = (total(accounts).await, total(channels).await);
    let body = json!({"name": "garden", "displayName": "Cabbage TV"});
    assert_eq!(alice.post_json(channels, &body).await.status(), 200);
    app.user("cabbage").await;
    let shown: Value = app.get(&format!("{channels}/garden")).await.json().await.unwrap();
    assert_eq!(shown["displayName"], "garden", "it goes by its plain name");
    // Her first channel bears her name.
    assert_eq!((total(accounts).await, total(channels).await), before);
    for item in queue(&root).await {
        decide(&root, &item, "release").await;
    }
    assert_eq!((total(accounts).await, total(channels).await), (before.0 + 1, before.1 + 2));
    let shown: Value = app.get(&format!("{channels}/garden")).await.json().await.unwrap();
    assert_eq!(shown["displayName"], "Cabbage TV");
}

#[tokio::test]
async fn a_list_applied_to_titles_hides_the_video_and_undone_shows_it() {
    let app = TestApp::start().await;
    let (alice, root) = (app.user("alice").await, app.root().await);
    let video = app.video(&alice).publish().await;
    let body = json!({"name": "Old cabbage"});
    assert_eq!(alice.put_json(&video.path(""), &body).await.status(), 204);
    let list = root.word_list("", "hold", &["cabbage"]).await;
    let path = format!("/api/v1/moderation/lists/{list}/apply");
    let batch: Value = root.post_json(&path, &json!({"days": 1})).await.json().await.unwrap();
    let id = batch["id"].as_i64().unwrap();
    apply::run(&app.app, id, &CancellationToken::new()).await.unwrap();
    assert_eq!(app.get(&video.path("")).await.status(), 404);
    let undo = format!("/api/v1/moderation/batches/{id}/undo");
    assert_eq!(root.post(&undo).await.status(), 202);
    let shown: Value = app.get(&video.path("")).await.json().await.unwrap();
    assert_eq!(shown["name"], "Old cabbage");
}

#[tokio::test]
async fn the_instances_policy_holds_videos_by_tag() {
    let app = TestApp::start().await;
    let (alice, root) = (app.user("alice").await, app.root().await);
    let policy = json!({"autoBlock": ["external-link"]});
    let path = "/api/v1/automatic-tags/policies/server/videos";
    assert_eq!(root.put_json(path, &policy).await.status(), 204);
    let video = app.video(&alice).publish().await;
    let body = json!({"description": "see https://elsewhere.example/buy"});
    assert_eq!(alice.put_json(&video.path(""), &body).await.status(), 204);
    let items = queue(&root).await;
    assert_eq!(
        (&items[0]["reasons"][0]["source"], &items[0]["tags"]),
        (&json!("tag"), &json!(["external-link"]))
    );
}
