//! `oauth-clients/local`, `users/token`, `users/revoke-token`.

use std::time::Duration;

use farandole::db::sql;
use farandole::transact;
use reqwest::Response;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::people::PASSWORD;

struct Client {
    id: String,
    secret: String,
}

async fn client(app: &TestApp) -> Client {
    let answer: Value = app.get("/api/v1/oauth-clients/local").await.json().await.unwrap();
    let text = |key: &str| answer[key].as_str().unwrap().to_owned();
    Client { id: text("client_id"), secret: text("client_secret") }
}

async fn send(app: &TestApp, fields: &[(&str, &str)], from: &str) -> Response {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    app.client
        .post(app.url("/api/v1/users/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-forwarded-for", from)
        .body(body.finish())
        .send()
        .await
        .unwrap()
}

async fn log_in_from(app: &TestApp, name: &str, password: &str, from: &str) -> Response {
    let client = client(app).await;
    let fields = [
        ("client_id", client.id.as_str()),
        ("client_secret", &client.secret),
        ("grant_type", "password"),
        ("username", name),
        ("password", password),
    ];
    send(app, &fields, from).await
}

async fn log_in(app: &TestApp, name: &str, password: &str) -> Response {
    log_in_from(app, name, password, "203.0.113.1").await
}

async fn refresh(app: &TestApp, token: &str) -> Response {
    let client = client(app).await;
    let fields = [
        ("client_id", client.id.as_str()),
        ("client_secret", &client.secret),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
    ];
    send(app, &fields, "203.0.113.1").await
}

async fn me(app: &TestApp, token: &str) -> Response {
    let path = app.url("/api/v1/users/1/token-sessions");
    app.client.get(path).bearer_auth(token).send().await.unwrap()
}

async fn problem(response: Response, status: u16, code: &str) -> Value {
    assert_eq!(response.status(), status);
    let problem: Value = response.json().await.unwrap();
    assert_eq!(problem["code"], code, "{problem}");
    problem
}

#[tokio::test]
async fn the_client_is_the_same_every_time() {
    let app = TestApp::start().await;
    let first = client(&app).await;
    assert_eq!((first.id.len(), first.secret.len()), (32, 32));
    let second = client(&app).await;
    assert_eq!((first.id, first.secret), (second.id, second.secret));
}

#[tokio::test]
async fn a_password_opens_a_session() {
    let app = TestApp::start().await;
    let response = log_in(&app, "root", PASSWORD).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let answer: Value = response.json().await.unwrap();
    let token = answer["access_token"].as_str().unwrap().to_owned();
    insta::assert_json_snapshot!("token", answer, {
        ".access_token" => "[token]", ".refresh_token" => "[token]",
    });
    assert_eq!(me(&app, &token).await.status(), 200);
    let by_mail = log_in(&app, "ROOT@localhost.localdomain", PASSWORD).await;
    assert_eq!(by_mail.status(), 200, "an e-mail address, in any case, will do");
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_look_alike() {
    let app = TestApp::start().await;
    let name = problem(log_in(&app, "nobody", PASSWORD).await, 400, "invalid_grant").await;
    let password = problem(log_in(&app, "root", "not this").await, 400, "invalid_grant").await;
    assert_eq!(name, password);
}

#[tokio::test]
async fn malformed_requests_are_told_what_is_missing() {
    let app = TestApp::start().await;
    let client = client(&app).await;
    let ids = [("client_id", client.id.as_str()), ("client_secret", client.secret.as_str())];
    let with = |more: &[(&'static str, &'static str)]| [&ids[..], more].concat();
    let from = "203.0.113.1";
    problem(send(&app, &[], from).await, 400, "invalid_client").await;
    let wrong = [("client_id", client.id.as_str()), ("client_secret", "x")];
    problem(send(&app, &wrong, from).await, 400, "invalid_client").await;
    problem(send(&app, &with(&[]), from).await, 400, "invalid_request").await;
    let other = with(&[("grant_type", "implicit")]);
    problem(send(&app, &other, from).await, 400, "unsupported_grant_type").await;
    let nameless = with(&[("grant_type", "password"), ("password", "x")]);
    problem(send(&app, &nameless, from).await, 400, "invalid_request").await;
    let json = json!({"grant_type": "password"});
    let response = app.client.post(app.url("/api/v1/users/token")).json(&json).send().await;
    problem(response.unwrap(), 400, "invalid_request").await;
}

#[tokio::test]
async fn a_refresh_token_buys_one_new_pair_and_ends_the_old() {
    let app = TestApp::start().await;
    let root = app.root().await;
    assert_eq!(me(&app, &root.token).await.status(), 200);
    let response = refresh(&app, &root.refresh_token).await;
    assert_eq!(response.status(), 200);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(me(&app, &root.token).await.status(), 401, "the old access token ended at once");
    assert_eq!(me(&app, answer["access_token"].as_str().unwrap()).await.status(), 200);
    problem(refresh(&app, &root.refresh_token).await, 400, "invalid_grant").await;
}

#[tokio::test]
async fn tokens_expire() {
    let app = TestApp::start().await;
    let root = app.root().await;
    app.clock.advance(Duration::from_secs(24 * 3600));
    let denied = me(&app, &root.token).await;
    assert!(denied.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
    problem(denied, 401, "invalid_token").await;
    assert_eq!(refresh(&app, &root.refresh_token).await.status(), 200);
    let later = app.root().await;
    app.clock.advance(Duration::from_secs(14 * 24 * 3600));
    problem(refresh(&app, &later.refresh_token).await, 400, "invalid_grant").await;
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let other = app.root().await;
    assert_eq!(root.get("/api/v1/users/1/token-sessions").await.status(), 200);
    assert_eq!(root.post("/api/v1/users/revoke-token").await.status(), 200);
    problem(me(&app, &root.token).await, 401, "invalid_token").await;
    problem(refresh(&app, &root.refresh_token).await, 400, "invalid_grant").await;
    assert_eq!(me(&app, &other.token).await.status(), 200, "another session stays");
    let nobody = app.client.post(app.url("/api/v1/users/revoke-token")).send().await.unwrap();
    problem(nobody, 401, "unauthorized_request").await;
}

#[tokio::test]
async fn a_session_revoked_by_another_node_ends_within_ten_seconds() {
    let app = TestApp::start().await;
    let root = app.root().await;
    assert_eq!(me(&app, &root.token).await.status(), 200);
    let outcome: Result<u64, farandole::db::DbError> =
        transact!(app.app.db(), tx => { sql("DELETE FROM oauth_tokens").run(tx).await });
    outcome.unwrap();
    app.clock.advance(Duration::from_secs(10));
    assert_eq!(me(&app, &root.token).await.status(), 401);
}

#[tokio::test]
async fn tokens_are_not_kept_in_the_clear() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let mut conn = app.app.db().read().await.unwrap();
    let rows = sql("SELECT access_hash, refresh_hash FROM oauth_tokens").all(&mut conn).await;
    for row in rows.unwrap() {
        for column in ["access_hash", "refresh_hash"] {
            let kept = row.text(column).unwrap();
            assert!(kept != root.token && kept != root.refresh_token);
        }
    }
}

#[tokio::test]
async fn wrong_passwords_stop_their_sender_but_not_the_owner() {
    let app = TestApp::start_with(|config| config.accounts.max_failures_per_account = 3).await;
    app.user("alice").await;
    let attacker = "198.51.100.7";
    for _ in 0..3 {
        let wrong = log_in_from(&app, "alice", "guess", attacker).await;
        problem(wrong, 400, "invalid_grant").await;
    }
    let stopped = log_in_from(&app, "alice", PASSWORD, attacker).await;
    let wait: u64 = stopped.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=300).contains(&wait), "{wait}");
    problem(stopped, 429, "too_many_login_failures").await;
    let by_mail = log_in_from(&app, "alice@example.org", PASSWORD, attacker).await;
    assert_eq!(by_mail.status(), 429, "the address and the name are the same account");
    assert_eq!(log_in_from(&app, "alice", PASSWORD, "203.0.113.9").await.status(), 200);
    app.clock.advance(Duration::from_secs(wait));
    assert_eq!(log_in_from(&app, "alice", PASSWORD, attacker).await.status(), 200);
}

