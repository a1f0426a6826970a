//! `/api/v1/watched-words/…`: lists as PeerTube's clients know them.

use serde_json::{Value, json};

use crate::support::TestApp;

const SERVER: &str = "/api/v1/watched-words/server/lists";

#[tokio::test]
async fn peertubes_lists_are_ours() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let body = json!({"listName": "Vegetables", "words": ["cabbage", "savoy cabbage"]});
    let made: Value = root.post_json(SERVER, &body).await.json().await.unwrap();
    let id = made["watchedWordsList"]["id"].as_i64().unwrap();
    assert_eq!(root.post_json(SERVER, &body).await.status(), 409);
    let page: Value = root.get(SERVER).await.json().await.unwrap();
    assert_eq!(page["total"], 1);
    assert_eq!(page["data"][0]["listName"], "Vegetables");
    assert_eq!(page["data"][0]["words"], json!(["cabbage", "savoy cabbage"]));
    let ours: Value =
        root.get(&format!("/api/v1/moderation/lists/{id}")).await.json().await.unwrap();
    assert_eq!((&ours["action"], &ours["entryCount"]), (&json!("tag"), &json!(2)));
    let one = format!("{SERVER}/{id}");
    let change = json!({"listName": "Roots", "words": ["carrot", "cabbage"]});
    assert_eq!(root.put_json(&one, &change).await.status(), 204);
    let page: Value = root.get(SERVER).await.json().await.unwrap();
    assert_eq!(page["data"][0]["words"], json!(["cabbage", "carrot"]));
    assert_eq!(page["data"][0]["listName"], "Roots");
    for bad in [
        json!({}),
        json!({"listName": "a"}),
        json!({"listName": "", "words": ["a"]}),
        json!({"listName": "a", "words": []}),
        json!({"listName": "a", "words": [""]}),
        json!({"listName": "a", "words": "b"}),
    ] {
        assert_eq!(root.post_json(SERVER, &bad).await.status(), 400, "{bad}");
    }
    let account = format!("/api/v1/watched-words/accounts/root/lists/{id}");
    assert_eq!(root.put_json(&account, &change).await.status(), 404, "another scope's");
    assert_eq!(root.delete(&one).await.status(), 204);
    assert_eq!(root.delete(&one).await.status(), 404);
}

#[tokio::test]
async fn an_account_has_lists_of_its_own() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let path = "/api/v1/watched-words/accounts/alice/lists";
    let body = json!({"listName": "Mine", "words": ["cabbage"]});
    assert_eq!(bob.post_json(path, &body).await.status(), 403);
    assert_eq!(bob.get(path).await.status(), 403);
    assert_eq!(app.get(path).await.status(), 401);
    let made: Value = alice.post_json(path, &body).await.json().await.unwrap();
    let page: Value = alice.get(path).await.json().await.unwrap();
    assert_eq!(page["data"][0]["id"], made["watchedWordsList"]["id"]);
    let missing = "/api/v1/watched-words/accounts/nobody/lists";
    assert_eq!(alice.get(missing).await.status(), 404);
    let one = format!("{path}/{}", made["watchedWordsList"]["id"]);
    assert_eq!(bob.delete(&one).await.status(), 403);
    assert_eq!(alice.delete(&one).await.status(), 204);
}
