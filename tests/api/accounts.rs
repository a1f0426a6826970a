//! `/api/v1/accounts/…`

use serde_json::Value;

use super::users::redacted;
use crate::support::TestApp;

#[tokio::test]
async fn an_account_is_shown_to_everybody() {
    let app = TestApp::start().await;
    app.user("alice").await;
    let shown: Value = app.get("/api/v1/accounts/alice").await.json().await.unwrap();
    assert!(!shown.to_string().contains("alice@example.org"), "no address of theirs");
    redacted().bind(|| insta::assert_json_snapshot!("account", shown));
    let host = app.app.config().public_host();
    assert_eq!(app.get(&format!("/api/v1/accounts/Alice@{host}")).await.status(), 200);
    for name in ["nobody", "alice_channel", "alice@elsewhere.example", "peertube"] {
        assert_eq!(app.get(&format!("/api/v1/accounts/{name}")).await.status(), 404, "{name}");
    }
}

#[tokio::test]
async fn accounts_are_listed_sorted_and_cut() {
    let app = TestApp::start().await;
    for name in ["bob", "alice"] {
        app.user(name).await;
    }
    let names = async |query: &str| {
        let page: Value = app.get(&format!("/api/v1/accounts{query}")).await.json().await.unwrap();
        let data = page["data"].as_array().unwrap().iter();
        let names: Vec<_> = data.map(|it| it["name"].as_str().unwrap().to_owned()).collect();
        format!("{} {}", page["total"], names.join(" "))
    };
    assert_eq!(names("?sort=name").await, "3 alice bob root");
    assert_eq!(names("?sort=-name&count=1").await, "3 root");
    assert_eq!(names("").await, "3 alice bob root", "newest first");
    assert_eq!(app.get("/api/v1/accounts?sort=email").await.status(), 400);
    assert_eq!(app.get("/api/v1/accounts?count=101").await.status(), 400);
}

#[tokio::test]
async fn a_removed_account_is_gone_from_every_list() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    assert_eq!(alice.delete("/api/v1/users/me").await.status(), 204);
    assert_eq!(app.get("/api/v1/accounts/alice").await.status(), 404);
    let page: Value = app.get("/api/v1/accounts").await.json().await.unwrap();
    assert_eq!(page["total"], 1);
}
