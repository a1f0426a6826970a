use serde_json::{Value, json};

use super::{change, counted, policy, texts, threads, write};
use crate::support::TestApp;

#[tokio::test]
async fn an_author_changes_a_comment_and_moderators_see_what_it_said() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let video = app.video(&alice).publish().await;
    let one = write(&bob, &video, "frist").await;
    assert_eq!(one["editedAt"], Value::Null);
    let answer: Value = change(&bob, &video, &one, "first").await.json().await.unwrap();
    assert_eq!(answer["comment"]["text"], "first");
    assert!(answer["comment"]["editedAt"].is_string());
    assert_eq!(texts(&threads(&app, None, &video, "").await), ["first"]);
    assert_eq!(counted(&bob, &video).await, 1);
    // The same text again is no version.
    assert_eq!(change(&bob, &video, &one, " first ").await.status(), 200);
    let path = video.path(&format!("/comments/{}/history", one["id"]));
    for person in [&moderator, &alice] {
        let history: Value = person.get(&path).await.json().await.unwrap();
        assert_eq!(history["total"], 2, "{history}");
        assert_eq!(texts(&history), ["frist", "first"]);
        assert_eq!(history["data"][0]["state"], "superseded");
        assert_eq!(history["data"][1]["state"], "shown");
        assert_eq!(history["data"][1]["account"]["name"], "bob");
    }
    assert_eq!(bob.get(&path).await.status(), 403, "not even the author");
    assert_eq!(app.get(&path).await.status(), 401);
    let missing = video.path("/comments/4242/history");
    assert_eq!(moderator.get(&missing).await.status(), 404);
}

#[tokio::test]
async fn only_authors_change_and_only_to_comments() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let root = app.root().await;
    let video = app.video(&alice).publish().await;
    let one = write(&bob, &video, "mine").await;
    for person in [&alice, &root] {
        assert_eq!(change(person, &video, &one, "yours").await.status(), 403);
    }
    assert_eq!(change(&bob, &video, &one, "").await.status(), 400);
    assert_eq!(change(&bob, &video, &json!({ "id": 4242 }), "x").await.status(), 404);
    policy(&alice, &video, 2).await;
    assert_eq!(change(&bob, &video, &one, "x").await.status(), 409);
}

#[tokio::test]
async fn while_an_edit_waits_everybody_reads_what_was_there() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    let one = write(&bob, &video, "before").await;
    policy(&alice, &video, 3).await;
    let answer: Value = change(&bob, &video, &one, "after").await.json().await.unwrap();
    let own = &answer["comment"];
    assert_eq!((own["text"].as_str(), own["state"].as_str()), (Some("before"), Some("shown")));
    assert_eq!(own["pendingEdit"]["text"], "after");
    assert_eq!(own["pendingEdit"]["state"], "held");
    assert_eq!(own["moderation"]["verdict"], "held");
    assert_eq!(own["editedAt"], Value::Null, "what others read did not change");
    let seen = threads(&app, None, &video, "").await;
    assert_eq!(texts(&seen), ["before"]);
    assert_eq!(seen["data"][0]["pendingEdit"], Value::Null);
    assert_eq!(seen["data"][0]["moderation"], Value::Null);
    assert_eq!(counted(&bob, &video).await, 1);
    let approve = video.path(&format!("/comments/{}/approve", one["id"]));
    assert_eq!(alice.post(&approve).await.status(), 204);
    let seen = threads(&app, None, &video, "").await;
    assert_eq!(texts(&seen), ["after"]);
    assert!(seen["data"][0]["editedAt"].is_string());
    assert_eq!(counted(&bob, &video).await, 1);
}

#[tokio::test]
async fn what_waits_goes_on_waiting_whatever_its_new_text_is() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    policy(&alice, &video, 3).await;
    let one = write(&bob, &video, "first try").await;
    assert_eq!(one["state"], "held");
    policy(&alice, &video, 1).await;
    let answer: Value = change(&bob, &video, &one, "second try").await.json().await.unwrap();
    let own = &answer["comment"];
    assert_eq!((own["state"].as_str(), own["text"].as_str()), (Some("held"), Some("second try")));
    assert_eq!(texts(&threads(&app, None, &video, "").await), Vec::<String>::new());
    assert_eq!(texts(&threads(&app, Some(&alice), &video, "").await), ["second try"]);
}
