//! Only administrators: every endpoint against everybody else.

use reqwest::Method;
use serde_json::{Value, json};

use super::{LINK_SPAM, package, upload};
use crate::support::TestApp;

/// Every call that only administrators may make.
pub fn calls() -> Vec<(Method, String, Value)> {
    let one = "/api/v1/plugins/link-spam";
    vec![
        (Method::GET, "/api/v1/plugins".to_owned(), json!({})),
        (Method::GET, "/api/v1/plugins/available".to_owned(), json!({})),
        (Method::GET, one.to_owned(), json!({})),
        (Method::GET, format!("{one}/registered-settings"), json!({})),
        (Method::GET, format!("{one}/logs"), json!({})),
        (Method::PUT, format!("{one}/settings"), json!({ "settings": {} })),
        (Method::PUT, format!("{one}/grants"), json!({ "grants": ["hold"] })),
        (Method::PUT, format!("{one}/enabled"), json!({ "enabled": true })),
        (Method::PUT, format!("{one}/channels"), json!({ "everywhere": true, "channels": [] })),
        (Method::PUT, "/api/v1/plugins/order".to_owned(), json!({ "names": [] })),
        (Method::POST, format!("{one}/try"), json!({ "texts": ["x"] })),
        (Method::POST, format!("{one}/preview"), json!({ "days": 7 })),
        (Method::POST, "/api/v1/plugins/install".to_owned(), json!({ "path": "x.wasm" })),
        (Method::POST, "/api/v1/plugins/update".to_owned(), json!({ "path": "x.wasm" })),
        (Method::POST, "/api/v1/plugins/uninstall".to_owned(), json!({ "npmName": "link-spam" })),
        (Method::POST, "/api/v1/plugins/packages".to_owned(), json!({})),
        (Method::POST, "/api/v1/plugins/packages/fetch".to_owned(), json!({ "path": "x.wasm" })),
    ]
}

#[tokio::test]
async fn only_administrators_see_and_change_plugins() {
    let app = TestApp::start().await;
    let root = app.root().await;
    assert_eq!(upload(&root, "", package(LINK_SPAM, |text| text)).await.status(), 200);
    let (user, moderator) = (app.user("alice").await, app.moderator("mod").await);
    for (method, path, body) in calls() {
        let nobody = app.client.request(method.clone(), app.url(&path)).json(&body);
        assert_eq!(nobody.send().await.unwrap().status(), 401, "{method} {path}");
        for person in [&user, &moderator] {
            let response = person.request(method.clone(), &path).json(&body).send().await.unwrap();
            assert_eq!(response.status(), 403, "{method} {path} for {}", person.username);
        }
    }
    let shown = super::shown(&root, "link-spam").await;
    assert_eq!((&shown["enabled"], &shown["grants"]), (&json!(false), &json!([])));
    let public = app.get("/api/v1/plugins/link-spam/public-settings").await;
    let public: Value = public.json().await.unwrap();
    assert_eq!(public, json!({ "publicSettings": {} }));
}
