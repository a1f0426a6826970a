//! What becomes of texts when plugins are on.

use farandole::domain::moderation::{Source, Verdict};
use serde_json::{Value, json};

use super::{LINK_SPAM, judged, package, shown, switched_on, upload};
use crate::support::TestApp;

const SPAM: &str = "Schön 🦊: https://spam.example/x";

#[tokio::test]
async fn a_plugin_holds_what_it_finds_and_says_where() {
    let app = TestApp::start().await;
    let root = app.root().await;
    assert_eq!(judged(&app, root.channel_id, SPAM).await.verdict, Verdict::Show);
    let hosts = json!({ "hosts": ["spam.example"] });
    switched_on(&root, "link-spam", package(LINK_SPAM, |text| text), hosts).await;
    let judgement = judged(&app, root.channel_id, SPAM).await;
    assert_eq!(judgement.verdict, Verdict::Hold);
    assert_eq!(judgement.tags, ["external-link", "link-spam"]);
    let reason = &judgement.reasons[0];
    assert_eq!((reason.source, reason.plugin.as_deref()), (Source::Plugin, Some("link-spam")));
    assert_eq!(reason.matched.as_deref(), Some("https://spam.example/x"));
    assert_eq!(judged(&app, root.channel_id, "No links").await.verdict, Verdict::Show);
    let off = json!({ "enabled": false });
    assert_eq!(root.put_json("/api/v1/plugins/link-spam/enabled", &off).await.status(), 204);
    assert_eq!(judged(&app, root.channel_id, SPAM).await.verdict, Verdict::Show);
}

#[tokio::test]
async fn a_channel_can_be_left_out_or_be_the_only_one() {
    let app = TestApp::start().await;
    let (root, alice) = (app.root().await, app.user("alice").await);
    let hosts = json!({ "hosts": ["spam.example"] });
    switched_on(&root, "link-spam", package(LINK_SPAM, |text| text), hosts).await;
    let path = "/api/v1/plugins/link-spam/channels";
    for (everywhere, roots, alices) in
        [(true, Verdict::Hold, Verdict::Show), (false, Verdict::Show, Verdict::Hold)]
    {
        let body = json!({ "everywhere": everywhere, "channels": [alice.channel_name] });
        assert_eq!(root.put_json(path, &body).await.status(), 204);
        assert_eq!(judged(&app, root.channel_id, SPAM).await.verdict, roots);
        assert_eq!(judged(&app, alice.channel_id, SPAM).await.verdict, alices);
    }
    assert_eq!(shown(&root, "link-spam").await["channels"], json!([alice.channel_name]));
    let none = json!({ "everywhere": true, "channels": ["nobody_here"] });
    assert_eq!(root.put_json(path, &none).await.status(), 404);
}

#[tokio::test]
async fn a_plugin_that_fails_holds_and_is_switched_off() {
    let app = TestApp::start().await;
    let root = app.root().await;
    // It proposes to hold, which its manifest does not ask for: a failure.
    let liar = package(LINK_SPAM, |text| text.replace(r#"["tag", "hold"]"#, r#"["tag"]"#));
    let hosts = json!({ "hosts": ["spam.example"] });
    switched_on(&root, "link-spam", liar, hosts).await;
    assert_eq!(judged(&app, root.channel_id, "No links").await.verdict, Verdict::Show);
    for _ in 0..5 {
        let judgement = judged(&app, root.channel_id, SPAM).await;
        assert_eq!(judgement.verdict, Verdict::Hold);
        assert!(judgement.reasons[0].label.contains("could not judge"));
    }
    assert_eq!(judged(&app, root.channel_id, SPAM).await.verdict, Verdict::Show, "it is off");
    let after = shown(&root, "link-spam").await;
    assert_eq!(after["enabled"], false);
    assert!(after["disabledReason"].as_str().unwrap().contains("5 times within an hour"));
    let logs: Value =
        root.get("/api/v1/plugins/link-spam/logs?failures=true").await.json().await.unwrap();
    assert_eq!((&logs["total"], &logs["data"][0]["kind"]), (&json!(5), &json!("forbidden")));
    let told: Value = root.get("/api/v1/users/me/notifications").await.json().await.unwrap();
    assert_eq!(told["data"][0]["type"], 102, "{told}");
    assert!(told["data"][0]["details"]["text"].as_str().unwrap().contains("link-spam"));
    let on = json!({ "enabled": true });
    assert_eq!(root.put_json("/api/v1/plugins/link-spam/enabled", &on).await.status(), 204);
    assert_eq!(
        judged(&app, root.channel_id, SPAM).await.verdict,
        Verdict::Hold,
        "the count is new"
    );
    assert_eq!(shown(&root, "link-spam").await["enabled"], true);
}

#[tokio::test]
async fn failures_of_long_ago_do_not_count() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let liar = package(LINK_SPAM, |text| text.replace(r#"["tag", "hold"]"#, r#"["tag"]"#));
    switched_on(&root, "link-spam", liar, json!({ "hosts": ["spam.example"] })).await;
    for _ in 0..6 {
        judged(&app, root.channel_id, SPAM).await;
        app.clock.advance(std::time::Duration::from_secs(1_000));
    }
    assert_eq!(shown(&root, "link-spam").await["enabled"], true);
}

#[tokio::test]
async fn a_plugin_can_be_tried_while_it_is_off() {
    let app = TestApp::start().await;
    let root = app.root().await;
    assert_eq!(upload(&root, "", package(LINK_SPAM, |text| text)).await.status(), 200);
    let path = "/api/v1/plugins/link-spam/try";
    let body = json!({ "texts": [SPAM, "fine"], "settings": { "hosts": ["spam.example"] } });
    let tried: Value = root.post_json(path, &body).await.json().await.unwrap();
    let first = &tried["results"][0];
    assert_eq!(first["action"], "hold");
    // UTF-16: the fox takes two.
    assert_eq!(first["reasons"][0]["span"], json!({ "start": 10, "end": 32 }));
    assert_eq!(tried["results"][1]["action"], "show");
    for wrong in [
        json!({ "texts": [SPAM], "surface": "nowhere" }),
        json!({ "texts": [SPAM], "settings": { "hosts": 7 } }),
        json!({ "texts": vec!["x"; 21] }),
        json!({ "texts": 7 }),
    ] {
        assert_eq!(root.post_json(path, &wrong).await.status(), 400, "{wrong}");
    }
    let none = json!({ "texts": [] });
    assert_eq!(root.post_json("/api/v1/plugins/none/try", &none).await.status(), 404);
}

#[tokio::test]
async fn plugins_can_be_switched_off_for_the_whole_server() {
    let app = TestApp::start_with(|config| config.plugins.enabled = false).await;
    let root = app.root().await;
    let hosts = json!({ "hosts": ["spam.example"] });
    switched_on(&root, "link-spam", package(LINK_SPAM, |text| text), hosts).await;
    assert_eq!(judged(&app, root.channel_id, SPAM).await.verdict, Verdict::Show);
}

#[tokio::test]
async fn another_node_follows_within_a_second() {
    let app = TestApp::start().await;
    let second = app.second_node().await;
    let root = app.root().await;
    let hosts = json!({ "hosts": ["spam.example"] });
    switched_on(&root, "link-spam", package(LINK_SPAM, |text| text), hosts).await;
    for _ in 0..100 {
        let elsewhere = super::judged_on(&second.app, root.channel_id, SPAM).await;
        if elsewhere.verdict == Verdict::Hold {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the second node never heard of the plugin");
}
