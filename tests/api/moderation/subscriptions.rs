//! Lists that follow an address: fetched, compared, approved; signed, published, private networks.

use farandole::moderation::subscriptions::sync;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::people::Person;

const PATH: &str = "/api/v1/moderation/subscriptions";

/// A server that publishes a list, and one that may follow it.
struct Stage {
    source: TestApp,
    admin: Person,
    list: i64,
    app: TestApp,
    root: Person,
}

impl Stage {
    async fn new() -> Self {
        let source = TestApp::start().await;
        let admin = source.root().await;
        let list = admin.word_list("", "hold", &["cabbage", "carrot"]).await;
        let path = format!("/api/v1/moderation/lists/{list}");
        assert_eq!(admin.put_json(&path, &json!({"published": true})).await.status(), 200);
        let app = TestApp::start_with(|config| {
            config.moderation.subscription_networks = vec!["127.0.0.0/8".parse().unwrap()];
        })
        .await;
        let root = app.root().await;
        Self { source, admin, list, app, root }
    }

    fn url(&self) -> String {
        self.source.url(&format!("/api/v1/moderation/lists/{}/published", self.list))
    }

    async fn entries(&self, list: &Value) -> Vec<String> {
        let path = format!("/api/v1/moderation/lists/{list}/entries?count=100");
        let page: Value = self.root.get(&path).await.json().await.unwrap();
        let texts = page["data"].as_array().unwrap().iter();
        let mut texts: Vec<String> =
            texts.map(|entry| entry["text"].as_str().unwrap().to_owned()).collect();
        texts.sort();
        texts
    }

    async fn row(&self) -> Value {
        let page: Value = self.root.get(PATH).await.json().await.unwrap();
        page["data"][0].clone()
    }

    /// The publisher's list now holds these words.
    async fn publish(&self, words: &str) {
        let path = format!("/api/v1/moderation/lists/{}/import", self.list);
        let body = json!({"format": "text", "data": words, "replace": true});
        assert_eq!(self.admin.post_json(&path, &body).await.status(), 200);
    }
}

#[tokio::test]
async fn what_comes_waits_for_approval_and_ones_own_words_stay() {
    let stage = Stage::new().await;
    let body = json!({"url": stage.url(), "name": "Vegetables"});
    let made: Value = stage.root.post_json(PATH, &body).await.json().await.unwrap();
    assert_eq!(stage.root.post_json(PATH, &body).await.status(), 409, "twice");
    let id = made["id"].as_i64().unwrap();
    sync(&stage.app.app, id).await.unwrap();
    assert_eq!(stage.row().await["state"], "pending");
    assert!(stage.entries(&made["listId"]).await.is_empty(), "nothing takes effect by itself");
    let difference = format!("{PATH}/{id}/difference");
    let seen: Value = stage.root.get(&difference).await.json().await.unwrap();
    assert_eq!((&seen["added"], &seen["removedCount"]), (&json!(["cabbage", "carrot"]), &json!(0)));
    let approve = format!("{PATH}/{id}/approve");
    assert_eq!(stage.root.post(&approve).await.status(), 204);
    assert_eq!(stage.root.post(&approve).await.status(), 409, "nothing waits");
    assert_eq!(stage.entries(&made["listId"]).await, ["cabbage", "carrot"]);
    // A word of one's own, and one that is switched off here.
    let entries = format!("/api/v1/moderation/lists/{}/entries", made["listId"]);
    stage.root.post_json(&entries, &json!({"text": "leek"})).await;
    let page: Value =
        stage.root.get(&format!("{entries}?search=cabbage")).await.json().await.unwrap();
    let one = format!("{entries}/{}", page["data"][0]["id"]);
    let off = json!({"text": "cabbage", "enabled": false});
    assert_eq!(stage.root.put_json(&one, &off).await.status(), 200);
    assert_eq!(stage.root.put_json(&one, &json!({"text": "other"})).await.status(), 409);
    sync(&stage.app.app, id).await.unwrap();
    assert_eq!(stage.row().await["state"], "fetched", "nothing new");
    stage.publish("cabbage\nturnip").await;
    sync(&stage.app.app, id).await.unwrap();
    let seen: Value = stage.root.get(&difference).await.json().await.unwrap();
    assert_eq!((&seen["added"], &seen["removed"]), (&json!(["turnip"]), &json!(["carrot"])));
    assert_eq!(stage.root.post(&approve).await.status(), 204);
    assert_eq!(stage.entries(&made["listId"]).await, ["cabbage", "leek", "turnip"]);
    let kept: Value =
        stage.root.get(&format!("{entries}?search=cabbage")).await.json().await.unwrap();
    assert_eq!(kept["data"][0]["enabled"], false, "what was switched off here stays off");
    stage.publish("parsnip").await;
    sync(&stage.app.app, id).await.unwrap();
    assert_eq!(stage.root.post(&format!("{PATH}/{id}/dismiss")).await.status(), 204);
    sync(&stage.app.app, id).await.unwrap();
    assert_eq!(stage.row().await["state"], "fetched", "it was dismissed");
    assert_eq!(stage.root.delete(&format!("{PATH}/{id}")).await.status(), 204);
    assert_eq!(stage.entries(&made["listId"]).await.len(), 3, "the list stays");
}

