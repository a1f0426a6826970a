//! `GET /api/v1/ping`, health, and addresses that lead nowhere.

use crate::support::TestApp;

#[tokio::test]
async fn an_instance_answers_pong() {
    let app = TestApp::start().await;
    let response = app.get("/api/v1/ping").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.text().await.unwrap(), "pong");
}

#[tokio::test]
async fn health_and_readiness_answer() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/healthz").await.status(), 200);
    assert_eq!(app.get("/readyz").await.status(), 200);
}

#[tokio::test]
async fn an_unknown_api_path_is_a_problem_document() {
    let app = TestApp::start().await;
    let response = app.get("/api/v1/nothing-here").await;
    assert_eq!(response.status(), 404);
    let kind = response.headers().get("content-type").unwrap().to_str().unwrap().to_owned();
    assert!(kind.starts_with("application/problem+json"), "{kind}");
    let problem: serde_json::Value = response.json().await.unwrap();
    assert_eq!(problem["status"], 404);
}
