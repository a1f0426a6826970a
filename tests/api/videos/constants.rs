//! The lists behind the forms.

use serde_json::Value;

use crate::support::TestApp;

async fn list(app: &TestApp, name: &str) -> Value {
    let response = app.get(&format!("/api/v1/videos/{name}")).await;
    assert_eq!(response.status(), 200, "{name}");
    response.json().await.unwrap()
}

#[tokio::test]
async fn the_lists_are_peertubes() {
    let app = TestApp::start().await;
    insta::assert_json_snapshot!("categories", list(&app, "categories").await);
    insta::assert_json_snapshot!("licences", list(&app, "licences").await);
    insta::assert_json_snapshot!("privacies", list(&app, "privacies").await);
    let languages = list(&app, "languages").await;
    assert_eq!(languages["fr"], "French");
    assert_eq!(languages["zh-Hant"], "Traditional Chinese");
    assert!(languages.as_object().unwrap().len() > 180);
}
