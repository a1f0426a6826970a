//! The samples do what they say, as they are committed and as they are built from source.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use farandole_plugins::{Action, Failure, Package, Plugin, Setup};
use serde_json::json;

use crate::guests::{MANIFEST, Server, all, event, item, manifest};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn sample(name: &str) -> Package {
    let text = std::fs::read_to_string(root().join(format!("samples/{name}/plugin.toml"))).unwrap();
    let wasm = std::fs::read(root().join(format!("fixtures/{name}.wasm"))).unwrap();
    Package::build(&manifest(&text), &wasm).unwrap()
}

fn load(package: &Package, config: serde_json::Value, server: Arc<Server>) -> Plugin {
    let grants = all(&package.manifest().permissions);
    let setup = Setup { grants, config: config.as_object().unwrap().clone() };
    Plugin::load(package, setup, server).unwrap()
}

#[test]
fn link_spam_counts_links_and_knows_hosts() {
    let package = sample("link-spam");
    let config = json!({ "most_links": 2, "hosts": ["spam.example"] });
    let plugin = load(&package, config, Arc::new(Server::default()));
    let judged = |text: &str| plugin.judge(&item(text), "").unwrap();
    assert_eq!(
        judged("Voilà: https://peer.example/ und http://other.example").action,
        Action::Show
    );
    let many = judged("https://a.example https://b.example https://c.example");
    assert_eq!(many.action, Action::Hold);
    assert_eq!(many.tags, ["link-spam"]);
    let text = "Très 🦊 utile: HTTPS://www.Spam.example/x?y, vraiment";
    let named = judged(text);
    let reason = named.reasons.first().unwrap();
    let span = reason.span.as_ref().unwrap();
    let part = text.get(span.start as usize..span.end as usize).unwrap();
    assert_eq!(part, "HTTPS://www.Spam.example/x?y,");
    assert_eq!(judged("https://notspam.example ://").action, Action::Show);
    assert_eq!(judged("\"\\ \n\t\u{1} ://:// https://").action, Action::Show);
}

#[test]
fn the_webhook_sends_counts_and_complains() {
    let package = sample("webhook");
    let server = Arc::new(Server::default());
    *server.status.lock().unwrap() = 204;
    let config = json!({ "address": "https://hooks.example.org/in" });
    let plugin = load(&package, config, Arc::clone(&server));
    assert!(plugin.on_event(&event()).unwrap().notices.is_empty());
    {
        let requests = server.requests.lock().unwrap();
        let sent = requests.first().unwrap();
        assert_eq!(
            (sent.method.as_str(), sent.url.as_str()),
            ("POST", "https://hooks.example.org/in")
        );
        assert_eq!(sent.headers.get("content-type").map(String::as_str), Some("application/json"));
        let body: serde_json::Value = serde_json::from_slice(&sent.body).unwrap();
        assert_eq!(body["text"], "A \"quoted\" text\nwith two lines");
        assert_eq!(body["kind"], "comment-created");
        assert!(body["author"].is_null(), "it was never granted to know");
    }
    *server.status.lock().unwrap() = 500;
    let notices: Vec<usize> =
        (0..4).map(|_| plugin.on_event(&event()).unwrap().notices.len()).collect();
    assert_eq!(notices, [0, 0, 1, 0]);
    assert_eq!(server.store.lock().unwrap().get("failures").unwrap(), b"4");
    let lines = server.lines.lock().unwrap();
    assert_eq!(lines.first().unwrap(), "webhook info sent comment-created 12");
    assert_eq!(lines.get(1).unwrap(), "webhook warn not sent: comment-created 12, status 500");
}

#[test]
fn the_webhook_reaches_no_host_but_its_own() {
    let package = sample("webhook");
    let server = Arc::new(Server::default());
    for address in ["https://other.example.org/", "http://127.0.0.1/", "file:///etc/passwd"] {
        let plugin = load(&package, json!({ "address": address }), Arc::clone(&server));
        let failure = plugin.on_event(&event()).unwrap_err();
        assert!(
            matches!(failure, Failure::Forbidden(_) | Failure::Lie(_)),
            "{address}: {failure:?}"
        );
    }
    assert!(server.requests.lock().unwrap().is_empty());
}

#[test]
fn without_its_grants_the_webhook_does_nothing() {
    let package = sample("webhook");
    let server = Arc::new(Server::default());
    let config = json!({ "address": "https://hooks.example.org/in" });
    let setup = Setup { config: config.as_object().unwrap().clone(), ..Setup::default() };
    let services: Arc<Server> = Arc::clone(&server);
    let plugin = Plugin::load(&package, setup, services).unwrap();
    // Its address is a setting, and it may read none: so it asks for no address at all.
    assert!(plugin.on_event(&event()).is_err());
    assert!(server.requests.lock().unwrap().is_empty());
    assert!(server.store.lock().unwrap().is_empty() && server.lines.lock().unwrap().is_empty());
}

#[test]
fn the_word_filter_judges_as_the_server_does() {
    let package = sample("word-filter");
    let config = json!({
        "words": ["spam", "cunt", "赌博"],
        "exceptions": ["Scunthorpe"],
        "mode": "substring",
        "action": "reject",
        "disguises": true,
    });
    let plugin = load(&package, config, Arc::new(Server::default()));
    let judged = |text: &str| plugin.judge(&item(text), "channel").unwrap();
    for innocent in ["A quiet evening in Scunthorpe.", "Menstruation, explained", "Très bien 🦊"]
    {
        assert_eq!(judged(innocent).action, Action::Show, "{innocent}");
    }
    for (text, found) in [
        ("Buy s p a m here", "s p a m"),
        ("ѕрам for you", "ѕрам"),
        ("这里可以赌博吗", "赌博"),
        ("Scunthorpe cunt", "cunt"),
    ] {
        let verdict = judged(text);
        assert_eq!(
            (verdict.action, &*verdict.tags),
            (Action::Reject, &["word-filter".to_owned()][..])
        );
        let span = verdict.reasons.first().unwrap().span.as_ref().unwrap();
        assert_eq!(text.get(span.start as usize..span.end as usize), Some(found), "{text}");
    }
}

fn sells(wasm: &[u8]) -> [Action; 2] {
    let package = Package::build(&manifest(MANIFEST), wasm).unwrap();
    let plugin = load(&package, json!({}), Arc::new(Server::default()));
    ["bubuy noww, buy now", "by now"].map(|text| plugin.judge(&item(text), "").unwrap().action)
}

#[test]
fn a_guest_in_c_works() {
    let wasm = std::fs::read(root().join("fixtures/guest.wasm")).unwrap();
    assert_eq!(sells(&wasm), [Action::Hold, Action::Show]);
}

#[test]
fn the_guest_in_c_can_be_built_from_its_source() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("guest.wasm");
    let built = std::process::Command::new("clang")
        .args(["--target=wasm32", "-O2", "-nostdlib", "-Wl,--no-entry", "-o"])
        .arg(&out)
        .arg(root().join("fixtures/c/guest.c"))
        .status()
        .expect("clang and lld, which `make deps` installs");
    assert!(built.success());
    assert_eq!(sells(&std::fs::read(out).unwrap()), [Action::Hold, Action::Show]);
}
