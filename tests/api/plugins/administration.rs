//! Install, update, settings, grants, order, channels, uninstall.

use farandole_plugins::Package;
use serde_json::{Value, json};

use super::{LINK_SPAM, WEBHOOK, package, shown, switched_on, upload};
use crate::support::TestApp;

#[tokio::test]
async fn a_new_plugin_is_off_and_may_nothing() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let look = upload(&root, "?dryRun=true", package(LINK_SPAM, |text| text)).await;
    assert_eq!(look.status(), 200);
    assert_eq!(root.get("/api/v1/plugins/link-spam").await.status(), 404, "it only looked");
    let made: Value =
        upload(&root, "", package(LINK_SPAM, |text| text)).await.json().await.unwrap();
    assert_eq!((&made["name"], &made["change"]), (&json!("link-spam"), &Value::Null));
    let page: Value = root.get("/api/v1/plugins").await.json().await.unwrap();
    assert_eq!(page["total"], 1);
    insta::assert_json_snapshot!("plugin", page["data"][0], {
        ".createdAt" => "[time]", ".updatedAt" => "[time]", ".sha256" => "[sha256]",
    });
    let themes: Value = root.get("/api/v1/plugins?pluginType=2").await.json().await.unwrap();
    assert_eq!(themes["total"], 0);
}

#[tokio::test]
async fn an_update_gains_no_permission() {
    let app = TestApp::start().await;
    let root = app.root().await;
    switched_on(&root, "link-spam", package(LINK_SPAM, |text| text), json!({ "most_links": 1 }))
        .await;
    let more = package(LINK_SPAM, |text| {
        text.replace("1.0.0", "1.1.0")
            .replace("config = true", "config = true\nstore_bytes = 512\nlog = true")
            .replace(r#""tag", "hold""#, r#""hold", "reject""#)
    });
    let looked: Value = upload(&root, "?dryRun=true", more.clone()).await.json().await.unwrap();
    assert_eq!(looked["change"]["added"], json!(["store", "log", "reject"]));
    assert_eq!(looked["change"]["removed"], json!(["tag"]));
    assert_eq!(shown(&root, "link-spam").await["version"], "1.0.0");
    assert_eq!(upload(&root, "", more).await.status(), 200);
    let after = shown(&root, "link-spam").await;
    assert_eq!((&after["version"], &after["enabled"]), (&json!("1.1.0"), &json!(true)));
    assert_eq!(after["grants"], json!(["config", "hold"]));
    assert_eq!(after["settings"], json!({ "most_links": 1 }), "settings stay");
}

#[tokio::test]
async fn settings_are_held_to_the_schema_and_secrets_stay_secret() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let secret = package(LINK_SPAM, |text| {
        format!(
            "{text}\n[configuration.properties.key]\ntype='string'\ntitle='Key'\nwriteOnly=true\n"
        )
    });
    assert_eq!(upload(&root, "", secret).await.status(), 200);
    let path = "/api/v1/plugins/link-spam/settings";
    let save = |settings: Value| {
        let body = json!({ "settings": settings });
        let root = root.clone();
        async move { root.put_json(path, &body).await.status() }
    };
    assert_eq!(save(json!({ "most_links": 5, "key": "s3cret" })).await, 204);
    for wrong in [json!({ "most_links": "many" }), json!({ "most_links": 101 }), json!({ "x": 1 })]
    {
        assert_eq!(save(wrong.clone()).await, 400, "{wrong}");
    }
    assert_eq!(shown(&root, "link-spam").await["settings"], json!({ "most_links": 5 }));
    assert_eq!(save(json!({ "hosts": ["a.example"] })).await, 204);
    assert_eq!(shown(&root, "link-spam").await["settings"], json!({ "hosts": ["a.example"] }));
    let form: Value =
        root.get("/api/v1/plugins/link-spam/registered-settings").await.json().await.unwrap();
    insta::assert_json_snapshot!("registered_settings", form);
    assert_eq!(root.put_json(path, &json!({ "settings": 7 })).await.status(), 400);
    assert_eq!(
        root.put_json("/api/v1/plugins/none/settings", &json!({ "settings": {} })).await.status(),
        404
    );
}

#[tokio::test]
async fn grants_are_what_the_manifest_asks_for() {
    let app = TestApp::start().await;
    let root = app.root().await;
    assert_eq!(upload(&root, "", package(WEBHOOK, |text| text)).await.status(), 200);
    let path = "/api/v1/plugins/webhook/grants";
    let fits = json!({ "grants": ["http:hooks.example.org", "config"] });
    assert_eq!(root.put_json(path, &fits).await.status(), 204);
    assert_eq!(
        shown(&root, "webhook").await["grants"],
        json!(["config", "http:hooks.example.org"])
    );
    for wrong in ["http:other.example.org", "reject", "root", ""] {
        let body = json!({ "grants": [wrong] });
        assert_eq!(root.put_json(path, &body).await.status(), 400, "{wrong}");
    }
    let enabled = "/api/v1/plugins/webhook/enabled";
    let unset = root.put_json(enabled, &json!({ "enabled": true })).await;
    assert_eq!(unset.status(), 400, "its address is not set");
    assert!(unset.text().await.unwrap().contains("address"));
}

