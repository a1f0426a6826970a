//! Hostile guests: each is refused or ends with a failure, and the host goes on as before.
//!
//! None of these tests measures time. That a guest which would never end does end is the test.

use std::sync::Arc;

use farandole_plugins::{Action, Failure, Host, LoadError, Nothing, Plugin, Size};

use crate::guests::{HEAD, MANIFEST, all, answering, event, item, loaded, manifest, packed};

macro_rules! hostile {
    ($name:literal) => {
        include_str!(concat!("../../fixtures/hostile/", $name, ".wat"))
    };
}

fn failure(wat: &str) -> Failure {
    let plugin = loaded(MANIFEST, wat).unwrap();
    let failure = plugin.judge(&item("text"), "").unwrap_err();
    assert_eq!(plugin.counts().failures, 1, "it is counted");
    let again = plugin.judge(&item("text"), "").unwrap_err();
    assert_eq!(again.kind(), failure.kind(), "and fails the same way again");
    assert!(failure.is_the_plugins());
    failure
}

fn refused(manifest: &str, wat: &str) -> String {
    match loaded(manifest, wat) {
        Err(refused @ LoadError::Module(_)) => refused.to_string(),
        Err(other) => panic!("not refused by inspection: {other}"),
        Ok(_) => panic!("it was loaded"),
    }
}

#[test]
fn an_endless_loop_runs_out_of_fuel() {
    assert_eq!(failure(hostile!("endless-loop")), Failure::Fuel);
}

#[test]
fn an_endless_loop_before_the_hook_runs_out_of_fuel_too() {
    assert_eq!(failure(hostile!("endless-start")), Failure::Fuel);
}

#[test]
fn the_clock_ends_what_spends_time_but_little_fuel() {
    let plenty = format!("{MANIFEST}[limits]\njudge_fuel = 2000000000\njudge_wall_ms = 500\n");
    let plugin = loaded(&plenty, hostile!("endless-fill")).unwrap();
    assert_eq!(plugin.judge(&item("text"), ""), Err(Failure::Time(500)));
}

#[test]
fn moving_much_memory_without_a_loop_is_refused() {
    let fill = "(memory.fill (i32.const 0) (i32.const 1) (i32.const 65536))".repeat(2_001);
    let wat = format!("(module {HEAD} (memory 1) (func (export \"judge\") {fill}))");
    assert!(refused(MANIFEST, &wat).contains("2001 instructions"));
}

#[test]
fn traps_are_failures() {
    assert!(matches!(failure(hostile!("trap")), Failure::Trap(_)));
    assert!(matches!(failure(hostile!("trap-in-start")), Failure::Trap(_)));
    let deep = failure(hostile!("deep-recursion"));
    assert!(matches!(&deep, Failure::Trap(said) if said.contains("stack")), "{deep:?}");
}

#[test]
fn memory_has_an_end() {
    assert_eq!(failure(hostile!("memory-bomb")), Failure::Memory);
    assert_eq!(failure(hostile!("block-bomb")), Failure::Memory);
    assert_eq!(failure(hostile!("many-blocks")), Failure::Memory);
    let greedy = format!("(module {HEAD} (memory 200) (func (export \"judge\")))");
    assert!(refused(MANIFEST, &greedy).contains("memory at the start"));
}

#[test]
fn a_table_cannot_grow() {
    assert!(matches!(failure(hostile!("table-bomb")), Failure::Trap(_)));
    let large = format!("(module {HEAD} (table 9999999 funcref) (func (export \"judge\")))");
    assert!(refused(MANIFEST, &large).contains("a table of 9999999"));
}

#[test]
fn a_giant_answer_is_not_taken() {
    assert_eq!(failure(hostile!("giant-output")), Failure::Long(8 << 20));
}

#[test]
fn an_answer_that_was_never_written_is_a_lie() {
    assert!(matches!(failure(hostile!("forged-output")), Failure::Lie(_)));
}

/// With Extism's own kernel this ended the whole process: it copied as many bytes as the guest said.
#[test]
fn the_hosts_bookkeeping_is_out_of_reach() {
    let said = Failure::Reported("without a word".to_owned());
    assert_eq!(failure(hostile!("forged-kernel")), said);
}

