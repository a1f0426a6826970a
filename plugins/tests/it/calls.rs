//! What a call gives, and what one call leaves for the next.

use std::sync::Arc;

use farandole_plugins::manifest::Permissions;
use farandole_plugins::{
    Action, Failure, Grants, LoadError, Nothing, Permission, Plugin, Proposal, Setup,
};
use serde_json::json;

use crate::guests::{HEAD, MANIFEST, answering, item, loaded, manifest, packed};

/// Remembers in a global how often it was called, and says so: shows first, holds afterwards.
fn remembering() -> String {
    format!(
        "(module {HEAD} (global $calls (mut i32) (i32.const 0)) \
         (func $first {}) (func $later {}) \
         (func (export \"judge\") \
           (if (i32.eqz (global.get $calls)) (then (call $first)) (else (call $later))) \
           (global.set $calls (i32.add (global.get $calls) (i32.const 1)))))",
        answering(r#"{"action":"show"}"#),
        answering(r#"{"action":"hold","reasons":[{"text":"again"}]}"#),
    )
}

fn pooled() -> String {
    format!("{MANIFEST}[pooling]\nreuse = true\n")
}

fn action(plugin: &Plugin, channel: &str) -> Action {
    plugin.judge(&item("text"), channel).unwrap().action
}

#[test]
fn every_call_meets_a_new_instance() {
    let plugin = loaded(MANIFEST, &remembering()).unwrap();
    assert_eq!(action(&plugin, "a"), Action::Show);
    assert_eq!(action(&plugin, "a"), Action::Show);
    assert_eq!(plugin.counts().instances, 2);
}

#[test]
fn only_a_pooled_instance_remembers_and_only_within_a_channel() {
    let plugin = loaded(&pooled(), &remembering()).unwrap();
    assert_eq!(action(&plugin, "a"), Action::Show);
    assert_eq!(action(&plugin, "a"), Action::Hold);
    assert_eq!(action(&plugin, "b"), Action::Show, "another channel, another instance");
    assert_eq!(plugin.counts().instances, 2);
}

#[test]
fn an_instance_serves_a_thousand_calls() {
    let plugin = loaded(&pooled(), &remembering()).unwrap();
    for _ in 0..1_000 {
        plugin.judge(&item("text"), "a").unwrap();
    }
    assert_eq!(plugin.counts().instances, 1);
    assert_eq!(action(&plugin, "a"), Action::Show);
    assert_eq!(plugin.counts().instances, 2);
}

#[test]
fn an_instance_whose_memory_grew_serves_no_more() {
    let show = answering(r#"{"action":"show"}"#);
    let growing = format!(
        "(module {HEAD} (memory 1) (func (export \"judge\") {show} \
         (drop (memory.grow (i32.const 1)))))"
    );
    let plugin = loaded(&pooled(), &growing).unwrap();
    for _ in 0..4 {
        plugin.judge(&item("text"), "a").unwrap();
    }
    // The growth of the first call is what it needs; that of the second ends it.
    assert_eq!(plugin.counts().instances, 2);
}

#[test]
fn an_instance_that_failed_serves_no_more() {
    let once = format!(
        "(module {HEAD} (global $calls (mut i32) (i32.const 0)) (func $show {}) \
         (func (export \"judge\") \
           (if (global.get $calls) (then unreachable)) \
           (global.set $calls (i32.const 1)) (call $show)))",
        answering(r#"{"action":"show"}"#),
    );
    let plugin = loaded(&pooled(), &once).unwrap();
    let kinds: Vec<bool> = (0..4).map(|_| plugin.judge(&item("text"), "a").is_ok()).collect();
    assert_eq!(kinds, [true, false, true, false]);
}

#[test]
fn fuel_is_for_each_call() {
    // About 1,000 instructions a call, of 10,000: a hundred calls would never fit into one tank.
    let wat = format!(
        "(module {HEAD} (func $show {}) (func (export \"judge\") (local $left i32) \
           (local.set $left (i32.const 200)) \
           (loop $again (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1))))) \
           (call $show)))",
        answering(r#"{"action":"show"}"#),
    );
    let plugin = loaded(&format!("{}[limits]\njudge_fuel = 10000\n", pooled()), &wat).unwrap();
    for _ in 0..100 {
        plugin.judge(&item("text"), "a").unwrap();
    }
    assert_eq!(plugin.counts().instances, 1);
}

#[test]
fn a_start_function_runs_once_in_each_instance() {
    let wat = format!(
        "(module {HEAD} (global $ready (mut i32) (i32.const 0)) (func $show {}) \
         (func $begin (global.set $ready (i32.add (global.get $ready) (i32.const 1)))) \
         (start $begin) (func (export \"_initialize\") (call $begin)) \
         (func (export \"judge\") (result i32) \
           (if (i32.ne (global.get $ready) (i32.const 2)) (then unreachable)) \
           (call $show) (i32.const 0)))",
        answering(r#"{"action":"show"}"#),
    );
    let plugin = loaded(&pooled(), &wat).unwrap();
    for _ in 0..3 {
        assert_eq!(action(&plugin, ""), Action::Show);
    }
}

#[test]
fn a_plugin_that_says_it_failed_did() {
    let wat = format!(
        "(module {HEAD} (import \"extism:host/env\" \"error_set\" (func $error (param i64))) \
         (func (export \"judge\") (local $at i64) (local.set $at (call $alloc (i64.const 8))) \
           (call $store_u64 (local.get $at) (i64.const 0x2020203a73706f6f)) \
           (call $error (local.get $at))))"
    );
    let plugin = loaded(MANIFEST, &wat).unwrap();
    let failure = plugin.judge(&item("text"), "").unwrap_err();
    assert_eq!(failure, Failure::Reported("oops:".to_owned()));
}

#[test]
fn what_was_not_granted_is_not_done() {
    let answer = r#"{"action":"reject","reasons":[{"text":"x"}],"tags":["t"]}"#;
    let wat = format!("(module {HEAD} (func (export \"judge\") {}))", answering(answer));
    let package = packed(&manifest(MANIFEST), &wat);
    let with = |granted: &[Permission]| {
        let grants = Grants(granted.iter().cloned().collect());
        let setup = Setup { grants, ..Setup::default() };
        let plugin = Plugin::load(&package, setup, Arc::new(Nothing)).unwrap();
        plugin.judge(&item("text"), "").unwrap()
    };
    assert_eq!(with(&[]).action, Action::Show);
    assert_eq!(with(&[Permission::Propose(Proposal::Hold)]).action, Action::Hold);
}

#[test]
fn a_configuration_that_does_not_fit_is_refused() {
    let configured = format!(
        "{MANIFEST}[configuration]\nrequired = ['word']\n\
         [configuration.properties.word]\ntype = 'string'\ntitle = 'Word'\n"
    );
    let wat = format!("(module {HEAD} (func (export \"judge\")))");
    let package = packed(&manifest(&configured), &wat);
    let load = |config: serde_json::Value| {
        let setup = Setup { config: config.as_object().unwrap().clone(), ..Setup::default() };
        Plugin::load(&package, setup, Arc::new(Nothing)).map(|_| ())
    };
    assert!(matches!(load(json!({})), Err(LoadError::Unset(names)) if names == "word"));
    assert!(matches!(load(json!({ "word": 1 })), Err(LoadError::Config(_))));
    assert!(load(json!({ "word": "x" })).is_ok());
}

#[test]
fn a_hook_that_is_not_there_is_the_hosts_mistake() {
    let plugin = loaded(MANIFEST, &remembering()).unwrap();
    let failure = plugin.on_event(&crate::guests::event()).unwrap_err();
    assert!(!failure.is_the_plugins(), "{failure:?}");
    assert!(Permissions::default().list().is_empty());
}
