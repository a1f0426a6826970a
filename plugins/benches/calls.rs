//! What does a plugin cost? `cargo bench -p farandole-plugins` prints µs a call, fresh and kept,
//! for the samples and for the smallest guest there is, and how long modules take to compile.

#![expect(clippy::unwrap_used, reason = "a bench that fails says where")]

use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use farandole_plugins::{Grants, Item, Manifest, Nothing, Package, Plugin, Setup};

/// Answers at once; what is measured is the way there and back.
const SMALLEST: &str = r#"(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u64" (func $store (param i64 i64)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (func (export "judge") (local $at i64)
    (local.set $at (call $alloc (i64.const 24)))
    (call $store (local.get $at) (i64.const 0x6e6f69746361227b))
    (call $store (i64.add (local.get $at) (i64.const 8)) (i64.const 0x22776f6873223a22))
    (call $store (i64.add (local.get $at) (i64.const 16)) (i64.const 0x202020202020207d))
    (call $output (local.get $at) (i64.const 24))))"#;

fn comment() -> Item {
    let sentence = "Ein Kommentar wie viele andere, с https://example.org/ und ein paar Wörtern. ";
    Item {
        surface: "comment".to_owned(),
        format: "markdown".to_owned(),
        text: sentence.repeat(6).chars().take(450).collect(),
        language: None,
        author: None,
        channel: None,
    }
}

fn fixture(name: &str) -> Vec<u8> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read(root.join(format!("fixtures/{name}.wasm"))).unwrap()
}

fn package(toml: &str, wasm: &[u8], reuse: bool) -> Package {
    let mut manifest = Manifest::from_toml(toml).unwrap();
    manifest.pooling.reuse = reuse;
    Package::build(&manifest, wasm).unwrap()
}

fn load(package: &Package) -> Plugin {
    let grants = Grants::all(&package.manifest().permissions);
    Plugin::load(package, Setup { grants, ..Setup::default() }, Arc::new(Nothing)).unwrap()
}

fn calls(criterion: &mut Criterion) {
    let smallest = "name='smallest'\nversion='1.0.0'\napi=1\ntitle='S'\nhooks=['judge']";
    let guests: [(&str, &str, Vec<u8>); 3] = [
        ("smallest", smallest, wat::parse_str(SMALLEST).unwrap()),
        (
            "link-spam (AssemblyScript)",
            include_str!("../samples/link-spam/plugin.toml"),
            fixture("link-spam"),
        ),
        (
            "word-filter (Rust)",
            include_str!("../samples/word-filter/plugin.toml"),
            fixture("word-filter"),
        ),
    ];
    let item = comment();
    for (name, toml, wasm) in &guests {
        let mut group = criterion.benchmark_group(*name);
        group.sample_size(20);
        let once = package(toml, wasm, false);
        group.bench_function("compile", |bench| bench.iter(|| load(&once)));
        for (kind, reuse) in [("fresh", false), ("kept", true)] {
            let plugin = load(&package(toml, wasm, reuse));
            group.bench_function(kind, |bench| {
                bench.iter(|| plugin.judge(&item, "channel").unwrap());
            });
        }
        group.finish();
    }
}

criterion_group!(benches, calls);
criterion_main!(benches);
