//! `/api/v1/users/me/blocklist/{accounts,servers}` and `/api/v1/blocklist/status`.

use std::time::Duration;

use serde_json::{Value, json};

use super::{MINE, SERVER, names, page, stranger};
use crate::support::TestApp;

#[tokio::test]
async fn one_mutes_accounts_and_servers_and_sees_them_again() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    app.user("bob").await;
    stranger(&app, "carol", "far.example").await;
    let (accounts, servers) = (format!("{MINE}/accounts"), format!("{MINE}/servers"));
    for name in ["bob", "carol@Far.example", "bob"] {
        let body = json!({ "accountName": name });
        assert_eq!(alice.post_json(&accounts, &body).await.status(), 204, "{name}");
        app.clock.advance(Duration::from_secs(1));
    }
    for host in ["Bad.example", "worse.example:8443"] {
        let body = json!({ "host": host });
        assert_eq!(alice.post_json(&servers, &body).await.status(), 204, "{host}");
        app.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(names(&alice, &accounts).await, ["carol", "bob"]);
    assert_eq!(names(&alice, &format!("{accounts}?sort=createdAt")).await, ["bob", "carol"]);
    assert_eq!(names(&alice, &format!("{accounts}?search=CAR")).await, ["carol"]);
    assert_eq!(names(&alice, &format!("{accounts}?count=1&start=1")).await, ["bob"]);
    assert_eq!(names(&alice, &servers).await, ["worse.example:8443", "bad.example"]);
    assert_eq!(names(&alice, &format!("{servers}?search=worse")).await, ["worse.example:8443"]);
    let redacted = crate::api::users::redacted();
    let shown = page(&alice, &format!("{accounts}?search=bob")).await;
    redacted.bind(|| insta::assert_json_snapshot!("my-accounts", shown));
    let shown = page(&alice, &format!("{servers}?search=bad")).await;
    redacted.bind(|| insta::assert_json_snapshot!("my-servers", shown));
    for path in [
        format!("{accounts}/bob"),
        format!("{accounts}/carol@far.example"),
        format!("{servers}/bad.example"),
    ] {
        assert_eq!(alice.delete(&path).await.status(), 204, "{path}");
        assert_eq!(alice.delete(&path).await.status(), 404, "{path} twice");
    }
    assert!(names(&alice, &accounts).await.is_empty());
    assert_eq!(names(&alice, &servers).await, ["worse.example:8443"]);
}

#[tokio::test]
async fn lists_are_ones_own() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let body = json!({ "accountName": "bob" });
    assert_eq!(alice.post_json(&format!("{MINE}/accounts"), &body).await.status(), 204);
    assert!(names(&bob, &format!("{MINE}/accounts")).await.is_empty());
    assert_eq!(bob.delete(&format!("{MINE}/accounts/bob")).await.status(), 404);
    for path in ["accounts", "servers", "export"] {
        assert_eq!(app.get(&format!("{MINE}/{path}")).await.status(), 401, "{path}");
    }
    let nobody = app.client.post(app.url(&format!("{MINE}/accounts"))).json(&body);
    assert_eq!(nobody.send().await.unwrap().status(), 401);
    let nobody = app.client.delete(app.url(&format!("{MINE}/servers/bad.example")));
    assert_eq!(nobody.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn what_cannot_be_muted_is_refused_in_words() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let own = app.app.config().public_host();
    for (path, body, status) in [
        ("accounts", json!({ "accountName": "alice" }), 409),
        ("accounts", json!({ "accountName": format!("alice@{own}") }), 409),
        ("accounts", json!({ "accountName": "nobody" }), 404),
        ("accounts", json!({ "accountName": "bob@nowhere.example" }), 404),
        ("accounts", json!({ "accountName": "two words" }), 400),
        ("accounts", json!({ "accountName": 5 }), 400),
        ("accounts", json!({}), 400),
        ("servers", json!({ "host": own }), 409),
        ("servers", json!({ "host": "https://bad.example/" }), 400),
        ("servers", json!({ "host": "" }), 400),
        ("servers", json!({}), 400),
    ] {
        let answer = alice.post_json(&format!("{MINE}/{path}"), &body).await;
        assert_eq!(answer.status(), status, "{path} {body}");
        let problem: Value = answer.json().await.unwrap();
        assert!(problem["detail"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
    }
    for wrong in ["accounts?sort=name", "servers?count=1000"] {
        assert_eq!(alice.get(&format!("{MINE}/{wrong}")).await.status(), 400, "{wrong}");
    }
    assert_eq!(alice.delete(&format!("{MINE}/servers/nonsense")).await.status(), 400);
}

#[tokio::test]
async fn a_muted_account_that_goes_leaves_the_list() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let body = json!({ "accountName": "bob" });
    assert_eq!(alice.post_json(&format!("{MINE}/accounts"), &body).await.status(), 204);
    assert_eq!(bob.delete("/api/v1/users/me").await.status(), 204);
    assert_eq!(page(&alice, &format!("{MINE}/accounts")).await["total"], 0);
}

#[tokio::test]
async fn status_tells_who_blocks_whom() {
    let app = TestApp::start().await;
    let (alice, moderator) = (app.user("alice").await, app.moderator("mod").await);
    app.user("bob").await;
    app.user("carol").await;
    let (bob, carol) = (json!({ "accountName": "bob" }), json!({ "accountName": "carol" }));
    assert_eq!(alice.post_json(&format!("{MINE}/accounts"), &bob).await.status(), 204);
    assert_eq!(moderator.post_json(&format!("{SERVER}/accounts"), &carol).await.status(), 204);
    let bad = json!({ "host": "bad.example" });
    assert_eq!(moderator.post_json(&format!("{SERVER}/servers"), &bad).await.status(), 204);
    let path = "/api/v1/blocklist/status?accounts=bob&accounts=carol&accounts=x%20y\
        &hosts[]=bad.example&hosts[]=good.example";
    let shown = page(&alice, path).await;
    insta::assert_json_snapshot!("status", shown);
    let anonymous: Value = app.get(path).await.json().await.unwrap();
    assert_eq!(anonymous["accounts"]["bob"]["blockedByUser"], false);
    assert_eq!(anonymous["accounts"]["carol"]["blockedByServer"], true);
    let many: String = (0..101).map(|n| format!("accounts=a{n}&")).collect();
    let many = alice.get(&format!("/api/v1/blocklist/status?{many}")).await;
    assert_eq!(many.status(), 400);
    assert_eq!(app.get("/api/v1/blocklist/status").await.status(), 200);
}
