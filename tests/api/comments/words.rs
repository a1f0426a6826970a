//! Watched words and automatic tags, from the comment's side.

use serde_json::{Value, json};

use super::{change, counted, texts, threads, write};
use crate::support::TestApp;

#[tokio::test]
async fn authors_see_their_own_words_and_moderators_the_list() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let video = app.video(&alice).publish().await;
    moderator.word_list("", "hold", &["cabbage"]).await;
    assert_eq!(write(&bob, &video, "cabbages are fine").await["state"], "shown");
    let held = write(&bob, &video, "you *Cabbage*").await;
    assert_eq!(
        (held["state"].clone(), held["text"].clone()),
        (json!("held"), json!("you *Cabbage*"))
    );
    let why = held["moderation"]["explanation"].as_str().unwrap();
    assert!(why.contains("“Cabbage”") && !held.to_string().contains("hold cabbage"), "{why}");
    assert_eq!(held["moderation"]["reasons"][0]["matched"], "Cabbage");
    let seen = threads(&app, Some(&moderator), &video, "").await;
    let reason = &seen["data"][0]["moderation"]["reasons"][0];
    assert_eq!(reason["label"], "hold cabbage");
    assert_eq!(texts(&threads(&app, None, &video, "").await), ["cabbages are fine"]);
    assert_eq!(counted(&bob, &video).await, 1);
}

#[tokio::test]
async fn an_edit_that_is_held_leaves_what_everybody_reads() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let video = app.video(&alice).publish().await;
    moderator.word_list("", "hold", &["cabbage"]).await;
    let one = write(&bob, &video, "kind words").await;
    let edited: Value = change(&bob, &video, &one, "a cabbage").await.json().await.unwrap();
    assert_eq!(edited["comment"]["pendingEdit"]["text"], "a cabbage");
    assert_eq!(texts(&threads(&app, None, &video, "").await), ["kind words"]);
    // A better one takes its place, and nothing waits any more.
    let edited: Value = change(&bob, &video, &one, "kinder words").await.json().await.unwrap();
    assert_eq!(edited["comment"]["pendingEdit"], Value::Null);
    assert_eq!(texts(&threads(&app, None, &video, "").await), ["kinder words"]);
    let approve = video.path(&format!("/comments/{}/approve", one["id"]));
    assert_eq!(alice.post(&approve).await.status(), 400);
    assert_eq!(counted(&bob, &video).await, 1);
}

#[tokio::test]
async fn links_are_tagged_and_found_by_their_tag() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    write(&bob, &video, "plain").await;
    write(&bob, &video, "see https://elsewhere.example/x").await;
    let path = "/api/v1/users/me/videos/comments?autoTagOneOf=external-link";
    let found: Value = alice.get(path).await.json().await.unwrap();
    assert_eq!(texts(&found), ["see https://elsewhere.example/x"]);
    assert_eq!(found["data"][0]["automaticTags"], json!(["external-link"]));
}