#[tokio::test]
async fn guessing_from_everywhere_leaves_the_owner_a_way_in() {
    let app = TestApp::start_with(|config| config.accounts.max_failures_per_account = 1).await;
    app.user("alice").await;
    for host in 1..=10 {
        let from = format!("198.51.100.{host}");
        assert_eq!(log_in_from(&app, "alice", "guess", &from).await.status(), 400);
    }
    assert_eq!(log_in_from(&app, "alice", PASSWORD, "203.0.113.9").await.status(), 200);
}

#[tokio::test]
async fn one_address_cannot_try_many_names() {
    let app = TestApp::start_with(|config| config.accounts.max_failures_per_address = 4).await;
    for name in ["a", "b", "c", "d"] {
        let from = format!("2001:db8::{name}");
        assert_eq!(log_in_from(&app, name, "guess", &from).await.status(), 400);
    }
    let fifth = log_in_from(&app, "root", PASSWORD, "2001:db8::ffff").await;
    problem(fifth, 429, "too_many_login_failures").await;
    assert_eq!(log_in_from(&app, "root", PASSWORD, "2001:db8:1::1").await.status(), 200);
}

#[tokio::test]
async fn right_passwords_are_not_held_against_anybody() {
    let app = TestApp::start_with(|config| {
        config.accounts.max_failures_per_account = 2;
        config.accounts.max_failures_per_address = 2;
    })
    .await;
    for _ in 0..5 {
        assert_eq!(log_in(&app, "root", PASSWORD).await.status(), 200);
    }
}
