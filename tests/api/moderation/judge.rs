//! What lists, blocks and policies do to a text, through the one door.

use std::time::Duration;

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn each_action_does_what_it_says() {
    let app = TestApp::start().await;
    let (alice, bob, root) = (app.user("alice").await, app.user("bob").await, app.root().await);
    let video = app.video(&alice).publish().await;
    assert!(app.comment(&bob, &video, "cabbage").await.shown);
    root.word_list("", "hold", &["cabbage"]).await;
    root.word_list("", "tag", &["carrot"]).await;
    root.word_list("", "reject", &["turnip"]).await;
    let held = app.comment(&bob, &video, "you CÁBBAGE").await;
    assert!(!held.shown && held.item.is_some());
    let tagged = app.comment(&bob, &video, "a carrot").await;
    assert!(tagged.shown && tagged.item.is_some(), "tagged, and in the log");
    let clean = app.comment(&bob, &video, "cabbages are fine").await;
    assert!(clean.shown && clean.item.is_none(), "whole words, and nothing is stored");
    assert!(!app.comment(&bob, &video, "a turnip").await.shown);
    let queue: serde_json::Value = root.get("/api/v1/moderation/queue").await.json().await.unwrap();
    assert_eq!(queue["total"], 1, "what is refused waits for nobody");
}

#[tokio::test]
async fn a_time_out_ends_and_a_block_does_not() {
    let app = TestApp::start().await;
    let (alice, bob, carol) =
        (app.user("alice").await, app.user("bob").await, app.user("carol").await);
    let root = app.root().await;
    let video = app.video(&alice).publish().await;
    root.word_list("", "time-out", &["radish"]).await;
    root.word_list("", "block-author", &["leek"]).await;
    assert!(!app.comment(&bob, &video, "radish").await.shown);
    assert!(!app.comment(&bob, &video, "sorry").await.shown, "ten minutes");
    assert!(!app.comment(&carol, &video, "leek").await.shown);
    app.clock.advance(Duration::from_secs(11 * 60));
    assert!(app.comment(&bob, &video, "sorry").await.shown);
    assert!(!app.comment(&carol, &video, "sorry").await.shown, "for good");
    assert!(app.comment(&alice, &video, "hello").await.shown, "others are left alone");
}

#[tokio::test]
async fn a_list_counts_in_its_scope_only() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let (hers, his) = (app.video(&alice).publish().await, app.video(&bob).publish().await);
    let query = format!("?scope=channel&channel={}", alice.channel_name);
    alice.word_list(&query, "hold", &["cabbage"]).await;
    alice.word_list("?scope=account", "hold", &["carrot"]).await;
    for word in ["cabbage", "carrot"] {
        assert!(!app.comment(&bob, &hers, word).await.shown, "{word}");
        assert!(app.comment(&alice, &his, word).await.shown, "{word}");
    }
}

#[tokio::test]
async fn a_list_that_is_off_expired_or_about_something_else_finds_nothing() {
    let app = TestApp::start().await;
    let (alice, root) = (app.user("alice").await, app.root().await);
    let video = app.video(&alice).publish().await;
    let id = root.word_list("", "hold", &["cabbage"]).await;
    let path = format!("/api/v1/moderation/lists/{id}");
    let set = async |body: serde_json::Value| {
        assert_eq!(root.put_json(&path, &body).await.status(), 200);
    };
    assert!(!app.comment(&alice, &video, "cabbage").await.shown);
    set(json!({"enabled": false})).await;
    assert!(app.comment(&alice, &video, "cabbage").await.shown);
    set(json!({"enabled": true, "surfaces": ["video-title"]})).await;
    assert!(app.comment(&alice, &video, "cabbage").await.shown);
    let soon = app.app.now().plus(Duration::from_secs(60)).rfc3339();
    set(json!({"surfaces": ["comment"], "expiresAt": soon})).await;
    assert!(!app.comment(&alice, &video, "cabbage").await.shown);
    app.clock.advance(Duration::from_secs(61));
    assert!(app.comment(&alice, &video, "cabbage").await.shown);
    set(json!({"expiresAt": null})).await;
    assert!(!app.comment(&alice, &video, "cabbage").await.shown);
    let entries: serde_json::Value =
        root.get(&format!("{path}/entries")).await.json().await.unwrap();
    let entry = format!("{path}/entries/{}", entries["data"][0]["id"]);
    let off = json!({"text": "cabbage", "enabled": false});
    assert_eq!(root.put_json(&entry, &off).await.status(), 200);
    assert!(app.comment(&alice, &video, "cabbage").await.shown, "an entry that is off");
}

#[tokio::test]
async fn another_node_knows_a_change_within_a_second_or_so() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let second = app.second_node().await;
    let judged = async || {
        let item = farandole::moderation::Item {
            surface: farandole::domain::moderation::Surface::Comment,
            text: "cabbage",
            format: farandole::domain::moderation::Format::Plain,
            author_actor_id: None,
            author_role: None,
            channel_id: None,
            owner_account_id: None,
            language: None,
        };
        farandole::moderation::judge(&second.app, &item).await.unwrap().verdict
    };
    use farandole::domain::moderation::Verdict;
    assert_eq!(judged().await, Verdict::Show);
    root.word_list("", "hold", &["cabbage"]).await;
    let mut verdict = Verdict::Show;
    for _ in 0..200 {
        verdict = judged().await;
        if verdict == Verdict::Hold {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(verdict, Verdict::Hold);
    assert!(farandole::moderation::memory_bytes(&second.app).await > 0);
}

#[tokio::test]
async fn a_text_too_tangled_to_be_read_whole_waits_for_a_human() {
    let app = TestApp::start().await;
    let (alice, bob, root) = (app.user("alice").await, app.user("bob").await, app.root().await);
    let video = app.video(&alice).publish().await;
    let look_alikes: Vec<String> = (0..4_000_u32)
        .map(|bits| (0..15).map(|bit| if bits >> bit & 1 == 0 { 'a' } else { '@' }).collect())
        .map(|word: String| format!("@word {word}"))
        .collect();
    let words: Vec<&str> = look_alikes.iter().map(String::as_str).collect();
    let id = root.word_list("", "tag", &words).await;
    let path = format!("/api/v1/moderation/lists/{id}");
    let leet = json!({"options": {"leet": true}});
    assert_eq!(root.put_json(&path, &leet).await.status(), 200);
    let word = "a".repeat(15);
    assert!(app.comment(&bob, &video, &word).await.shown, "found, and tagged only");
    let tangled = app.comment(&bob, &video, &format!("{word} ").repeat(200)).await;
    assert!(!tangled.shown && tangled.item.is_some());
}
