//! `/api/v1/automatic-tags/…`: which tags there are, and which hold a text.

use serde_json::{Value, json};

use crate::support::TestApp;

const COMMENTS: &str = "/api/v1/automatic-tags/policies/accounts/alice/comments";
const VIDEOS: &str = "/api/v1/automatic-tags/policies/server/videos";

#[tokio::test]
async fn a_tag_holds_comments_when_the_account_says_so() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let (hers, his) = (app.video(&alice).publish().await, app.video(&bob).publish().await);
    let lists = "/api/v1/watched-words/accounts/alice/lists";
    let body = json!({"listName": "Roots", "words": ["carrot"]});
    assert_eq!(alice.post_json(lists, &body).await.status(), 200);
    let available = "/api/v1/automatic-tags/accounts/alice/available";
    let tags: Value = alice.get(available).await.json().await.unwrap();
    assert_eq!(
        tags["available"],
        json!([{"name": "external-link", "type": "core"},
            {"name": "Roots", "type": "watched-words-list"}])
    );
    assert!(app.comment(&bob, &hers, "a carrot").await.shown, "a tag alone holds nothing");
    let policy = json!({"review": ["Roots", "external-link"]});
    assert_eq!(alice.put_json(COMMENTS, &policy).await.status(), 204);
    let kept: Value = alice.get(COMMENTS).await.json().await.unwrap();
    assert_eq!(kept["review"], json!(["Roots", "external-link"]));
    assert!(!app.comment(&bob, &hers, "a carrot").await.shown);
    assert!(!app.comment(&bob, &hers, "see https://elsewhere.example/x").await.shown);
    let own = format!("see {}", app.app.config().public_url());
    assert!(app.comment(&bob, &hers, &own).await.shown, "this server is not elsewhere");
    assert!(app.comment(&bob, &his, "a carrot https://elsewhere.example").await.shown);
    assert_eq!(alice.put_json(COMMENTS, &json!({"review": []})).await.status(), 204);
    assert!(app.comment(&bob, &hers, "a carrot").await.shown);
}

#[tokio::test]
async fn odd_policies_are_refused() {
    let app = TestApp::start().await;
    let (alice, bob, root) = (app.user("alice").await, app.user("bob").await, app.root().await);
    let odd = alice.put_json(COMMENTS, &json!({"review": ["nothing gives this"]})).await;
    assert_eq!(odd.status(), 400);
    assert_eq!(alice.put_json(COMMENTS, &json!({"review": 1})).await.status(), 400);
    assert_eq!(bob.put_json(COMMENTS, &json!({"review": []})).await.status(), 403);
    assert_eq!(bob.get(COMMENTS).await.status(), 403);
    assert_eq!(app.get(COMMENTS).await.status(), 401);
    let missing = "/api/v1/automatic-tags/policies/accounts/nobody/comments";
    assert_eq!(alice.get(missing).await.status(), 404);
    assert_eq!(alice.get(VIDEOS).await.status(), 403);
    assert_eq!(root.put_json(VIDEOS, &json!({"autoBlock": ["x"]})).await.status(), 400);
    assert_eq!(root.put_json(VIDEOS, &json!({"autoBlock": ["external-link"]})).await.status(), 204);
    let kept: Value = root.get(VIDEOS).await.json().await.unwrap();
    assert_eq!(kept, json!({"autoBlock": ["external-link"]}));
    let server = "/api/v1/automatic-tags/server/available";
    assert_eq!(alice.get(server).await.status(), 403);
    assert_eq!(root.get(server).await.status(), 200);
}