#[tokio::test]
async fn what_is_no_plugin_is_refused() {
    let app = TestApp::start().await;
    let root = app.root().await;
    for bytes in [Vec::new(), b"PK".to_vec(), b"\0asm\x01\0\0\0".to_vec()] {
        assert_eq!(upload(&root, "", bytes).await.status(), 400);
    }
    let forged = package(LINK_SPAM, |text| text.replace("config = true", "config = false"));
    let refused = upload(&root, "", forged).await;
    assert_eq!(refused.status(), 400);
    assert!(refused.text().await.unwrap().contains("config_get"));
    let other = upload(&root, "?sha256=00", package(LINK_SPAM, |text| text)).await;
    assert_eq!(other.status(), 400);
    for (body, status) in [
        (json!({ "npmName": "peertube-plugin-auth-ldap" }), 400),
        (json!({ "path": "../../etc/passwd" }), 400),
        (json!({ "url": "https://example.org/x.wasm" }), 400),
        (json!({ "url": "http://127.0.0.1:1/x.wasm", "sha256": "00" }), 400),
        (json!({}), 400),
    ] {
        let response = root.post_json("/api/v1/plugins/install", &body).await;
        assert_eq!(response.status(), status, "{body}");
    }
    let none: Value = root.get("/api/v1/plugins").await.json().await.unwrap();
    assert_eq!(none["total"], 0);
}

#[tokio::test]
async fn a_folder_of_packages_can_be_installed_from() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("spam.wasm"), package(LINK_SPAM, |text| text)).unwrap();
    let path = folder.path().to_owned();
    let app = TestApp::start_with(|config| config.plugins.folder = path).await;
    let root = app.root().await;
    let update = json!({ "path": "spam.wasm" });
    assert_eq!(root.post_json("/api/v1/plugins/update", &update).await.status(), 404);
    assert_eq!(root.post_json("/api/v1/plugins/install", &update).await.status(), 204);
    assert_eq!(root.post_json("/api/v1/plugins/update", &update).await.status(), 204);
    let gone = json!({ "path": "none.wasm" });
    assert_eq!(root.post_json("/api/v1/plugins/install", &gone).await.status(), 400);
    let name = json!({ "npmName": "link-spam" });
    assert_eq!(root.post_json("/api/v1/plugins/uninstall", &name).await.status(), 204);
    assert_eq!(root.post_json("/api/v1/plugins/uninstall", &name).await.status(), 404);
}

/// The address of a server that has one file.
async fn shelf(bytes: Vec<u8>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = axum::Router::new()
        .route("/plugin.wasm", axum::routing::get(move || std::future::ready(bytes.clone())));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}/plugin.wasm")
}

#[tokio::test]
async fn a_package_at_an_address_is_looked_at_installed_and_updated() {
    const FETCH: &str = "/api/v1/plugins/packages/fetch";
    let own = vec!["127.0.0.0/8".parse().unwrap()];
    let app = TestApp::start_with(|config| config.plugins.networks = own).await;
    let root = app.root().await;
    let sum = |bytes: &[u8]| Package::read(bytes.to_vec()).unwrap().sha256();
    let first = package(LINK_SPAM, |text| text);
    let body = json!({ "sha256": sum(&first), "url": shelf(first).await });
    let looked = root.post_json(&format!("{FETCH}?dryRun=true"), &body).await;
    assert_eq!(looked.status(), 200);
    let looked: Value = looked.json().await.unwrap();
    insta::assert_json_snapshot!("fetched", looked, { ".sha256" => "[sha256]" });
    assert_eq!(looked["sha256"], body["sha256"]);
    assert_eq!(root.get("/api/v1/plugins/link-spam").await.status(), 404, "it only looked");
    assert_eq!(root.post_json(FETCH, &body).await.status(), 200);
    assert_eq!(shown(&root, "link-spam").await["grants"], json!([]));

    let second = package(LINK_SPAM, |text| {
        text.replace("1.0.0", "1.1.0").replace("config = true", "config = true\nlog = true")
    });
    let sha256 = sum(&second);
    let url = shelf(second).await;
    let body = json!({ "url": url, "sha256": sha256 });
    let updated: Value = root.post_json(FETCH, &body).await.json().await.unwrap();
    assert_eq!(
        (&updated["version"], &updated["change"]["added"]),
        (&json!("1.1.0"), &json!(["log"]))
    );

    let elsewhere = url.replace("plugin.wasm", "none.wasm");
    for (wrong, says) in [
        (json!({ "url": url, "sha256": "00" }), "SHA-256"),
        (json!({ "url": url }), "sha256"),
        (json!({ "url": elsewhere, "sha256": sha256 }), "404"),
        (json!({ "url": "http://10.0.0.1/x.wasm", "sha256": sha256 }), "plugins.networks"),
        (json!({ "url": "not an address", "sha256": sha256 }), "url"),
        (json!({}), "path"),
    ] {
        let refused = root.post_json(FETCH, &wrong).await;
        assert_eq!(refused.status(), 400, "{wrong}");
        let text = refused.text().await.unwrap();
        assert!(text.contains(says), "{wrong}: {text}");
    }
    assert_eq!(root.post_json(&format!("{FETCH}?dryRun=maybe"), &body).await.status(), 400);
}

#[tokio::test]
async fn plugins_have_an_order() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let two = package(LINK_SPAM, |text| text.replace("link-spam\"", "link-spam-two\""));
    for bytes in [package(LINK_SPAM, |text| text), two, package(WEBHOOK, |text| text)] {
        assert_eq!(upload(&root, "", bytes).await.status(), 200);
    }
    let names = json!({ "names": ["webhook", "link-spam-two"] });
    assert_eq!(root.put_json("/api/v1/plugins/order", &names).await.status(), 204);
    let page: Value = root.get("/api/v1/plugins").await.json().await.unwrap();
    let order: Vec<&str> =
        page["data"].as_array().unwrap().iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(order, ["webhook", "link-spam-two", "link-spam"]);
}
