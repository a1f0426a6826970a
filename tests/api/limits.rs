//! Limits on callers, request ids, metrics.

use crate::support::TestApp;

#[tokio::test]
async fn a_caller_learns_its_limit_and_is_stopped_at_it() {
    let app = TestApp::start_with(|config| {
        config.limits.api_requests = 3;
        config.limits.api_window_seconds = 600;
    })
    .await;
    for left in [2, 1, 0] {
        let response = app.get("/api/v1/ping").await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["x-ratelimit-limit"], "3");
        assert_eq!(response.headers()["x-ratelimit-remaining"], left.to_string().as_str());
    }
    let refused = app.get("/api/v1/ping").await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(app.get("/healthz").await.status(), 200, "only the API is limited");
    let other = app.client.get(app.url("/api/v1/ping")).header("x-forwarded-for", "203.0.113.7");
    assert_eq!(other.send().await.unwrap().status(), 200, "another caller behind our proxy");
}

#[tokio::test]
async fn a_request_keeps_a_plain_id_and_gets_one_otherwise() {
    let app = TestApp::start().await;
    let send =
        |id: &'static str| app.client.get(app.url("/healthz")).header("x-request-id", id).send();
    assert_eq!(send("abc-1").await.unwrap().headers()["x-request-id"], "abc-1");
    let odd = send("a b;c").await.unwrap();
    assert_eq!(odd.headers()["x-request-id"].len(), 36);
}

#[tokio::test]
async fn metrics_are_for_this_machine_or_the_token() {
    let app = TestApp::start_with(|c| c.limits.metrics_token = "let-me-in".to_owned()).await;
    app.get("/api/v1/ping").await;
    let text = app.get("/metrics").await.text().await.unwrap();
    assert!(text.contains("http_requests_total") && text.contains("jobs{"), "{text}");
    let from_afar = |token: &'static str| {
        let request = app.client.get(app.url("/metrics")).header("x-forwarded-for", "203.0.113.7");
        request.bearer_auth(token).send()
    };
    assert_eq!(from_afar("wrong").await.unwrap().status(), 403);
    assert_eq!(from_afar("let-me-in").await.unwrap().status(), 200);
}
