//! `/api/v1/plugins/{name}/preview`: a plugin tried on what was written lately.

use farandole::moderation::previews;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{LINK_SPAM, package, upload};
use crate::support::TestApp;
use crate::support::people::Person;

const PATH: &str = "/api/v1/plugins/link-spam/preview";

async fn begun(root: &Person, body: Value) -> i64 {
    let answer = root.post_json(PATH, &body).await;
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    let begun: Value = answer.json().await.unwrap();
    begun["id"].as_i64().unwrap()
}

fn path(id: i64) -> String {
    format!("/api/v1/moderation/previews/{id}")
}

#[tokio::test]
async fn a_plugin_that_is_off_is_tried_on_stored_comments() {
    let app = TestApp::start().await;
    let (alice, root) = (app.user("alice").await, app.root().await);
    let video = app.video(&alice).publish().await;
    for text in ["😀 https://spam.example/x", "https://a.example", "nothing"] {
        app.comment(&alice, &video, text).await;
    }
    assert_eq!(upload(&root, "", package(LINK_SPAM, |text| text)).await.status(), 200);
    let id = begun(&root, json!({ "days": 7, "settings": { "hosts": ["spam.example"] } })).await;
    previews::run(&app.app, id, &CancellationToken::new()).await.unwrap();
    let seen: Value = root.get(&path(id)).await.json().await.unwrap();
    assert_eq!((&seen["state"], &seen["ofPlugin"]), (&json!("done"), &json!(true)), "{seen}");
    assert_eq!((&seen["hits"], &seen["examined"]), (&json!(1), &seen["total"]));
    assert_eq!(seen["bySurface"], json!({ "comment": 1 }));
    // UTF-16: the face takes two.
    assert_eq!(seen["samples"][0]["spans"], json!([{ "start": 3, "end": 25 }]));
    let fine = json!({ "revisionId": seen["samples"][0]["revisionId"] });
    assert_eq!(root.post_json(&format!("{}/fine", path(id)), &fine).await.status(), 409);

    // With its saved settings it knows no hosts.
    let id = begun(&root, json!({ "days": 7 })).await;
    previews::run(&app.app, id, &CancellationToken::new()).await.unwrap();
    let seen: Value = root.get(&path(id)).await.json().await.unwrap();
    assert_eq!(seen["hits"], 0);
    let gone = json!({ "npmName": "link-spam" });
    assert_eq!(root.post_json("/api/v1/plugins/uninstall", &gone).await.status(), 204);
    assert_eq!(root.get(&path(id)).await.status(), 404, "it goes with the plugin");
}

#[tokio::test]
async fn a_plugin_that_fails_again_and_again_ends_its_trial() {
    let app = TestApp::start().await;
    let (alice, root) = (app.user("alice").await, app.root().await);
    let video = app.video(&alice).publish().await;
    for number in 0..21 {
        app.comment(&alice, &video, &format!("https://spam.example/{number}")).await;
    }
    let liar = package(LINK_SPAM, |text| text.replace(r#"["tag", "hold"]"#, r#"["tag"]"#));
    assert_eq!(upload(&root, "", liar).await.status(), 200);
    let id = begun(&root, json!({ "days": 7, "settings": { "hosts": ["spam.example"] } })).await;
    let ended = previews::run(&app.app, id, &CancellationToken::new()).await.unwrap_err();
    assert!(ended.to_string().contains("failed 20 times"), "{ended}");
    previews::fail(&app.app, id, &ended.to_string()).await.unwrap();
    let seen: Value = root.get(&path(id)).await.json().await.unwrap();
    assert_eq!((&seen["state"], &seen["error"]), (&json!("failed"), &json!(ended.to_string())));
}

#[tokio::test]
async fn what_cannot_be_tried_is_said() {
    let app = TestApp::start().await;
    let root = app.root().await;
    assert_eq!(upload(&root, "", package(LINK_SPAM, |text| text)).await.status(), 200);
    for wrong in [json!({}), json!({ "days": 0 }), json!({ "days": 7, "settings": { "hosts": 7 } })]
    {
        assert_eq!(root.post_json(PATH, &wrong).await.status(), 400, "{wrong}");
    }
    let days = json!({ "days": 7 });
    assert_eq!(root.post_json("/api/v1/plugins/none/preview", &days).await.status(), 404);
    for _ in 0..4 {
        begun(&root, days.clone()).await;
    }
    assert_eq!(root.post_json(PATH, &days).await.status(), 409, "four run already");
}
