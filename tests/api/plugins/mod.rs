//! `/api/v1/plugins`: who may, what is kept, and what becomes of texts.

mod administration;
mod events;
mod judging;
mod previews;
pub mod roles;

use farandole::app::App;
use farandole::domain::moderation::{Format, Judgement, Surface};
use farandole::moderation::{Item, judge};
use farandole_plugins::{Manifest, Package};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::{Person, TestApp};

const LINK_SPAM: &str = include_str!("../../../plugins/samples/link-spam/plugin.toml");
const WEBHOOK: &str = include_str!("../../../plugins/samples/webhook/plugin.toml");

/// The package of a committed guest, with its manifest as `change` leaves it.
fn package(toml: &str, change: impl FnOnce(String) -> String) -> Vec<u8> {
    let text = change(toml.to_owned());
    let manifest = Manifest::from_toml(&text).unwrap();
    let file = format!("plugins/fixtures/{}.wasm", manifest.name.split("-two").next().unwrap());
    let wasm = std::fs::read(file).unwrap();
    Package::build(&manifest, &wasm).unwrap().bytes().to_vec()
}

async fn upload(who: &Person, query: &str, bytes: Vec<u8>) -> Response {
    let path = format!("/api/v1/plugins/packages{query}");
    let request = who.request(Method::POST, &path).header("content-type", "application/wasm");
    request.body(bytes).send().await.unwrap()
}

/// Installs one, grants all it asks for, saves settings, and switches it on.
async fn switched_on(root: &Person, name: &str, bytes: Vec<u8>, settings: Value) {
    assert_eq!(upload(root, "", bytes).await.status(), 200);
    let shown = shown(root, name).await;
    let path = |what: &str| format!("/api/v1/plugins/{name}/{what}");
    let all = json!({ "grants": shown["permissions"] });
    assert_eq!(root.put_json(&path("grants"), &all).await.status(), 204);
    let settings = json!({ "settings": settings });
    assert_eq!(root.put_json(&path("settings"), &settings).await.status(), 204);
    let on = root.put_json(&path("enabled"), &json!({ "enabled": true })).await;
    assert_eq!(on.status(), 204, "{}", on.text().await.unwrap());
}

async fn shown(root: &Person, name: &str) -> Value {
    let response = root.get(&format!("/api/v1/plugins/{name}")).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

/// What becomes of a comment under a video of a channel.
async fn judged(app: &TestApp, channel_id: i64, text: &str) -> Judgement {
    judged_on(&app.app, channel_id, text).await
}

async fn judged_on(app: &App, channel_id: i64, text: &str) -> Judgement {
    let item = Item {
        surface: Surface::Comment,
        text,
        format: Format::Markdown,
        author_actor_id: None,
        author_role: None,
        channel_id: Some(channel_id),
        owner_account_id: None,
        language: None,
    };
    judge(app, &item).await.unwrap()
}
