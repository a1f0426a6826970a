//! `GET /api/v1/config` and `…/about`.

use serde_json::Value;

use crate::support::TestApp;

#[tokio::test]
async fn clients_learn_what_the_instance_can_do() {
    let app = TestApp::start_with(|config| {
        config.instance.name = "Birds".to_owned();
        config.accounts.video_quota_bytes = 42;
    })
    .await;
    let config: Value = app.get("/api/v1/config").await.json().await.unwrap();
    assert_eq!(config["instance"]["name"], "Birds");
    assert_eq!(config["user"]["videoQuota"], 42);
    insta::assert_json_snapshot!("config", config, { ".serverVersion" => "[version]" });
    let about: Value = app.get("/api/v1/config/about").await.json().await.unwrap();
    insta::assert_json_snapshot!("about", about);
}

#[tokio::test]
async fn no_secret_is_in_the_configuration() {
    let app = TestApp::start().await;
    let text = app.get("/api/v1/config").await.text().await.unwrap();
    for secret in ["correct horse", "root@", "secret_key", "postgres:", "sqlite:"] {
        assert!(!text.contains(secret), "{secret}");
    }
}