#[test]
fn what_is_no_text_is_a_lie() {
    assert!(matches!(failure(hostile!("not-utf8")), Failure::Lie(_)));
    assert_eq!(failure(hostile!("silent")), Failure::Silent);
}

#[test]
fn lies_about_spans_are_noticed() {
    for span in ["{\"start\":0,\"end\":9999}", "{\"start\":1,\"end\":2}", "{\"start\":3,\"end\":0}"]
    {
        let answer =
            format!("{{\"action\":\"hold\",\"reasons\":[{{\"text\":\"x\",\"span\":{span}}}]}}");
        let wat = format!("(module {HEAD} (func (export \"judge\") {}))", answering(&answer));
        let plugin = loaded(MANIFEST, &wat).unwrap();
        let failure = plugin.judge(&item("été"), "").unwrap_err();
        assert!(matches!(failure, Failure::Lie(_)), "{span}: {failure:?}");
    }
}

#[test]
fn proposing_more_than_the_manifest_asks_for_is_a_failure() {
    let answer = r#"{"action":"reject","reasons":[{"text":"x"}]}"#;
    let wat = format!("(module {HEAD} (func (export \"judge\") {}))", answering(answer));
    let modest = MANIFEST.replace(r#", "reject""#, "");
    let plugin = loaded(&modest, &wat).unwrap();
    let failure = plugin.judge(&item("text"), "").unwrap_err();
    assert_eq!(failure, Failure::Forbidden("reject".to_owned()));
}

#[test]
fn calling_the_host_without_end_has_an_end() {
    let plenty = format!("{MANIFEST}[limits]\njudge_fuel = 2000000000\njudge_wall_ms = 5000\n");
    let plugin = loaded(&plenty, hostile!("host-calls")).unwrap();
    let failure = plugin.judge(&item("text"), "").unwrap_err();
    assert!(matches!(failure, Failure::Often(_) | Failure::Time(_)), "{failure:?}");
}

#[test]
fn imports_that_no_plugin_gets_are_refused() {
    assert!(refused(MANIFEST, hostile!("wasi")).contains("fd_write"));
    assert!(refused(MANIFEST, hostile!("imported-memory")).contains("memory"));
    let other = format!(
        "(module {HEAD} (import \"extism:host/user\" \"shell\" (func)) (func (export \"judge\")))"
    );
    assert!(refused(MANIFEST, &other).contains("shell"));
}

#[test]
fn imports_that_the_manifest_does_not_ask_for_are_refused() {
    for (name, shape, permission) in [
        ("config_get", "(param i64) (result i64)", "config"),
        ("var_get", "(param i64) (result i64)", "store_bytes"),
        ("var_set", "(param i64 i64)", "store_bytes"),
        ("http_request", "(param i64 i64) (result i64)", "http"),
        ("log_info", "(param i64)", "log"),
    ] {
        let wat = format!(
            "(module {HEAD} (import \"extism:host/env\" \"{name}\" (func {shape})) \
             (func (export \"judge\")))"
        );
        let said = refused(MANIFEST, &wat);
        assert!(said.contains(name) && said.contains(permission), "{said}");
    }
}

#[test]
fn imports_of_another_shape_are_refused() {
    let wat = "(module (import \"extism:host/env\" \"alloc\" (func (param i32))) \
               (func (export \"judge\")))";
    assert!(refused(MANIFEST, wat).contains("another shape"));
}

const NETWORKED: &str = r#"
name = "guest"
version = "1.0.0"
api = 1
title = "A guest"
hooks = ["judge", "on_event"]
[permissions]
http = ["granted.example"]
"#;

#[test]
fn there_is_no_network_while_a_text_is_judged() {
    let plugin = loaded(NETWORKED, hostile!("network-in-judge")).unwrap();
    let failure = plugin.judge(&item("text"), "").unwrap_err();
    assert!(
        matches!(&failure, Failure::Forbidden(what) if what.contains("network")),
        "{failure:?}"
    );
    assert!(matches!(plugin.on_event(&event()).unwrap_err(), Failure::Lie(_)));
}

#[test]
fn what_webassembly_has_beyond_a_plugins_needs_is_refused() {
    for (what, inside) in [
        ("shared memory", "(memory 1 1 shared)"),
        ("two memories", "(memory 1) (memory 1)"),
        ("64-bit memory", "(memory i64 1)"),
        ("garbage collection", "(type (struct (field i32)))"),
        ("exceptions", "(tag (param i32))"),
    ] {
        let wat = format!("(module {HEAD} {inside} (func (export \"judge\")))");
        assert!(refused(MANIFEST, &wat).contains("not valid"), "{what}");
    }
}

#[test]
fn a_module_must_have_the_hooks_that_it_names() {
    let none = format!("(module {HEAD} (func (export \"other\")))");
    assert!(refused(MANIFEST, &none).contains("judge"));
    let shape = format!("(module {HEAD} (func (export \"judge\") (param i32)))");
    assert!(refused(MANIFEST, &shape).contains("must take nothing"));
    let mute = "(module (func (export \"judge\")))";
    assert!(refused(MANIFEST, mute).contains("output_set"));
}

#[test]
fn no_file_breaks_the_inspection() {
    let manifest = manifest(MANIFEST);
    let good = packed(&manifest, hostile!("silent")).bytes().to_vec();
    for cut in 0..good.len() {
        let shorter = farandole_plugins::Package::read(good.get(..cut).unwrap().to_vec());
        assert!(shorter.is_err(), "{cut} bytes of it are no package");
    }
    for at in 8..good.len() {
        let mut changed = good.clone();
        *changed.get_mut(at).unwrap() ^= 0x55;
        if let Ok(package) = farandole_plugins::Package::read(changed) {
            let _ = Plugin::check(&package);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_guests_leave_the_host_to_others() {
    let size = Size { judge_threads: 2, event_threads: 1, queue: 200 };
    let host = Arc::new(Host::start(size, Arc::new(Nothing)).unwrap());
    let kind =
        format!("(module {HEAD} (func (export \"judge\") {}))", answering(r#"{"action":"show"}"#));
    let sources = [
        kind.as_str(),
        hostile!("endless-loop"),
        hostile!("memory-bomb"),
        hostile!("block-bomb"),
        hostile!("deep-recursion"),
        hostile!("trap-in-start"),
        hostile!("forged-kernel"),
    ];
    let mut plugins = Vec::new();
    for source in sources {
        let manifest = manifest(MANIFEST);
        let setup = farandole_plugins::Setup {
            grants: all(&manifest.permissions),
            ..farandole_plugins::Setup::default()
        };
        plugins.push(host.load(packed(&manifest, source), setup).await.unwrap());
    }
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..8 {
        for (index, plugin) in plugins.iter().enumerate() {
            let (host, plugin) = (Arc::clone(&host), Arc::clone(plugin));
            calls.spawn(async move { (index, host.judge(&plugin, item("text"), "").await) });
        }
    }
    while let Some(done) = calls.join_next().await {
        match done.unwrap() {
            (0, Ok(verdict)) => assert_eq!(verdict.action, Action::Show),
            // On a machine this busy the kind one may have waited too long for a turn.
            (0, Err(failure)) => assert_eq!(failure, Failure::Busy),
            (_, result) => assert!(result.is_err()),
        }
    }
    let [kind, ..] = plugins.as_slice() else { panic!("no plugins") };
    assert!(host.judge(kind, item("text"), "").await.is_ok(), "the host goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_is_told_at_once() {
    let size = Size { judge_threads: 1, event_threads: 1, queue: 1 };
    let host = Arc::new(Host::start(size, Arc::new(Nothing)).unwrap());
    let slow = format!("{MANIFEST}[limits]\njudge_fuel = 2000000000\njudge_wall_ms = 500\n");
    let package = packed(&manifest(&slow), hostile!("endless-fill"));
    let plugin = host.load(package, farandole_plugins::Setup::default()).await.unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (host, plugin) = (Arc::clone(&host), Arc::clone(&plugin));
        calls.spawn(async move { host.judge(&plugin, item("text"), "").await });
    }
    let mut busy = 0;
    while let Some(done) = calls.join_next().await {
        busy += usize::from(done.unwrap() == Err(Failure::Busy));
    }
    assert!(busy >= 3, "of six calls, one ran, one or two waited, the others were told: {busy}");
    assert!(!Failure::Busy.is_the_plugins());
}