#[tokio::test]
async fn only_the_named_key_lets_a_change_take_effect_by_itself() {
    let stage = Stage::new().await;
    let published = stage.source.client.get(stage.url()).send().await.unwrap();
    let header = |name: &str| published.headers()[name].to_str().unwrap().to_owned();
    let (key, etag) = (header("x-farandole-public-key"), header("etag"));
    let again = stage.source.client.get(stage.url()).header("if-none-match", etag).send().await;
    assert_eq!(again.unwrap().status(), 304);
    let body = json!({"url": stage.url(), "automatic": true});
    assert_eq!(stage.root.post_json(PATH, &body).await.status(), 400, "not without a key");
    let body = json!({"url": stage.url(), "publicKey": "x"});
    assert_eq!(stage.root.post_json(PATH, &body).await.status(), 400);
    let body = json!({"url": stage.url(), "publicKey": key, "automatic": true});
    let made: Value = stage.root.post_json(PATH, &body).await.json().await.unwrap();
    sync(&stage.app.app, made["id"].as_i64().unwrap()).await.unwrap();
    assert_eq!(stage.entries(&made["listId"]).await, ["cabbage", "carrot"]);
    stage.root.delete(&format!("{PATH}/{}", made["id"])).await;
    let forged = json!({"url": stage.url(), "name": "forged", "automatic": true,
        "publicKey": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="});
    let made: Value = stage.root.post_json(PATH, &forged).await.json().await.unwrap();
    sync(&stage.app.app, made["id"].as_i64().unwrap()).await.unwrap();
    assert_eq!(stage.row().await["state"], "failed");
    assert!(stage.entries(&made["listId"]).await.is_empty());
}

#[tokio::test]
async fn private_networks_are_not_asked_and_odd_addresses_are_refused() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let made: Value = root
        .post_json(PATH, &json!({"url": app.url("/api/v1/config"), "name": "inside"}))
        .await
        .json()
        .await
        .unwrap();
    sync(&app.app, made["id"].as_i64().unwrap()).await.unwrap();
    let page: Value = root.get(PATH).await.json().await.unwrap();
    assert_eq!(page["data"][0]["state"], "failed");
    assert!(page["data"][0]["error"].as_str().unwrap().contains("private network"));
    for bad in ["ftp://a.example", "nonsense", "https://a:b@c.example", ""] {
        assert_eq!(root.post_json(PATH, &json!({"url": bad})).await.status(), 400, "{bad}");
    }
    assert_eq!(root.get(&format!("{PATH}/999/difference")).await.status(), 404);
    let path = "/api/v1/watched-words/server/subscriptions";
    let body = json!({"url": "https://lists.example/words.txt"});
    let made: Value = root.post_json(path, &body).await.json().await.unwrap();
    assert_eq!(made["state"], json!({"id": 1, "label": "Waiting"}));
    assert_eq!(root.post_json(path, &body).await.status(), 409);
    let page: Value = root.get(path).await.json().await.unwrap();
    assert_eq!((&page["total"], &page["data"][1]["url"]), (&json!(2), &body["url"]));
    assert_eq!(root.delete(&format!("{path}/{}", made["id"])).await.status(), 204);
    assert_eq!(root.delete(&format!("{path}/{}", made["id"])).await.status(), 404);
    let id = root.word_list("", "hold", &["x"]).await;
    let published = app.get(&format!("/api/v1/moderation/lists/{id}/published")).await;
    assert_eq!(published.status(), 404, "not published");
}
