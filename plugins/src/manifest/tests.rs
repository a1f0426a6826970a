//! What a manifest may say.

use serde_json::json;

use super::*;

/// A manifest that asks for everything.
const WHOLE: &str = r#"
name = "link-spam"
version = "1.2.3"
api = 1
title = "Link spam"
description = "Holds comments that are mostly links."
license = "MIT"
homepage = "https://example.org/link-spam"
hooks = ["judge", "on_event"]
surfaces = ["comment"]
events = ["comment-created"]

[permissions]
config = true
store_bytes = 4096
http = ["hooks.example.org", "localhost:8080"]
author = true
log = true
propose = ["tag", "hold", "reject", "notify"]

[limits]
judge_fuel = 1000000

[pooling]
reuse = true

[configuration]
required = ["address"]
[configuration.properties.address]
type = "string"
title = "Address"
maxLength = 20
[configuration.properties.secret]
type = "string"
title = "Secret"
writeOnly = true
[configuration.properties.most]
type = "integer"
title = "Most links"
default = 3
minimum = 0
maximum = 10
[configuration.properties.words]
type = "array"
title = "Words"
maxItems = 2
[configuration.properties.way]
type = "string"
title = "Way"
enum = ["soft", "hard"]
"#;

fn changed(from: &str, to: &str) -> Result<Manifest, ManifestError> {
    assert!(WHOLE.contains(from), "{from} is not in the manifest");
    Manifest::from_toml(&WHOLE.replace(from, to))
}

#[test]
fn a_whole_manifest_is_read_and_survives_as_json() {
    let manifest = Manifest::from_toml(WHOLE).unwrap();
    assert!(manifest.judges("comment") && !manifest.judges("chat"));
    assert!(manifest.hears("comment-created") && !manifest.hears("video-published"));
    assert_eq!(manifest.limits.judge_fuel, 1_000_000);
    assert_eq!(manifest.limits.memory_bytes, 16 << 20);
    let json = serde_json::to_vec(&manifest).unwrap();
    assert_eq!(Manifest::from_json(&json).unwrap(), manifest);
}

#[test]
fn the_smallest_manifest_asks_for_nothing() {
    let manifest =
        Manifest::from_toml("name='ab'\nversion='0.0.1'\napi=1\ntitle='A'\nhooks=['judge']")
            .unwrap();
    assert!(manifest.permissions.list().is_empty());
    assert!(!manifest.pooling.reuse);
    assert!(manifest.judges("anything"));
}

