//! Plugins hear of what happened, and reach the network only where they may.

use std::sync::{Arc, Mutex};

use farandole::db::plugins::events;
use farandole::domain::{PluginEvent, PluginEventKind};
use farandole::moderation::plugins::handle_event;
use farandole::transact;
use serde_json::{Value, json};

use super::{WEBHOOK, package, shown, switched_on};
use crate::support::TestApp;

/// A server that keeps what it is sent.
async fn receiver() -> (u16, Arc<Mutex<Vec<Value>>>) {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&kept);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = axum::Router::new().fallback(move |axum::Json(body): axum::Json<Value>| {
        sink.lock().unwrap().push(body);
        async { axum::http::StatusCode::NO_CONTENT }
    });
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (port, kept)
}

fn webhook_to(port: u16) -> Vec<u8> {
    package(WEBHOOK, |text| text.replace("hooks.example.org", &format!("127.0.0.1:{port}")))
}

async fn plugin_id(app: &TestApp) -> i64 {
    let mut conn = app.app.db().read().await.unwrap();
    farandole::db::plugins::named(&mut conn, "webhook").await.unwrap().unwrap().id
}

fn registered(user_id: i64) -> PluginEvent {
    PluginEvent { what: PluginEventKind::UserRegistered, id: user_id }
}

#[tokio::test]
async fn an_event_reaches_the_address_that_was_granted() {
    let (port, kept) = receiver().await;
    let own = vec!["127.0.0.0/8".parse().unwrap()];
    let app = TestApp::start_with(|config| config.plugins.networks = own).await;
    let root = app.root().await;
    let address = json!({ "address": format!("http://127.0.0.1:{port}/in") });
    switched_on(&root, "webhook", webhook_to(port), address).await;
    let id = plugin_id(&app).await;
    handle_event(&app.app, id, registered(root.user_id)).await.unwrap();
    {
        let sent = kept.lock().unwrap();
        assert_eq!(
            (&sent[0]["kind"], &sent[0]["title"]),
            (&json!("user-registered"), &json!("root"))
        );
    }
    let logs: Value = root.get("/api/v1/plugins/webhook/logs").await.json().await.unwrap();
    assert_eq!(logs["data"][0]["line"], format!("sent user-registered {}", root.user_id));
}

#[tokio::test]
async fn a_report_is_told_without_its_reporter_and_without_what_is_private() {
    let (port, kept) = receiver().await;
    let own = vec!["127.0.0.0/8".parse().unwrap()];
    let app = TestApp::start_with(|config| config.plugins.networks = own).await;
    let (alice, bob, root) = (app.user("alice").await, app.user("bob").await, app.root().await);
    let address = json!({ "address": format!("http://127.0.0.1:{port}/in") });
    switched_on(&root, "webhook", webhook_to(port), address).await;
    let plugin = plugin_id(&app).await;
    let locked = app.video(&alice).passwords(&["sesame"]).publish().await;
    for video in [app.video(&alice).name("For all").publish().await, locked] {
        let body = json!({ "reason": "It is stolen", "video": { "id": video.id } });
        let request = bob.request(reqwest::Method::POST, "/api/v1/abuses").json(&body);
        let answer = request.header("x-peertube-video-password", "sesame").send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        let id = answer["abuse"]["id"].as_i64().unwrap();
        let filed = PluginEvent { what: PluginEventKind::ReportFiled, id };
        handle_event(&app.app, plugin, filed).await.unwrap();
    }
    let sent = kept.lock().unwrap().clone();
    assert_eq!(sent[0]["kind"], "report-filed");
    assert_eq!(sent[0]["title"], "For all");
    assert_eq!(sent[1]["title"], Value::Null);
    let all = json!(sent).to_string();
    assert!(!all.contains("actor-") && !all.contains("bob"), "{all}");
}

#[tokio::test]
async fn a_private_address_is_not_reached_unless_the_operator_says_so() {
    let (port, kept) = receiver().await;
    let app = TestApp::start().await;
    let root = app.root().await;
    let address = json!({ "address": format!("http://127.0.0.1:{port}/in") });
    switched_on(&root, "webhook", webhook_to(port), address).await;
    let id = plugin_id(&app).await;
    for _ in 0..3 {
        handle_event(&app.app, id, registered(root.user_id)).await.unwrap();
    }
    assert!(kept.lock().unwrap().is_empty());
    let logs: Value = root.get("/api/v1/plugins/webhook/logs").await.json().await.unwrap();
    let lines = logs["data"].to_string();
    assert!(lines.contains("may not reach"), "{lines}");
    assert!(lines.contains("failed three times in a row"), "its notice is there: {lines}");
    assert_eq!(shown(&root, "webhook").await["enabled"], true, "that is no failure of its own");
}

#[tokio::test]
async fn events_are_queued_for_those_that_hear_of_them() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let address = json!({ "address": "http://127.0.0.1:1/" });
    let only = package(WEBHOOK, |text| {
        text.replace(
            "hooks = [\"on_event\"]",
            "hooks = [\"on_event\"]\nevents = [\"video-published\"]",
        )
    });
    switched_on(&root, "webhook", only, address).await;
    let now = app.app.now();
    let id = plugin_id(&app).await;
    let heard: (Vec<i64>, Vec<i64>) = transact!(app.app.db(), tx => {
        events::tell(tx, registered(1), now).await?;
        let published = PluginEvent { what: PluginEventKind::VideoPublished, id: 1 };
        events::tell(tx, published, now).await?;
        Ok::<_, farandole::db::DbError>((
            farandole::db::plugins::hearing(tx, "user-registered").await?,
            farandole::db::plugins::hearing(tx, "video-published").await?,
        ))
    })
    .unwrap();
    assert_eq!(heard, (vec![], vec![id]));
}

#[tokio::test]
async fn what_a_plugin_keeps_has_an_end_and_goes_with_it() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let address = json!({ "address": "http://hooks.example.org/" });
    let small = package(WEBHOOK, |text| text.replace("store_bytes = 1024", "store_bytes = 4"));
    switched_on(&root, "webhook", small, address).await;
    let id = plugin_id(&app).await;
    // Grants but no network: it fails to send, and wants to keep `failures`, eight bytes alone.
    let grants = json!({ "grants": ["config", "store", "log"] });
    assert_eq!(root.put_json("/api/v1/plugins/webhook/grants", &grants).await.status(), 204);
    handle_event(&app.app, id, registered(root.user_id)).await.unwrap();
    let logs: Value = root.get("/api/v1/plugins/webhook/logs").await.json().await.unwrap();
    assert!(logs["data"].to_string().contains("store is full"), "{logs}");
    let name = json!({ "npmName": "webhook" });
    assert_eq!(root.post_json("/api/v1/plugins/uninstall", &name).await.status(), 204);
    handle_event(&app.app, id, registered(root.user_id)).await.unwrap();
}
