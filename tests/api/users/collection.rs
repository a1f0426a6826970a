//! `GET` and `POST /api/v1/users`.

use serde_json::{Value, json};

use super::redacted;
use crate::support::people::PASSWORD;
use crate::support::{Person, TestApp};

fn carol() -> Value {
    json!({
        "username": "carol", "password": "123456", "email": "carol@example.org", "role": 2,
        "videoQuota": 1000, "videoQuotaDaily": -1,
    })
}

fn with(key: &str, value: impl Into<Value>) -> Value {
    let mut body = carol();
    body[key] = value.into();
    body
}

async fn add(who: &Person, body: &Value) -> u16 {
    who.post_json("/api/v1/users", body).await.status().as_u16()
}

#[tokio::test]
async fn an_administrator_makes_a_user_who_can_sign_in() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let response = root.post_json("/api/v1/users", &with("channelName", "Carols-Films")).await;
    assert_eq!(response.status(), 200);
    let made: Value = response.json().await.unwrap();
    assert!(made["user"]["account"]["id"].is_i64(), "{made}");
    let carol = app.sign_in("carol").await;
    assert_eq!(carol.channel_name, "Carols-Films");
    let shown = root.get(&format!("/api/v1/users/{}", made["user"]["id"])).await;
    let shown: Value = shown.json().await.unwrap();
    redacted().bind(|| insta::assert_json_snapshot!("user", shown));
}

#[tokio::test]
async fn names_and_addresses_are_given_once_whatever_the_case() {
    let app = TestApp::start().await;
    let root = app.root().await;
    assert_eq!(add(&root, &carol()).await, 200);
    assert_eq!(add(&root, &carol()).await, 409);
    assert_eq!(add(&root, &with("username", "carol2")).await, 409, "the address");
    let mut other = with("email", "other@example.org");
    assert_eq!(add(&root, &other).await, 409, "the name");
    other["username"] = "other".into();
    other["channelName"] = "CAROL".into();
    assert_eq!(add(&root, &other).await, 409, "a channel named as an account");
    other["channelName"] = "peertube".into();
    assert_eq!(add(&root, &other).await, 409, "the instance's own name");
    other["username"] = "root_channel".into();
    assert_eq!(add(&root, &other).await, 409, "an account named as a channel");
}

#[tokio::test]
async fn malformed_users_are_refused() {
    let app = TestApp::start().await;
    let root = app.root().await;
    for (key, value) in [
        ("username", json!("Carol")),
        ("username", json!("")),
        ("username", json!("a b")),
        ("password", json!("12345")),
        ("password", json!("x".repeat(256))),
        ("email", json!("carol")),
        ("role", json!(3)),
        ("role", json!("2")),
        ("videoQuota", json!(-2)),
        ("videoQuotaDaily", json!("much")),
        ("adminFlags", json!(2)),
        ("channelName", json!("carol")),
        ("channelName", json!("car ol")),
    ] {
        assert_eq!(add(&root, &with(key, value.clone())).await, 400, "{key}: {value}");
    }
    let problem = root.post_json("/api/v1/users", &with("email", "carol")).await;
    let problem: Value = problem.json().await.unwrap();
    assert!(problem["invalid-params"]["email"].is_object(), "{problem}");
}

#[tokio::test]
async fn only_who_manages_users_makes_them() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let moderator = app.moderator("mod").await;
    assert_eq!(add(&alice, &carol()).await, 403);
    let nobody = app.client.post(app.url("/api/v1/users")).json(&carol()).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    assert_eq!(add(&moderator, &with("role", 1)).await, 403);
    assert_eq!(add(&moderator, &with("role", 0)).await, 403);
    assert_eq!(add(&moderator, &carol()).await, 200);
}

#[tokio::test]
async fn the_list_is_searched_sorted_and_cut() {
    let app = TestApp::start().await;
    for name in ["bob", "alice", "bobby"] {
        app.user(name).await;
    }
    let root = app.moderator("zmod").await;
    let names = async |query: &str| {
        let page: Value = root.get(&format!("/api/v1/users{query}")).await.json().await.unwrap();
        let data = page["data"].as_array().unwrap().iter();
        let names: Vec<_> =
            data.map(|user| user["username"].as_str().unwrap().to_owned()).collect();
        (page["total"].as_i64().unwrap(), names.join(" "))
    };
    assert_eq!(names("?sort=username").await, (5, "alice bob bobby root zmod".to_owned()));
    assert_eq!(names("?sort=-id&count=2").await, (5, "zmod bobby".to_owned()));
    assert_eq!(names("?sort=id&start=4").await, (5, "zmod".to_owned()));
    assert_eq!(names("?search=BOB&sort=username").await, (2, "bob bobby".to_owned()));
    assert_eq!(names("?search=alice@exam").await, (1, "alice".to_owned()));
    assert_eq!(names("?search=%25").await, (0, String::new()), "a per cent sign is no wildcard");
    assert_eq!(names("?search=b_b").await, (0, String::new()), "nor is an underscore");
    assert_eq!(names("?role=0").await, (1, "root".to_owned()));
    assert_eq!(names("?blocked=true").await, (0, String::new()));
    assert_eq!(names("?count=0").await, (5, String::new()));
    for bad in ["?count=101", "?start=-1", "?sort=password_hash", "?role=9", "?blocked=maybe"] {
        assert_eq!(root.get(&format!("/api/v1/users{bad}")).await.status(), 400, "{bad}");
    }
}

#[tokio::test]
async fn the_list_is_for_administrators_and_moderators() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    assert_eq!(alice.get("/api/v1/users").await.status(), 403);
    assert_eq!(app.get("/api/v1/users").await.status(), 401);
    let text = app.root().await.get("/api/v1/users").await.text().await.unwrap();
    assert!(!text.contains("argon2") && !text.contains(PASSWORD), "no hash leaves the server");
}