#[test]
fn each_wrong_field_is_named() {
    let wrong = [
        (r#"name = "link-spam""#, r#"name = "Link""#, "name"),
        (r#"name = "link-spam""#, r#"name = "../x""#, "name"),
        (r#""1.2.3""#, r#""1.2""#, "version"),
        ("api = 1", "api = 99", "api"),
        (r#"title = "Link spam""#, r#"title = " ""#, "title"),
        ("https://example.org/link-spam", "javascript:alert(1)", "homepage"),
        (r#"["judge", "on_event"]"#, "[]", "hooks"),
        (r#"surfaces = ["comment"]"#, r#"surfaces = ["Comment!"]"#, "surfaces"),
        ("hooks.example.org", "*.example.org", "permissions.http"),
        ("hooks.example.org", "https://example.org", "permissions.http"),
        ("hooks.example.org", "example.org/path", "permissions.http"),
        ("localhost:8080", "localhost:0", "permissions.http"),
        ("4096", "999999999999", "store_bytes"),
        ("judge_fuel = 1000000", "judge_fuel = 1", "limits.judge_fuel"),
        ("judge_fuel = 1000000", "judge_wall_ms = 10", "limits.judge_wall_ms"),
        ("judge_fuel = 1000000", "memory_bytes = 99999999999", "limits.memory_bytes"),
        (r#"required = ["address"]"#, r#"required = ["nothing"]"#, "configuration.required"),
        ("default = 3", "default = 99", "most"),
        ("default = 3", "default = 'three'", "most"),
        ("writeOnly = true", "writeOnly = true\ndefault = 'x'", "secret"),
    ];
    for (from, to, field) in wrong {
        let refused = changed(from, to).expect_err(to).to_string();
        assert!(refused.contains(field), "{to}: {refused}");
    }
}

#[test]
fn what_no_manifest_has_is_refused() {
    assert!(changed("api = 1", "api = 1\nfilesystem = true").is_err());
    assert!(changed("log = true", "log = true\nshell = true").is_err());
    assert!(Manifest::from_toml(&" ".repeat(MAX_MANIFEST_BYTES + 1)).is_err());
    assert!(Manifest::from_json(b"\xff\xfe").is_err());
}

#[test]
fn the_network_needs_the_hook_that_has_it() {
    let refused = changed(r#"["judge", "on_event"]"#, r#"["judge"]"#).unwrap_err().to_string();
    assert!(refused.contains("permissions.http"), "{refused}");
}

#[test]
fn a_configuration_is_held_to_its_schema() {
    let schema = Manifest::from_toml(WHOLE).unwrap().configuration;
    let check = |value: serde_json::Value| schema.validate(value.as_object().unwrap());
    assert_eq!(check(json!({ "address": "a", "most": 3, "words": ["x"], "way": "soft" })), Ok(()));
    for (value, problem) in [
        (json!({ "unknown": 1 }), "does not exist"),
        (json!({ "address": 1 }), "must be a text"),
        (json!({ "address": "x".repeat(21) }), "at most 20"),
        (json!({ "most": 1.5 }), "whole number"),
        (json!({ "most": 11 }), "at most 10"),
        (json!({ "most": -1 }), "at least 0"),
        (json!({ "words": ["a", "b", "c"] }), "at most 2"),
        (json!({ "words": [1] }), "texts only"),
        (json!({ "way": "other" }), "one of soft, hard"),
    ] {
        let refused = check(value.clone()).expect_err(&value.to_string());
        assert!(refused.to_string().contains(problem), "{refused}");
    }
    assert_eq!(schema.missing(json!({}).as_object().unwrap()), ["address"]);
}

#[test]
fn defaults_fill_what_is_not_set() {
    let schema = Manifest::from_toml(WHOLE).unwrap().configuration;
    let given = json!({ "address": "here", "words": ["a"] });
    let resolved = schema.resolve(given.as_object().unwrap());
    assert_eq!(resolved.get("address").map(String::as_str), Some("here"));
    assert_eq!(resolved.get("most").map(String::as_str), Some("3"));
    assert_eq!(resolved.get("words").map(String::as_str), Some(r#"["a"]"#));
    assert_eq!(resolved.get("secret"), None);
}

#[test]
fn an_update_says_what_it_newly_asks_for() {
    let old = Manifest::from_toml(WHOLE).unwrap().permissions;
    let mut new = old.clone();
    assert!(!new.since(&old).asks_for_more());
    new.http.insert("more.example.org".to_owned());
    new.author = false;
    let change = new.since(&old);
    assert!(change.asks_for_more());
    let names =
        |set: &BTreeSet<Permission>| set.iter().map(Permission::to_string).collect::<Vec<_>>();
    assert_eq!(names(&change.added), ["http:more.example.org"]);
    assert_eq!(names(&change.removed), ["author"]);
    new.http.remove("more.example.org");
    new.store_bytes *= 2;
    assert!(new.since(&old).asks_for_more());
}

#[test]
fn permissions_have_names_that_lead_back() {
    let permissions = Manifest::from_toml(WHOLE).unwrap().permissions;
    for permission in permissions.list() {
        assert_eq!(Permission::try_from(permission.to_string()), Ok(permission));
    }
    assert!(Permission::try_from("http:*".to_owned()).is_err());
    assert!(Permission::try_from("root".to_owned()).is_err());
}

#[test]
fn only_what_both_name_is_granted() {
    let permissions = Permissions { log: true, ..Permissions::default() };
    let grants = Grants([Permission::Log, Permission::Author].into());
    assert_eq!(grants.within(&permissions), Grants([Permission::Log].into()));
}
