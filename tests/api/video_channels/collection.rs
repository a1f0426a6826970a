//! `GET` and `POST /api/v1/video-channels`.

use serde_json::{Value, json};

use crate::api::users::redacted;
use crate::support::{Person, TestApp};

async fn add(who: &Person, body: Value) -> u16 {
    who.post_json("/api/v1/video-channels", &body).await.status().as_u16()
}

#[tokio::test]
async fn somebody_makes_a_channel() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let body = json!({
        "name": "Alice.Films-2", "displayName": "Alice films", "description": "Films\nof birds",
        "support": "Write to me", "publicEmail": "films@example.org",
    });
    let response = alice.post_json("/api/v1/video-channels", &body).await;
    assert_eq!(response.status(), 200);
    let made: Value = response.json().await.unwrap();
    assert!(made["videoChannel"]["id"].is_i64(), "{made}");
    let shown: Value = app.get("/api/v1/video-channels/alice.films-2").await.json().await.unwrap();
    assert_eq!(shown["id"], made["videoChannel"]["id"]);
    redacted().bind(|| insta::assert_json_snapshot!("channel", shown));
}

#[tokio::test]
async fn malformed_channels_are_refused() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let with = |key: &str, value: Value| {
        let mut body = json!({"name": "films", "displayName": "Films"});
        body[key] = value;
        body
    };
    for (key, value) in [
        ("name", json!("")),
        ("name", json!("a b")),
        ("name", json!("x".repeat(51))),
        ("name", json!(null)),
        ("displayName", json!("")),
        ("displayName", json!("x".repeat(121))),
        ("description", json!("x".repeat(1001))),
        ("support", json!("x".repeat(1001))),
        ("publicEmail", json!("films")),
    ] {
        assert_eq!(add(&alice, with(key, value.clone())).await, 400, "{key}: {value}");
    }
    for taken in ["alice", "ROOT", "Root_Channel", "peertube"] {
        assert_eq!(add(&alice, with("name", json!(taken))).await, 409, "{taken}");
    }
    let body = json!({"name": "films", "displayName": "Films"});
    let nobody = app.client.post(app.url("/api/v1/video-channels")).json(&body).send().await;
    assert_eq!(nobody.unwrap().status(), 401);
}

#[tokio::test]
async fn channels_are_not_made_without_end() {
    let app = TestApp::start_with(|config| config.accounts.max_channels = 2).await;
    let alice = app.user("alice").await;
    let body = |name: &str| json!({"name": name, "displayName": name});
    assert_eq!(add(&alice, body("second")).await, 200);
    assert_eq!(add(&alice, body("third")).await, 400);
}

#[tokio::test]
async fn channels_are_listed_searched_and_sorted() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    for (name, shown) in [("zebra", "Été"), ("yak", "etage"), ("xerus", "100% owls")] {
        assert_eq!(add(&alice, json!({"name": name, "displayName": shown})).await, 200);
    }
    let names = async |path: &str| {
        let page: Value = app.get(path).await.json().await.unwrap();
        let data = page["data"].as_array().unwrap().iter();
        let names: Vec<_> = data.map(|it| it["name"].as_str().unwrap().to_owned()).collect();
        format!("{} {}", page["total"], names.join(" "))
    };
    let own = "/api/v1/accounts/alice/video-channels";
    assert_eq!(
        names(&format!("{own}?sort=displayName")).await,
        "4 xerus yak zebra alice_channel",
        "accents do not change the order"
    );
    assert_eq!(names(&format!("{own}?sort=-name&count=1&start=1")).await, "4 yak");
    assert_eq!(names(&format!("{own}?search=ET&sort=name")).await, "2 yak zebra");
    assert_eq!(names(&format!("{own}?search=%25")).await, "1 xerus");
    let all = "/api/v1/video-channels";
    assert_eq!(names(&format!("{all}?sort=createdAt&count=1")).await, "5 root_channel");
    for bad in ["?sort=id", "?count=200", "?start=x"] {
        assert_eq!(app.get(&format!("{all}{bad}")).await.status(), 400, "{bad}");
    }
    assert_eq!(app.get("/api/v1/accounts/nobody/video-channels").await.status(), 404);
}
